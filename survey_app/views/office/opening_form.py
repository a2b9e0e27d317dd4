"""What opens a box, as every form that asks for it sends it: one passphrase, a field for each share on paper, or what trustees
who have keys of their own handed on, sealed to a one-time key.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from survey_app.errors import UserError
from survey_app.extensions import now
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.services.sealing import age_files, custody
from survey_app.services.sealing.one_time_keys import OneTimeKey, OpeningAct
from survey_app.services.sealing.trustees import MOST_HOLDERS
from survey_app.views.opening_memory import opening_memory
from survey_app.views.typed import files_sent

_SHARE_CHARACTERS = 400  # 80 and whatever separators a keyboard or a scanner puts between


@dataclass(frozen=True)
class OpeningOffer:
    """What a form shows to trustees who have keys of their own: the one-time key, if there is one, and where one is made."""

    act: OpeningAct
    key: OneTimeKey | None
    address: str
    file: str


def offer(campaign: Campaign, act: OpeningAct) -> OpeningOffer:
    """The one-time key for this act, as the page shows it."""
    waiting = opening_memory().find(campaign.id, act, now=now())
    address = url_for("trustee_keys.prepare", key=campaign.key, act=act.value)
    return OpeningOffer(act, waiting, address, url_for("trustee_keys.one_time", key=campaign.key, act=act.value))


def read_opening(campaign: Campaign, act: OpeningAct) -> list[str]:
    """What was typed; or the shares in what trustees handed on, for this act, and their one-time key is gone.

    Raises UserError for what is too long, LetterError and WrongSharesError naming each file that does not do, NoOneTimeKeyError.
    After a refusal the one-time key still waits.
    """
    if not custody.terms_of(campaign.wrapped_key).keys:
        return read_typed()
    memory = opening_memory()
    shares = memory.shares(campaign.id, campaign.key, act, _handed_on(), now=now())
    custody.unwrap(campaign.wrapped_key, *shares)  # whether they open: only then is the key used up
    memory.forget(campaign.id)
    return shares


def read_typed() -> list[str]:
    """The shares typed, empty fields among them so that the others keep their numbers; or the passphrase alone."""
    if "share" not in request.form:
        return [request.form.get("passphrase", "")]
    shares = request.form.getlist("share")
    if len(shares) > MOST_HOLDERS or any(len(share) > _SHARE_CHARACTERS for share in shares):
        raise UserError(N_("密钥片填得太长；每格只填一份密钥片。"))
    return shares


def typed() -> list[str]:
    """Shares to show again after a refusal: one wrong character must not cost three people eighty characters each.

    The page is the office's own answer to its own form and is stored nowhere. A passphrase is never sent back, nor is what came
    from a trustee's own key.
    """
    return request.form.getlist("share")[:MOST_HOLDERS]


def _handed_on() -> list[bytes]:
    """Every age file that was sent or pasted; what is none stands for itself, so that it can be named by its place."""
    sent = [one.data for one in files_sent("released", most=age_files.MOST_BYTES * MOST_HOLDERS)]
    sent += [request.form.get("released_text", "").strip().encode()]
    found = [piece for content in sent if content for piece in age_files.pieces(content) or [content]]
    if len(found) > MOST_HOLDERS or any(len(one) > age_files.MOST_BYTES for one in found):
        raise UserError(N_("交付的文件太多或太大；请只给保管人为这一次做出的文件，每位一份。"))
    return found
