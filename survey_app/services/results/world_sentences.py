"""Small worlds in words: what is so in each, and what the method says in it. For the command line and for pages.

A clerk holds these sentences against the source, so they name choices, numbers and grades as the scheme names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from analysis.axes import Ref
from analysis.numerals import decimal
from analysis.ops.formulas import Expr, FunctionCall
from analysis.step_names import is_inner, quantity_of
from analysis.values import Missing, Value
from questionnaires.model import Scheme
from questionnaires.worlds.solving import Met
from questionnaires.worlds.table import WorldFigure, WorldRow
from questionnaires.worlds.world import SmallWorld
from survey_app.i18n import N_, language, listed, say
from survey_app.i18n import gettext as _
from survey_app.services.results.cells import show
from survey_app.services.results.naming import of_scheme

#: What is so in a world of each kind.
_WORLDS: Mapping[str, str] = {
    "all-best": N_("人人都选最好的一项，各项材料都是最高"),
    "all-worst": N_("人人都选最差的一项，各项材料都是最低"),
    "nobody": N_("没有一个人交票"),
    "group-empty": N_("“%(groups)s”没有一个人交票"),
    "alone": N_("只有一个对象"),
    "all-level": N_("%(many)s 个对象完全一样"),
    "only-ballots": N_("有票，没有任何其他材料"),
    "mixed": N_("各票不同"),
}
#: How a line was met: what was turned, and how far.
_KNOBS: Mapping[str, str] = {
    "mix": N_("“%(groups)s”各 %(many)s 票：%(items)s %(picked)s 票%(choice)s、%(rest)s 票%(other)s"),
    "component": N_("%(name)s为 %(value)s"),
    "past": N_("往期的%(name)s为 %(value)s"),
    "events": N_("“%(kind)s”%(value)s 次"),
    "ballots": N_("“%(groups)s”各交 %(value)s 票"),
    "entitled": N_("“%(groups)s”应到的比交票的多 %(value)s 人"),
    "present": N_("“%(groups)s”到场的比交票的多 %(value)s 人"),
    "issued": N_("“%(groups)s”发出的比交票的多 %(value)s 张"),
    "families": N_("%(many)s 个对象，其中 %(picked)s 个最好，其余最差"),
}


class WorldSentences:
    """Tells the worlds of one scheme in the language in use."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.naming = scheme, of_scheme(scheme, language())

    def title(self, quantity: str) -> str:
        """What a quantity is called."""
        return self.naming.title(quantity)

    def world(self, world: SmallWorld) -> str:
        """What is so in a world."""
        parts = dict(world.parts)
        about = self.about(world)
        if world.what in _WORLDS:
            told = _(_WORLDS[world.what], **self._named(parts))
        else:
            turned = listed([self._turned(world, one) for one in (*world.turned, parts)])
            sentence = N_("“%(line)s”正好到线（%(how)s）") if world.what == "line-met" else N_("“%(line)s”差一步到线（%(how)s）")
            told = _(sentence, line=self.title(parts["quantity"]), how=turned)
        return _("%(who)s，%(what)s", who=about, what=told) if about else told

    def _turned(self, world: SmallWorld, parts: Mapping[str, str]) -> str:
        """One thing that was turned, and whose it is where that is not the subject the world is about."""
        knob = parts["knob"]
        told = _(_KNOBS[knob], **self._named(parts))
        elsewhere = parts.get("subject", world.subject) != world.subject
        return _("%(who)s：%(what)s", who=parts["subject"], what=told) if elsewhere else told

    def about(self, world: SmallWorld) -> str:
        """What kind of subject a world is about, by the facts that have a list of values."""
        facts = next(one.facts for one in world.roster if one.id == world.subject)
        shown = [
            fact.values[facts[fact.key]].in_(language())
            for fact in self.scheme.facts
            if fact.values and facts.get(fact.key, "") in fact.values
        ]
        return " · ".join(shown)

    def _named(self, parts: Mapping[str, str]) -> dict[str, str]:
        """Parts as people call them."""

        def named(axis: str, text: str) -> str:
            return listed([self.naming.label(axis, one) for one in text.split("、")])

        found = dict(parts)
        if "groups" in parts:
            found["groups"] = named("group", parts["groups"])
        if "items" in parts:
            items = parts["items"].split("、")
            found["items"] = named("item", parts["items"]) if len(items) <= 3 else _("%(n)s 项", n=len(items))
        for key in ("choice", "other"):
            if key in parts:
                found[key] = self._choice(parts["items"].split("、")[0], parts[key])
        if "name" in parts:
            field = next((one for one in self.scheme.components if one.key == parts["name"]), None)
            found["name"] = field.title.in_(language()) if field else self.title(parts["name"])
        if "kind" in parts:
            found["kind"] = self.scheme.event_kinds[parts["kind"]].in_(language())
        return found

    def _choice(self, item: str, key: str) -> str:
        scale = self.scheme.scales[self.scheme.items[item].scale]
        return next((choice.label.in_(language()) for choice in scale.choices if choice.key == key), key)

    def says(self, row: WorldRow) -> list[str]:
        """What the method says in a world, one figure an entry; or why it cannot be counted."""
        if row.stopped is not None:
            return [_("算不下去：%(what)s", what=row.stopped.tell(say))]
        return [self.said(one) for one in row.says] or [_("没有任何结果")]

    def said(self, one: WorldFigure) -> str:
        """One figure."""
        where = self.naming.labels(one.labels)
        name = f"{self.title(one.quantity)}（{where}）" if where else self.title(one.quantity)
        if one.value is True:
            return _("“%(flag)s”成立", flag=name)
        return _("%(name)s：%(value)s", name=name, value=self.value(one.quantity, one.value))

    def value(self, quantity: str, value: Value) -> str:
        """A value as results show it."""
        if isinstance(value, bool):
            return _("是") if value else _("否")
        info = self.scheme.quantities.get(quantity)
        shown = show(value, info, self.naming)
        return shown.text if isinstance(value, (Missing, str)) or not shown.exact else f"{shown.text}（{shown.exact}）"

    def line(self, met: Met) -> str:
        """A line: what stands against what."""
        return f"{self.expression(met.line.left)} {met.line.comparisons[0]} {self.expression(met.line.right)}"

    def expression(self, expr: Expr) -> str:
        """An expression of the plan as a person would write it."""
        if isinstance(expr, Ref):
            return self.title(quantity_of(expr.step)) if is_inner(expr.step) else self.title(expr.step)
        if isinstance(expr, Fraction):
            return decimal(expr)
        if isinstance(expr, FunctionCall):
            parts = [self.expression(arg) for arg in expr.args]
            if expr.op in {"+", "-", "*", "/"} and len(parts) > 1:
                return f" {expr.op} ".join(parts)
            return f"{expr.op}({'，'.join(parts)})"
        return str(expr)
