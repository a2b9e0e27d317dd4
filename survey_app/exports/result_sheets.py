"""A counted campaign as sheets for Excel and csv: what the pages show, beside it the exact fraction, and live where it may be.

Where nothing is held back a score is a formula down to the counts (`live_sheet`); the counts stand in the sheet of answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from questionnaires.tables.sheet import Cell, Formula, Number, Sheet, SheetSpot
from survey_app import times
from survey_app.exports import live_sheet
from survey_app.exports.live_formulas import CountSpot
from survey_app.exports.live_sheet import Calculations
from survey_app.i18n import gettext as _
from survey_app.i18n import say
from survey_app.presenting import figures
from survey_app.services.release.plan import OUTCOMES
from survey_app.services.results import answers, by_item, outcomes, paper_fields
from survey_app.services.results import overview as results_overview
from survey_app.services.results.answers import Bar
from survey_app.services.results.cells import FlagShown, Shown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.overview import PoolTable
from survey_app.services.results.satisfaction import GroupShare, Question


def workbook(loaded: Loaded, questions: list[Question]) -> list[Sheet]:
    """Every sheet of the export; a caller with units of their own gets those only, and of the sections that were published."""
    # Rows and flags of every subject, once for both sheets: a view keeps the last ones only, so asked twice they are made twice.
    pools = results_overview.overview(loaded)
    worked = live_sheet.calculations(loaded, loaded.visible())
    counts: dict[CountSpot, SheetSpot] = {}

    def scores(loaded: Loaded) -> Sheet:
        return _scores(loaded, pools, worked)

    def flags(loaded: Loaded) -> Sheet:
        return _flags(pools)

    def counted(loaded: Loaded) -> Sheet:
        return _answers(loaded, loaded.visible(), counts)

    sheets = {
        "scores": (scores, _remarks),
        OUTCOMES: (flags, _outcomes),
        "groups": (_groups,),
        "answers": (_items, counted, _books),
    }
    office = loaded.sections is None
    made = {make: make(loaded) for section, makers in sheets.items() if office or loaded.lets(section) for make in makers}
    order = (scores, flags, _outcomes, _remarks, _groups, _items, counted)
    found = [made[make] for make in order if make in made]
    found += [live_sheet.sheet(loaded, worked, counts)] if worked else []
    found += [_satisfaction(questions)] if office or loaded.lets("satisfaction") else []
    found += [made[_books]] if _books in made else []
    return [*found, _rules(loaded)]


def calculation(loaded: Loaded, person: Person) -> list[Sheet]:
    """One subject's scores with every step and count below them; no sheets where the plan releases no counts."""
    worked = live_sheet.calculations(loaded, [person])
    counts: dict[CountSpot, SheetSpot] = {}
    answered = _answers(loaded, [person], counts)
    return [live_sheet.sheet(loaded, worked, counts), answered, _rules(loaded)] if worked else []


def overview(loaded: Loaded) -> Sheet:
    """One row a subject: the scheme's columns, exact values, tiers."""
    return _scores(loaded, results_overview.overview(loaded), None)


def _scores(loaded: Loaded, pools: Sequence[PoolTable], worked: Calculations | None) -> Sheet:
    layout = loaded.scheme.layout
    heads = [_("比较范围"), _("单位"), _("编号"), _("姓名或名称"), _("职务")]
    for key in layout.columns:
        heads += [loaded.view.title(key), _("%(title)s（精确值）", title=loaded.view.title(key))]
    heads += [loaded.view.title(key) for key in layout.tiers]
    rows: list[tuple[Cell, ...]] = []
    live: dict[tuple[int, int], Formula] = {}
    for pool in pools:
        for row in pool.rows:
            who = row.person
            cells: list[Cell] = [pool.title, who.unit_name, who.code, who.name, who.duty]
            for key, cell in zip(layout.columns, row.cells, strict=False):  # no cells where no scores were published
                spot = worked.spot(key, who.code) if worked and cell.number is not None else None
                if spot is not None:
                    live[len(rows), len(cells)] = (spot,)
                cells += [_cell(cell), cell.exact]
            rows.append((*cells, *(cell.text for cell in row.tiers)))
    about = (*_about(loaded), *(() if worked or not loaded.lets("answers") else (_live_elsewhere(),)))
    return Sheet(_("结果"), tuple(heads), tuple(rows), about=about, live=live)


def _live_elsewhere() -> str:
    return _("带公式的算式请在每个对象的页面上下载。")


def _flags(pools: Sequence[PoolTable]) -> Sheet:
    who = (_("单位"), _("编号"), _("姓名或名称"))
    heads = (*who, _("提示"), _("是否成立"), _("分子"), _("分母"), _("占比或数"), _("与界线"), _("后果"))
    rows = [
        (
            row.person.unit_name,
            row.person.code,
            row.person.name,
            flag.title,
            flag.reason if flag.raised is None else _("是") if flag.raised else _("否"),
            _plain(flag.numerator),
            _plain(flag.denominator),
            _share(flag),
            flag.sentence,
            flag.note,
        )
        for pool in pools
        for row in pool.rows
        for flag in row.flags
    ]
    divided = {
        (at, 7): (SheetSpot(_("提示"), at, 5), "/", SheetSpot(_("提示"), at, 6))
        for at, row in enumerate(rows)
        if isinstance(row[7], Number) and row[7].percent
    }
    return Sheet(_("提示"), heads, tuple(rows), live=divided)


def _plain(text: str) -> Cell:
    """A count or a weight of a flag's books, as a number."""
    return figures.number(Fraction(text), None) if text else ""


def _share(flag: FlagShown) -> Cell:
    if flag.numerator and flag.share:
        return Number(flag.share.removesuffix("%"), Fraction(flag.numerator) / Fraction(flag.denominator), percent=True)
    return _plain(flag.fraction) if not flag.numerator else ""


def _outcomes(loaded: Loaded) -> Sheet:
    """Every outcome proposed, why, and what people said to it; a changed mind stands above what was said before."""
    who = (_("单位"), _("编号"), _("姓名或名称"))
    heads = (*who, _("结论"), _("后果或等次"), _("缘由"), _("出处"), _("处理"), _("人、时间和理由"))
    words = {"open": _("待确认"), "confirmed": _("已确认"), "set_aside": _("已搁置")}
    rows = [
        (
            one.person.unit_name,
            one.person.code,
            one.person.name,
            one.title,
            one.outcome,
            "；".join(one.why),
            one.source,
            words[one.status],
            "；".join(said.sentence() for said in one.rulings),
        )
        for one in outcomes.all_of(loaded)
    ]
    return Sheet(_("结论"), heads, tuple(rows))


def _remarks(loaded: Loaded) -> Sheet:
    heads = (_("需要说明的地方"), _("要写明理由"), _("人、时间和理由"))
    rows = [(paper_fields.told_left(one), "", why) for one, why in loaded.left()]
    rows += [
        (one.sentence, _("是") if one.needed else "", "；".join(said.sentence() for said in one.rulings))
        for one in outcomes.remarks(loaded)
    ]
    return Sheet(_("需要说明"), heads, tuple(rows))


def _groups(loaded: Loaded) -> Sheet:
    keys = loaded.scheme.layout.by_group
    heads = (_("编号"), _("姓名或名称"), _("评议主体"), *(loaded.view.title(key) for key in keys))
    rows = [
        (person.code, person.name, row.title, *(_cell(cell) for cell in row.cells))
        for person in loaded.visible()
        for row in answers.by_group(loaded, person.code)
    ]
    return Sheet(_("分主体"), heads, tuple(rows))


def _items(loaded: Loaded) -> Sheet:
    heads = (_("编号"), _("姓名或名称"), _("指标"), _("内容"), _("计算项"), _("得分"))
    rows = [
        (person.code, person.name, line.indicator, line.title, title, _cell(cell.shown))
        for person in loaded.visible()
        for table in [by_item.by_item(loaded, person.code, unfold=False)]
        for line in table.lines
        for title, cell in zip(table.columns, line.cells, strict=True)
        if cell.shown.applies
    ]
    return Sheet(_("分内容"), heads, tuple(rows))


_COUNT, _BLANK = 6, 8  # columns of the sheet of answers


def _answers(loaded: Loaded, people: Sequence[Person], spots: dict[CountSpot, SheetSpot]) -> Sheet:
    """How often each choice was taken. `spots` learns where each count stands."""
    name = _("票数分布")
    heads = (_("编号"), _("姓名或名称"), _("指标"), _("内容"), _("评议主体"), _("选项"), _("票数"), _("作答"), _("空白"))
    rows: list[tuple[Cell, ...]] = []
    for person in people:
        asked = loaded.view.asked(person.code)
        for item in answers.distributions(loaded, person.code):
            groups = [group for group in loaded.scheme.groups if (group, item.item) in asked]
            choices = loaded.scheme.scales[loaded.scheme.items[item.item].scale].choices
            for group, bar in zip(groups, item.bars, strict=True):
                if not bar.withheld:
                    at = len(rows)
                    spots[CountSpot(person.code, group, item.item, "")] = SheetSpot(name, at, _BLANK)
                    for step, choice in enumerate(choices):
                        spots[CountSpot(person.code, group, item.item, choice.key)] = SheetSpot(name, at + step, _COUNT)
                rows += [
                    (person.code, person.name, item.indicator, item.title, bar.group, label, *_counted(bar, count))
                    for label, count in bar.choices
                ]
    return Sheet(name, heads, tuple(rows))


def _counted(bar: Bar, count: int) -> tuple[Cell, Cell, Cell]:
    return (bar.instead, "", "") if bar.withheld else (count, bar.answered, bar.blank)


def _satisfaction(questions: list[Question]) -> Sheet:
    name = _("满意度")
    heads = (_("问题"), _("范围"), _("对象"), _("单位"), _("指数"), _("评议主体"), _("满意"), _("作答"), _("满意率"), _("误差"))
    rows = [
        (
            question.title,
            pool.title,
            line.person.name,
            line.person.unit_name,
            _cell(line.index) if line.index else None,
            share.group,
            None if share.withheld else share.found,
            None if share.withheld else share.answered,
            _rate(share),
            share.margin_words,
        )
        for question in questions
        for pool in question.pools
        for line in pool.lines
        for share in line.groups
    ]
    divided = {
        (at, 8): (SheetSpot(name, at, 6), "/", SheetSpot(name, at, 7))
        for at, row in enumerate(rows)
        if isinstance(row[8], Number)
    }
    return Sheet(name, heads, tuple(rows), live=divided)


def _rate(share: GroupShare) -> Cell:
    if share.withheld or not share.answered:
        return share.share
    return Number(share.share.removesuffix("%"), Fraction(share.found, share.answered), percent=True)


def _books(loaded: Loaded) -> Sheet:
    heads = (_("评议主体"), _("单位"), _("收到"), _("有效"), _("空白"), _("无效"), _("被取代"))
    groups, language = loaded.scheme.groups, loaded.view.language
    rows = [
        (groups[book.group].title.in_(language), book.unit, book.cast, book.valid, book.blank, book.invalid, book.superseded)
        for book in loaded.view.books()
        if loaded.allowed is None or book.unit in loaded.allowed
    ]
    return Sheet(_("账目"), heads, tuple(rows))


def _rules(loaded: Loaded) -> Sheet:
    return Sheet(_("约定"), (_("事项"), _("约定")), loaded.scheme.policy_told(say))


def _about(loaded: Loaded) -> tuple[str, ...]:
    campaign, stored = loaded.campaign, loaded.stored
    return (
        f"{campaign.title} · {campaign.period}",
        _(
            "方案 %(key)s，版本 %(version)s，摘要 %(digest)s",
            key=campaign.scheme_key,
            version=campaign.scheme_version,
            digest=campaign.scheme_digest,
        ),
        _(
            "计算于 %(time)s，%(who)s，%(code)s",
            time=times.moment(stored.computed),
            who=stored.computed_by,
            code=stored.code_version,
        ),
    )


def _cell(cell: Shown) -> Cell:
    return cell.number if cell.number is not None else cell.text
