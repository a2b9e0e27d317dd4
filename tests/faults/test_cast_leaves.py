"""What casting leaves behind: no secret, alias, answer, address or browser in any file, and nothing that opens a ballot."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from survey_app.database import sqlite_file
from survey_app.models import Ballot, Campaign
from survey_app.services.sealing import custody, tokens
from survey_app.services.sealing.custody import UnopenableError
from tests.faults.finder import spellings
from tests.towns.small_scheme import GOOD_MARKS, MEMBER_MARKS, PASSPHRASE, build

ADDRESS = "203.0.113.77"
AGENT = "Canary-Browser/77.7"
SUBMISSION = bytes(range(100, 116))


def files_of(engine: Engine, data: Path) -> bytes:
    """Every byte the application keeps: the database's files (or all rows as text) and the data folder."""
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file()) if data.exists() else b""
    database = sqlite_file(str(engine.url))
    if database is not None:
        return kept + b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()  # noqa: S608 - names come from the database itself
            kept += b"".join(bytes(cell) if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)
    return kept


@pytest.fixture
def cast_two(app: Flask, session: Session) -> dict[str, bytes]:
    """One anonymous ballot by link, one by alias, one signed; what must not be found afterwards, by name."""
    town = build(session)
    client = app.test_client()
    from_hall = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": AGENT}}
    marks = {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}
    for credential in ({"secret": tokens.secret_text(town.slips[0][0])}, {"alias": town.slips[1][1]}):
        sent = client.post(
            f"/v/{town.guests}", data={"stage": "send", "submission": SUBMISSION.hex(), **credential, **marks}, **from_hall
        )
        assert sent.status_code == 200
        assert "Set-Cookie" not in sent.headers
    member = {f"m{place}": str(mark) for place, mark in enumerate(MEMBER_MARKS)}
    signed = {
        "stage": "send",
        "submission": SUBMISSION.hex(),
        "secret": tokens.secret_text(town.links[0][0]),
        "name": "金丝雀签名",
    }
    assert client.post(f"/v/{town.members}", data={**signed, **member}, **from_hall).status_code == 200
    return {
        "secret": town.slips[0][0],
        "secret text": tokens.secret_text(town.slips[0][0]).encode(),
        "link": town.links[0][0],
        "alias": town.slips[1][1].encode(),
        "alias without dashes": town.slips[1][1].replace("-", "").encode(),
        "answers": bytes(GOOD_MARKS),
        "answers in hex": bytes(GOOD_MARKS).hex().encode(),
        "address": ADDRESS.encode(),
        "browser": AGENT.encode(),
        "submission id": SUBMISSION,
        "typed name": "金丝雀签名".encode(),
        "passphrase": PASSPHRASE.encode(),
    }


def test_no_file_holds_a_secret_an_answer_an_address_or_a_browser(
    app: Flask, engine: Engine, session: Session, cast_two: dict[str, bytes], tmp_path: Path
) -> None:
    kept = files_of(engine, tmp_path / "data")
    key = session.scalars(select(Ballot.key)).first()
    assert key is not None
    assert key in kept  # the search finds what is there
    for name, canary in cast_two.items():
        for spelling in spellings(canary):
            assert spelling not in kept, f"{name} was found"


def test_nothing_kept_opens_a_ballot_without_the_passphrase(
    app: Flask, engine: Engine, session: Session, cast_two: dict[str, bytes], tmp_path: Path
) -> None:
    campaign = session.scalars(select(Campaign)).one()
    key = custody.unwrap(campaign.wrapped_key, PASSPHRASE)
    private = bytes(key._key)
    kept = files_of(engine, tmp_path / "data")
    for spelling in spellings(private):
        assert spelling not in kept
    sealed = session.scalars(select(Ballot.sealed)).first()
    assert sealed is not None
    wrapped = json.loads(campaign.wrapped_key)
    for guess in (campaign.public_key, bytes.fromhex(wrapped["box"])[:32], bytes.fromhex(wrapped["salt"]) * 2):
        with pytest.raises(UnopenableError):
            custody.open_sealed(custody.OpeningKey(type(key._key)(guess)), sealed)
    assert custody.open_sealed(key, sealed).startswith(b'{"marks":')


def test_an_anonymous_row_has_only_the_columns_the_design_allows(session: Session, cast_two: dict[str, bytes]) -> None:
    assert {column.name for column in Ballot.__table__.columns} == {
        "key", "campaign_id", "style_id", "kind", "rater_id", "version", "superseded", "sealed", "submission", "leaf",
    }  # fmt: skip
    for row in session.scalars(select(Ballot).where(Ballot.kind == "anonymous")):
        assert (row.rater_id, row.version, row.superseded) == (None, None, False)


def test_a_stored_digest_does_not_betray_the_answers_to_who_tries_them_all(session: Session, cast_two: dict[str, bytes]) -> None:
    # Slip, id and the text before them are all there is in the digest; and one id with two slips gives two digests.
    rows = session.scalars(select(Ballot).where(Ballot.kind == "anonymous")).all()
    assert {row.submission for row in rows} == {
        hashlib.sha256(b"pingyi/submission/v2" + row.key + SUBMISSION).digest() for row in rows
    }
    assert len({row.submission for row in rows}) == len(rows) == 2
