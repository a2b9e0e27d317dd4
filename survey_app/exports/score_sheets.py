"""The same results as tables: one row per subject, one table per finer quantity, every value in a long list, the books."""

from __future__ import annotations

from fractions import Fraction

from analysis.values import NOT_APPLICABLE, Missing, Table, text_of
from questionnaires.model import QuantityInfo
from questionnaires.tables.sheet import Cell, Number, Sheet
from survey_app.exports.score_report import Results, shown, tables_of
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _

#: What a finding says: `grade`, `placed`, `wanted` and `n` are its parts.
FINDINGS = {
    "quota_unmet": N_("“%(grade)s”只有 %(placed)s 个，至少应有 %(wanted)s 个（共 %(n)s 个）。"),
    "limit_exceeded": N_("“%(grade)s”有 %(placed)s 个，至多 %(wanted)s 个（共 %(n)s 个）。"),
    "soft_limit_exceeded": N_("“%(grade)s”有 %(placed)s 个，一般不超过 %(wanted)s 个（共 %(n)s 个），请记录理由。"),
    "target_missed": N_("“%(grade)s”有 %(placed)s 个，应为 %(wanted)s 个左右（共 %(n)s 个）。"),
    "in_no_tier": N_("有 %(placed)s 个没有等次（共 %(n)s 个）。"),
    "tie_unbroken": N_("“%(grade)s”的界限上有并列，无法区分。"),
}


def overview(results: Results) -> Sheet:
    """One row per subject with the quantities the scheme shows as columns."""
    infos = [results.quantities[name] for name in of_subjects(results)]
    in_units = any(results.units.values())
    heads = (_("编号"), _("名称"), *([_("单位")] if in_units else []), *(info.title.in_(language()) for info in infos))
    rows = tuple((code, name, *([results.units[code]] if in_units else []), *(_cell(results, info, (code,)) for info in infos))
                 for code, name in results.subjects.items())
    about = (results.heading, _("版本 %(version)s", version=results.version), *([results.period] if results.period else []))
    return Sheet(_("结果"), heads, rows, about)


def of_subjects(results: Results) -> list[str]:
    """The quantities shown as columns that have one value per subject."""
    tables = results.report.tables
    return [name for name in results.columns if name in tables and tables[name].axes == ("subject",)]


def _cell(results: Results, info: QuantityInfo, key: tuple[str, ...]) -> Cell:
    return shown(results.report.tables[info.key].cells.get(key, NOT_APPLICABLE), info, results.names)


def matrices(results: Results) -> list[Sheet]:
    """One table for each quantity over subjects and one more axis."""
    fine = [(info, table) for info, table in tables_of(results) if len(table.axes) == 2 and table.axes[0] == "subject"]
    return [_matrix(results, info, table) for info, table in fine]


def _matrix(results: Results, info: QuantityInfo, table: Table) -> Sheet:
    header = results.report.plan.header
    present = {key[1] for key in table.cells}
    known = header.labels(table.axes[1]) if table.axes[1] in ("group", "item") else ()
    labels = [*(label for label in known if label in present), *sorted(present - set(known))]
    rows = tuple((code, name, *(_cell(results, info, (code, label)) for label in labels))
                 for code, name in results.subjects.items() if any((code, label) in table.cells for label in labels))
    title = info.title.in_(language())
    return Sheet(title, (_("编号"), _("名称"), *(results.label(label) for label in labels)), rows, (title,))


def everything(results: Results) -> Sheet:
    """Every value of every named quantity, shown and exact."""
    rows: list[tuple[Cell, ...]] = []
    for info, table in tables_of(results):
        for key, value in sorted(table.cells.items()):
            at = dict(zip(table.axes, key, strict=True))
            exact = "" if isinstance(value, Missing) else text_of(value)
            rows.append((info.title.in_(language()), *(at.get(axis, "") for axis in ("subject", "group", "item", "period")),
                         shown(value, info, results.names), exact, info.source))
    heads = (_("计算"), _("对象"), _("评议主体"), _("内容"), _("时期"), _("显示"), _("精确值"), _("出处"))
    return Sheet(_("全部数值"), heads, tuple(rows))


def books(results: Results) -> Sheet:
    """What became of the ballots of each style."""
    heads = (_("评议主体"), _("单位"), _("本人除外"), _("收到"), _("有效"), _("空白"), _("无效"), _("无效的原因"))
    rows = tuple(
        (results.label(one.group), one.unit, one.excluded, one.cast, one.valid, one.blank, one.invalid,
         "；".join(f"{rule}：{number}" for rule, number in one.broken.items())) for one in results.accounts)
    return Sheet(_("票数"), heads, rows)


def findings(results: Results) -> Sheet:
    """What a person must look at."""
    told = results.report.findings
    titles = results.titles
    rows = tuple((results.label(one.subject), titles.get(one.step, one.step), _finding(results, one.code, dict(one.parts)))
                 for one in told)
    return Sheet(_("需要注意"), (_("对象或范围"), _("计算"), _("情况")), rows)


def _finding(results: Results, code: str, parts: dict[str, str]) -> str:
    if code not in FINDINGS:
        return f"{code} {parts}"
    known = {"grade": results.label(parts.get("grade", "")), "placed": "", "wanted": "", "n": ""}
    return _(FINDINGS[code], **(known | {key: value for key, value in parts.items() if key != "grade"}))


def policy(results: Results) -> Sheet:
    """What the sources leave open and how the scheme settles it."""
    rows = (*results.policy, (_("方案摘要（SHA-256）"), results.digest))
    return Sheet(_("约定"), (_("事项"), _("约定")), rows)


def workbook_sheets(results: Results) -> list[Sheet]:
    """All sheets of results.xlsx."""
    told = [findings(results)] if results.report.findings else []
    return [overview(results), *told, *matrices(results), everything(results), books(results), policy(results)]


def text(cell: Cell) -> str:
    """A cell as text for a page."""
    return "" if cell is None else cell.text if isinstance(cell, Number) else str(cell)


def exact_hint(cell: Cell) -> str:
    """The exact value behind a shown number where the two differ, for a page's tooltip-free small print; "" otherwise."""
    if not isinstance(cell, Number):
        return ""
    whole = Fraction(cell.shown) / (100 if cell.percent else 1)
    return "" if whole == cell.exact else str(cell.exact)
