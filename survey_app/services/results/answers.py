"""How each rater group answered each item about one subject, as far as the release lets it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import item_lines
from survey_app.services.results.cells import Answers, FlagShown, Shown
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.words import WITHHELD


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One rater group's answers on one item: counts by choice in the scale's order, blank lines apart.

    `withheld`: too few answered; then every count here is 0 and none is to be printed.
    """

    group: str
    choices: tuple[tuple[str, int], ...]
    blank: int
    answered: int
    graded: tuple[tuple[str, int], ...] = ()
    withheld: bool = False

    @property
    def instead(self) -> str:
        """What stands in place of the counts where they are withheld."""
        return _(WITHHELD)


@dataclass(frozen=True)
class ItemDistribution:
    """One item with a bar per group, and the indicator it belongs to. `chart`: the bars drawn, None where there are none."""

    item: str
    title: str
    indicator: str
    bars: tuple[Bar, ...]
    chart: Drawing | None


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
    view, layout = loaded.view, loaded.scheme.layout
    asked = {group for group, _item in view.asked(code)}
    rows = []
    for group, info in loaded.scheme.groups.items():
        cells = tuple(view.cell(key, {"subject": code, "group": group}) for key in layout.by_group)
        if group in asked or any(not cell.missing for cell in cells):
            rows.append(GroupRow(group, info.title.in_(view.language), cells))
    return rows


def distributions(loaded: Loaded, code: str) -> list[ItemDistribution]:
    """How every group answered every item asked about this subject, in the scheme's order; nothing where the plan says so."""
    if not loaded.lets("answers"):
        return []
    view, scheme = loaded.view, loaded.scheme
    asked = view.asked(code)
    found = []
    for item in scheme.items.values():
        groups = [group for group in scheme.groups if (group, item.key) in asked]
        if not groups:
            continue
        asked_of = tuple(bar(loaded, code, group, item.key) for group in groups)
        indicator = scheme.indicators[item.parent].in_(view.language) if item.parent in scheme.indicators else ""
        title = item.text.in_(view.language)
        found.append(ItemDistribution(item.key, title, indicator, asked_of, _drawn(loaded, code, item.key, asked_of)))
    return found


def _drawn(loaded: Loaded, code: str, item: str, drawn: tuple[Bar, ...]) -> Drawing | None:
    """The groups' answers one under the other, without those held back; where a rule looks at these very votes, with its line.

    A rule over several groups has its line in a bar of all of them together, where all of them are shown.
    """
    there = [one for one in drawn if not one.withheld and one.answered]
    if not there:
        return None
    about = [key for key in loaded.scheme.layout.flags if (one := item_lines.counted_by(loaded, key)) and one.item == item]
    flags = [flag for key in about for flag in loaded.view.flags(key, code)]
    rows = [_row(loaded, item, one.group, [count for _label, count in one.graded], flags=flags) for one in there]
    if len(there) > 1 and not any(one.withheld for one in drawn):
        together = [sum(one.graded[at][1] for one in there) for at in range(len(there[0].graded))]
        all_of = _row(loaded, item, _("合计"), together, flags=flags)
        rows = [all_of, *rows] if all_of.line is not None else rows
    title = loaded.scheme.items[item].text.in_(loaded.view.language)
    return bars.stacked(_("%(title)s：票数分布", title=title), rows, [label for label, _count in there[0].graded])


def _row(loaded: Loaded, item: str, label: str, counts: Sequence[int], *, flags: Sequence[FlagShown]) -> bars.BarRow:
    line = item_lines.line_in(loaded, item, counts, flags)
    return bars.BarRow(
        label,
        tuple(counts),
        _("%(n)s 人", n=sum(counts)),
        line=None if line is None else line.at,
        line_note="" if line is None else line.note,
    )


def bar(loaded: Loaded, code: str, group: str, item: str) -> Bar:
    """One group's answers on one item. Blank lines and "do not know" stand beside the bar of grades, never inside it."""
    scheme, language = loaded.scheme, loaded.view.language
    scale = scheme.scales[scheme.items[item].scale]
    given = loaded.view.answers(code, group, item) or Answers()
    choices = [(choice, given.of(choice.code)) for choice in scale.choices]
    graded = [(choice.label.in_(language), count) for choice, count in choices if choice.kind != "unknown"]
    return Bar(
        group=scheme.groups[group].title.in_(language),
        choices=tuple((choice.label.in_(language), count) for choice, count in choices),
        blank=given.blank,
        answered=sum(count for _, count in graded),
        graded=tuple(graded),
        withheld=given.withheld,
    )
