"""How a quantity is counted, in a sentence: from the text as it is written, by the table of rules, in the reader's language.

The common rules have sentences of their own. Any other is told by what the reference says of it, and by what is written behind
each of its words: no rule is left out because nobody worded it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from questionnaires.compiling.call import RuleSpec
from questionnaires.editing.places import Written
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.telling import Keyword
from survey_app.i18n import N_, listed, say
from survey_app.i18n import gettext as _

#: Words beside the rule that do not say how is counted.
_BESIDE = {
    word for key in ("title", "digits", "as", "grade_titles", "source", "because", "note", "then") for word in KEYWORDS[key]
}
_SPECS: Mapping[str, RuleSpec] = {word.casefold(): rule for rule in RULES for word in rule.words}


@dataclass(frozen=True)
class Speech:
    """What things are called: names of the file by what readers meet."""

    titles: Mapping[str, str]

    def called(self, name: str) -> str:
        """A name in quotation marks, or a number or formula as it stands."""
        return _("“%(name)s”", name=self.titles[name]) if name in self.titles else _answer(name)

    def told(self, spot: Written) -> str:
        """Whatever stands behind a word."""
        if spot.kind == "map":
            return _("，").join(
                _("%(name)s %(value)s", name=self.called(key.text), value=self.told(value)).strip() for key, value in spot.pairs
            )
        if spot.kind == "list":
            maps = any(one.kind == "map" for one in spot.entries)
            return (
                _("；").join(self.told(one) for one in spot.entries) if maps else listed(self.told(one) for one in spot.entries)
            )
        return self.called(spot.text)


def sentence(rule: Written, speech: Speech) -> str:
    """How this quantity is counted."""
    if rule.kind == "scalar":
        return _("等于 %(formula)s。", formula=rule.text)
    found = next(((key, value, _SPECS[key.text.casefold()]) for key, value in rule.pairs if key.text.casefold() in _SPECS), None)
    if found is None:
        return _("等于 %(formula)s。", formula=speech.told(rule))
    key, value, spec = found
    params = {
        param.key: spot
        for param in spec.params
        for name, spot in rule.pairs
        if name.text.casefold() in {word.casefold() for word in param.words}
    }
    if spec.id in WORDED and (said := WORDED[spec.id](value, params, speech)):
        return said + _more(rule, spec, speech, key.text, WORDED_PARAMS.get(spec.id, set()))
    if "along" in params and spec.main == "quantity":
        return _along(spec, value, params, speech) + _more(rule, spec, speech, key.text, {"along"})
    main = _("%(word)s：%(value)s。", word=Keyword(*spec.words).tell(say), value=speech.told(value))
    return _("%(says)s%(main)s", says=say(spec.says), main=main) + _more(rule, spec, speech, key.text, set())


def _more(rule: Written, spec: RuleSpec, speech: Speech, main: str, told: set[str]) -> str:
    """What else is written of it, word by word."""
    words = {word.casefold(): param for param in spec.params for word in param.words}
    found = []
    for key, spot in rule.pairs:
        param = words.get(key.text.casefold())
        if key.text == main or key.text in _BESIDE or (param is not None and param.key in told):
            continue
        word = Keyword(*param.words).tell(say) if param is not None else key.text
        found.append(_("%(word)s：%(value)s。", word=word, value=speech.told(spot)))
    return "".join(found)


def _answer(word: str) -> str:
    """A word of the language as this reader's language spells it; anything else as it stands."""
    folded = word.casefold()
    both = next((both for family in CHOICES.values() for both in family.values() if folded in both), None)
    return Keyword(*both).tell(say) if both is not None else word


def _mean(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    if "pooled" in params and params["pooled"].text in ("是", "true"):
        return _("把%(items)s每张票的选择折成分值，各主体的票合在一起求平均。", items=speech.told(value))
    return _("把%(items)s每张票的选择折成分值，在每个评议主体内部求平均。", items=speech.told(value))


def _by_group(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    return (
        _("由%(of)s按评议主体加权平均，权重：%(weights)s。", of=speech.told(value), weights=speech.told(params["weights"]))
        if "weights" in params
        else ""
    )


def _by_item(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    return (
        _("由%(of)s按内容加权平均，权重：%(weights)s。", of=speech.told(value), weights=speech.told(params["weights"]))
        if "weights" in params
        else ""
    )


def _parts(value: Written, _params: Mapping[str, Written], speech: Speech) -> str:
    return _("由几部分按权重合成：%(weights)s。", weights=speech.told(value))


def _formula(value: Written, _params: Mapping[str, Written], _speech: Speech) -> str:
    return _("等于 %(formula)s。", formula=value.text)


def _share(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    if "item" not in params:
        return ""
    if "base" in params:
        return _(
            "%(item)s里选%(grades)s的占多少，分母是%(base)s。",
            item=speech.told(params["item"]), grades=speech.told(value), base=speech.told(params["base"]),
        )  # fmt: skip
    return _("%(item)s里选%(grades)s的占多少，分母照约定。", item=speech.told(params["item"]), grades=speech.told(value))


def _votes(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    if "item" not in params:
        return ""
    return _("%(item)s里选%(grades)s的票数。", item=speech.told(params["item"]), grades=speech.told(value))


def _bands(value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    if "rungs" not in params:
        return ""
    rungs = [_("%(band)s的为%(grade)s", band=key.text, grade=speech.told(spot)) for key, spot in params["rungs"].pairs]
    return _("按%(of)s分段：%(rungs)s。", of=speech.told(value), rungs=_("，").join(rungs))


def _test(value: Written, _params: Mapping[str, Written], _speech: Speech) -> str:
    return _("%(condition)s 的，给出这条提示。", condition=value.text)


def _along(spec: RuleSpec, value: Written, params: Mapping[str, Written], speech: Speech) -> str:
    """A table made shorter along one axis: added up, averaged …"""
    word, axis = Keyword(*spec.words).tell(say), speech.told(params["along"])
    return _("%(of)s，沿%(axis)s求%(word)s。", of=speech.told(value), axis=axis, word=word)


WORDED: Mapping[str, Callable[[Written, Mapping[str, Written], Speech], str]] = {
    "grade_points": _mean,
    "by_group": _by_group,
    "by_item": _by_item,
    "parts": _parts,
    "formula": _formula,
    "share_of": _share,
    "votes": _votes,
    "bands": _bands,
    "test": _test,
}
#: What the sentence of a rule told already.
WORDED_PARAMS: Mapping[str, set[str]] = {
    "grade_points": {"pooled"},
    "by_group": {"weights"},
    "by_item": {"weights"},
    "share_of": {"item", "base"},
    "votes": {"item"},
    "bands": {"rungs"},
}
HEAD = N_("按下面的办法计算；各步都用精确值，只有写明取整的才取整。")
