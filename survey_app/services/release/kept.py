"""What is held back, kept with the report: decided once, at the count, so that no later page and no later version shows more.

Lives here: the decisions as text, and read again. May not live here: how one is made (`release`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.canonical import canonical
from analysis.disclosure.leaks import Cell, Leak
from analysis.records import Record, RecordError, Row, plain, read, shaped
from analysis.report import Report
from analysis.values import number
from questionnaires.model import Scheme
from survey_app.services.release import auditing
from survey_app.services.release.auditing import AuditLine, InferredRange
from survey_app.services.release.deciding import HeldBack, LeftBefore
from survey_app.services.release.figure import Figure
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.reckoning import unweighed
from survey_app.services.release.union import CountCell
from survey_app.services.release.withholding import DamagedDecisionsError, Held

_FORMAT: Final = "pingyi-held/4"
#: Formats of before there was one decision for all that leaves, and exact values left beside what was held back.
_PAGES: Final = frozenset({"pingyi-held/1", "pingyi-held/2"})


class _Cell(Row, frozen=True):
    name: tuple[str, ...]
    body: str
    raters: int
    choices: tuple[str, ...]
    protected: bool


#: A number's name and how often it is taken: kind, step, place, factor; before, kind·step·place as one text, and the factor.
_Term = tuple[str | int | tuple[str, ...], ...]


class _Leak(Record, frozen=True):
    kind: str
    cells: tuple[_Cell, ...]
    raters: int
    combo: tuple[_Term, ...]
    choice: str
    bodies: tuple[str, ...]


class _Decision(Record, frozen=True, omit_defaults=True):
    """What is held back of one subject, in one order."""

    cells: tuple[CountCell, ...]
    values: tuple[tuple[str, ...], ...]
    leaks: tuple[_Leak, ...]
    digits: tuple[tuple[tuple[str, ...], int], ...] = ()
    verdicts: tuple[tuple[str, ...], ...] = ()


class _Range(Row, frozen=True):
    """What one kind of reader can say; numbers as exact text."""

    reader: str
    verdict: str
    people: int
    least: str
    most: str
    needed: str
    item: str
    choice: str
    figure: str


class _Line(Row, frozen=True):
    """One group's answers about one subject, as audited."""

    subject: str
    group: str
    standing: str
    people: int
    cells: int
    ranges: tuple[_Range, ...]


class _Kept(Record, frozen=True, omit_defaults=True):
    """`plan`: the digest of the plan under which it was decided. `public`: cells the bundle for everybody is without, by subject.
    `audit`, `unweighed`: what the audit said of the decision when it was made, and what nobody
    weighed; None where neither was kept.

    Decisions in the first two formats were made for pages alone. They stay as they were made, and hold for everything now: what
    was held back on pages stands in no bundle, and nothing that rests on it leaves exactly. In the third, ranks, tiers and flags
    were not weighed.
    """

    format: Literal["pingyi-held/1", "pingyi-held/2", "pingyi-held/3", "pingyi-held/4"]
    plan: str
    subjects: dict[str, _Decision]
    public: dict[str, tuple[tuple[str, str], ...]] = {}  # noqa: RUF012 - msgspec gives every record a new one
    audit: tuple[_Line, ...] | None = None
    unweighed: dict[str, int] | None = None


@dataclass(frozen=True)
class Audited:
    """What was found of a decision when it was made: the audit's lines; quantities that nobody weighed, with their subjects."""

    lines: Sequence[AuditLine]
    unweighed: Mapping[str, int]


def decide(report: Report, scheme: Scheme, plan: ReleasePlan, earlier: LeftBefore | None = None) -> str:
    """The decision about this report under this plan, as canonical text. `earlier`: what left of the same answers before."""
    held = Held(report=report, scheme=scheme, plan=plan, earlier=earlier or LeftBefore())
    return written(held.decided, plan, held.hidden_from_public, Audited(auditing.audit(held, held.earlier), unweighed(held)))


def written(
    decided: Mapping[str, HeldBack],
    plan: ReleasePlan,
    public: Collection[CountCell] = (),
    audited: Audited | None = None,
) -> str:
    """Decisions as canonical text, with what the audit said of them."""
    places: dict[str, list[tuple[str, str]]] = {}
    for subject, group, item in sorted(public):
        places.setdefault(subject, []).append((group, item))
    subjects = {
        subject: _Decision(
            cells=tuple(sorted(one.cells)),
            values=tuple(sorted(one.values)),
            leaks=tuple(_leak_written(leak) for leak in one.leaks),
            digits=tuple(sorted(one.digits.items())),
            verdicts=tuple(sorted(one.verdicts)),
        )
        for subject, one in decided.items()
    }
    return canonical(
        plain(
            _Kept(
                format=_FORMAT,
                plan=plan.digest(),
                subjects=subjects,
                public={subject: tuple(rest) for subject, rest in places.items()},
                audit=None if audited is None else tuple(map(_line_written, audited.lines)),
                unweighed=None if audited is None else dict(audited.unweighed),
            )
        )
    )


def load_held(content: str | None, report: Report, scheme: Scheme, plan: ReleasePlan) -> Held:
    """The decisions kept with a report; made when asked for where none were kept, or kept under another plan.

    Raises DamagedDecisionsError: made anew they might show what was held back.
    """
    if not content:
        return Held(report=report, scheme=scheme, plan=plan)
    try:
        stored = read(content, _Kept)
        if stored.plan != plan.digest():
            return Held(report=report, scheme=scheme, plan=plan)
        return Held(
            report=report,
            scheme=scheme,
            plan=plan,
            kept={subject: _decision_of(one) for subject, one in stored.subjects.items()},
            kept_public=frozenset((subject, *rest) for subject, places in stored.public.items() for rest in places),
            exact_left=stored.format in _PAGES,
            verdicts_weighed=stored.format == _FORMAT,
        )
    except RecordError as damaged:
        raise DamagedDecisionsError from damaged


def audit_of(content: str | None, plan: ReleasePlan) -> Audited | None:
    """What the audit said when the decision was made; None where it was not kept, or the decision holds no longer.

    Raises DamagedDecisionsError.
    """
    if not content:
        return None
    try:
        stored = read(content, _Kept)
    except RecordError as damaged:
        raise DamagedDecisionsError from damaged
    if stored.audit is None or stored.unweighed is None or stored.plan != plan.digest():
        return None
    return Audited(list(map(_line_of, stored.audit)), stored.unweighed)


def _line_written(line: AuditLine) -> _Line:
    ranges = tuple(
        _Range(
            reader=one.reader,
            verdict=one.verdict,
            people=one.people,
            least=str(one.least),
            most=str(one.most),
            needed=str(one.needed),
            item=one.item,
            choice=one.choice,
            figure=one.figure,
        )
        for one in line.ranges
    )
    return _Line(line.subject, line.group, line.standing, line.people, line.cells, ranges)


def _line_of(line: _Line) -> AuditLine:
    ranges = tuple(
        InferredRange(
            reader=one.reader,
            verdict=one.verdict,
            people=one.people,
            least=number(one.least),
            most=number(one.most),
            needed=number(one.needed),
            item=one.item,
            choice=one.choice,
            figure=one.figure,
        )
        for one in line.ranges
    )
    return AuditLine(
        subject=line.subject, group=line.group, standing=line.standing, people=line.people, cells=line.cells, ranges=ranges
    )


def _leak_written(leak: Leak) -> _Leak:
    combo = tuple((*name, factor) for name, factor in leak.combo if isinstance(name, Figure))
    return _Leak(
        kind=leak.kind,
        cells=shaped(leak.cells, tuple[_Cell, ...]),
        raters=leak.raters,
        combo=combo,
        choice=leak.choice,
        bodies=leak.bodies,
    )


def _decision_of(one: _Decision) -> HeldBack:
    leaks = tuple(
        Leak(
            kind=leak.kind,
            cells=shaped(leak.cells, tuple[Cell, ...]),
            raters=leak.raters,
            combo=tuple(map(_term, leak.combo)),
            choice=leak.choice,
            bodies=leak.bodies,
        )
        for leak in one.leaks
    )
    return HeldBack(frozenset(one.cells), frozenset(one.values), leaks, dict(one.digits), frozenset(one.verdicts))


def _term(term: _Term) -> tuple[Figure, int]:
    """A number's name and its factor; one of before is cut at its dots, where the step of a flag may be `quantity·1`."""
    match term:
        case (str(kind), str(step), tuple(place), int(factor)):
            return Figure(kind, step, place), factor
        case (str(whole), int(factor)):
            kind, step, *rest = whole.split("·")
            if kind == "flag" and rest and rest[0].isdigit():
                step, rest = f"{step}·{rest[0]}", rest[1:]
            return Figure(kind, step, tuple(rest)), factor
    raise RecordError(f"{term!r} names no number")
