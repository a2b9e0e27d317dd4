"""Reading the dated tables of an evidence sheet: events, results of earlier periods, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from questionnaires.model import Scheme, Text
from questionnaires.styles import matches
from questionnaires.tables.typed import exact_value
from survey_app.i18n import N_, language
from survey_app.services.evidence.columns import (
    AMOUNT,
    CHOICE,
    DECIDER,
    DECISION,
    EVENT,
    ID,
    NAME,
    NAME_MOST,
    ON,
    PERIOD,
    QUANTITY,
    REASON,
    REASON_MOST,
    UNIT,
    VALUE,
    VALUE_MOST,
    Entry,
    heading,
    titles_of,
)
from survey_app.services.evidence.grid import EntryDesk, EntryRow, EntrySheet, grid_of
from survey_app.services.evidence.typed import bounds_words, out_of_bounds

PERIOD_MOST = 20


def read_events(desk: EntryDesk, scheme: Scheme, sheet: str, rows: Sequence[Sequence[str]]) -> None:
    """What happened and when; two things on one day are told apart by their reasons."""
    grid = grid_of(desk, sheet, rows, needed=(ID, EVENT), known=(NAME, UNIT, ON, AMOUNT, REASON))
    if grid is None:
        return
    kinds, titles = _spellings(scheme.event_kinds), [text.in_(language()) for text in scheme.event_kinds.values()]
    seen: dict[Entry, int] = {}
    for row in grid.filled():
        subject = row.subject()
        kind = row.word(EVENT, kinds, N_("办法里没有“%(found)s”这种事项"), titles)
        on, amount, reason = row.day(ON), _amount(row), row.reason()
        if not (subject and kind and on and amount):
            continue
        bounds = scheme.event_bounds.get(kind)
        if bounds is not None and out_of_bounds(bounds, Fraction(amount)):
            what, remedy = N_("“%(found)s”超出范围，应为%(range)s"), N_("请核对后改正")
            row.problem(heading(AMOUNT), what, remedy, found=amount, range=bounds_words(bounds))
            continue
        same = Entry(subject=subject.id, kind="event", name=kind, value="", on=on, reason=reason)
        if same in seen:
            what, remedy = N_("和第 %(first)s 行是同一件事"), N_("重复的请删去；同一天的两件事，请把事由写得不同")
            row.problem(heading(REASON), what, remedy, first=seen[same])
        else:
            seen[same] = row.number
            desk.entries.append(Entry(subject=subject.id, kind="event", name=kind, value=amount, on=on, reason=reason))


def _amount(row: EntryRow) -> str | None:
    text = row.get(AMOUNT) or "1"
    amount = exact_value(text)
    if amount is None:
        row.problem(heading(AMOUNT), N_("“%(found)s”不是数"), N_("请只填数字；一次就填 1 或留空"), found=text)
    return amount


def read_earlier(desk: EntryDesk, scheme: Scheme, sheet: str, rows: Sequence[Sequence[str]]) -> None:
    """Results of earlier periods: one a row (`结果`, `数值`), or one column for each result."""
    names = {name.strip().lower(): key for key in scheme.earlier for name in titles_of(scheme, key)}
    known = (NAME, UNIT, REASON, QUANTITY, VALUE, tuple(names))
    grid = grid_of(desk, sheet, rows, needed=(ID, PERIOD), known=known)
    if grid is None:
        return
    seen: dict[tuple[str, str, str], int] = {}
    for row in grid.filled():
        period, subject, reason = row.get(PERIOD), row.subject(), row.reason()
        if not period or len(period) > PERIOD_MOST:
            row.problem(heading(PERIOD), N_("没有写是哪个时期的结果"), N_("请填时期，如 2025"))
            continue
        for name, text in _results(row, names):
            if subject is None or len(text) > VALUE_MOST:
                continue
            first = seen.setdefault((subject.id, period, name), row.number)
            if first != row.number:
                what = N_("“%(id)s”在“%(period)s”的结果第 %(first)s 行已经有了")
                row.problem(heading(PERIOD), what, N_("每个时期只留一行"), id=subject.id, period=period, first=first)
            else:
                desk.entries.append(
                    Entry(
                        subject=subject.id, kind="past", name=name, value=past_value(scheme, name, text), on=period, reason=reason
                    )
                )


def _results(row: EntryRow, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The results in a row: (quantity, what is written)."""
    found = [(names[head], row.at(place)) for head, place in row.grid.columns.items() if head in names and row.at(place)]
    if row.grid.place(QUANTITY) is not None:
        name = row.word(QUANTITY, names, N_("办法里没有“%(found)s”这项往期结果"), [*dict.fromkeys(names.values())])
        text = row.need(VALUE, VALUE_MOST)
        found += [(name, text)] if name and text else []
    return found


def past_value(scheme: Scheme, quantity: str, text: str) -> str:
    """An earlier result: a number, or a grade by its key or title."""
    labels = scheme.quantities[quantity].labels if quantity in scheme.quantities else {}
    for key, title in labels.items():
        if text == key or text in title.words.values():
            return key
    return exact_value(text) or text


def read_decisions(desk: EntryDesk, scheme: Scheme, sheet: str, rows: Sequence[Sequence[str]]) -> None:
    """What people decided, each with decider, reason and day."""
    needed = (ID, DECISION, CHOICE, DECIDER, REASON, ON)
    grid = grid_of(desk, sheet, rows, needed=needed, known=(NAME, UNIT))
    if grid is not None:
        _decisions(desk, scheme, grid)


def _decisions(desk: EntryDesk, scheme: Scheme, grid: EntrySheet) -> None:
    names = {name.lower(): name for name in scheme.decisions}
    seen: dict[tuple[str, str], int] = {}
    for row in grid.filled():
        subject = row.subject()
        name = row.word(DECISION, names, N_("办法里没有“%(found)s”这件要研究的事"), [*scheme.decisions])
        choices = {choice.lower(): choice for choice in scheme.decisions.get(name, ())}
        choice = row.word(CHOICE, choices, N_("没有“%(found)s”这个选择"), [*choices.values()]) if name else ""
        decider, on, reason = row.need(DECIDER, NAME_MOST), row.day(ON), row.need(REASON, REASON_MOST)
        if not (subject and name and choice and decider and on and reason):
            continue
        if not matches(scheme.decision_where.get(name, {}), subject.facts):
            what, remedy = N_("这个对象的“%(found)s”，方案没有让人来定"), N_("请删去这一行，或核对编号")
            row.problem(heading(DECISION), what, remedy, found=name)
            continue
        first = seen.setdefault((subject.id, name), row.number)
        if first != row.number:
            row.problem(heading(DECISION), N_("这件事第 %(first)s 行已经有了"), N_("每个对象每件事只留一行"), first=first)
        else:
            desk.entries.append(
                Entry(subject=subject.id, kind="decision", name=name, value=choice, on=on, reason=reason, decider=decider)
            )


def _spellings(titles: Mapping[str, Text]) -> dict[str, str]:
    return {name.strip().lower(): key for key, title in titles.items() for name in (key, *title.words.values())}
