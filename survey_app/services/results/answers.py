"""How each rater group answered each item about one subject, as far as the release lets it out."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.presenting import charts
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded


@dataclass(frozen=True)
class Bar:
    """One rater group's answers on one item: counts by choice in the scale's order, blank lines apart.

    `withheld`: too few answered; then every count here is 0 and none is to be printed.
    """

    group: str
    choices: tuple[tuple[str, int], ...]
    blank: int
    answered: int
    chart: charts.StackedBar
    withheld: bool = False


@dataclass(frozen=True)
class ItemDistribution:
    """One item with a bar per group, and the indicator it belongs to."""

    item: str
    title: str
    indicator: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class GroupRow:
    """One rater group of one subject: its by-group quantities, and how many ballots stand behind them."""

    group: str
    title: str
    cells: tuple[Shown, ...]


def by_group(loaded: Loaded, code: str) -> list[GroupRow]:
    """The by-group quantities, for the groups that were asked about this subject; none where the plan does not release them."""
    if not loaded.lets("groups"):
        return []
    reading, layout = loaded.reading, loaded.scheme.layout
    asked = {group for subject, group, _ in loaded.report.tally.counts if subject == code}
    rows = []
    for group, info in loaded.scheme.groups.items():
        cells = tuple(reading.cell(key, {"subject": code, "group": group}) for key in layout.by_group)
        if group in asked or any(not cell.missing for cell in cells):
            rows.append(GroupRow(group, info.title.in_(reading.language), cells))
    return rows


def distributions(loaded: Loaded, code: str) -> list[ItemDistribution]:
    """How every group answered every item asked about this subject, in the scheme's order; nothing where the plan says so."""
    if not loaded.lets("answers"):
        return []
    reading, scheme, counts = loaded.reading, loaded.scheme, loaded.report.tally.counts
    found = []
    for item in scheme.items.values():
        groups = [group for group in scheme.groups if (code, group, item.key) in counts]
        if not groups:
            continue
        bars = tuple(bar(loaded, code, group, item.key) for group in groups)
        indicator = scheme.indicators[item.parent].in_(reading.language) if item.parent in scheme.indicators else ""
        found.append(ItemDistribution(item.key, item.text.in_(reading.language), indicator, bars))
    return found


def bar(loaded: Loaded, code: str, group: str, item: str) -> Bar:
    """One group's answers on one item. Blank lines and "do not know" stand beside the bar of grades, never inside it."""
    scheme, language = loaded.scheme, loaded.reading.language
    scale = scheme.scales[scheme.items[item].scale]
    withheld = held(loaded, code, group, item)
    counts = () if withheld else loaded.report.tally.counts.get((code, group, item), ())
    choices = [(choice, counts[choice.code] if choice.code < len(counts) else 0) for choice in scale.choices]
    graded = [(choice.label.in_(language), count) for choice, count in choices if choice.kind != "unknown"]
    return Bar(
        scheme.groups[group].title.in_(language),
        tuple((choice.label.in_(language), count) for choice, count in choices),
        counts[0] if counts else 0,
        sum(count for _, count in graded),
        charts.stacked([count for _, count in graded], [label for label, _ in graded]),
        withheld,
    )


def held(loaded: Loaded, code: str, group: str, item: str) -> bool:
    """Whether too few people stand behind these answers to show them."""
    return loaded.reading.held is not None and loaded.reading.held.cell(code, group, item)
