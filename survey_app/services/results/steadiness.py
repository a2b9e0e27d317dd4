"""Whether grades hang on the weights that people set: how many turn within five points, and where it takes least (output 6)."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.services.results import firmness
from survey_app.services.results.firmness import Firmness
from survey_app.services.results.loaded import Loaded

#: Where there is more to compute (subjects times replays), the page leads to the one that computes it.
AT_ONCE = 4000
NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Steadiness:
    """How many of the grades looked at are fragile; `named`: those that turn soonest. `sentence` says it, or why it is not
    said."""

    sentence: str
    total: int = 0
    fragile: int = 0
    named: tuple[Firmness, ...] = ()


def of_report(loaded: Loaded) -> Steadiness:
    """How steady the grades are, where that is computed quickly."""
    if not (loaded.lets("answers") and loaded.lets("groups") and loaded.lets("scores")):
        return Steadiness(sentence=_("公布计划里没有票数或各方均分，不作假设。"))
    if not firmness.sets(loaded):
        if many := firmness.not_moved(loaded):
            return Steadiness(sentence=_("没有挪动的（权重太多）：%(steps)s。", steps=_("、").join(many)))
        return Steadiness(sentence=_("这个办法没有可以挪动的评议主体权重。"))
    if firmness.work(loaded) > AT_ONCE:
        return Steadiness(sentence=_("对象多，要把每一种极端的权重都重算一遍；请到“如果”里去算。"))
    rows = firmness.of_report(loaded)
    if not rows:
        return Steadiness(sentence=_("没有可以看的等次。"))
    fragile = [one for one in rows if one.fragile]
    sentence = (
        _("%(n)s 个等次里有 %(fragile)s 个脆弱：权重上下挪不到 5 个百分点就换等次。", n=len(rows), fragile=len(fragile))
        if fragile
        else _("%(n)s 个等次都稳：权重上下 5 个百分点以内怎样配都是现在的等次。", n=len(rows))
    )
    return Steadiness(sentence=sentence, total=len(rows), fragile=len(fragile), named=tuple(fragile[:NAMED]))
