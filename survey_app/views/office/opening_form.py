"""What opens a box, as every form that asks for it sends it: one passphrase, or a field for each share."""

from __future__ import annotations

from flask import request

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.sealing.trustees import MOST_HOLDERS

_SHARE_CHARACTERS = 400  # 80 and whatever separators a keyboard or a scanner puts between


def read_opening() -> list[str]:
    """The shares typed, empty fields among them so that the others keep their numbers; or the passphrase alone."""
    if "share" not in request.form:
        return [request.form.get("passphrase", "")]
    shares = request.form.getlist("share")
    if len(shares) > MOST_HOLDERS or any(len(share) > _SHARE_CHARACTERS for share in shares):
        raise UserError(N_("密钥片填得太长；每格只填一份密钥片。"))
    return shares


def typed() -> list[str]:
    """Shares to show again after a refusal: one wrong character must not cost three people eighty characters each.

    The page is the office's own answer to its own form and is stored nowhere. A passphrase is never sent back.
    """
    return request.form.getlist("share")[:MOST_HOLDERS]
