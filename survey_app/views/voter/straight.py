"""The straight way: the form as it lies ready, and a ballot with nothing wrong in it, answered without Flask around them.

Every page and every header sent from here was made by Flask before, for the same form, language and kind of request; what changes
in them is the receipt's code. Whatever is out of the ordinary (a form that is not at hand, another page's `Origin`, a large body,
a typed code, a signature, free words, a mistake, a refusal) goes to Flask from its beginning, body and all: nothing was stored
for it, or it was, and then Flask's answer is that of a repeat, which is the same page.

Lives here: what may go straight. May not live here: an answer, a rule, a check of its own; they are those of `ballot`, `access`,
`i18n` and `casting`.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from sqlalchemy import Engine
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from survey_app import access, i18n
from survey_app.errors import UserError
from survey_app.extensions import resources
from survey_app.forms import ballot_form
from survey_app.forms.ballot_form import FilledForm
from survey_app.forms.review_pieces import ReviewPieces
from survey_app.models import CampaignState
from survey_app.services.casting import cast
from survey_app.services.casting.forms_at_hand import FormAtHand, at_hand
from survey_app.services.casting.rules import broken_rules, missing_places
from survey_app.services.sealing.tokens import Secret, parse_secret
from survey_app.views.voter.ballot import FORM_TYPE
from survey_app.views.voter.shown import receipt_key, receipt_of, review_key

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_ADDRESS = re.compile(r"/v/([0-9A-Z]{10})")
#: Only what a browser sends by itself leads on; each of these asks for something of its own.
_UNUSUAL = (
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
)
#: What is longer is no browser's header, and is not kept in mind.
_LONGEST = 200
_OK = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase.upper()}"
#: What belongs to one answer alone.
_OWN = frozenset({"content-length", "date"})


class StraightWay:
    """Before Flask: answers what it can, hands on everything else, and remembers how Flask answers what it could have."""

    def __init__(self, app: Flask) -> None:
        self._flask: Wsgi = app.wsgi_app
        self._engine: Engine = resources(app).engine
        self._own_url = resources(app).config.own_url

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One request."""
        found = _ADDRESS.fullmatch(environ["PATH_INFO"])
        here = at_hand(self._engine, found[1]) if found else None
        if here is None or here.row.campaign.state != CampaignState.OPEN or here.row.campaign.halted is not None:
            return self._flask(environ, start_response)
        said = [environ.get(name, "") for name in ("QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")]
        tag = _language(*said[:2]) if max(map(len, said)) < _LONGEST else None
        if tag is None:
            return self._flask(environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            return self._form(here, tag, environ, start_response)
        if environ["REQUEST_METHOD"] == "POST" and not here.group.signed and self._is_plain(environ):
            return self._sent(here, tag, environ, start_response)
        return self._flask(environ, start_response)

    def _form(self, here: FormAtHand, tag: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The form as Flask sent it to the one who asked before, headers and all."""
        if any(name in environ for name in _UNUSUAL):
            return self._flask(environ, start_response)
        key = (
            "straight",
            "form",
            tag,
            environ.get("QUERY_STRING", ""),
            _squeezed(environ.get("HTTP_ACCEPT_ENCODING", "")),
        )
        kept: tuple[Headers, bytes] | None = here.kept.get(key)  # type: ignore[assignment]  # this is what stands under this key
        if kept is None:
            return self._learn(here, key, environ, start_response, body=True)
        headers, body = kept
        start_response(_OK, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _is_plain(self, environ: dict[str, Any]) -> bool:
        """Whether the headers are those that one of our own pages makes a browser send with a form of a voter's size."""
        length = environ.get("CONTENT_LENGTH", "")
        return (
            environ.get("CONTENT_TYPE") == FORM_TYPE
            and length.isdecimal()
            and int(length) <= access.STRANGER_BYTES
            and "HTTP_TRANSFER_ENCODING" not in environ
            and access.is_ours(environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_ORIGIN"), self._own_url)
        )

    def _sent(self, here: FormAtHand, tag: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """A ballot looked over once more, or cast."""
        body = _whole_body(environ)
        form = _fields(body, here) if body is not None else None
        if form is None or not _is_without_words(form) or here.asked is not None or form.stage == "edit":
            return self._flask(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        key, kept = ("straight", form.stage, tag, query), review_key if form.stage == "review" else receipt_key
        headers: Headers | None = here.kept.get(key)  # type: ignore[assignment]  # as above
        page = here.kept.get(kept(tag, query))
        if headers is None or page is None:
            return self._learn(here, key, environ, start_response, body=False)
        try:
            secret = parse_secret(form.secret)
            if isinstance(page, ReviewPieces):
                told = self._reviewed(here, form, secret, page, tag)
            else:
                sent = cast.Sent(submission_id=form.submission or b"", marks=form.marks, confirmed=form.confirmed, language=tag)
                told = receipt_of(str(page), cast.cast_scanned(self._engine, here, secret, sent))
        except UserError:
            told = ""
        if not told:
            return self._flask(environ, start_response)
        answer = told.encode()
        start_response(_OK, [*headers, ("Content-Length", str(len(answer)))])
        return [answer]

    def _reviewed(self, here: FormAtHand, form: FilledForm, secret: Secret, pieces: ReviewPieces, tag: str) -> str:
        """The review; "" where there is anything to be said beside it. As everywhere, the slip is asked about first."""
        if not cast.may_still_send(self._engine, here, secret):
            return ""
        if missing_places(here.paper, form.marks) or broken_rules(here.paper, form.marks, tag):
            return ""
        return pieces.page_of(form, (form.submission or secrets.token_bytes(cast.SUBMISSION_BYTES)).hex())

    def _learn(
        self,
        here: FormAtHand,
        key: tuple[str, ...] | tuple[object, ...],
        environ: dict[str, Any],
        start_response: Any,
        *,
        body: bool,
    ) -> Iterable[bytes]:
        """Let Flask answer, and keep the headers (and the page) of an answer that went well."""
        said: list[tuple[str, Headers]] = []

        def listen(status: str, headers: Headers, *more: Any) -> Any:
            said.append((status, list(headers)))
            return start_response(status, headers, *more)

        parts = self._flask(environ, listen)
        whole = b"".join(parts)
        if (close := getattr(parts, "close", None)) is not None:
            close()
        status, headers = said[-1]
        if status == _OK:
            common = [(name, value) for name, value in headers if name.lower() not in _OWN]
            here.kept[key] = (common, whole) if body else common
        return [whole]


def _whole_body(environ: dict[str, Any]) -> bytes | None:
    """The body, which is put back for Flask; None where it broke off, and Flask will find it broken."""
    length, sent = int(environ["CONTENT_LENGTH"]), environ["wsgi.input"]
    try:
        body: bytes = sent.read(length)
    except OSError as broken:
        environ["wsgi.input"] = _BrokenBody(broken)
        return None
    environ["wsgi.input"] = io.BytesIO(body)
    return body if len(body) == length else None


def _is_without_words(form: FilledForm) -> bool:
    """Whether it is a ballot by a scanned slip, and nothing else, and nothing in it has to be told to the voter."""
    return bool(form.secret) and not (form.alias or form.comment or form.name or form.ink or form.problems or form.version)


class _BrokenBody:
    """A body that broke off once breaks off again."""

    def __init__(self, broken: OSError) -> None:
        self._broken = broken

    def read(self, _size: int = -1) -> bytes:
        raise self._broken

    readline = read


def _fields(body: bytes, here: FormAtHand) -> FilledForm | None:
    """The filled form; None for anything but ours."""
    try:
        return ballot_form.read(parse_qsl(body.decode("ascii"), keep_blank_values=True), here.paper)
    except (ValueError, UserError):
        return None


@lru_cache(maxsize=512)
def _language(query: str, accepted: str) -> str | None:
    """The page's language; None where the address asks for anything but one that there is."""
    asked = query.removeprefix("lang=") if query.startswith("lang=") else ""
    tag = i18n.chosen(asked, accepted, voter=True)
    return tag if query in ("", f"lang={tag}") else None


@lru_cache(maxsize=512)
def _squeezed(accepted: str) -> bool:
    """Whether the browser takes a page compressed."""
    return bool(parse_accept_header(accepted, Accept)["gzip"])


def init_straight(app: Flask) -> None:
    """Put the straight way before Flask, where voters' pages are served at all."""
    if "ballot.form" in app.view_functions:
        app.wsgi_app = StraightWay(app)  # type: ignore[method-assign]  # the customary way to put something before it
