"""The Word templates we bring: what is filled until an office brings its own, and what it starts from when it does.

Made when asked for, so that headings stand in the language of whoever downloads it. Lives here: what a letter and a report look
like in Word. May not live here: filling one (`word`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.late import late
from survey_app.i18n import gettext as _

if TYPE_CHECKING:
    import docx
    from docx import oxml, shared
    from docx.enum import section as sections
else:
    docx, shared, oxml, sections = late("docx"), late("docx.shared"), late("docx.oxml"), late("docx.enum.section")

_FACE = "宋体"


def letter() -> bytes:
    """The confidential letter of one subject."""
    document = _new(upright=True)
    document.add_heading("{{ 活动 }}", level=1)
    document.add_paragraph(_("评议结果通知书（本人亲启）"))
    document.add_paragraph("{{ 姓名 }}（{{ 单位 }}{% if 职务 %}，{{ 职务 }}{% endif %}）：")
    document.add_paragraph(_("您在 {{ 时期 }} 的评议结果如下。"))
    _pictured(document, "位置图", _("得分在等次里的位置"))
    _listed(document, _("等次"), "等次", [(_("名称"), "名称"), (_("结果"), "结果")])
    _listed(document, _("得分"), "得分", [(_("名称"), "名称"), (_("得分"), "数")])
    _listed(document, _("结论"), "结论", [(_("性质"), "性质"), (_("结论"), "名称"), (_("后果"), "后果")])
    _listed(document, _("各评议主体"), "分主体", [(_("评议主体"), "主体"), (_("名称"), "名称"), (_("得分"), "数")])
    _pictured(document, "得分图", _("各项得分"))
    document.add_paragraph("{{ 说明 }}")
    document.add_paragraph("{{ 主办单位 }}")
    document.add_paragraph("{{ 日期 }}")
    return _saved(document)


def report() -> bytes:
    """The collective report."""
    document = _new(upright=False)
    document.add_heading("{{ 活动 }}", level=1)
    document.add_paragraph(_("评议结果报告 · {{ 时期 }} · 共 {{ 人数 }} 个对象"))
    _all_pictured(document, "各类图", "类别")
    who = [(_("比较范围"), "比较范围"), (_("单位"), "单位"), (_("姓名或名称"), "姓名"), (_("职务"), "职务")]
    _listed(document, _("得分与等次"), "名单", [*who, (_("等次"), "等次"), (_("得分"), "得分"), (_("结论"), "结论")])
    said = [
        (_("性质"), "性质"),
        (_("单位"), "单位"),
        (_("姓名或名称"), "姓名"),
        (_("结论"), "名称"),
        (_("后果"), "后果"),
        (_("缘由"), "缘由"),
    ]
    _listed(document, _("结论"), "结论", [*said, (_("处理"), "处理")])
    _listed(document, _("需要说明的地方"), "需要说明", [(_("情况"), "情况"), (_("理由"), "理由")])
    _all_pictured(document, "对照图", "名称")
    document.add_paragraph(_("{{ 主办单位 }}，{{ 日期 }}。方案 {{ 方案 }}，结果摘要 {{ 摘要 }}。"))
    return _saved(document)


def _new(*, upright: bool) -> Any:
    """An empty A4 document in a face that has Chinese characters."""
    document = docx.Document()
    section = document.sections[0]
    short, long = shared.Mm(210), shared.Mm(297)
    if not upright:
        section.orientation = sections.WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (short, long) if upright else (long, short)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = shared.Mm(20)
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = _FACE
        style.element.get_or_add_rPr().get_or_add_rFonts().set(oxml.ns.qn("w:eastAsia"), _FACE)
        style.font.color.rgb = shared.RGBColor(0, 0, 0)
    return document


def _pictured(document: Any, name: str, title: str) -> None:
    """A chart under its title; nothing where there is none."""
    document.add_paragraph(f"{{%p if {name} %}}")
    document.add_heading(title, level=2)
    document.add_paragraph(f"{{{{ {name} }}}}")
    document.add_paragraph("{%p endif %}")


def _all_pictured(document: Any, name: str, title: str) -> None:
    """The charts of a list, each under its title."""
    document.add_paragraph(f"{{%p for 行 in {name} %}}")
    document.add_heading(f"{{{{ 行.{title} }}}}", level=2)
    document.add_paragraph("{{ 行.图 }}")
    document.add_paragraph("{%p endfor %}")


def _listed(document: Any, title: str, name: str, columns: Sequence[tuple[str, str]]) -> None:
    """A list as a table whose heading stands on every page; nothing where the list is empty."""
    document.add_paragraph(f"{{%p if {name} %}}")
    document.add_heading(title, level=2)
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    head = table.rows[0]
    for cell, (told, _field) in zip(head.cells, columns, strict=True):
        cell.text = told
        cell.paragraphs[0].runs[0].bold = True
    repeated = oxml.OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # python-docx has no name for it
    table.add_row().cells[0].text = f"{{%tr for 行 in {name} %}}"
    row = table.add_row()
    for cell, (_told, field) in zip(row.cells, columns, strict=True):
        cell.text = f"{{{{ 行.{field} }}}}"
    row._tr.get_or_add_trPr().append(oxml.OxmlElement("w:cantSplit"))  # noqa: SLF001  # as above
    table.add_row().cells[0].text = "{%tr endfor %}"
    document.add_paragraph("{%p endif %}")


def _saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
