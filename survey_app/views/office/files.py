"""What is taken away of a result: workbook, long table, report, one subject's calculation. Staff take what was published."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from questionnaires.tables import xlsx
from survey_app import access
from survey_app.errors import NotFoundError
from survey_app.exports import long_table, result_sheets, word
from survey_app.exports.figure_columns import COLUMNS
from survey_app.extensions import now
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.printing.papers import report_pdf
from survey_app.roles import Capability
from survey_app.services.publishing.publications import FILES
from survey_app.services.results import loaded as results
from survey_app.services.results import overview, paper_fields
from survey_app.views.downloads import CSV, DOCX, PARQUET, PDF, XLSX, file_response
from survey_app.views.office.letters import template_now
from survey_app.views.office.results import loaded_of, to_take_away
from survey_app.views.typed import page_of

blueprint = Blueprint("files", __name__, url_prefix="/office/results/<key>/files")
#: So many subjects stand on a page.
ROWS = 100


@blueprint.get("/")
@access.may(Capability.SEE_PUBLISHED)
def index(key: str) -> Response:
    """Every file there is, what stands in it, and each subject's own."""
    loaded = loaded_of(key, FILES)
    people = loaded.visible()
    pages = max(1, -(-len(people) // ROWS))
    page = page_of(pages)
    return make_response(
        render_template(
            "results/files.html",
            loaded=loaded,
            campaign=loaded.campaign,
            policy=loaded.scheme.policy_told(say),
            findings=[],
            remarks=[],
            columns=COLUMNS,
            parquet=long_table.has_parquet(),
            reckoned=all(loaded.lets(one) for one in ("scores", "groups", "answers")),
            people=people[(page - 1) * ROWS : page * ROWS],
            units=overview.units(loaded),
            page=page,
            pages=pages,
        )
    )


@blueprint.get("/figures.csv")
@access.may(Capability.SEE_PUBLISHED)
def figures_csv(key: str) -> Response:
    """Every released figure, a row each."""
    loaded = to_take_away(key)
    name = _("长表")
    return file_response(long_table.to_csv(loaded), f"{loaded.campaign.title}-{name}.csv", CSV, once=True)


@blueprint.get("/figures.parquet")
@access.may(Capability.SEE_PUBLISHED)
def figures_parquet(key: str) -> Response:
    """The same for programs that read large tables."""
    loaded = to_take_away(key)
    content, name = long_table.to_parquet(loaded), _("长表")
    return file_response(content, f"{loaded.campaign.title}-{name}.parquet", PARQUET, once=True)


@blueprint.get("/report.<any(docx, pdf):kind>")
@access.may(Capability.SEE_PUBLISHED)
def report(key: str, kind: str) -> Response:
    """The collective report: everybody the caller sees."""
    loaded = to_take_away(key)
    content, name = paper_fields.of_report(loaded, made=now()), f"{loaded.campaign.title}-{_('评议结果报告')}"
    if kind == "pdf":
        return file_response(report_pdf(content, language=language()), f"{name}.pdf", PDF, once=True)
    template = template_now(loaded.campaign, "report")
    return file_response(next(word.filled(template, [content])), f"{name}.docx", DOCX, once=True)


@blueprint.get("/calculations/<code>.xlsx")
@access.may(Capability.SEE_PUBLISHED)
def calculation(key: str, code: str) -> Response:
    """One subject's scores as live formulas down to the counts."""
    loaded = to_take_away(key)
    person = results.person(loaded, code)
    sheets = result_sheets.calculation(loaded, person)
    if not sheets:
        raise NotFoundError(N_("公布计划里没有票数，没有算式可以下载。"))
    name = _("计算过程")
    return file_response(xlsx.write(sheets), f"{person.name}-{name}.xlsx", XLSX, once=True)
