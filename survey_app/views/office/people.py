"""How many people an office has for what takes two: asked once at set-up, changed to two freely, to one by two people."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.four_eyes import office_size
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.office import audit
from survey_app.views.office import second_person
from survey_app.views.office.editing import complete
from survey_app.views.office.second_person import About, Told

blueprint = Blueprint("people", __name__, url_prefix="/office/accounts/people")


@blueprint.get("")
@access.may(Capability.KEEP_ACCOUNTS)
def index() -> Response:
    """What the office said of its size, what follows from it, and the question."""
    return _page()


@blueprint.post("")
@access.may(Capability.KEEP_ACCOUNTS)
def say() -> AnyResponse:
    """One, or two. One is said alone only by the only person there ever was."""
    db, wanted = db_session(), request.form.get("people", "")
    try:
        complete()
        if wanted not in ("one", "two"):
            raise UserError(N_("请选一个：两个人办，还是一个人办。"))  # noqa: TRY301 - told like every other refusal
        if wanted == "two":
            return _say(alone=False)
        if office_size.is_alone(db):
            raise RefusedError(N_("已经是一个人办理，没有改什么。"))
        free = not office_size.was_ever_two(db)
        return second_person.do_or_ask(AskKind.ONE_PERSON, None, {"people": "one"}, free=free)
    except UserError as error:
        db.rollback()
        return _page(problem=_(error.sentence, **error.parts), status=error.status)


def _tell_one(_about: About, _given: Given) -> Told:
    told = _("批准、结束、印发和作废凭条、公布、销毁，以及为别人换链接、改角色，今后一个人就能办成，没有人核对。")
    return [(_("之后"), told), (_("写在哪里"), _("各页和印出来的纸上都会写明。"))]


@second_person.deed(AskKind.ONE_PERSON, _tell_one)
def _one_now(_about: About, _given: Given) -> AnyResponse:
    return _say(alone=True)


def _say(*, alone: bool) -> AnyResponse:
    db, account = db_session(), access.current_account().name
    office_size.say(db, alone=alone, account=account, now=now())
    audit.record(db, account=account, action="office-one" if alone else "office-two", detail="", now=now())
    db.commit()
    flash(_("已经记下：一个人办理。各页和印出来的纸上会写明。") if alone else _("已经记下：要两个人办的事，由另一个人确认。"))
    return redirect(url_for("people.index"))


def _page(*, problem: str = "", status: int = 200) -> Response:
    db = db_session()
    page = render_template(
        "accounts/people.html",
        said=office_size.last_said(db),
        alone=office_size.is_alone(db),
        seconds=office_size.seconds(db),
        ever_two=office_size.was_ever_two(db),
        asked=office_size.should_ask(db),
        problem=problem,
    )
    return make_response(page, status)
