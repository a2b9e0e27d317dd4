"""What stands in a report, a letter and a notice: the fields a template may name, and their content from a result.

Lives here: the fields, once for Word and PDF. May not live here: how a sheet looks (`printing`, `exports.word`), whose letters
may be written (`publishing.letters`). Every figure comes through the result view, so that paper has no number that no page has.

Fields are called in Chinese, as the keys of a scheme are: an office writes {{ 姓名 }} into its own letter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey_app import times
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import answers, by_item, item_map, outcomes, overview, points, standing
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.outcomes import Proposal
from survey_app.services.results.overview import OverviewRow

#: A field's content: a text, a chart, or rows of these.
PaperRow = Mapping[str, "str | Drawing"]
PaperContent = Mapping[str, "str | Drawing | Sequence[PaperRow]"]

#: So many rows of the map stand on a sheet, and so many sheets of it in a report; all of it stands on its page.
MAP_ROWS, MAP_SHEETS = 15, 12


@dataclass(frozen=True)
class PaperField:
    """A field of a template: its name, what stands there, the names within each row where it is a list, and which are charts."""

    name: str
    means: str
    within: tuple[str, ...] = ()
    charts: frozenset[str] = frozenset()


_ROUND = (
    PaperField("活动", N_("评议活动的名称")),
    PaperField("时期", N_("评议的时期")),
    PaperField("主办单位", N_("由谁组织")),
    PaperField("日期", N_("制作这份材料的日期")),
    PaperField("方案", N_("方案的代号和版本")),
    PaperField("摘要", N_("结果的摘要（SHA-256），供核对")),
)
LETTER = (
    *_ROUND,
    PaperField("姓名", N_("本人的姓名或单位的名称")),
    PaperField("编号", N_("名册上的编号")),
    PaperField("单位", N_("所在单位")),
    PaperField("职务", N_("职务")),
    PaperField("等次", N_("评定的等次，每行一个"), ("名称", "结果")),
    PaperField("得分", N_("各项得分，每行一个"), ("名称", "数")),
    PaperField("结论", N_("已经确认的结论和后果，每行一个；表扬排在后面"), ("性质", "名称", "后果")),
    PaperField("分主体", N_("各评议主体的均分，每行一个"), ("主体", "名称", "数")),
    PaperField("分内容", N_("各项内容的得分，每行一个"), ("内容", "名称", "数")),
    PaperField("位置图", N_("得分在各等次里的位置，一幅图；按名额定等次的没有"), charts=frozenset({"位置图"})),
    PaperField("得分图", N_("各项内容得到满分的几成，一幅图；没有分内容得分的没有"), charts=frozenset({"得分图"})),
    PaperField("说明", N_("请本人保密、如何提出异议的一段话")),
)
REPORT = (
    *_ROUND,
    PaperField("人数", N_("对象的个数")),
    PaperField("名单", N_("每个对象一行"), ("比较范围", "单位", "编号", "姓名", "职务", "等次", "得分", "结论")),
    PaperField("结论", N_("每条结论一行；表扬排在后面"), ("性质", "单位", "姓名", "名称", "后果", "缘由", "处理")),
    PaperField("需要说明", N_("要写明理由的地方，每行一处"), ("情况", "理由")),
    PaperField("各类图", N_("每一类的得分分布，一类一幅图；只在主办单位自己的报告里有"), ("类别", "图"), frozenset({"图"})),
    PaperField("对照图", N_("各单位各项内容的对照，一页一幅图"), ("名称", "图"), frozenset({"图"})),
)


def of_letter(loaded: Loaded, person: Person, *, made: dt.datetime, note: str) -> PaperContent:
    """A letter's content. `loaded`: as the subject reads it; `note`: what is said below."""
    row, concluded = overview.row(loaded, person.code), outcomes.of_subject(loaded, person.code)
    return {
        **of_round(loaded, made=made),
        "姓名": person.name,
        "编号": person.code,
        "单位": person.unit_name,
        "职务": person.duty,
        "等次": [{"名称": title, "结果": text} for title, text in _tiers(loaded, row)],
        "得分": [{"名称": title, "数": text} for title, text in _scores(loaded, row)],
        # Why an outcome came about, and by which rule, may tell of others: that one's own team was graded low.
        "结论": [{"性质": _nature(one), "名称": one.title, "后果": one.outcome} for one in outcomes.apart(concluded)],
        "分主体": [
            {"主体": group.title, "名称": loaded.view.title(key), "数": cell.text}
            for group in answers.by_group(loaded, person.code)
            for key, cell in zip(loaded.scheme.layout.by_group, group.cells, strict=True)
            if cell.applies
        ],
        "分内容": [
            {"内容": line.title, "名称": title, "数": cell.shown.text}
            for table in [by_item.by_item(loaded, person.code, unfold=False)]
            for line in table.lines
            for title, cell in zip(table.columns, line.cells, strict=True)
            if cell.shown.applies
        ],
        "位置图": _place(loaded, person) or "",
        "得分图": points.drawn(points.of_subject(loaded, person.code)) or "",
        "说明": f"{told_left(person)}{note}" if person.code in loaded.gone else note,
    }


def _place(loaded: Loaded, person: Person) -> Drawing | None:
    """Where the own score lies in the grades; nobody else's stands there."""
    line = standing.line_of(loaded, person.code) if loaded.lets("scores") else None
    return standing.own_chart(loaded, line, person.code) if line is not None else None


def of_report(loaded: Loaded, *, made: dt.datetime) -> PaperContent:
    """The collective report's content, about everybody the reader sees."""
    people: list[PaperRow] = []
    concluded: list[Proposal] = []
    for pool in overview.overview(loaded):
        for row in pool.rows:
            proposed = outcomes.apart(outcomes.of_subject(loaded, row.person.code))
            people.append(_in_list(loaded, pool.title, row, proposed))
            concluded += proposed
    whole = standing.classes(loaded) if loaded.allowed is None else []  # what all of a class have, for whoever reads all
    remarks = outcomes.remarks(loaded) if loaded.sections is None else []
    return {
        **of_round(loaded, made=made),
        "人数": str(len(people)),
        "名单": people,
        "结论": [_concluded(one) for one in outcomes.apart(concluded)],
        "需要说明": [
            *({"情况": told_left(one), "理由": why} for one, why in loaded.left()),
            *({"情况": one.sentence, "理由": one.standing.sentence() if one.standing else ""} for one in remarks),
        ],
        "各类图": [{"类别": one.title or one.score, "图": one.chart} for one in whole],
        "对照图": list(_maps(loaded)),
    }


def _maps(loaded: Loaded) -> Iterator[PaperRow]:
    """The first map that can be drawn, by unit where there are many subjects: so many rows on a sheet."""
    measure = next(iter(item_map.measures(loaded)), None)
    if measure is None:
        return
    found = item_map.of_measure(loaded, measure, by_unit=item_map.units_first(loaded))
    for begin in range(0, min(len(found.rows), MAP_SHEETS * MAP_ROWS), MAP_ROWS):
        drawing = item_map.drawn(found, found.rows[begin : begin + MAP_ROWS])
        if drawing is not None:
            yield {"名称": measure.title, "图": drawing}


def told_left(person: Person) -> str:
    """What is said of a subject who left after the approval."""
    return _("%(name)s（%(unit)s）在批准以后退出了评议；答案照规则计算。", name=person.name, unit=person.unit_name)


def of_round(loaded: Loaded, *, made: dt.datetime) -> dict[str, str | Drawing | Sequence[PaperRow]]:
    """What every paper says of the round."""
    campaign = loaded.campaign
    return {
        "活动": campaign.title,
        "时期": campaign.period,
        "主办单位": campaign.asker,
        "日期": times.day(made).isoformat(),
        "方案": f"{campaign.scheme_key} {campaign.scheme_version}",
        "摘要": loaded.stored.digest,
    }


def _tiers(loaded: Loaded, row: OverviewRow) -> list[tuple[str, str]]:
    cells = zip(loaded.scheme.layout.tiers, row.tiers, strict=False)  # no cells where no scores were published
    return [(loaded.view.title(key), cell.text) for key, cell in cells if cell.applies]


def _scores(loaded: Loaded, row: OverviewRow) -> list[tuple[str, str]]:
    cells = zip(loaded.scheme.layout.columns, row.cells, strict=False)
    return [(loaded.view.title(key), cell.text) for key, cell in cells if cell.applies]


def _in_list(loaded: Loaded, pool: str, row: OverviewRow, proposed: Sequence[Proposal]) -> PaperRow:
    who = row.person
    return {
        "比较范围": pool,
        "单位": who.unit_name,
        "编号": who.code,
        "姓名": who.name,
        "职务": who.duty,
        "等次": "；".join(_told(_tiers(loaded, row))),
        "得分": "；".join(_told(_scores(loaded, row))),
        "结论": "；".join(_with_status(one) for one in proposed),
    }


def _told(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [_("%(title)s：%(value)s", title=title, value=text) for title, text in pairs]


def _with_status(one: Proposal) -> str:
    return f"{one.title}（{_(STATUS[one.status])}）"


STATUS = {"open": N_("待确认"), "confirmed": N_("已确认"), "set_aside": N_("已搁置")}


def _nature(one: Proposal) -> str:
    """What good news is called where both stand in one list; nothing for the rest."""
    return _("表扬") if one.praise else ""


def _concluded(one: Proposal) -> PaperRow:
    return {
        "性质": _nature(one),
        "单位": one.person.unit_name,
        "姓名": one.person.name,
        "名称": one.title,
        "后果": one.outcome,
        "缘由": "；".join(one.why),
        "处理": _(STATUS[one.status]),
    }
