"""Letters, the collective report and the notice as PDF: the content of `results.paper_fields` on A4."""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.presenting.charts.shapes import Drawing
from survey_app.printing.drawings import alt, handed
from survey_app.printing.typesetting import Words, pdf
from survey_app.services.results.paper_fields import PaperContent, PaperRow


def letters_pdf(letters: Sequence[PaperContent], *, language: str = SOURCE) -> bytes:
    """One PDF, each letter begins on a page of its own. `language`: of the words between the figures."""
    return pdf("letter", {"letters": [_letter(one) for one in letters], "words": _words(_("评议结果通知书"))}, language=language)


def _letter(content: PaperContent) -> dict[str, Words]:
    tables: list[Words] = [
        _table(_("等次"), [_("名称"), _("结果")], _rows(content, "等次"), ("名称", "结果")),
        _table(_("得分"), [_("名称"), _("得分")], _rows(content, "得分"), ("名称", "数")),
        _table(_("结论"), [_("结论"), _("后果")], _concluded(content, praise=False), ("名称", "后果")),
        _table(_("表扬和奖励"), [_("名称"), _("怎样表扬")], _concluded(content, praise=True), ("名称", "后果")),
        _table(_("各评议主体"), [_("评议主体"), _("名称"), _("得分")], _rows(content, "分主体"), ("主体", "名称", "数")),
        _table(_("各项内容"), [_("内容"), _("名称"), _("得分")], _rows(content, "分内容"), ("内容", "名称", "数")),
    ]
    place = "，".join(part for part in (_text(content, "单位"), _text(content, "职务")) if part)
    return {
        "title": _text(content, "活动"),
        "period": _text(content, "时期"),
        "name": _text(content, "姓名"),
        "place": place,
        "greeting": _("您在 %(period)s 的评议结果如下。", period=_text(content, "时期")),
        "tables": [one for one in tables if one],
        "place_chart": _chart(content, "位置图"),
        "points_chart": _chart(content, "得分图"),
        "note": _text(content, "说明"),
        "from": _text(content, "主办单位"),
        "day": _text(content, "日期"),
    }


def report_pdf(content: PaperContent, *, language: str = SOURCE) -> bytes:
    """The collective report, lying down, its headings on every page."""
    who = [_("比较范围"), _("单位"), _("姓名或名称"), _("职务"), _("等次"), _("得分"), _("结论")]
    said = [_("单位"), _("姓名或名称"), _("结论"), _("后果"), _("缘由"), _("处理")]
    tables = [
        _table(_("得分与等次"), who, _rows(content, "名单"), ("比较范围", "单位", "姓名", "职务", "等次", "得分", "结论")),
        _table(_("结论"), said, _concluded(content, praise=False), ("单位", "姓名", "名称", "后果", "缘由", "处理")),
        _table(_("表扬和奖励"), said, _concluded(content, praise=True), ("单位", "姓名", "名称", "后果", "缘由", "处理")),
        _table(_("需要说明的地方"), [_("情况"), _("理由")], _rows(content, "需要说明"), ("情况", "理由")),
    ]
    about = _("共 %(n)s 个对象", n=_text(content, "人数"))
    below = _("方案 %(scheme)s，结果摘要 %(digest)s", scheme=_text(content, "方案"), digest=_text(content, "摘要"))
    classes, maps = _charts(content, "各类图", "类别"), _charts(content, "对照图", "名称")
    given = {**_head(content, about), "tables": [one for one in tables if one], "below": below, "classes": classes, "maps": maps}
    return pdf("report", {**given, "words": _words(_("评议结果报告"))}, language=language)


def notice_pdf(
    content: PaperContent,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    sentences: Sequence[str],
    language: str = SOURCE,
) -> bytes:
    """The notice: whom it is about in `rows` under `heads`, then what readers may do about it."""
    table: Words = {"title": "", "heads": list(heads), "rows": [list(row) for row in rows]}
    given = {**_head(content, ""), "table": table, "sentences": list(sentences), "words": _words(_("公示"))}
    return pdf("notice", given, language=language)


def _head(content: PaperContent, about: str) -> dict[str, Words]:
    names = {"title": "活动", "period": "时期", "from": "主办单位", "day": "日期"}
    return {**{key: _text(content, field) for key, field in names.items()}, "about": about}


def _words(document: str) -> Words:
    return {
        "document": document,
        "own": _("本人亲启，请勿转交或拍照外传"),
        "page": _("第 %(at)s 页，共 %(all)s 页", at="{at}", all="{all}"),
    }


def _table(title: str, heads: Sequence[str], rows: Sequence[PaperRow], fields: Sequence[str]) -> dict[str, Words]:
    """A table, or nothing where there are no rows. A column in which nothing stands is left out."""
    used = [at for at, field in enumerate(fields) if any(row[field] for row in rows)]
    written = [[_told(row[fields[at]]) for at in used] for row in rows]
    return {"title": title, "heads": [heads[at] for at in used], "rows": written} if used else {}


def _told(found: str | Drawing) -> str:
    return found if isinstance(found, str) else alt(found)


def _chart(content: PaperContent, field: str) -> Words:
    """A chart of the letter; nothing where there is none."""
    found = content[field]
    return handed(found) if isinstance(found, Drawing) else None


def _charts(content: PaperContent, field: str, title: str) -> list[Words]:
    """The charts of a list, each with its title."""
    rows = _rows(content, field)
    return [{"name": _told(row[title]), "chart": handed(row["图"])} for row in rows if isinstance(row["图"], Drawing)]


def _concluded(content: PaperContent, *, praise: bool) -> Sequence[PaperRow]:
    """The outcomes that are good news, or those that are not: paper keeps the two in tables of their own."""
    return [one for one in _rows(content, "结论") if bool(one["性质"]) == praise]


def _text(content: PaperContent, field: str) -> str:
    found = content[field]
    return found if isinstance(found, str) else ""


def _rows(content: PaperContent, field: str) -> Sequence[PaperRow]:
    found = content[field]
    return [] if isinstance(found, str | Drawing) else found
