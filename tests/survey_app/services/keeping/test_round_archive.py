"""The archive of a round: read from the file alone, years later; every altered byte told; nothing secret in it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from analysis.records import Hex
from survey_app.cli import cli
from survey_app.config import Config
from survey_app.errors import UserError
from survey_app.exports import kept_round
from survey_app.extensions import resources
from survey_app.models import Ballot, Campaign, CampaignState, EvidenceEntry, Rater, RoundArchive, Slip, StoredReport, StoredTally
from survey_app.proof import checkpoints, round_archive
from survey_app.proof.round_archive import ArchiveError
from survey_app.services.keeping import reading
from survey_app.services.sealing import custody
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.survey_app.services.keeping.hamlet_later import app
from tests.towns import hamlet

__all__ = ["app"]

#: Made in November 2026, format 1; never made anew: what was archived then has to be read for as long as this program lives.
FIXTURE = Path(__file__).parent / "hamlet-2026.zip"
#: Of that file, written down when it was made.
DIGEST = "d53699a3a72ea8b32bb2d2ced5d3a4b7f8d1ed65323167c7ea2ac1f3c7b64e51"
FINGERPRINT = "bfd6ead7ef85d9f560e46ecc9dc7f668af601879f2654bd5829e873d183430d3"
ROOT = "0dbc63d5785b6fa8cf88f79926c0869ba8a531342bb964e6ee2773dfa5adca72"


@pytest.fixture(scope="module")
def old() -> bytes:
    return FIXTURE.read_bytes()


def made(app: Flask) -> bytes:
    """The archive of the hamlet, made by the office's hands."""
    with app.test_request_context(), resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        found = kept_round.make(session, resources(app).config, campaign, secret=hamlet.SECRET, account="评议办", now=NOON)
        session.commit()
        return found.data


def test_a_file_of_2026_is_read_and_checked_from_itself_alone(old: bytes) -> None:
    assert hashlib.sha256(old).hexdigest() == DIGEST
    found = reading.examine(old, key=FINGERPRINT, root=ROOT)
    assert (found.faults, len(found.notes)) == ((), 1)  # no bundle was published
    told = found.opened.manifest
    assert (told.format, told.title, told.period) == ("pingyi-archive/1", "小村年度评议", "2026")
    roster = json.loads(found.opened.members["roster.json"])
    assert [one["name"] for one in roster["subjects"]] == ["甲", "乙", "丙"]
    assert roster["signed raters"] == [["", "镇领导", 2], ["U", "同级", 3]]
    # 甲: 1930/23 = 83.913…, as worked out in the hamlet's own page
    assert "<td>甲</td><td>83.91</td>" in found.opened.members["index.html"].decode()


def test_any_program_for_zip_files_opens_it(old: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(old)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[:2] == ["manifest.json", "signature.txt"]
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}


def test_every_altered_byte_is_told_in_one_sentence(old: bytes) -> None:
    """All of the manifest, the signature and the shell, and one byte in 41 of the contents, which a digest covers alike."""
    begins = old.index(b"acts.json")
    places = [*range(begins), *range(begins, old.index(b"PK\x01\x02"), 41), *range(old.index(b"PK\x01\x02"), len(old))]
    untold = []
    for at in places:
        bad = bytearray(old)
        bad[at] ^= 1
        try:
            round_archive.read(bytes(bad))
        except ArchiveError as error:
            if not error.sentence or "\n" in error.sentence:
                untold.append(at)
        else:
            untold.append(at)
    assert untold == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "不是完整的评议档案"),
        (b"PK\x03\x04", "不是完整的评议档案"),
        ("一段文字".encode() * 100, "不是完整的评议档案"),
    ],
)
def test_what_is_no_archive_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(ArchiveError, match=told):
        round_archive.read(content)


def test_a_cut_file_and_one_with_more_behind_it_are_refused(old: bytes) -> None:
    for bad in (old[:-1], old[: len(old) // 2], old + b"\0", old + old):
        with pytest.raises(ArchiveError):
            round_archive.read(bad)


def test_a_file_taken_out_put_in_or_renamed_is_named(old: bytes) -> None:
    opened = round_archive.read(old)
    with zipfile.ZipFile(io.BytesIO(old)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for changed, name in (
        ({key: value for key, value in files.items() if key != "books.json"}, "books.json"),
        ({**files, "zzz.txt": b"x"}, "zzz.txt"),
        ({**files, "books.json": files["books.json"] + b" "}, "books.json"),
    ):
        with pytest.raises(ArchiveError) as refused:
            round_archive.read(round_archive._laid_out(changed))
        assert refused.value.parts["name"] == name
    assert opened.digest == DIGEST


def test_signed_by_another_key_it_is_whole_and_not_the_offices_own(app: Flask, old: bytes) -> None:
    told = round_archive.read(old)
    public, sealed = checkpoints.new_key("another secret")
    forged = round_archive.pack(
        round_archive.ArchiveManifest(**{**{one: getattr(told.manifest, one) for one in told.manifest.__struct_fields__},
                                         "key": Hex(public)}),
        told.members,
        lambda message: checkpoints.sign_bytes(message, sealed, "another secret")[1],
    )  # fmt: skip
    with app.test_request_context():
        found = reading.examine(forged, key=FINGERPRINT)
    assert any("不是那把密钥签的" in one for one in found.faults)


def test_a_format_of_years_to_come_is_said_to_be_newer(old: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(old)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["manifest.json"] = files["manifest.json"].replace(b"pingyi-archive/1", b"pingyi-archive/2")
    with pytest.raises(ArchiveError, match="更新的版本"):
        round_archive.read(round_archive._laid_out(files))


def test_nothing_secret_and_nothing_that_says_who_said_what_is_in_its_bytes(app: Flask) -> None:
    held = made(app)
    with resources(app).reading() as look:
        campaign = look.scalars(select(Campaign)).one()
        key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
        ballots = look.scalars(select(Ballot)).all()
        secrets = [bytes(campaign.wrapped_key)[:40], hamlet.SECRET.encode(), hamlet.PASSPHRASE.encode(), bytes(key._key)]
        secrets += [bytes(one.sealed)[:24] for one in ballots] + [bytes(one.alias_digest) for one in look.scalars(select(Slip))]
        secrets += [key.open(bytes(one.sealed)) for one in ballots]
        raters = list(look.scalars(select(Rater)))
        secrets += [bytes(one.alias_digest) for one in raters if one.alias_digest]
        whole = [look.scalars(select(StoredTally.content)).one(), look.scalars(select(StoredReport.content)).one()]
    for one in secrets:
        assert one not in held
        assert one.hex().encode() not in held
    for text in whole:
        assert text.encode() not in held
    files = {name: content for name, content in round_archive.read(held).members.items() if name != "index.html"}
    acts = json.loads(files["acts.json"])["lines"]
    assert all(rater.code not in json.dumps(acts, ensure_ascii=False).split() for rater in raters)
    # 丁 and 戊 sign and are not rated; 甲 乙 丙 are rated and stand in the roster as such.
    assert not [name for name, content in files.items() if "丁".encode() in content or "戊".encode() in content]


def test_what_the_result_holds_back_the_archive_holds_back(app: Flask, office_client: FlaskClient) -> None:
    key = _key(app)
    own = office_client.get(f"/office/results/{key}/files/figures.csv").get_data()
    assert round_archive.read(made(app)).members["result.csv"] == own


def test_the_page_makes_it_shows_its_digest_and_hands_it_out(app: Flask, office_client: FlaskClient) -> None:
    address = f"/office/campaigns/{_key(app)}/keeping/"
    assert office_client.get(f"{address}archive.zip").status_code == 404
    assert office_client.post(f"{address}archive", data={"csrf_token": csrf(office_client)}).status_code == 302
    file = office_client.get(f"{address}archive.zip").get_data()
    digest = hashlib.sha256(file).hexdigest()
    assert digest in office_client.get(address).get_data(as_text=True)
    with resources(app).reading() as look:
        assert look.scalars(select(RoundArchive.digest)).all() == [digest]
    (Path(resources(app).config.data) / "archives" / f"{_key(app)}.zip").write_bytes(file[:-1])
    assert office_client.get(f"{address}archive.zip").status_code == 404  # not that file any more


def test_before_the_count_and_after_a_correction_none_is_made(app: Flask, office_client: FlaskClient) -> None:
    address = f"/office/campaigns/{_key(app)}/keeping/"
    with resources(app).writing() as session:
        session.execute(update(EvidenceEntry).values(replaced=True))
        session.commit()
    stale = office_client.post(f"{address}archive", data={"csrf_token": csrf(office_client)})
    assert (stale.status_code, "请先重新计算" in stale.get_data(as_text=True)) == (409, True)
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(state=CampaignState.CLOSED))
        session.commit()
    early = office_client.post(f"{address}archive", data={"csrf_token": csrf(office_client)})
    assert (early.status_code, "计票以后才能归档" in early.get_data(as_text=True)) == (409, True)


def test_the_command_line_makes_verifies_and_restores_it_with_nothing_but_the_file(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Config = resources(app).config
    for name in ("PINGYI_DATABASE_URL", "PINGYI_DATA", "PINGYI_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    file, elsewhere = tmp_path / "round.zip", tmp_path / "nothing-here"
    run = CliRunner()
    told = run.invoke(cli, ["--data", str(config.data), "archive", _key(app), str(file)])
    assert told.exit_code == 0, told.output
    assert all(step in told.output for step in ("正在收集", "正在写结果", "正在签名", "逐字节检查"))
    again = run.invoke(cli, ["--data", str(config.data), "archive", _key(app), str(file)])
    assert isinstance(again.exception, UserError)
    mark = checkpoints.fingerprint(bytes(round_archive.read(file.read_bytes()).manifest.key))
    checked = run.invoke(cli, ["--data", str(elsewhere), "verify", str(file), "--key", mark])
    assert (checked.exit_code, "逐字节都对" in checked.output) == (3, True)  # a note: no bundle was published
    assert run.invoke(cli, ["--data", str(elsewhere), "verify", str(file), "--key", "0" * 64]).exit_code == 1
    assert not elsewhere.exists()
    restored = run.invoke(cli, ["--data", str(elsewhere), "restore", str(file)])
    assert restored.exit_code == 0, restored.output
    folder = elsewhere / "read-archives" / "round"
    assert "小村年度评议" in (folder / "index.html").read_text(encoding="utf-8")
    assert isinstance(run.invoke(cli, ["--data", str(elsewhere), "restore", str(file)]).exception, UserError)
    file.write_bytes(file.read_bytes()[:-3])
    assert run.invoke(cli, ["--data", str(elsewhere), "verify", str(file)]).exit_code == 1


def _key(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.scalars(select(Campaign.key)).one()
