"""The log of acts: in sentences, looked for by campaign, person, day and kind; checked; as a workbook and as csv."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, make_response, render_template, request

from questionnaires.tables import csv, xlsx
from survey_app import access, times
from survey_app.errors import UserError
from survey_app.exports import audit_sheet
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.log import audit_heads
from survey_app.services.office import acts, audit, audit_check, audit_reading, refusals
from survey_app.services.office.audit_check import CheckedLog
from survey_app.services.office.audit_reading import Sought
from survey_app.views.downloads import CSV, XLSX, file_response
from survey_app.views.typed import whole

blueprint = Blueprint("audit_log", __name__, url_prefix="/office/log")

PAGE = 100
#: Longer logs are checked when somebody asks: every signature is worked out again.
CHECKED_AT_ONCE = 5_000


class HeadError(UserError):
    """What was typed as a head is none."""


@blueprint.get("")
@access.may(Capability.SEE_LOG)
def index() -> Response:
    """The log, newest first, and whether it still is what was written."""
    db, sought, typed = db_session(), _sought(), request.args.get("head", "")
    before, problem, status = whole(request.args.get("before", "")), "", 200
    found: CheckedLog | None = None
    try:
        wanted = _head(typed)
        if typed or "check" in request.args or (not sought and before is None and acts.newest(db) <= CHECKED_AT_ONCE):
            found = audit_check.check(db, heads=audit_heads.printed(db), wanted=wanted)
    except UserError as error:
        problem, status = _(error.sentence, **error.parts), error.status
    lines = audit_reading.find(db, sought, limit=PAGE + 1, before=before)
    page = render_template(
        "accounts/audit_log.html",
        lines=lines[:PAGE],
        older=lines[PAGE - 1].number if len(lines) > PAGE else None,
        checked=found,
        head=audit.head(db).hex(),
        typed=typed,
        problem=problem,
        sought=sought,
        asked=_asked(sought),
        kinds=[(kind, _(title)) for kind, (title, _begins) in audit_reading.KINDS.items()],
        people=audit_reading.people(db),
        campaigns=audit_reading.campaigns(db),
        uncounted=[(_(acts.WORDS[one.kind]), one.account, one.more) for one in refusals.uncounted(db)],
    )
    return make_response(page, status)


@blueprint.get("/log.xlsx")
@access.may(Capability.SEE_LOG)
def as_xlsx() -> Response:
    """What was looked for, as a workbook."""
    return file_response(xlsx.write([_sheet()]), _name("xlsx"), XLSX, once=True)


@blueprint.get("/log.csv")
@access.may(Capability.SEE_LOG)
def as_csv() -> Response:
    """What was looked for, as csv."""
    return file_response(csv.write(_sheet()), _name("csv"), CSV, once=True)


def _sheet() -> audit_sheet.Sheet:
    db = db_session()
    return audit_sheet.sheet(audit_reading.find(db, _sought(), limit=None), head=audit.head(db).hex(), made=now())


def _name(ending: str) -> str:
    return f"{_('操作记录')}-{times.day(now()).isoformat()}.{ending}"


def _sought() -> Sought:
    asked = request.args
    try:
        day = dt.date.fromisoformat(asked.get("day", ""))
        times.end_of(day)
    except (ValueError, OverflowError):
        day = None
    kind = asked.get("kind", "")
    return Sought(
        campaign=asked.get("campaign", ""),
        person=asked.get("person", ""),
        kind=kind if kind in audit_reading.KINDS else "",
        day=day,
    )


def _asked(sought: Sought) -> dict[str, str]:
    """The same as parts of an address."""
    day = sought.day.isoformat() if sought.day else ""
    told = {"campaign": sought.campaign, "person": sought.person, "kind": sought.kind, "day": day}
    return {name: value for name, value in told.items() if value}


def _head(typed: str) -> bytes | None:
    """The head that somebody typed from paper, blanks and width apart; None for nothing. Raises HeadError."""
    if not typed.strip():
        return None
    found = audit_check.read_head(typed)
    if found is None:
        raise HeadError(N_("给出的头不是 64 位十六进制数字；请照存证单逐字输入。"))
    return found
