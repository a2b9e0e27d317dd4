"""Drafts as stored: begun, saved over and over, taken up by another clerk, removed. Every text that was saved stays readable.

Threat answered to: two clerks at one draft. Whoever saves says on which text they worked; where it is no longer the newest, what
the other changed is put beside, and nothing is overwritten unseen (`services.editing.edits`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as system_random
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.language.nodes import MOST_CHARACTERS
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import SchemeDraft, SchemeDraftText
from survey_app.services.sealing.tokens import Rng, crockford

TITLE_CHARACTERS = 100
#: More texts than this of one draft are not kept: the oldest go, the first stays.
MOST_TEXTS = 500


class StaleDraftError(RefusedError):
    """Somebody saved this draft meanwhile."""

    status = 409


class UnchangedDraftError(UserError):
    """What was sent is what stands already."""


def begin(
    session: Session,
    *,
    title: str,
    origin: str,
    text: str,
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> SchemeDraft:
    """A new draft with its first text.

    Parameters
    ----------
    session
        The caller commits.
    title, origin, text
        What it is called, what it began from, and its text, right or wrong.
    account, now, rng
        Who begins it and when, and the source of random bytes for its address.

    Raises
    ------
    UserError
        For a title or text that cannot be.
    """
    title = " ".join(title.split())
    if not title or len(title) > TITLE_CHARACTERS:
        raise UserError(N_("请给方案起一个名称，最多 %(most)s 个字。"), most=TITLE_CHARACTERS)
    draft = SchemeDraft(
        key=crockford(rng(8), 12).lower(), title=title, origin=origin[:200], number=1, created=now, created_by=account
    )
    session.add(draft)
    session.flush()
    _store(session, draft, tidy(text), account=account, now=now)
    return draft


def tidy(text: str) -> str:
    """A text as it is stored: ends of lines of one kind, one at the end. Raises UserError for one that is too long."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").replace("\0", "").rstrip("\n") + "\n"
    if len(plain) > MOST_CHARACTERS:
        raise UserError(N_("方案最多 %(most)s 个字，这里有 %(found)s 个；没有保存。"), most=MOST_CHARACTERS, found=len(plain))
    return plain


def all_drafts(session: Session) -> Sequence[tuple[SchemeDraft, SchemeDraftText]]:
    """Every draft with its newest text, the last saved first."""
    query = (
        select(SchemeDraft, SchemeDraftText)
        .join(SchemeDraftText, SchemeDraftText.draft_id == SchemeDraft.id)
        .where(SchemeDraftText.number == SchemeDraft.number)
        .order_by(SchemeDraftText.saved.desc(), SchemeDraft.id.desc())
    )
    return [(draft, newest) for draft, newest in session.execute(query)]


def by_key(session: Session, key: str) -> SchemeDraft:
    """The draft with this key. Raises NotFoundError."""
    draft = session.scalar(select(SchemeDraft).where(SchemeDraft.key == key))
    if draft is None:
        raise NotFoundError(N_("没有这份方案草稿，也许已经删去；请回到方案一览。"))
    return draft


def newest(session: Session, draft: SchemeDraft) -> SchemeDraftText:
    """The text as it stands."""
    return numbered(session, draft, draft.number)


def numbered(session: Session, draft: SchemeDraft, number: int) -> SchemeDraftText:
    """An earlier text. Raises NotFoundError."""
    found = session.get(SchemeDraftText, (draft.id, number))
    if found is None:
        raise NotFoundError(N_("没有这一稿；请回到这份方案的各稿。"))
    return found


def texts_of(session: Session, draft: SchemeDraft) -> Sequence[SchemeDraftText]:
    """Every text, newest first."""
    query = select(SchemeDraftText).where(SchemeDraftText.draft_id == draft.id).order_by(SchemeDraftText.number.desc())
    return session.scalars(query).all()


def hold(session: Session, draft: SchemeDraft) -> SchemeDraft:
    """The draft for this writer alone until the commit, as it is now."""
    session.refresh(draft, with_for_update=True)
    return draft


def save(session: Session, draft: SchemeDraft, text: str, *, account: str, now: dt.datetime) -> SchemeDraftText:
    """One more text of a draft.

    Parameters
    ----------
    session
        The caller holds the draft, has compared with what others saved, and commits.
    draft, text
        The draft, and the text as it is to stand.
    account, now
        Who saves it and when.

    Raises
    ------
    UnchangedDraftError
        When it is the text that stands already.
    UserError
        For one that is too long.
    """
    text = tidy(text)
    if newest(session, draft).text == text:
        raise UnchangedDraftError(N_("没有改动，不用保存。"))
    draft.number += 1
    stored = _store(session, draft, text, account=account, now=now)
    if draft.number > MOST_TEXTS and (old := session.get(SchemeDraftText, (draft.id, draft.number - MOST_TEXTS + 1))) is not None:
        session.delete(old)
    return stored


def rename(draft: SchemeDraft, title: str) -> None:
    """The draft goes by the title its text has now."""
    draft.title = title[:TITLE_CHARACTERS] or draft.title


def remove(session: Session, draft: SchemeDraft, *, seen: int) -> None:
    """Remove a draft with all its texts. Raises StaleDraftError where somebody saved it meanwhile; the caller commits."""
    hold(session, draft)
    if draft.number != seen:
        raise StaleDraftError(N_("这份方案刚刚又有人保存过；没有删去，请看过再定。"))
    session.delete(draft)


def _store(session: Session, draft: SchemeDraft, text: str, *, account: str, now: dt.datetime) -> SchemeDraftText:
    digest = hashlib.sha256(text.encode()).hexdigest()
    stored = SchemeDraftText(draft_id=draft.id, number=draft.number, text=text, digest=digest, saved=now, saved_by=account)
    session.add(stored)
    session.flush()
    return stored
