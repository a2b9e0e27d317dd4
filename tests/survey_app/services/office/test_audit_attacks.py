"""Who gets at the bytes of the log of acts, and what the check then says: each attack by hand, on both databases.

The attacker with the database alone writes rows as they please and works out every digest anew. The attacker with the disk has
the key file and the server's secret besides, as they are now.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import pytest
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Engine, Row, insert, select, text
from sqlalchemy.orm import Session

from survey_app import audit_keys
from survey_app.audit_keys import AuditKeyError
from survey_app.config import Config, cookie_key
from survey_app.database import audit_keys as keys_in
from survey_app.database import make_engine, session_factory
from survey_app.models import AuditEvent
from survey_app.services.office import audit, audit_check
from survey_app.services.office.audit_check import CheckedLog
from survey_app.starting import prepared
from tests.support.clock import NOON

TABLE = AuditEvent.__table__


def write(session: Session, *acts: str) -> None:
    """One act a transaction, as requests do."""
    for act in acts:
        audit.record(session, account="王", action="sign-in", detail=act, now=NOON)
        session.commit()


def checked(session: Session, wanted: bytes | None = None) -> CheckedLog:
    session.rollback()
    session.expire_all()
    found = audit_check.check(session, heads=[], wanted=wanted)
    session.rollback()  # on SQLite an open one holds the write lock
    return found


def rows(session: Session) -> Sequence[Row[tuple[object, ...]]]:
    """The table as it lies, without the application in between."""
    found = session.execute(select(TABLE).order_by(TABLE.c.id)).all()
    session.rollback()
    return found


def put_back(session: Session, lines: Sequence[dict[str, object]]) -> None:
    """These rows and no others."""
    session.execute(text("DELETE FROM audit_event"))
    for line in lines:
        session.execute(insert(AuditEvent).values(line))
    session.commit()


def as_dicts(found: Sequence[Row[tuple[object, ...]]]) -> list[dict[str, object]]:
    return [dict(row._mapping) for row in found]


def chain_anew(lines: list[dict[str, object]], first: int = 0, keys: SigningKey | None = None) -> list[dict[str, object]]:
    """Every digest from the line at `first` on worked out again, as anybody can; signed by `keys`, who has one."""
    for place in range(first, len(lines)):
        line = lines[place]
        line["previous"] = lines[place - 1]["digest"] if place else audit.GENESIS
        line["digest"] = audit.digest(AuditEvent(**line))
        if keys is not None and place > first:
            line["signature"] = keys.sign(b"pingyi/audit/v2\0" + bytes(line["digest"])).signature  # type: ignore[call-overload]  # a row
    return lines


def test_a_log_that_nobody_touched_holds_and_every_line_is_signed(session: Session) -> None:
    write(session, "one", "two", "three")
    found = checked(session)
    assert (found.lines, found.wrong_at, found.faults) == (3, None, ())
    assert found.notes == ("3 条记录都有签名。",)
    assert found.head == rows(session)[-1].digest
    assert checked(session, rows(session)[1].digest).notes[-1] == "给出的头是第 2 条；到那一条为止，记录与印出时一样。"


def test_an_edited_line_is_named(session: Session) -> None:
    write(session, "one", "two", "three")
    session.execute(text("UPDATE audit_event SET detail = 'TWO' WHERE id = 2"))
    session.commit()
    found = checked(session)
    assert (found.wrong_at, found.faults) == (2, ("第 2 条的内容与它的摘要不符：这一条被改过。",))


def test_an_edited_line_with_every_digest_worked_out_anew_is_named(session: Session) -> None:
    write(session, "one", "two", "three")
    lines = as_dicts(rows(session))
    lines[1]["detail"] = "TWO"
    put_back(session, chain_anew(lines, 1))
    found = checked(session)
    assert (found.wrong_at, found.faults) == (2, ("第 2 条的签名不对：从这一条起，记录被没有密钥的人重写过。",))


def test_a_line_taken_out_of_the_middle_is_named_by_the_one_after(session: Session) -> None:
    write(session, "one", "two", "three")
    lines = as_dicts(rows(session))
    del lines[1]
    put_back(session, lines)
    assert checked(session).faults == ("第 3 条接不上前一条：这里有记录被删去、插入或调换过。",)
    put_back(session, chain_anew(lines, 1))  # and sewn up again
    assert checked(session).faults == ("第 3 条的签名不对：从这一条起，记录被没有密钥的人重写过。",)


def test_swapped_lines_are_named(session: Session) -> None:
    write(session, "one", "two", "three")
    lines = as_dicts(rows(session))
    lines[0]["id"], lines[1]["id"] = 2, 1
    put_back(session, lines)
    assert checked(session).wrong_at == 1
    told = as_dicts(rows(session))
    put_back(session, chain_anew(told))
    assert checked(session).wrong_at == 1


@pytest.mark.parametrize("cut", [1, 2])
def test_a_cut_tail_is_found_though_the_rest_is_a_good_chain(session: Session, cut: int) -> None:
    write(session, "one", "two", "three")
    put_back(session, as_dicts(rows(session))[:-cut])
    found = checked(session)
    assert found.wrong_at is None
    assert found.faults == (f"记录有 {3 - cut} 条，而这台服务器至少写到过第 3 条：末尾被截掉了，或换上了旧的数据库。",)


def test_a_cut_tail_stays_found_after_the_office_went_on_writing(session: Session) -> None:
    write(session, "one", "two", "three")
    digest = rows(session)[-1].digest.hex()
    put_back(session, as_dicts(rows(session))[:1])
    write(session, "four")
    said = f"这台服务器写过的第 3 条（{digest[:16]}…）和它前面的几条不见了，后来的记录是另起的：数据库被截短或换过。"
    assert said in checked(session).faults


def test_a_log_built_anew_without_keys_is_found(session: Session) -> None:
    write(session, "one", "two", "three")
    lines = as_dicts(rows(session))
    for line in lines:
        line |= {"signer": None, "following": None, "signature": None, "detail": "harmless"}
    put_back(session, chain_anew(lines))
    said = "这台服务器签过第 3 条，记录里却没有它签的任何一条：记录被换掉了，或退回到了旧的数据库。"
    assert checked(session).faults == (said,)


def test_signatures_taken_off_from_one_line_on_are_found(session: Session) -> None:
    write(session, "one", "two", "three")
    lines = as_dicts(rows(session))
    for line in lines[1:]:
        line |= {"signer": None, "following": None, "signature": None}
    put_back(session, chain_anew(lines, 1))
    assert checked(session).faults == ("第 2 条没有签名，它前面的却有：从这一条起不是本系统写的。",)


def test_a_log_built_anew_with_keys_of_ones_own_is_found(session: Session) -> None:
    write(session, "one", "two", "three")
    lines, own = as_dicts(rows(session)), SigningKey.generate()
    for line in lines:
        line |= {"signer": audit_keys.signer_of(bytes(own.verify_key)), "following": bytes(own.verify_key), "detail": "harmless"}
    lines[0]["signature"] = b"w" * 32  # whose word would have to be the server's
    put_back(session, chain_anew(lines, 0, own))
    said = "从第 1 条起用的签名密钥，这台服务器不认：记录从这里被人重写过，或者服务器密钥换过了。"
    assert checked(session).faults == (said,)


def test_an_older_copy_of_the_database_is_found(session: Session) -> None:
    write(session, "one", "two")
    older = as_dicts(rows(session))
    write(session, "three", "four")
    put_back(session, older)
    assert checked(session).faults == ("记录有 2 条，而这台服务器至少写到过第 4 条：末尾被截掉了，或换上了旧的数据库。",)


def test_who_takes_the_disk_today_cannot_sign_a_line_of_yesterday(session: Session, config: Config) -> None:
    """With the key file, the secret and the database: the keys that signed are no longer among what is there to take."""
    write(session, "one", "two", "three")
    kept = keys_in(config).kept()
    lines = as_dicts(rows(session))
    assert kept is not None
    assert list(kept.keys) == [lines[-1]["following"].hex()]  # type: ignore[attr-defined]  # a row
    for stolen in kept.keys.values():
        edited = as_dicts(rows(session))
        edited[1]["detail"] = "TWO"
        put_back(session, chain_anew(edited, 0, SigningKey(bytes(stolen))))
        assert checked(session).wrong_at == 2
        put_back(session, lines)
    assert checked(session).faults == ()


def test_who_takes_the_disk_and_begins_the_log_anew_contradicts_the_printed_head(session: Session, config: Config) -> None:
    """Nothing on the machine can show it: the thief has all that the machine has. Paper does."""
    write(session, "one", "two", "three")
    printed = rows(session)[-1].digest
    lines, own = as_dicts(rows(session)), SigningKey.generate()
    for line in lines:
        line |= {"signer": audit_keys.signer_of(bytes(own.verify_key)), "following": bytes(own.verify_key), "detail": "harmless"}
    lines[0]["previous"] = audit.GENESIS
    lines[0]["signature"] = keys_in(config).vouch(audit.digest(AuditEvent(**lines[0])))
    put_back(session, chain_anew(lines, 0, own))
    keys_in(config).path.unlink()
    found = checked(session)
    assert found.faults == ()
    assert "这里没有密钥文件，看不出末尾有没有被截短；请用印出的头核对。" in found.notes
    said = f"没有被改动的记录里找不到给出的头 {printed.hex()[:16]}…：印它之后，记录被截短或重写过。"
    assert checked(session, printed).faults == (said,)


def test_a_transaction_that_came_to_nothing_leaves_the_log_whole(session: Session) -> None:
    write(session, "one")
    audit.record(session, account="王", action="sign-in", detail="lost", now=NOON)
    session.rollback()
    with session.begin_nested() as part:
        audit.record(session, account="王", action="sign-in", detail="half", now=NOON)
        part.rollback()
    audit.record(session, account="王", action="sign-in", detail="two", now=NOON)
    audit.record(session, account="王", action="sign-in", detail="three", now=NOON)
    session.commit()
    write(session, "four")
    found = checked(session)
    assert (found.lines, found.faults, len(found.notes)) == (4, (), 1)


def test_a_crash_between_key_and_commit_or_commit_and_erasure_leaves_the_log_whole(session: Session, config: Config) -> None:
    write(session, "one")
    before = keys_in(config).path.read_bytes()
    write(session, "two")
    keys = json.loads(before)["keys"] | json.loads(keys_in(config).path.read_bytes())["keys"]
    both = json.loads(before) | {"keys": keys}  # as the file is from the signature to the commit
    keys_in(config).path.write_text(json.dumps(both))
    assert checked(session).faults == ()
    write(session, "three")
    assert checked(session).faults == ()
    kept = keys_in(config).kept()
    assert kept is not None
    assert len(kept.keys) == 1


def test_without_its_key_nothing_is_done(config: Config, engine: Engine, session: Session) -> None:
    write(session, "one")
    keys_in(config).path.write_bytes(b"{}")
    with pytest.raises(AuditKeyError, match="读不出来"):
        audit.record(session, account="王", action="sign-in", detail="", now=NOON)
    session.rollback()
    assert len(rows(session)) == 1


def test_a_lost_key_file_begins_anew_and_says_so(session: Session, config: Config) -> None:
    write(session, "one", "two")
    keys_in(config).path.unlink()
    write(session, "three")
    found = checked(session)
    assert found.faults == ()
    assert found.notes[-1].startswith("第 3 条（2026年11月21日 12:00 UTC）起换了一套密钥签名：恢复备份、增加服务器")


def test_an_old_log_is_signed_from_its_present_head_on_and_says_so(session: Session, config: Config) -> None:
    lines: list[dict[str, object]] = []
    for act in ("one", "two"):
        lines.append({"at": NOON, "account": "王", "action": "sign-in", "detail": act})
        lines[-1] |= {"signer": None, "following": None, "signature": None}
    put_back(session, chain_anew(lines))
    prepared(config).dispose()
    assert [(row.id, row.account, row.action) for row in rows(session)][2:] == [(3, "server", "audit-signed")]
    found = checked(session)
    assert found.faults == ()
    assert "从第 3 条" in found.notes[0]
    prepared(config).dispose()
    assert len(rows(session)) == 3  # once
    lines[0]["detail"] = "ONE"
    last = as_dicts(rows(session))[2]
    put_back(session, [line | {"id": number} for number, line in enumerate(chain_anew(lines), start=1)] + [last])
    assert checked(session).faults == ("第 3 条接不上前一条：这里有记录被删去、插入或调换过。",)


def test_two_hosts_with_keys_of_their_own_write_one_chain(session: Session, config: Config, tmp_path: Path) -> None:
    secret = cookie_key(config)
    there = Config(data=tmp_path / "other", database_url=config.database_url, secret_key=secret)
    engine = make_engine(config.database_url, keys=keys_in(there))
    write(session, "one")
    with session_factory(engine)() as other:
        write(other, "two")
        write(session, "three")
        write(other, "four")
        for look in (session, other):
            assert (checked(look).lines, checked(look).faults) == (4, ())
    engine.dispose()


def _writer(config: Config, name: str, many: int) -> None:
    engine = make_engine(config.database_url, keys=keys_in(config))
    with session_factory(engine)() as session:
        write(session, *(f"{name} {number}" for number in range(many)))
    engine.dispose()


def test_processes_that_write_at_once_never_fork_the_chain(session: Session, config: Config) -> None:
    write(session, "first")
    session.close()
    many = [multiprocessing.get_context("spawn").Process(target=_writer, args=(config, f"p{one}", 12)) for one in range(2)]
    for one in many:
        one.start()
    for one in many:
        one.join(60)
    assert [one.exitcode for one in many] == [0, 0]
    found = checked(session)
    assert (found.lines, found.faults) == (25, ())
    assert {row.detail for row in rows(session)} == {"first"} | {f"p{one} {number}" for one in range(2) for number in range(12)}


def test_the_signature_is_over_this_and_nothing_else(session: Session, config: Config) -> None:
    """Worked out from the description in docs/threat-model.md with the standard library and the key alone."""
    write(session, "one", "two")
    first, second = rows(session)
    told = f'"2026-11-21T12:00:00+00:00","王","sign-in","one","{first.signer.hex()}","{first.following.hex()}"'
    said = f'["{hashlib.sha256(b"pingyi/audit/v1").hexdigest()}",{told}]'
    assert first.digest == hashlib.sha256(said.encode()).digest()
    key = hashlib.blake2b(cookie_key(config).encode(), digest_size=32, person=b"pingyi-audit-mac").digest()
    assert first.signature == hmac.new(key, first.digest, "sha256").digest()
    assert VerifyKey(first.following).verify(b"pingyi/audit/v2\0" + second.digest, second.signature)
