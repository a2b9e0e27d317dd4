"""Rules that look at several years: promotion gates, two bad years running. Read from the scheme alone, for each subject told in
sentences: whether a rule is met, which years it read, what is missing.

A rule is any flag of the results that is made from earlier results. Lives here: finding and telling them. May not live here:
deciding anything (the count did), taking earlier results over (`earlier`).

Threat answered to: a year's figure that may not be said. Verdicts, reasons and figures come through the result view alone; an
earlier result is evidence that left its own round, this year's figure is shown where no answer held back stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.explaining.trace import TraceNode
from analysis.ops.dated import PastParams
from analysis.values import Key, Missing
from survey_app.i18n import gettext as _
from survey_app.services.results import cells, outcomes, standing
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.loaded import Loaded

#: The label an earlier result has where there is no period at all.
_NONE = "none"
#: A rule over several years reads other subjects' years at most through its team and what that reads.
_DEEP = 60


@dataclass(frozen=True, kw_only=True)
class YearRule:
    """A rule of the scheme over several years. `reads`: what it looks back at and how far, in sentences."""

    key: str
    title: str
    consequence: str
    source: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class YearRow:
    """One figure through the years, as a rule reads it: of whom and what, and a text for each period ("" where none is read)."""

    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class YearVerdict:
    """A rule about one subject. `raised`: None where it cannot be said, and `reason` says why; `why` it is met, in words.

    `periods` are the headings over the `rows`, the counted period last; `missing`: what the rule would have read, in sentences.
    """

    rule: YearRule
    raised: bool | None
    reason: str
    why: str
    place: str
    periods: tuple[str, ...]
    rows: tuple[YearRow, ...]
    missing: tuple[str, ...]


def rules(loaded: Loaded) -> Mapping[str, YearRule]:
    """The rules over several years that the scheme has, in its order."""
    return loaded.view.once("year rules", lambda: {one.key: one for one in _rules(loaded)})


def verdicts(loaded: Loaded, code: str) -> list[FlagShown]:
    """What each rule that speaks of a subject says, without the years behind it."""
    return [flag for key in rules(loaded) for flag in loaded.view.flags(key, code)]


def of_subject(loaded: Loaded, code: str) -> list[YearVerdict]:
    """Every rule over several years that speaks of a subject, with the years it read.

    Parameters
    ----------
    loaded
        The result as the office reads it.
    code
        The subject.

    Returns
    -------
    list of YearVerdict
        Those that are met first, those that are not last.
    """
    told = [_verdict(loaded, code, flag) for flag in verdicts(loaded, code)]
    return sorted(told, key=lambda one: (one.raised is not True, one.raised is False))


def _rules(loaded: Loaded) -> Iterator[YearRule]:
    view = loaded.view
    for key in loaded.scheme.layout.flags:
        params = [step.params for step in standing.behind(loaded, key) if isinstance(step.params, PastParams)]
        info = loaded.scheme.quantities.get(key)
        if params and info is not None:
            yield YearRule(
                key=key,
                title=view.title(key),
                consequence=info.note.in_(view.language) if info.note else "",
                source=info.source,
                reads=tuple(dict.fromkeys(_window(loaded, one) for one in params)),
            )


def _window(loaded: Loaded, params: PastParams) -> str:
    title = loaded.view.title(params.quantity)
    if params.last is not None:
        return _("最近 %(n)s 个往期的“%(title)s”", n=params.last, title=title)
    if params.back is not None:
        return _("紧接本期之前 %(n)s 期的“%(title)s”", n=params.back, title=title)
    if params.periods:
        return _("%(periods)s 的“%(title)s”", periods="、".join(params.periods), title=title)
    return _("所有往期的“%(title)s”", title=title)


def _verdict(loaded: Loaded, code: str, flag: FlagShown) -> YearVerdict:
    at = {**flag.labels, "subject": code}
    node = loaded.view.node(flag.key, at)
    # what a flag that may not be told was made of would tell it
    past = _past(node) if node is not None and not loaded.view.gate.hides_verdict(flag.key, at) else []
    periods = sorted({one.labels["period"] for one in past} - {_NONE})
    why = outcomes.because(loaded, flag.key, at) if flag.raised else ""
    return YearVerdict(
        rule=rules(loaded)[flag.key],
        raised=flag.raised,
        reason=flag.reason,
        why=why or (flag.sentence if flag.raised else ""),
        place=flag.place,
        periods=(*periods, _("%(period)s（本期）", period=loaded.campaign.period)),
        rows=tuple(_rows(loaded, code, past, periods)),
        missing=tuple(dict.fromkeys(_missing(loaded, code, past))),
    )


def _past(node: TraceNode) -> list[TraceNode]:
    """The earlier results that a cell was made from, each once, in the order of the rule."""
    found: dict[tuple[str, Key], TraceNode] = {}
    seen, waiting = set[tuple[str, Key]](), [node]
    while waiting and len(seen) < _DEEP * _DEEP:
        one = waiting.pop(0)
        if (one.name, one.key) in seen:
            continue
        seen.add((one.name, one.key))
        if isinstance(one.step.params, PastParams):
            found[one.name, one.key] = one
        elif one.op != "tally":
            try:
                waiting += one.own_inputs
            except AnalysisError:
                continue  # over single ballots: no earlier result stands below
    return list(found.values())


def _rows(loaded: Loaded, code: str, past: Sequence[TraceNode], periods: Sequence[str]) -> Iterator[YearRow]:
    lines: dict[tuple[str, str], dict[str, TraceNode]] = {}
    for one in past:
        if isinstance(one.step.params, PastParams):
            lines.setdefault((one.step.params.quantity, one.labels["subject"]), {})[one.labels["period"]] = one
    for (quantity, whose), nodes in lines.items():
        texts = [_text(loaded, nodes[period], quantity) if period in nodes else "" for period in periods]
        yield YearRow(_of(loaded, code, whose, loaded.view.title(quantity)), (*texts, _now(loaded, quantity, whose)))


def _of(loaded: Loaded, code: str, whose: str, title: str) -> str:
    """A figure by its title, and whose it is where it is not the subject's own: a team's, for its head."""
    other = loaded.people.get(whose)
    return title if whose == code or other is None else f"{title}（{other.name}）"


def _text(loaded: Loaded, node: TraceNode, quantity: str) -> str:
    """A cell as the quantity it is of is shown; an earlier result as that of this year."""
    value, naming = loaded.view.reckoned(node), loaded.view.naming
    if value is None:
        return _("没有列出")
    return "—" if isinstance(value, Missing) else cells.show(value, naming.quantities.get(quantity), naming).text


def _now(loaded: Loaded, quantity: str, whose: str) -> str:
    """The counted period's own figure; "" where the scheme does not make it."""
    at = {"subject": whose}
    if quantity in (*loaded.scheme.layout.columns, *loaded.scheme.layout.tiers):
        cell = loaded.view.cell(quantity, at)
        return cell.text if cell.applies else ""
    node = loaded.view.node(quantity, at)
    return _text(loaded, node, quantity) if node is not None else ""


def _missing(loaded: Loaded, code: str, past: Sequence[TraceNode]) -> Iterator[str]:
    for one in past:
        params, period = one.step.params, one.labels["period"]
        if not isinstance(params, PastParams) or not isinstance(one.value, Missing):
            continue
        title = _of(loaded, code, one.labels["subject"], loaded.view.title(params.quantity))
        if period == _NONE:
            yield _("没有任何往期的“%(title)s”", title=title)
        else:
            yield _("缺 %(period)s 的“%(title)s”", period=period, title=title)
    for name, found in _read(past).items():
        wanted = next(one.step.params for one in past if one.name == name)
        if isinstance(wanted, PastParams) and wanted.last is not None and 0 < len(found) < wanted.last:
            title = loaded.view.title(wanted.quantity)
            yield _("方案看最近 %(n)s 个往期的“%(title)s”，材料里只有 %(m)s 个", n=wanted.last, m=len(found), title=title)


def _read(past: Sequence[TraceNode]) -> Mapping[str, set[str]]:
    """Which periods each earlier result was read of."""
    found: dict[str, set[str]] = {}
    for one in past:
        found.setdefault(one.name, set()).update({one.labels["period"]} - {_NONE})
    return found
