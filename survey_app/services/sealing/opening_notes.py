"""A one-time key on its way to trustees: a few lines of text, signed by the campaign's log key, and how they are read again.

Threat answered to: whoever carries the file, or shows it, puts a key of their own in its place. The log's fingerprint stands on
the set-up sheet that every trustee has had since the approval; so who is not in the room can see that the key is the server's.
May not live here: the keys themselves (`one_time_keys`), what is sealed to them (`share_letters`).
"""

from __future__ import annotations

from dataclasses import dataclass

import nacl.exceptions
from nacl.signing import VerifyKey

from survey_app.i18n import N_
from survey_app.proof import checkpoints
from survey_app.services.sealing import age_files
from survey_app.services.sealing.one_time_keys import OneTimeKey, OpeningAct
from survey_app.services.sealing.share_letters import LetterError

_SIGNED_AS = b"pingyi/one-time-key/v1\n"


@dataclass(frozen=True)
class OpeningNote:
    """What the lines say. `log`: the fingerprint of the log key that signed them, "" where nobody did."""

    recipient: str
    campaign: str
    log: str


def write(campaign: str, act: OpeningAct, key: OneTimeKey, *, sealed: bytes | None, secret: str) -> str:
    """The lines for trustees. `sealed`: the campaign's log key as it is kept; a draft has None. Raises SigningKeyError."""
    said = [("campaign", campaign), ("for", act.value), ("fingerprint", key.fingerprint)]
    if sealed is None:
        said.append(("unsigned", "not approved yet: the campaign has no log key"))
    else:
        public, signature = checkpoints.sign_bytes(_signed(campaign, act.value, key.recipient), sealed, secret)
        said += [("log-key", public.hex()), ("signature", signature.hex())]
    return "".join(f"# {name} {value}\n" for name, value in said) + f"{key.recipient}\n"


def read(text: str) -> OpeningNote:
    """The key and what is said of it. Raises LetterError for a signature that does not hold, and for a key that is none.

    Lines without a signature, as of a draft and as `age` users write them, are read as nobody's.
    """
    recipient = age_files.read_recipient(text)
    said = dict(line.removeprefix("# ").split(" ", 1) for line in map(str.strip, text.splitlines()) if line.count(" ") > 1)
    campaign = said.get("campaign", "").strip()
    if "signature" not in said and "log-key" not in said:
        return OpeningNote(recipient, campaign, "")
    try:
        public = bytes.fromhex(said["log-key"])
        VerifyKey(public).verify(_signed(campaign, said["for"], recipient), bytes.fromhex(said["signature"]))
    except (KeyError, ValueError, TypeError, nacl.exceptions.CryptoError) as wrong:
        raise LetterError(N_("一次性公钥文件上的签名不对：它被人改过，或不是这次评议的服务器做的；什么也没有交付。")) from wrong
    return OpeningNote(recipient, campaign, checkpoints.fingerprint(public))


def _signed(campaign: str, act: str, recipient: str) -> bytes:
    return _SIGNED_AS + f"{campaign}\n{act}\n{recipient}\n".encode()
