"""The result of a folder counted without a server, as files: results.json (complete), results.xlsx and results.html (to read).

results.json holds every value of every quantity as an exact fraction, as displayed, and with its trace: the step that made
it and the cells it was made from, unfolded down to the next named quantity. The whole report of the count stands in it too,
so that `pingyi explain` needs nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis import AnalysisError, Report, canonical
from analysis.evaluate import Tell
from analysis.explaining.explain import DerivationLine, derivation, explain
from analysis.explaining.trace import TraceNode
from analysis.explaining.wording import Wording
from analysis.notes import notes_out
from analysis.step_names import quantity_of
from analysis.values import Key, Missing, as_literal, text_of
from questionnaires.folder.reader import Folder, StyleAccount
from questionnaires.model import QuantityInfo, Scheme, Text
from questionnaires.tables.sheet import Cell, Number
from survey_app.i18n import language, say
from survey_app.services.results import single_ballots
from survey_app.services.results.cells import Shown
from survey_app.services.results.gate import NoTest, Untested
from survey_app.services.results.naming import Naming
from survey_app.services.results.view import FigureLine, ResultView

FORMAT = "pingyi-results/1"


@dataclass(frozen=True, kw_only=True)
class Results:
    """A count with everything a reader needs to name things: quantities in the scheme's order, names of subjects and labels."""

    report: Report
    title: Text
    version: str
    digest: str
    period: str
    quantities: Mapping[str, QuantityInfo]
    subjects: Mapping[str, str]
    units: Mapping[str, str]
    words: Mapping[str, Text]
    policy: tuple[tuple[str, str], ...]
    accounts: tuple[StyleAccount, ...]
    columns: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The scheme's title in the language in use."""
        return self.title.in_(language())

    @cached_property
    def names(self) -> dict[str, str]:
        """What people call subjects, groups, items and grades, in the language in use when first asked."""
        subjects = {code: (name if name == code else f"{name}（{code}）") for code, name in self.subjects.items()}
        return {key: word.in_(language()) for key, word in self.words.items()} | subjects

    @cached_property
    def view(self) -> ResultView:
        """The figures as a reader sees them."""
        naming = Naming(self.quantities, language(), lambda _axis, label: self.label(label), self.names)
        return ResultView(report=self.report, naming=naming, gate=Untested(NoTest.FOLDER))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Steps by what people call them; a step the author did not name is called after its quantity."""
        found = {key: info.title.in_(language()) for key, info in self.quantities.items()}
        for step in self.report.plan.steps:
            quantity = quantity_of(step.name)
            found.setdefault(step.name, found.get(quantity, quantity))
        return found

    def label(self, text: str) -> str:
        """A subject, group, item, period or grade as people call it."""
        return self.names.get(text, text)


def results_of(folder: Folder, report: Report) -> Results:
    """The results of one counted folder. Marks of single ballots stay in them only where every rater signs."""
    scheme = folder.scheme
    columns = tuple(dict.fromkeys((*scheme.layout.columns, *scheme.layout.tiers, *scheme.layout.flags)))
    signed = {account.style for account in folder.accounts if scheme.groups[account.group].signed}
    report = single_ballots.only_signed(report, signed)
    return Results(
        report=report,
        title=scheme.title,
        version=scheme.version,
        digest=scheme.digest,
        period=folder.evidence.period,
        quantities=scheme.quantities,
        subjects=folder.names,
        units=folder.units,
        words=_words(scheme),
        policy=scheme.policy_told(say),
        accounts=folder.accounts,
        columns=columns,
    )


def _words(scheme: Scheme) -> dict[str, Text]:
    """What people call groups, items and grades."""
    found = {**scheme.sides, **scheme.indicators}
    found |= {key: group.title for key, group in scheme.groups.items()}
    found |= {key: item.text for key, item in scheme.items.items()}
    for scale in scheme.scales.values():
        found |= {choice.key: choice.label for choice in scale.choices if choice.kind != "number"}
    for info in scheme.quantities.values():
        found |= info.labels
    return found


# --- json
def to_json(results: Results, tell: Tell = lambda _done, _all: None) -> str:
    """results.json: canonical JSON, every number that decides written as exact text. `tell`: how many quantities of how many."""
    shown = shown_of(results)

    def out(at: int, info: QuantityInfo) -> dict[str, object]:
        tell(at, len(shown))
        return _quantity_out(results, info)

    return canonical(
        {
            "format": FORMAT,
            "scheme": {"title": dict(results.title.words), "version": results.version, "digest": results.digest},
            "period": results.period,
            "language": language(),
            "policy": [list(line) for line in results.policy],
            "subjects": [{"id": code, "name": name, "unit": results.units[code]} for code, name in results.subjects.items()],
            "words": {key: dict(word.words) for key, word in results.words.items()},
            "columns": list(results.columns),
            "quantities": [out(at, info) for at, info in enumerate(shown)],
            "ballots": [_account_out(account) for account in results.accounts],
            "findings": [
                {"code": one.code, "about": one.subject, "step": one.step, "parts": dict(one.parts)}
                for one in results.report.findings
            ],
            "report": json.loads(results.report.to_json()),
            "signed_ballots": {
                name: results.view.exact(name) for name in results.view.names() if "rater" in (results.view.axes(name) or ())
            },
        }
    )


def _quantity_out(results: Results, info: QuantityInfo) -> dict[str, object]:
    return {
        "key": info.key,
        "title": dict(info.title.words),
        "axes": list(info.axes),
        "kind": info.kind,
        "digits": info.digits,
        "note": dict(info.note.words) if info.note else None,
        "source": info.source,
        "line": info.line,
        "labels": {grade: dict(title.words) for grade, title in info.labels.items()},
        "values": [_value_out(results, info, line) for line in results.view.lines(info.key)],
    }


def _value_out(results: Results, info: QuantityInfo, line: FigureLine) -> dict[str, object]:
    value = line.value
    return {
        "labels": line.labels,
        "exact": None if isinstance(value, Missing) else text_of(value),
        "kind": as_literal(value)[0],
        "missing": value.reason if isinstance(value, Missing) else None,
        "shown": text(cell_of(line.shown)),
        "trace": _trace_out(results.report.trace(info.key, line.labels), set(results.quantities), root=True),
    }


def _trace_out(node: TraceNode, named: set[str], *, root: bool = False) -> dict[str, object]:
    """One step of a trace, unfolded down to the next named quantity. The values of rivals in a pool are only counted."""
    value = as_literal(node.value)
    found: dict[str, object] = {"step": node.name, "role": node.role, "labels": dict(node.labels), "value": value}
    if node.name in named and not root:
        return found
    found |= {"op": node.op, "line": node.line, "source": node.source}
    if node.notes:
        found["notes"] = notes_out(node.notes)
    if node.terms:
        found["terms"] = [[term.choice, str(term.count), str(term.value)] for term in node.terms]
    if rivals := len(node.beside.keys) - (node.key in node.beside.keys):
        found["rivals"] = rivals
    if parts := [_trace_out(one, named) for one in node.own_inputs]:
        found["inputs"] = parts
    return found


def _account_out(account: StyleAccount) -> dict[str, object]:
    return {
        "style": account.style,
        "group": account.group,
        "unit": account.unit,
        "excluded": account.excluded,
        "broken": dict(account.broken),
        "cast": account.cast,
        "valid": account.valid,
        "blank": account.blank,
        "invalid": account.invalid,
    }


def from_json(text: str) -> Results:
    """The results `to_json` wrote. AnalysisError for anything else."""
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise AnalysisError("report-format", given=raw["format"], wanted=FORMAT)
        scheme, subjects = raw["scheme"], raw["subjects"]
        words = {key: Text(word) for key, word in raw["words"].items()}
        report = single_ballots.put_back(Report.from_json(json.dumps(raw["report"])), raw["signed_ballots"])
        return Results(
            report=report,
            title=Text(scheme["title"]),
            version=scheme["version"],
            digest=scheme["digest"],
            period=raw["period"],
            quantities={one["key"]: _quantity_in(one) for one in raw["quantities"]},
            subjects={one["id"]: one["name"] for one in subjects},
            units={one["id"]: one["unit"] for one in subjects},
            words=words,
            policy=tuple((word, told) for word, told in raw["policy"]),
            accounts=tuple(StyleAccount(**one) for one in raw["ballots"]),
            columns=tuple(raw["columns"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AnalysisError("not-a-report") from error


def _quantity_in(raw: Mapping[str, Any]) -> QuantityInfo:
    note = Text(raw["note"]) if raw["note"] else None
    labels = {grade: Text(title) for grade, title in raw["labels"].items()}
    return QuantityInfo(
        key=raw["key"],
        title=Text(raw["title"]),
        axes=tuple(raw["axes"]),
        kind=raw["kind"],
        digits=raw["digits"],
        note=note,
        source=raw["source"],
        line=raw["line"],
        labels=labels,
    )


# --- the calculation by hand
def by_hand(results: Results, name: str, labels: Mapping[str, str], depth: int = 32) -> str:
    """The calculation of one value as a person would write it, with the scheme's lines and sources."""
    node = results.report.trace(name, labels)
    return explain(node, titles=results.titles, names=results.names, say=say, depth=depth)


def derived(results: Results, name: str, labels: Mapping[str, str], seen: set[tuple[str, Key]]) -> list[DerivationLine]:
    """The same line by line; what is in `seen` was unfolded before, and is only named."""
    wording = Wording(say, results.titles, results.names)
    return list(derivation(results.report.trace(name, labels), wording, seen))


def shown_of(results: Results) -> list[QuantityInfo]:
    """The scheme's own quantities of which there are figures, in the scheme's order; without those over single ballots."""
    axes = {key: results.view.axes(key) for key in results.quantities}
    return [info for key, info in results.quantities.items() if "rater" not in (axes[key] or ("rater",))]


def cell_of(shown: Shown) -> Number | str:
    """A figure in a cell of a file: empty where it does not apply, a number by its digits, else its words."""
    return shown.number if shown.number is not None else shown.text if shown.applies else ""


def text(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else cell.text if isinstance(cell, Number) else str(cell)
