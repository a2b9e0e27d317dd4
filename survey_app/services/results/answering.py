"""Who answered (output 3) and how exact verdicts stand (output 1): response, what silence leaves open, chance in samples.

Silence is no sampling error: it leaves a stretch, whatever the silent would have said. Only flags whose numbers stand on pages
are bounded, and among them those that count the answers to one item, over all who answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.ops.formulas import TestParams
from analysis.statistics.shares import reaches_line
from analysis.statistics.silence import share_bounds
from questionnaires.model import Group
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.presenting.charts import whiskers
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import attention
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.sampled_scores import Entitled

#: So many rows of a flag are drawn, those that the silent could turn first.
DRAWN = 8


@dataclass(frozen=True, kw_only=True)
class ResponseRow:
    """One group of one unit: asked, answered, and the part of those asked in words."""

    unit: str
    group: str
    asked: int
    answered: int
    share: str


@dataclass(frozen=True, kw_only=True)
class FlagLine:
    """One flag with a line: about how many it is decided, raised, near its line, not decided.

    `could_turn` of the `bounded` verdicts the silent could turn, of whom there are at most `silent`; `sentences`: exact verdicts
    told, nearest first; `chart`: the stretches that silence leaves.
    """

    title: str
    decided: int
    raised: int
    near: int
    undecided: int
    could_turn: int
    bounded: int
    silent: int
    sentences: tuple[str, ...]
    chart: Drawing | None


@dataclass(frozen=True, kw_only=True)
class BoundedFlag:
    """One verdict with what the silent leave of it. `turns`: they could make it another."""

    person: Person
    flag: FlagShown
    least: Fraction
    most: Fraction
    silent: int
    turns: bool


def responses(loaded: Loaded, entitled: Entitled) -> list[ResponseRow]:
    """Every group of every unit that was asked in full and of which somebody counted who is entitled, the most silent first."""
    cast: Counter[tuple[str, str]] = Counter()
    for book in loaded.view.books():
        cast[book.unit, book.group] += book.cast - book.superseded
    names = {person.unit: person.unit_name for person in loaded.people.values()}
    rows = [
        ResponseRow(
            unit=names.get(unit, unit),
            group=loaded.scheme.groups[group].title.in_(loaded.view.language),
            asked=asked,
            answered=cast[unit, group],
            share=figures.share(Fraction(cast[unit, group], asked), 0).text,
        )
        for (unit, group), asked in entitled.items()
        if asked and group in loaded.scheme.groups and in_full(loaded.scheme.groups[group])
    ]
    return sorted(rows, key=lambda one: Fraction(one.answered, one.asked))


def in_full(group: Group) -> bool:
    """Whether everybody entitled was asked: of a public that is only sampled, most are not."""
    return group.drawn or not group.sampled


def flags(loaded: Loaded, entitled: Entitled) -> list[FlagLine]:
    """Every flag with a line, in the scheme's order."""
    near, raised = Counter(one.flag.key for one in attention.near(loaded)), attention.raised(loaded)
    found = []
    for key in loaded.scheme.layout.flags:
        shown = [(person, flag) for person in loaded.visible() for flag in loaded.view.flags(key, person.code)]
        decided = sum(flag.raised is not None for _person, flag in shown)
        if not decided or all(flag.votes is None for _person, flag in shown):
            continue
        bounded = list(_bounded(loaded, key, shown, entitled))
        found.append(
            FlagLine(
                title=loaded.view.title(key),
                decided=decided,
                raised=len(raised[key]),
                near=near[key],
                undecided=len(shown) - decided,
                could_turn=sum(one.turns for one in bounded),
                bounded=len(bounded),
                silent=max((one.silent for one in bounded), default=0),
                sentences=tuple(_sentences(loaded, key, shown, entitled)),
                chart=_chart(loaded.view.title(key), bounded),
            )
        )
    return found


def _cells(loaded: Loaded, key: str, person: Person, flag: FlagShown) -> tuple[str, set[str]]:
    """The one item and the groups whose answers a flag counts; "" where it counts others, or several items."""
    params = loaded.report.plan.step(key).params
    name = params.numerator if isinstance(params, TestParams) else None
    rests = loaded.view.rests(name, {**flag.labels, "subject": person.code}) if name else frozenset()
    items, subjects = {cell[2] for cell in rests}, {cell[0] for cell in rests}
    return (next(iter(items)) if len(items) == 1 and subjects == {person.code} else "", {cell[1] for cell in rests})


def _asked(loaded: Loaded, person: Person, groups: set[str], entitled: Entitled) -> int | None:
    """How many were asked in these groups about this subject; None where one was not counted, or is a sample of a public."""
    whole = 0
    for group in groups:
        own = loaded.scheme.groups[group]
        one = entitled.get((person.unit if own.own_unit else "", group))
        if one is None or not in_full(own):
            return None
        whole += one
    return whole or None


def _whole(flag: FlagShown) -> tuple[int, int] | None:
    """The votes of a flag, of how many; None where they are no whole numbers."""
    part, whole = flag.part, flag.whole
    if part is None or not whole or part.denominator != 1 or whole.denominator != 1 or not 0 <= part <= whole:
        return None
    return int(part), int(whole)


def _bounded(loaded: Loaded, key: str, shown: list[tuple[Person, FlagShown]], entitled: Entitled) -> Iterator[BoundedFlag]:
    params = loaded.report.plan.step(key).params
    for person, flag in shown:
        votes = _whole(flag)
        if votes is None or flag.raised is None or flag.turns is None or not isinstance(params, TestParams):
            continue
        item, groups = _cells(loaded, key, person, flag)
        asked = _asked(loaded, person, groups, entitled) if item else None
        if asked is None or votes[1] > asked or votes[1] != _answered(loaded, person, groups, item):
            continue
        bounds = share_bounds(*votes, asked)
        ends = {_holds(end, params.cmp, flag.turns) for end in (bounds.least, bounds.most)}
        yield BoundedFlag(
            person=person,
            flag=flag,
            least=bounds.least,
            most=bounds.most,
            silent=bounds.silent,
            turns=ends != {flag.raised},
        )


def _answered(loaded: Loaded, person: Person, groups: set[str], item: str) -> int | None:
    """How many forms of these groups have a line for this item about this subject; None where that is held back."""
    whole = 0
    for group in groups:
        given = loaded.view.answers(person.code, group, item)
        if given is None or given.withheld:
            return None
        whole += sum(given.counts)
    return whole


def _holds(share: Fraction, sign: str, line: Fraction) -> bool:
    return {">=": share >= line, ">": share > line, "<=": share <= line, "<": share < line}.get(sign, share == line)


def _chart(title: str, bounded: list[BoundedFlag]) -> Drawing | None:
    """Shares with the stretches that silence leaves, beside the line; None where nobody kept silent."""
    silent = sorted((one for one in bounded if one.silent), key=lambda one: (not one.turns, _distance(one)))
    by_line = defaultdict[Fraction, list[BoundedFlag]](list)
    for one in silent[:DRAWN]:
        if one.flag.turns is not None:
            by_line[one.flag.turns].append(one)
    if not by_line:
        return None
    line, rows = max(by_line.items(), key=lambda pair: len(pair[1]))
    drawn = [
        whiskers.WhiskerRow(
            label=f"{one.person.name} {one.flag.place}".strip(),
            value=(one.flag.part or Fraction(0)) / (one.flag.whole or Fraction(1)),
            low=one.least,
            high=one.most,
            note=_("%(low)s 到 %(high)s", low=_percent(one.least), high=_percent(one.most)),
        )
        for one in rows
    ]
    return whiskers.whiskers(_("%(title)s：没有作答的会怎样", title=title), drawn, line=line, percent=True)


def _distance(one: BoundedFlag) -> Fraction:
    """How far the nearer end of the stretch is from the line."""
    line = one.flag.turns or Fraction(0)
    return min(abs(one.least - line), abs(one.most - line))


def _sentences(loaded: Loaded, key: str, shown: list[tuple[Person, FlagShown]], entitled: Entitled) -> Iterator[str]:
    """Verdicts as a person would say them: votes of how many, how they stand to the line; of a sample also what chance does."""
    told = [(person, flag, votes) for person, flag in shown if flag.raised is not None and (votes := _whole(flag)) is not None]
    told.sort(key=lambda one: (abs(one[1].votes or 0), one[1].raised is not True))
    for person, flag, (found, answered) in told[:2]:
        verdict = _("这一条成立") if flag.raised else _("这一条不成立")
        sentence = _(
            "%(name)s：%(answered)s 票里有 %(found)s 票，%(share)s，线是 %(line)s：%(verdict)s。",
            name=f"{person.name} {flag.place}".strip(),
            answered=answered,
            found=found,
            share=flag.share,
            line=_line(flag),
            verdict=verdict,
        )
        yield sentence + _chance(loaded, key, (person, flag), (found, answered), entitled)


def _chance(loaded: Loaded, key: str, about: tuple[Person, FlagShown], votes: tuple[int, int], entitled: Entitled) -> str:
    """Of a sample: how often one would show so much though the whole public stands on the other side of the line."""
    person, flag = about
    params = loaded.report.plan.step(key).params
    item, groups = _cells(loaded, key, person, flag)
    if not item or len(groups) != 1 or not isinstance(params, TestParams) or params.cmp not in (">=", ">"):
        return ""
    own = loaded.scheme.groups[next(iter(groups))]
    if not own.sampled or flag.turns is None or not flag.raised:
        return ""
    asked = None if own.drawn else entitled.get((person.unit if own.own_unit else "", own.key))
    if asked is not None and asked < votes[1]:
        return ""
    chance = reaches_line(*votes, flag.turns, population=asked, strict=params.cmp == ">").chance
    if chance is None:
        return ""
    often = _("不到 1") if chance < 1 / 100 else _("约 %(n)s", n=round(100 * chance))
    return _("这是抽样：要是全体其实没有到线，一百次抽样里有%(often)s次也会抽出这么多。", often=often)


def _line(flag: FlagShown) -> str:
    """The line as people say it: a third stays one, a half is 50 %."""
    return flag.line if "/" in flag.line or flag.turns is None else figures.share(flag.turns, 0).text


def _percent(share: Fraction) -> str:
    return figures.share(share, 0).text


def by_group(loaded: Loaded) -> Mapping[str, int]:
    """How many forms came in by group, the last version of each signed one."""
    found: Counter[str] = Counter()
    for book in loaded.view.books():
        found[book.group] += book.cast - book.superseded
    return found
