"""Rounds whose day has come, and the certificates of those that were purged: of all rounds, on one page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from survey_app import access
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.printing.purge import PurgeSheet, purge_pdf
from survey_app.roles import Capability
from survey_app.services.campaign import removal, retention
from survey_app.services.campaign.retention import DueKind, DueRound
from survey_app.services.four_eyes import alone
from survey_app.services.keeping import purge
from survey_app.services.keeping.purge import WHY, ToldPurge
from survey_app.views.downloads import PDF, file_response
from survey_app.views.office.campaign_frame import address_of

blueprint = Blueprint("kept_rounds", __name__, url_prefix="/office/keeping")
#: What a round waits for, and where it is done.
_TO_DO = {
    DueKind.FORMS: (N_("可以销毁选票内容和开启密钥"), "destruction.index"),
    DueKind.RECORDS: (N_("保存期满，可以清除"), "keeping.index"),
    DueKind.UNSAID: (N_("还没有定保存期限"), "keeping.index"),
    DueKind.UNARCHIVED: (N_("还没有归档"), "keeping.index"),
}


@blueprint.get("")
@access.may(Capability.SEE_PROCEDURE)
def index() -> Response:
    """What is due, what is held, and what was purged."""
    page = render_template(
        "office/keeping.html",
        due=[_line(one) for one in retention.due(db_session(), now=now())],
        purged=purge.certificates(db_session()),
        why={key: _(title) for key, title in WHY.items()},
    )
    return make_response(page)


@blueprint.get("/purged/<int:number>")
@access.may(Capability.SEE_PROCEDURE)
def purged(number: int) -> Response:
    """One certificate."""
    told = purge.certificate(db_session(), number)
    return make_response(render_template("office/purged.html", told=told, why=_(WHY[told.said.why]), counts=counts_of(told)))


@blueprint.get("/purged/<int:number>.pdf")
@access.may(Capability.SEE_PROCEDURE)
def sheet(number: int) -> Response:
    """The same to print and sign."""
    told = purge.certificate(db_session(), number)
    said = told.said
    printed = PurgeSheet(
        title=said.title,
        period=said.period,
        why=_(WHY[said.why]),
        counts=counts_of(told),
        digests=((_("存证日志最后的根"), said.root), (_("结果的摘要"), said.result), (_("档案的 SHA-256"), said.archive)),
        by=said.by,
        purged=told.moment,
        text=told.row.text,
        fingerprint=told.fingerprint,
        one_person=alone.of_office(db_session()).sentence(),
    )
    return file_response(purge_pdf(printed, language=language()), "purged.pdf", PDF, inline=True)


def counts_of(told: ToldPurge) -> list[tuple[str, int]]:
    """How many of each kind went, in words; what has no name of its own together, last."""
    found: dict[str, int] = {}
    for table, number in told.said.rows.items():
        name = removal.NAMES.get(table, removal.OTHER)
        found[name] = found.get(name, 0) + number
    ordered = [*(one for one in removal.NAMES.values() if one in found), *([removal.OTHER] if removal.OTHER in found else [])]
    return [(_(name), found[name]) for name in ordered]


def _line(one: DueRound) -> tuple[DueRound, str, str]:
    """The line, what it waits for, and where that is done."""
    title, endpoint = _TO_DO[one.kind]
    return one, _(title), address_of(endpoint, one.campaign)
