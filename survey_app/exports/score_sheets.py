"""The same results as tables: one row per subject, one table per finer quantity, every value in a long list, the books."""

from __future__ import annotations

from fractions import Fraction

from analysis.values import Missing, text_of
from questionnaires.model import QuantityInfo
from questionnaires.tables.sheet import Cell, Number, Sheet
from survey_app.exports.score_report import Results, cell_of, shown_of
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.services.results import words


def overview(results: Results) -> Sheet:
    """One row per subject with the quantities the scheme shows as columns."""
    infos = [results.quantities[name] for name in of_subjects(results)]
    in_units = any(results.units.values())
    heads = (_("编号"), _("名称"), *([_("单位")] if in_units else []), *(info.title.in_(language()) for info in infos))
    rows = tuple(
        (code, name, *([results.units[code]] if in_units else []), *(_cell(results, info, subject=code) for info in infos))
        for code, name in results.subjects.items()
    )
    about = (results.heading, _("版本 %(version)s", version=results.version), *([results.period] if results.period else []))
    return Sheet(_("结果"), heads, rows, about)


def of_subjects(results: Results) -> list[str]:
    """The quantities shown as columns that have one value per subject."""
    return [name for name in results.columns if results.view.axes(name) == ("subject",)]


def _cell(results: Results, info: QuantityInfo, **labels: str) -> Cell:
    return cell_of(results.view.cell(info.key, labels))


def matrices(results: Results) -> list[Sheet]:
    """One table for each quantity over subjects and one more axis."""
    axes = {info.key: results.view.axes(info.key) or () for info in shown_of(results)}
    fine = [info for info in shown_of(results) if len(axes[info.key]) == 2 and axes[info.key][0] == "subject"]
    return [_matrix(results, info, axes[info.key][1]) for info in fine]


def _matrix(results: Results, info: QuantityInfo, axis: str) -> Sheet:
    header = results.report.plan.header
    there = {(line.labels["subject"], line.labels[axis]) for line in results.view.lines(info.key)}
    present = {label for _code, label in there}
    known = header.labels(axis) if axis in ("group", "item") else ()
    labels = [*(label for label in known if label in present), *sorted(present - set(known))]
    rows = tuple(
        (code, name, *(_cell(results, info, **{"subject": code, axis: label}) for label in labels))
        for code, name in results.subjects.items()
        if any((code, label) in there for label in labels)
    )
    title = info.title.in_(language())
    return Sheet(title, (_("编号"), _("名称"), *(results.label(label) for label in labels)), rows, (title,))


def everything(results: Results) -> Sheet:
    """Every value of every named quantity, shown and exact."""
    rows: list[tuple[Cell, ...]] = []
    for info in shown_of(results):
        for line in results.view.lines(info.key):
            exact = "" if isinstance(line.value, Missing) else text_of(line.value)
            at = (line.labels.get(axis, "") for axis in ("subject", "group", "item", "period"))
            rows.append((info.title.in_(language()), *at, cell_of(line.shown), exact, info.source))
    heads = (_("计算"), _("对象"), _("评议主体"), _("内容"), _("时期"), _("显示"), _("精确值"), _("出处"))
    return Sheet(_("全部数值"), heads, tuple(rows))


def books(results: Results) -> Sheet:
    """What became of the ballots of each style."""
    heads = (_("评议主体"), _("单位"), _("本人除外"), _("收到"), _("有效"), _("空白"), _("无效"), _("无效的原因"))
    rows = tuple(
        (
            results.label(one.group),
            one.unit,
            one.excluded,
            one.cast,
            one.valid,
            one.blank,
            one.invalid,
            "；".join(f"{rule}：{number}" for rule, number in one.broken.items()),
        )
        for one in results.accounts
    )
    return Sheet(_("票数"), heads, rows)


def findings(results: Results) -> Sheet:
    """What a person must look at."""
    told = results.report.findings
    titles = results.titles
    rows = tuple(
        (results.label(one.subject), titles.get(one.step, one.step), _finding(results, one.code, dict(one.parts))) for one in told
    )
    return Sheet(_("需要注意"), (_("对象或范围"), _("计算"), _("情况")), rows)


def _finding(results: Results, code: str, parts: dict[str, str]) -> str:
    grade = {"grade": results.label(parts["grade"])} if "grade" in parts else {}
    return words.finding(code, parts | grade)


def policy(results: Results) -> Sheet:
    """What the sources leave open and how the scheme settles it."""
    rows = (*results.policy, (_("方案摘要（SHA-256）"), results.digest))
    return Sheet(_("约定"), (_("事项"), _("约定")), rows)


def workbook_sheets(results: Results) -> list[Sheet]:
    """All sheets of results.xlsx."""
    told = [findings(results)] if results.report.findings else []
    return [overview(results), *told, *matrices(results), everything(results), books(results), policy(results)]


def exact_hint(cell: Cell) -> str:
    """The exact value behind a shown number where the two differ, for a page's tooltip-free small print; "" otherwise."""
    if not isinstance(cell, Number):
        return ""
    whole = Fraction(cell.shown) / (100 if cell.percent else 1)
    return "" if whole == cell.exact else str(cell.exact)
