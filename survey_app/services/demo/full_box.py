"""A closed campaign with very many sealed ballots in a minute, to measure the opening by: its ballots were cast by nobody.

Lives here: rows laid down in bulk. What lies in the database is what casting leaves there, byte for byte in its form, but for one
thing: a few one-time keys seal all ballots, where casting draws one for each. That makes sealing twenty times as fast and opening
not at all. May not live here: anything a real campaign touches; the campaign is a demo's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from nacl import bindings
from nacl.encoding import RawEncoder
from nacl.hash import blake2b
from nacl.public import PrivateKey
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from survey_app.models import Campaign, SlipBatch, Subject, Unit
from survey_app.models.style import WHOLE
from survey_app.plain_sql import ask_for_each
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.styles import LoadedStyle, styles_of
from survey_app.services.demo.rounds import ACCOUNT, Progress, count_boxes
from survey_app.services.release import approval
from survey_app.services.sealing import sealed_content
from survey_app.services.sealing.custody import WrapCost

PASSPHRASE: Final = "full box: anybody may open it"  # noqa: S105 - as a demo's: printed on purpose, protects nobody
SUBJECTS, ITEMS, GROUPS = 3, 20, 6
#: Sixty marks a ballot.
MARKS = SUBJECTS * ITEMS
_CHOICES = 4
_BLOCK = 10_000
_KEYS = 64
_INSERT_SLIP = "INSERT INTO slip (tag, batch_id, style_id, alias_digest) VALUES (?, ?, ?, ?)"
_INSERT_BALLOT = (
    "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
    " VALUES (?, ?, ?, 'anonymous', NULL, NULL, false, ?, NULL, ?)"
)


def make(session: Session, ballots: int, *, now: dt.datetime, progress: Progress | None = None) -> Campaign:
    """A closed campaign with so many ballots of sixty marks, of six groups in turn, ready to be opened; commits as it goes."""
    campaign = campaigns.create(
        session,
        scheme_text=_scheme(),
        title=f"{ballots:,} × {MARKS}",
        period="bench",
        passphrase=PASSPHRASE,
        demo=True,
        wrap_cost=WrapCost(time=1, memory=64),
        asks="bench",
        purpose="bench",
        asker="bench",
        until="bench",
        now=now,
    )
    unit = Unit(campaign_id=campaign.id, code="U", name="U", place=1, facts={})
    session.add(unit)
    session.flush()
    for number in range(1, SUBJECTS + 1):
        code = f"S{number}"
        session.add(Subject(campaign_id=campaign.id, unit_id=unit.id, code=code, name=code, place=number, facts={}))
    session.flush()
    rehearsal.rehearse(session, campaign, PASSPHRASE, account=ACCOUNT, now=now)
    approval.open_small_groups(session, campaign)
    approval.approve(session, campaign, now=now)
    session.commit()
    _fill(session, campaign, ballots, progress)
    campaigns.close(session, campaign, now=now)
    count_boxes(session, campaign)
    session.commit()
    return campaign


def _fill(session: Session, campaign: Campaign, ballots: int, progress: Progress | None) -> None:
    styles = styles_of(session, campaign)
    shares = [ballots // len(styles) + (place < ballots % len(styles)) for place in range(len(styles))]
    batches = [
        SlipBatch(campaign_id=campaign.id, style_id=style.row.id, meeting=f"{place}", issued=share)
        for place, (style, share) in enumerate(zip(styles, shares, strict=True), 1)
    ]
    session.add_all(batches)
    session.commit()
    dice, done = np.random.default_rng(1), 0
    for style, batch, share in zip(styles, batches, shares, strict=True):
        sealer = _sealer(campaign.public_key)
        for start in range(0, share, _BLOCK):
            size = min(_BLOCK, share - start)
            keys = sorted(secrets.token_bytes(32) for _ in range(size))
            rows = list(_ballots(campaign, style, keys, dice.integers(0, _CHOICES + 1, (size, MARKS), dtype=np.uint8), sealer))
            slips = [(key, batch.id, style.row.id, secrets.token_bytes(32)) for key in keys]
            ask_for_each(session, _INSERT_SLIP, slips)
            ask_for_each(session, _INSERT_BALLOT, rows)
            session.commit()
            done += size
            if progress:
                progress(done, ballots)


def _ballots(
    campaign: Campaign, style: LoadedStyle, keys: Sequence[bytes], marks: NDArray[np.uint8],
    sealer: Sequence[tuple[bytes, bytes, bytes]],
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    """Rows of ballots: what `sealed_content.write_content` writes, sealed, with the leaf that goes with it."""
    assert style.row.leaf_version == WHOLE  # noqa: S101 - this scheme's raters are not rated themselves
    for place, (key, own) in enumerate(zip(keys, marks, strict=True)):
        plain, randomness = own.tobytes(), secrets.token_bytes(32)
        content = b'{"marks":"%b","r":"%b","v":1}' % (plain.hex().encode(), randomness.hex().encode())
        public, shared, nonce = sealer[place % len(sealer)]
        leaf = sealed_content.leaf(
            campaign=campaign.key,
            style=style.row.id,
            key=key,
            committed=hashlib.sha256(randomness + plain).digest(),
            version=WHOLE,
        )
        sealed = public + bindings.crypto_box_afternm(content, nonce, shared)
        yield (key, campaign.id, style.row.id, sealed, leaf)


def _sealer(public_key: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """One-time keys for sealed boxes: public half, shared key, nonce (libsodium's documentation, "Sealed boxes")."""
    made = []
    for _ in range(_KEYS):
        own = PrivateKey.generate()
        public = bytes(own.public_key)
        nonce = blake2b(public + public_key, digest_size=24, encoder=RawEncoder)
        made.append((public, bindings.crypto_box_beforenm(public_key, bytes(own)), nonce))
    return made


def _scheme() -> str:
    items = "".join(f"  i{number}: {{scale: grades, ask: {{en: Item {number}}}}}\n" for number in range(1, ITEMS + 1))
    groups = "".join(f"  g{number}: {{title: {{en: Group {number}}}}}\n" for number in range(1, GROUPS + 1))
    asked = ", ".join(f"i{number}" for number in range(1, ITEMS + 1))
    forms = "".join(f"  - {{group: g{number}, ask: [{asked}]}}\n" for number in range(1, GROUPS + 1))
    return f"""
scheme: full box
version: 2026-01-01
title: {{en: Full box}}
languages: [en]
policy: {{display: half up 2, base: valid, empty group: renormalise, empty item: renormalise, limit rounding: inside}}
scales:
  grades: {{best: 100, good: 80, fair: 60, low: 0}}
groups:
{groups}items:
{items}forms:
{forms}quantities:
  mean: {{grade points: [{asked}], title: {{en: Mean}}}}
results:
  by group: [mean]
"""
