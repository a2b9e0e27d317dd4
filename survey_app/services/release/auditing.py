"""What the union of everything that leaves lets each kind of reader infer, person by person and group by group.

Lives here: the audit as facts. May not live here: deciding (`deciding`), words and tables (the page, `pingyi audit-release`).

Asked of the decision as it was kept, by the same inference that made it; that the inference itself is right is held by tests
against a finder of their own. A sworn auditor sees every form, and is not in here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.disclosure.inference import Inference, infer
from analysis.disclosure.inference import Reader as Asked
from survey_app.services.release import deciding, weighing
from survey_app.services.release.deciding import LeftBefore, Weighable
from survey_app.services.release.figure import named
from survey_app.services.release.readers import SCORE, VERDICT, ReaderKind
from survey_app.services.release.withholding import Held

#: An insider: someone of the group itself who has besides everything that anybody has.
INSIDER = "insider"
#: From what nobody should be able to say, to what is well.
VERDICTS = ("known", "narrow", "unproven", "safe")


@dataclass(frozen=True, kw_only=True)
class InferredRange:
    """What one kind of reader can say of one group's answers about one subject, at the place where they can say most.

    `verdict`: one of `VERDICTS`. Between `least` and `most` lies how many of `people` chose `choice` at `item`; with no item, the
    part that they have in the figure `figure`. `needed`: how far apart these had to lie.
    """

    reader: str
    verdict: str
    people: int
    least: Fraction
    most: Fraction
    needed: Fraction
    item: str = ""
    choice: str = ""
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One group's answers about one subject. `standing`: signed, open, shown (all counts leave), or held (some do not).

    `people`: most that answered one item. `cells`: items held back. `ranges`: by kind of reader, of what is held back.
    """

    subject: str
    group: str
    standing: str
    people: int
    cells: int = 0
    ranges: tuple[InferredRange, ...] = ()


def audit(held: Held, earlier: LeftBefore | None = None) -> list[AuditLine]:
    """Every subject and group that was asked about it, subjects in the order of the report, groups of the scheme.

    Parameters
    ----------
    held
        The decision as kept.
    earlier
        What left of the same answers before.
    """
    union = held.union
    ranges: dict[tuple[str, str], dict[str, InferredRange]] = defaultdict(dict)
    for body in deciding.as_decided(union, held.decided, earlier or LeftBefore()):
        for kind, found in _asked(held, body):
            for place in {(cell[0], cell[1]) for cell in found.cells}:
                told, before = _range(kind, found), ranges[place].get(kind)
                if before is None or _order(told) < _order(before):
                    ranges[place][kind] = told
    lines = []
    for subject in [one.id for one in union.report.subjects]:
        groups = {cell[1] for cell in union.asked.get(subject, ())}
        for group in [one for one in union.scheme.groups if one in groups]:
            cells = [cell for cell in union.asked[subject] if cell[1] == group]
            hidden = [cell for cell in cells if cell in held.hidden]
            standing = "signed" if union.scheme.groups[group].signed else "held" if hidden else "shown"
            if standing == "shown" and group in union.plan.open_groups:
                standing = "open"
            lines.append(
                AuditLine(
                    subject=subject,
                    group=group,
                    standing=standing,
                    people=max(map(union.answered, cells)),
                    cells=len(hidden),
                    ranges=tuple(ranges[subject, group].values()) if hidden else (),
                )
            )
    return lines


def _asked(held: Held, body: Weighable) -> Iterator[tuple[str, Inference]]:
    """Every inference about the body, by kind of reader."""
    question, public = body.question, held.hidden_from_public
    plain = next(one for one in question.readers if not one.body)
    known = {name: named(name) for name in plain.sees}
    scores = frozenset(name for name, one in known.items() if one is None or one.kind in (SCORE, VERDICT))
    own = frozenset(name for name, one in known.items() if one is not None and held.union.subject_at(one.place) in body.about)
    readers = [
        Asked(name=ReaderKind.PUBLIC, sees=scores, knows=plain.knows - public),
        Asked(name=ReaderKind.SUBJECT, sees=own, knows=plain.knows),
        Asked(name=ReaderKind.UNIT, sees=plain.sees, knows=plain.knows),
        Asked(name=ReaderKind.OFFICE, sees=plain.sees, knows=plain.knows),
        *(replace(one, name=f"{INSIDER}:{one.body}") for one in question.readers if one.body),
    ]
    found = infer(
        question.cells,
        question.counts,
        question.figures,
        readers,
        protection=weighing.protection(held.plan),
        effort=weighing.EFFORT,
    )
    for one in found:
        if not body.cells.isdisjoint(one.cells):
            yield one.reader.partition(":")[0], one


def _range(kind: str, found: Inference) -> InferredRange:
    count = found.kind == "count"
    behind = named(found.figure)
    figure = behind.quantity if behind else ""
    return InferredRange(
        reader=kind,
        verdict=found.verdict,
        people=found.people,
        least=found.least,
        most=found.most,
        needed=found.needed,
        item=found.cells[0][2] if count else "",
        choice=found.choice if count else "",
        figure="" if count else figure,
    )


def _order(one: InferredRange) -> tuple[int, Fraction]:
    """The worst first: by verdict, then by how little stays open of what has to."""
    return VERDICTS.index(one.verdict), (one.most - one.least) / one.needed if one.needed else Fraction(0)


def worst(lines: Iterable[AuditLine]) -> Mapping[str, int]:
    """How many lines stand worst with each verdict; those without anything held back are left out."""
    found: dict[str, int] = dict.fromkeys(VERDICTS, 0)
    for line in lines:
        if line.ranges:
            found[min((one.verdict for one in line.ranges), key=VERDICTS.index)] += 1
    return found
