"""Is a filled form acceptable? Slots, required items and whole-ballot rules, each refusal with its sentence.

The verdicts come from `analysis.limits.judge`, the function the count uses; only the words are made here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.evidence import Slot
from analysis.limits import LimitTable, Verdict, judge
from questionnaires.model import BallotRule, Choice, Scheme
from questionnaires.point_limits import found_points, is_range, point_sums, told_range
from survey_app.i18n import N_, listed, say
from survey_app.services.casting.refusals import FormError, LimitBrokenError, MissingItemError

_NAMED = 3  # so many missing places are named in the sentence; the page marks all of them


@dataclass(frozen=True)
class BallotPaper:
    """A style as the rules need it: slots, limit tables, the scheme they come from, subjects' names by code."""

    scheme: Scheme
    slots: tuple[Slot, ...]
    limits: tuple[LimitTable, ...]
    names: Mapping[str, str]

    def choices(self, place: int) -> tuple[Choice, ...]:
        """The choices offered at a place of the ballot."""
        return self.scheme.scales[self.scheme.items[self.slots[place].item].scale].choices

    @cached_property
    def codes(self) -> tuple[frozenset[int], ...]:
        """The codes offered at each place, 0 for none among them."""
        return tuple(frozenset((0, *(choice.code for choice in self.choices(place)))) for place in range(len(self.slots)))

    @cached_property
    def required(self) -> tuple[int, ...]:
        """The places that must bear a mark."""
        return tuple(at for at, slot in enumerate(self.slots) if self.scheme.items[slot.item].required)

    def wide(self) -> bool:
        """Whether some mark of this paper may need two bytes."""
        return self.largest > 255

    @cached_property
    def largest(self) -> int:
        """The largest code there is."""
        return max((max(offered) for offered in self.codes), default=0)

    def place_name(self, place: int, language: str) -> str:
        """Subject and item of a place, for a sentence."""
        slot = self.slots[place]
        return f"{self.names.get(slot.subject, slot.subject)} · {self.scheme.items[slot.item].text.in_(language)}"


@dataclass(frozen=True)
class BrokenRule:
    """A rule a ballot breaks. `hard`: it cannot be sent like this; otherwise the rater may confirm and send."""

    table: LimitTable
    verdict: Verdict
    sentence: str
    parts: Mapping[str, object]
    rule_text: str

    @property
    def hard(self) -> bool:
        """Refused, as opposed to accepted after confirmation."""
        return self.verdict.effect == "refuse"


def missing_places(paper: BallotPaper, marks: Sequence[int]) -> list[int]:
    """Places of required items that bear no mark."""
    return [at for at in paper.required if not marks[at]]


def broken_rules(paper: BallotPaper, marks: Sequence[int], language: str) -> list[BrokenRule]:
    """Every whole-ballot rule this ballot breaks, with the sentence that says what to change."""
    broken: list[BrokenRule] = []
    verdicts = judge(paper.limits, marks)
    if not any(verdict.broken for verdict in verdicts):
        return broken
    texts = {rule.key: rule.text.in_(language) for rule in paper.scheme.ballot_rules}
    for table, verdict in zip(paper.limits, verdicts, strict=True):
        if verdict.broken:
            sentence, parts = _remedy(table, verdict, label_of(paper, table, language, marks), unit_of(paper, table))
            if (kept := range_of(paper, table)) is not None:
                sentence, parts = _beyond(verdict), {"limit": kept}
            broken.append(BrokenRule(table, verdict, sentence, parts, texts.get(table.rule, "")))
    return broken


def check(paper: BallotPaper, marks: Sequence[int], confirmed: Collection[str], language: str) -> None:
    """Raise unless the ballot may be stored.

    FormError for a wrong number of marks or a code the scale does not have, MissingItemError, LimitBrokenError. A rule that
    only warns (or says that such a ballot will not count) lets the ballot pass when its key is in `confirmed`.
    """
    if len(marks) != len(paper.slots):
        raise FormError(
            N_("这张表有 %(slots)s 项，收到的是 %(found)s 项，没有记录；请重新打开表格再填。"),
            slots=len(paper.slots),
            found=len(marks),
        )
    for place, (mark, offered) in enumerate(zip(marks, paper.codes, strict=True)):
        if mark not in offered:
            raise FormError(
                N_("“%(place)s”收到的选项不在表上，没有记录；请重新打开表格再填。"), place=paper.place_name(place, language)
            )
    missing = missing_places(paper, marks)
    if missing:
        named = listed(paper.place_name(place, language) for place in missing[:_NAMED])
        if len(missing) > _NAMED:
            raise MissingItemError(
                N_("还有 %(count)s 项没有填：%(named)s 等；填好后再送出。"), missing, count=len(missing), named=named
            )
        raise MissingItemError(N_("还有 %(count)s 项没有填：%(named)s；填好后再送出。"), missing, count=len(missing), named=named)
    broken = broken_rules(paper, marks, language)
    for hard in (True, False):  # what cannot be sent is said before what only needs confirming
        for rule in broken:
            if rule.hard is hard and (hard or rule.table.rule not in confirmed):
                raise LimitBrokenError(rule.sentence, rule.table.slots, soft=not hard, **rule.parts)


def label_of(paper: BallotPaper, table: LimitTable, language: str, marks: Sequence[int] = ()) -> str:
    """What a rule counts, in words: its choices, and its one item or one subject where it looks at one only."""
    if not table.slots:
        return ""
    codes = table.codes
    if table.kind == "uniform" and marks:
        codes = tuple({marks[slot] for slot in table.slots if marks[slot]}) or codes
    choices = paper.choices(table.slots[0])
    words = listed(choice.label.in_(language) for choice in choices if choice.code in codes)
    items = {paper.slots[slot].item for slot in table.slots}
    subjects = {paper.slots[slot].subject for slot in table.slots}
    scope = ""
    if len(items) == 1 and len({slot.item for slot in paper.slots}) > 1:
        scope = paper.scheme.items[next(iter(items))].text.in_(language)
    elif len(subjects) == 1 and len({slot.subject for slot in paper.slots}) > 1:
        code = next(iter(subjects))
        scope = paper.names.get(code, code)
    return " · ".join(part for part in (scope, words) if part)


def range_of(paper: BallotPaper, table: LimitTable) -> str | None:
    """What a rule demands of the sum or mean of points, in words; None for a rule of another kind."""
    rule = _rule_of(paper, table)
    return told_range(rule, say) if rule is not None and is_range(rule.test) else None


def unit_of(paper: BallotPaper, table: LimitTable) -> int:
    """How many units of a table's sums make a point: 2 where a scale goes by halves."""
    rule = _rule_of(paper, table)
    if rule is None or table.kind != "sum" or not table.slots:
        return 1
    return point_sums(rule.test, paper.choices(table.slots[0]), len(table.slots))[0].unit


def _rule_of(paper: BallotPaper, table: LimitTable) -> BallotRule | None:
    return next((one for one in paper.scheme.ballot_rules if one.key == table.rule), None)


def _beyond(verdict: Verdict) -> str:
    """That the points of a sheet are beyond what a rule allows; and what to do, where it cannot be sent otherwise."""
    told, demanded = N_("这张表要“%(limit)s”，现在不合。"), N_("这张表要“%(limit)s”，现在不合；请调整。")
    return demanded if verdict.effect == "refuse" else told


def _remedy(table: LimitTable, verdict: Verdict, label: str, unit: int) -> tuple[str, dict[str, object]]:
    """What is wrong; and what to change, where the ballot cannot be sent otherwise. What may be sent as it is demands nothing."""
    over = table.kind == "count" and verdict.found > verdict.most
    ends = {"found": verdict.found, "least": verdict.least, "most": verdict.most}
    parts: dict[str, object] = {"label": label, **{end: found_points(table, unit, number) for end, number in ends.items()}}
    if table.kind == "count":
        parts["change"] = verdict.found - verdict.most if over else verdict.least - verdict.found
    told, demanded = _SENTENCES["over" if over else table.kind]
    return demanded if verdict.effect == "refuse" else told, parts


#: What a rule broken says, by kind: where the ballot may be sent all the same, and where it may not.
_SENTENCES = {
    "over": (
        N_("“%(label)s”最多给 %(most)s 个，现在给了 %(found)s 个。"),
        N_("“%(label)s”最多给 %(most)s 个，现在给了 %(found)s 个；请把其中至少 %(change)s 个改为别的选项。"),
    ),
    "count": (
        N_("“%(label)s”至少给 %(least)s 个，现在给了 %(found)s 个。"),
        N_("“%(label)s”至少给 %(least)s 个，现在给了 %(found)s 个；请再给 %(change)s 个。"),
    ),
    "uniform": (
        N_("%(found)s 项全部选了同一个“%(label)s”。"),
        N_("%(found)s 项全部选了同一个“%(label)s”；请按各自的实际情况分别评价。"),
    ),
    "sum": (
        N_("各项合计应在 %(least)s 到 %(most)s 之间，现在是 %(found)s。"),
        N_("各项合计应在 %(least)s 到 %(most)s 之间，现在是 %(found)s；请调整。"),
    ),
    "distinct": (
        N_("有 %(found)s 个名次用重了；每个名次只用一次。"),
        N_("有 %(found)s 个名次用重了；每个名次只用一次，请改正。"),
    ),
}
