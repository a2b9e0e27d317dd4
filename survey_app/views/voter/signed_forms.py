"""Copies of signed forms for their authors: checking a kept file, downloading it, the sheet for a signature in ink; and, once
the campaign is closed, what a personal link's holder is told: where the form stands and who has read it.

No cookie and no account: the file, or the link's code, is the only authority. Nothing that is brought here is stored.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError
from survey_app.extensions import current_config, db_session
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, CampaignState
from survey_app.printing import qr
from survey_app.printing.signed_form import SignedFormSheet, signed_form_pdf
from survey_app.proof import checkpoints
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.refusals import BusyError, FormError, UnknownSlipError, WrongStyleError
from survey_app.services.counting import destruction
from survey_app.services.sealing.sealed_content import Signature, SignatureError, check_signature, ink_strokes, receipt_code
from survey_app.services.sealing.tokens import TokenError, parse_alias, parse_secret
from survey_app.services.signed import copy as signed_copy
from survey_app.services.signed import own as signed_forms
from survey_app.services.signed import readings
from survey_app.services.signed.copy import Copy, CopyError
from survey_app.services.uploads import MOST_BYTES
from survey_app.surfaces import full_address
from survey_app.views.downloads import JSON, PDF, file_response
from survey_app.views.typed import file_sent
from survey_app.views.voter.public_log import grouped

blueprint = Blueprint("signed_forms", __name__)
log = logging.getLogger("survey_app")


@blueprint.get("/copy")
@access.voter
def index() -> Response:
    """Where a kept copy is put in."""
    return _index()


@blueprint.post("/copy")
@access.voter
def check() -> Response:
    """What has become of the copy: seal, place in the log, whether it still counts."""
    cast.begin_reading(db_session())
    try:
        found = signed_forms.check(db_session(), _brought())
    except CopyError as wrong:
        return _index({"problem": _(wrong.sentence, **wrong.parts)}, wrong.status)
    written_in = scheme_of(found.campaign).languages[0] if found.campaign else language()
    return _index({"found": found, "names_language": written_in, **copy_shown(found.copy)})


@blueprint.post("/copy/file")
@access.voter
def download() -> Response:
    """The copy as a file, handed back to the page that holds it: nothing of it stays here."""
    copy = _own_copy()
    return file_response(copy.text() + "\n", f"pingyi-{code_of(copy)}.json", JSON, once=True)


@blueprint.post("/copy/sheet")
@access.voter
def sheet() -> Response:
    """The copy as a sheet to sign in ink."""
    copy = _own_copy()
    made = SignedFormSheet(
        form=copy.form,
        code=code_of(copy),
        seal=copy.seal.hex(),
        fingerprint=checkpoints.fingerprint(copy.key),
        address=log_address(copy),
        proves=proves(copy.form.name),
    )
    pdf = signed_form_pdf(made, language=language())
    return file_response(pdf, f"pingyi-{code_of(copy)}.pdf", PDF, once=True)


@blueprint.post("/v/<style_id>/own")
@access.voter
def own(style_id: str) -> Response:
    """After the close: the form of this link's holder as recorded, without its content, and everybody who has read it."""
    session = db_session()
    cast.begin_reading(session)
    style, paper = cast.paper_of(session, style_id)
    group = paper.scheme.groups[style.group_key]
    if not group.signed or not style.campaign.state.at_least(CampaignState.CLOSED):
        raise NotFoundError(N_("没有这个页面。"))
    if set(request.form) != {"code"} or len(request.form.getlist("code")) != 1:
        raise FormError(N_("收到的表格不完整；请重新扫描邀请函上的二维码再试。"))
    try:
        mine = signed_forms.own(session, style, _credential(request.form["code"]), cost=current_config().alias_cost)
    except (TokenError, UnknownSlipError, WrongStyleError, BusyError) as wrong:
        return _own_page(style, status=wrong.status, problem=_(wrong.sentence, **wrong.parts))
    return _own_page(
        style,
        mine=mine,
        code=receipt_code(mine.ballot.leaf) if mine.ballot else "",
        readings=readings.of_rater(session, mine.rater),
        destroyed=destruction.certificate_of(session, style.campaign) is not None,
    )


def sealed_copy(leaf: bytes, marks: tuple[int, ...], signature: Signature) -> dict[str, object]:
    """What the page after the cast shows of the copy. The ballot is recorded whatever comes of it: a key that does not open stops
    no receipt."""
    session = db_session()
    cast.begin_reading(session)
    try:
        copy = signed_forms.copy_of(session, leaf, marks, signature, secret=cookie_key(current_config()))
    except checkpoints.SigningKeyError:
        log.exception("no seal on the copy of a signed form")
        copy = None
    if copy is None:
        return {"copy": None}
    modules = qr.matrix(log_address(copy))
    return {**copy_shown(copy), "qr": {"path": qr.svg_path(modules), "side": len(modules) + 2 * qr.QUIET}}


def copy_shown(copy: Copy) -> dict[str, object]:
    """A copy with what a page says beside it."""
    return {
        "copy": copy,
        "code": code_of(copy),
        "fingerprint": grouped(checkpoints.fingerprint(copy.key)),
        "proves": proves(copy.form.name),
    }


def ink_paths(ink: str) -> list[str]:
    """The strokes as SVG path data. Only ink that `check_signature` accepts is drawn."""
    try:
        check_signature("-", ink)
    except SignatureError:
        return []
    return ["M" + "L".join(f"{x} {y}" for x, y in stroke) + ("h1" if len(stroke) == 1 else "") for stroke in ink_strokes(ink)]


def code_of(copy: Copy) -> str:
    """The ballot code of the form."""
    return receipt_code(bytes.fromhex(copy.form.leaf))


def log_address(copy: Copy) -> str:
    """Where the form stands in the public log; the code travels behind the #, and the reader presses the button."""
    return full_address("public_log.index", key=copy.form.campaign, _anchor=code_of(copy))


def proves(name: str) -> str:
    """The one line every copy bears: what it proves, and what not."""
    return _(
        "它证明：主办单位的服务器以“%(name)s”的名义收下的，正是这些内容、这一版；它不证明填表的是本人：拿到邀请链接的人都能填。",
        name=name,
    )


def _brought() -> Copy:
    """The copy in the request: a file, or its text. Raises CopyError, FormError."""
    if not {*request.form, *request.files} <= {"file", "text"}:
        raise FormError(N_("收到的表格不完整；请重新打开查询页再试。"))
    uploaded = file_sent("file", most=MOST_BYTES)
    try:
        return signed_copy.read(uploaded.data.decode() if uploaded and uploaded.data else request.form.get("text", ""))
    except UnicodeDecodeError as wrong:
        raise CopyError(N_("这不是记名评议表的存根文件；请选送出后下载的那个文件，不要改动它。")) from wrong


def _own_copy() -> Copy:
    """A copy with our own seal: neither file nor sheet is made of anything else. Raises CopyError."""
    cast.begin_reading(db_session())
    found = signed_forms.check(db_session(), _brought())
    if found.campaign is None or not found.genuine:
        raise CopyError(N_("这份存根的封印不是本服务器的，或内容被改动过，不能下载或打印；请用送出后页面上的按钮。"))
    return found.copy


def _credential(text: str) -> Credential:
    """A scanned link, or the alias printed beside it. Raises TokenError."""
    if "#" in text:
        return Credential(secret=parse_secret(text.rpartition("#")[2]))
    return Credential(alias=parse_alias(text))


def _index(context: Mapping[str, object] | None = None, status: int = 200) -> Response:
    return make_response(render_template("ballot/check_copy.html", **(context or {})), status)


def _own_page(style: BallotStyle, *, status: int = 200, **context: object) -> Response:
    names_language = scheme_of(style.campaign).languages[0]
    page = render_template("ballot/own.html", style=style, campaign=style.campaign, names_language=names_language, **context)
    return make_response(page, status)
