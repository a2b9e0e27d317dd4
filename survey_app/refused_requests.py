"""Which requests go into the log of acts as refused: of office pages only, and after the answer is out.

A voter's page is never here, nor what was typed into any: of a name only whether an account has it (`services.office.refusals`).
A new page that takes a secret of the office's gets a row in `ANSWERS`; nothing else is needed.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from survey_app.errors import UserError
from survey_app.extensions import now, resources
from survey_app.services.office import refusals
from survey_app.traces import bare

log = logging.getLogger("survey_app")

#: Status of an answer -> what it refuses, where somebody had to prove who they are.
SIGN_IN = {401: "sign-in-failed", 429: "sign-in-throttled"}
#: Endpoint -> status of its answer -> what that answer refuses. The field `name` of the form says about whom.
ANSWERS = {
    "accounts.sign_in_now": SIGN_IN,
    "accounts.sign_in_by_passkey": SIGN_IN,
    "accounts.link": {404: "link-refused"},
    "accounts.use_link": {404: "link-refused"},
}


def remember(kind: str, *, name: str = "") -> None:
    """This request is being refused; it is written down once it is answered."""
    g.refused = (kind, name)


def remember_proof(status: int, name: str) -> None:
    """Somebody who is signed in did not prove who they are: told as if they had not got in. Other statuses are no refusals."""
    if status in SIGN_IN:
        remember(SIGN_IN[status], name=name)


def init_refused_requests(app: Flask) -> None:
    """Look at every answer."""
    app.after_request(_note_afterwards)


def _note_afterwards(response: Response) -> Response:
    found = g.get("refused") or _found(response.status_code)
    if found is None:
        return response
    (kind, name), page, moment, places = found, request.endpoint or "", now(), resources()

    def note() -> None:
        try:
            with places.writing() as session:
                refusals.note(session, kind, name=name, now=moment, page=page)
                session.commit()
        except (SQLAlchemyError, UserError) as error:  # the answer is out: a refusal that could not be kept is said in the log
            log.error("a refusal was not written down\n%s", bare(error))  # noqa: TRY400 - a trace would hold what was asked for

    response.call_on_close(note)
    return response


def _found(status: int) -> tuple[str, str] | None:
    kind = ANSWERS.get(request.endpoint or "", {}).get(status)
    return (kind, request.form.get("name", "")) if kind else None
