"""Bytes that are stored, signed or digested: recorded from the program before it had one canonical JSON, and never to change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from analysis.canonical import canonical
from analysis.evidence import Slot
from analysis.limits import LimitTable
from questionnaires.model import Style
from questionnaires.shipped import load_shipped
from survey_app.models import AuditEvent
from survey_app.services.campaign.styles import written
from survey_app.services.casting.comment_text import Comment, write
from survey_app.services.office import audit
from survey_app.services.sealing import custody
from survey_app.services.sealing.sealed_content import OpenedBallot, Signature, leaf, submission_digest, write_content

R = bytes(range(32))
R_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


def test_a_sealed_ballot_keeps_its_bytes() -> None:
    assert write_content(OpenedBallot((1, 0, 3), R, None), wide=False) == f'{{"marks":"010003","r":"{R_HEX}","v":1}}'.encode()
    signed = write_content(OpenedBallot((1, 0, 3), R, Signature("陈㛃", "AAAA")), wide=True)
    said = f'{{"marks":"000100000003","r":"{R_HEX}","signature":{{"ink":"AAAA","name":"陈㛃"}},"v":1,"wide":true}}'
    assert signed == said.encode()


def test_leaves_and_submissions_keep_their_digests() -> None:
    made = leaf(campaign="2026-评议", style="s1", key=b"\1" * 16, committed=b"\2" * 32, version=2)
    assert made.hex() == "eab982d785d7cc1dc2d24a07dd86ff7e374948738b6f8bc1b21c30054342037b"
    sent = submission_digest(b"\1" * 32, b"i" * 16)  # new with revision a7c3f1e95b28, which erased those of before
    assert sent == hashlib.sha256(b"pingyi/submission/v2" + b"\1" * 32 + b"i" * 16).digest()


def test_comments_keep_their_bytes() -> None:
    written_text = '{"group":"代表","rater":3,"text":"好\\"的","unit":"T01","v":1,"version":2}'.encode()
    assert write(Comment("代表", "T01", '好"的', 3, 2), 120) == written_text.ljust(120)
    assert write(Comment("代表", "", "好"), 80) == '{"group":"代表","text":"好","unit":"","v":1}'.encode().ljust(80)


def test_the_audit_log_keeps_its_digests() -> None:
    at = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    event = AuditEvent(at=at, account="王", action="close", detail="a\n“b”", previous=audit.GENESIS)
    assert audit.digest(event).hex() == "19853686438a5ce31b5993098281c4893db0d19b7bf1f424d8cf4f6efd4c93db"
    event.signer, event.following = b"\1" * 8, R  # of signed lines, from revision d4b8e02f7a61 on
    told = ["2026-01-02T03:04:05+00:00", "王", "close", "a\\n“b”", "01" * 8, R_HEX]
    said = ",".join(f'"{one}"' for one in (audit.GENESIS.hex(), *told))
    assert audit.digest(event) == hashlib.sha256(f"[{said}]".encode()).digest()


def test_wrapped_keys_stay_ascii() -> None:
    _, wrapped, _ = custody.create_shared_keys(["陈㛃", "乙", "丙"], needed=2)
    blob = json.loads(wrapped)
    digests = ",".join(f'"{one}"' for one in blob["digests"])
    said = (
        f'{{"box":"{blob["box"]}","digests":[{digests}],"holders":["\\u9648\\u36c3","\\u4e59","\\u4e19"],"kdf":"shares",'
        f'"needed":2,"series":"{blob["series"]}","v":2}}'
    )
    assert wrapped == said.encode()


def test_a_style_keeps_its_text() -> None:
    limit = LimitTable(rule="优秀限额", kind="count", effect="void", slots=(0,), codes=(1,), bounds=((0, 0), (0, 1)))
    style = Style("代表", "一村", "", (Slot("A", "德"),), (limit,))
    assert written(style) == (
        '{"limits":[{"bounds":[[0,0],[0,1]],"codes":[1],"effect":"void","kind":"count","per_answered":false,"rule":"优秀限额",'
        '"slots":[0],"weights":[]}],"slots":[["A","德"]]}'
    )


def test_a_compiled_plan_is_canonical_already() -> None:
    plan = load_shipped("bortala").plan
    assert plan.startswith('{"components":["年中检查","年底考核"],"decisions":[')
    assert canonical(json.loads(plan)) == plan
