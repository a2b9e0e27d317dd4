"""The log of what the office did: written in one chain, each line signed with a key of its own that is erased afterwards.

What a line is worth. The chain finds a line that was changed, put in or taken out. The signatures find whoever writes the chain
anew: for that they would need keys that are not in the database (`survey_app.audit_keys`) and no longer on the disk. What both
leave is a whole log begun anew on a stolen disk; it fits no head that was printed or published (`log.entries`, `audit_check`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum

import nacl.exceptions
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from analysis.canonical import canonical_bytes
from analysis.records import Hex
from survey_app import audit_keys
from survey_app.audit_keys import AuditKeyError, AuditKeys, KeptKeys, Mark
from survey_app.models import AuditEvent

GENESIS = hashlib.sha256(b"pingyi/audit/v1").digest()
#: Who acts where no account does.
SERVER = "server"
#: One writer at a time; on SQLite the write lock already sees to it. The number is arbitrary and ours alone.
_POSTGRESQL_LOCK = 0x70796175
_SIGNED_AS = b"pingyi/audit/v2\0"
_PENDING = "audit_pending"
_VOUCHED_BYTES = 32
_server_log = logging.getLogger(__name__)


class Wrong(StrEnum):
    """What is wrong with a line."""

    GAP = "gap"
    CHANGED = "changed"
    UNSIGNED = "unsigned"
    UNVOUCHED = "unvouched"
    FORGED = "forged"


@dataclass(kw_only=True)
class Walk:
    """What going over the chain has seen: `wrong_at` and `wrong` for the first line that does not fit, None while all do."""

    lines: int = 0
    head: bytes = GENESIS
    signed_from: int | None = None
    wrong_at: int | None = None
    wrong: Wrong | None = None
    #: Server -> the public key that its next line needs, and -> its last line.
    following: dict[bytes, bytes] = field(default_factory=dict)
    #: Lines at which a server began to sign, in order, each with its moment.
    began: list[tuple[int, dt.datetime]] = field(default_factory=list)
    #: Digest -> number of its line.
    numbers: dict[bytes, int] = field(default_factory=dict)


@dataclass
class _Written:
    """Lines of a transaction under way."""

    keys: AuditKeys
    signer: bytes
    used: list[bytes]
    last: Mark
    doubt: bool = False


def record(session: Session, *, account: str, action: str, detail: str, now: dt.datetime) -> None:
    """Append one act, in the transaction of what it tells of. Never called for a cast.

    Parameters
    ----------
    session
        The caller commits; until then no other act can be written.
    account
        Who acted: an account's name, `SERVER`, "command line".
    action
        Which act; its words stand in `acts.WORDS`.
    detail
        The facts, never a sentence; first the campaign's key where it is about one. Free text; canonical JSON keeps line breaks
        harmless.
    now
        The moment.

    Raises
    ------
    AuditKeyError
        When the line cannot be signed; the act must then not be done.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    previous = head(session)
    line = AuditEvent(at=now, account=account, action=action, detail=detail, previous=previous)
    keys = keys_of(session)
    with keys.locked():
        used = _sign(session, keys, line)
    session.add(line)
    session.flush()
    before: _Written | None = session.info.get(_PENDING)
    mark = Mark(line.id, Hex(line.digest))
    spent = [*(before.used if before and before.signer == line.signer else ()), *used]
    session.info[_PENDING] = _Written(keys, bytes(line.signer or b""), spent, mark, before is not None and before.doubt)


def keys_of(session: Session) -> AuditKeys:
    """The keys of the place that the session belongs to. Raises AuditKeyError where there are none."""
    return audit_keys.chosen(session.get_bind().get_execution_options())


def head(session: Session) -> bytes:
    """The digest of the newest line: it stands for the whole log, and says nothing of it."""
    return session.scalar(select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)) or GENESIS


def is_unsigned(session: Session) -> bool:
    """Whether there are lines and the newest has no signature."""
    row = session.execute(select(AuditEvent.signature).order_by(AuditEvent.id.desc()).limit(1)).first()
    return row is not None and row[0] is None


def digest(line: AuditEvent) -> bytes:
    """The digest the line must carry."""
    content = [line.previous.hex(), line.at.astimezone(dt.UTC).isoformat(), line.account, line.action, line.detail]
    if line.signer is not None and line.following is not None:
        content += [line.signer.hex(), line.following.hex()]
    return hashlib.sha256(canonical_bytes(content)).digest()


def walk(session: Session, vouched: Callable[[bytes, bytes], bool] | None) -> Walk:
    """Go over the whole chain, up to the first line that does not fit.

    `vouched`: whether a server's word for its first line is right; None where nobody here can tell, as in a restored copy.
    """
    seen = Walk()
    query = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    with closing(session.scalars(query)) as lines:
        for line in lines:
            seen.wrong = _wrong(seen, line, vouched)
            if seen.wrong is not None:
                seen.wrong_at = line.id
                return seen
            seen.lines, seen.head = seen.lines + 1, line.digest
            seen.numbers[line.digest] = line.id
            if line.signer is not None and line.following is not None:
                if line.signer not in seen.following:
                    seen.began.append((line.id, line.at))
                seen.following[line.signer] = line.following
                seen.signed_from = seen.signed_from or line.id
    return seen


def broken_at(session: Session) -> int | None:
    """The number of the first line that does not fit; None when the chain holds. What only the key file knows is not asked."""
    return walk(session, None).wrong_at


def newest(session: Session, *, limit: int, before: int | None = None) -> Sequence[AuditEvent]:
    """The newest lines first, at most `limit`, older than the line `before` when given."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(AuditEvent.id < before)).all()


def _sign(session: Session, keys: AuditKeys, line: AuditEvent) -> list[bytes]:
    """Give the line its signature, and the file the key of the line after it; the public keys that are spent with it."""
    kept, new = keys.kept(), audit_keys.fresh()
    named = _named(session, kept.signer) if kept else None
    own = kept.keys.get(named.hex()) if kept and named else None
    line.following = bytes(new.verify_key)
    if kept and named and own:
        line.signer = bytes(kept.signer)
        line.digest = digest(line)
        line.signature = SigningKey(bytes(own)).sign(_SIGNED_AS + line.digest).signature
        # What was left by a transaction that came to nothing goes; what this one made so far stays, it may yet go back to it.
        stays = kept.keys if _PENDING in session.info else {named.hex(): own}
        mark, lost, used = kept.mark, kept.lost, [named]
    else:
        line.signer = audit_keys.signer_of(line.following)
        line.digest = digest(line)
        line.signature = keys.vouch(line.digest)
        stays, mark, used = {}, None, []
        lost = (*kept.lost, kept.mark) if kept and kept.mark else kept.lost if kept else ()
    added = {**stays, line.following.hex(): Hex(bytes(new))}
    keys.write(KeptKeys("pingyi-audit-key/1", Hex(line.signer), added, mark, lost))
    return used


def _named(session: Session, signer: bytes) -> bytes | None:
    """The public key that this server's next line needs, as its last line says."""
    query = select(AuditEvent.following).where(AuditEvent.signer == bytes(signer)).order_by(AuditEvent.id.desc())
    return session.scalar(query.limit(1))


def _wrong(seen: Walk, line: AuditEvent, vouched: Callable[[bytes, bytes], bool] | None) -> Wrong | None:
    if line.previous != seen.head:
        return Wrong.GAP
    if digest(line) != line.digest:
        return Wrong.CHANGED
    if line.signer is None or line.following is None or line.signature is None:
        return Wrong.UNSIGNED if seen.signed_from is not None else None
    needed = seen.following.get(line.signer)
    if needed is not None:
        return None if _signed(needed, line) else Wrong.FORGED
    if line.signer != audit_keys.signer_of(line.following) or len(line.signature) != _VOUCHED_BYTES:
        return Wrong.UNVOUCHED
    return Wrong.UNVOUCHED if vouched is not None and not vouched(line.digest, line.signature) else None


def _signed(key: bytes, line: AuditEvent) -> bool:
    try:
        VerifyKey(key).verify(_SIGNED_AS + line.digest, line.signature)
    except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
        return False
    return True


def _settle(session: Session) -> None:
    """After the commit the keys that signed are erased. Where that fails the next act does it; this one is done all the same."""
    if session.get_nested_transaction() is not None:
        return
    written: _Written | None = session.info.pop(_PENDING, None)
    if written is None or written.doubt:
        return
    try:
        written.keys.settle(written.signer, written.used, written.last)
    except AuditKeyError as error:
        _server_log.warning("the keys of the log of acts were not erased: %s", type(error.__cause__).__name__)


def _doubt(session: Session, ended: SessionTransaction) -> None:
    """A part of a transaction was taken back: which key is spent the next act asks the database."""
    if ended.nested and _PENDING in session.info:
        session.info[_PENDING].doubt = True


def _forget(session: Session, ended: SessionTransaction) -> None:
    """What was not committed by now was never written."""
    if ended.parent is None:
        session.info.pop(_PENDING, None)


event.listen(Session, "after_commit", _settle)
event.listen(Session, "after_soft_rollback", _doubt)
event.listen(Session, "after_transaction_end", _forget)
