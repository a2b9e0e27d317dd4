"""Files somebody else made or put there: forged backups, hostile bundles, links where a file is expected, folders of others."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.cli.new_files import write_new
from survey_app.config import Config
from survey_app.errors import UserError
from survey_app.proof import verify
from survey_app.services.backups import restoring
from survey_app.services.backups.refusals import BackupError
from tests.faults.test_start import command
from tests.support.application import QUICK_PASSWORD, csrf
from tests.support.house import ROOT
from tests.survey_app.services.backups.test_backup import manifest_of
from tests.towns.small_scheme import build


@pytest.fixture
def empty(tmp_path: Path) -> Config:
    """An empty place to restore into."""
    data = tmp_path / "new"
    return Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", password_cost=QUICK_PASSWORD)


def named(*names: str) -> dict[str, object]:
    one = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    return {"format": "pingyi-backup/1", "made": "", "members": dict.fromkeys(names, one)}


@pytest.mark.parametrize(
    "way", ["files/{}", "files//{}", "files/./{}", "{}", "files/../../{}", "files/a/../../../{}", "files/a//{}"]
)
def test_no_name_in_a_backup_leads_out_of_the_folder_it_is_restored_into(empty: Config, tmp_path: Path, way: str) -> None:
    """Anybody can seal a backup to a public key. `files//etc/x` lay within the unpacked files, and what was left of it behind
    `files/` was an address of its own: the file was written there, over the one that was."""
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="ascii")
    target = way.format(str(outside) if "/{}" in way or way == "{}" else "outside")
    manifest_of({target: b"x"}, named(target), tmp_path / "evil.tar")
    with pytest.raises(BackupError):
        restoring.read(empty, tmp_path / "evil.tar")
    assert outside.read_text(encoding="ascii") == "mine"
    assert [path for path in empty.data.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_a_backup_with_a_link_or_a_device_in_a_files_place_is_refused(empty: Config, tmp_path: Path, kind: bytes) -> None:
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as tar:
        text = json.dumps(named("files/secret-key")).encode()
        first = tarfile.TarInfo("manifest.json")
        first.size = len(text)
        tar.addfile(first, io.BytesIO(text))
        member = tarfile.TarInfo("files/secret-key")
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(BackupError):
        restoring.read(empty, archive)
    assert list(empty.data.iterdir()) == []


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


HEAD = b'{"format":"pingyi-bundle/2","kind":"public",'
PLAIN = zipped(("public.json", HEAD + b'"x":"' + bytes(range(35, 91)) * 40 + b'"}'))


def bent(change: Callable[[bytearray, int], None]) -> bytes:
    """The plain archive with bytes changed; the number is where its directory begins."""
    raw = bytearray(PLAIN)
    change(raw, raw.index(b"PK\1\2"))
    return bytes(raw)


def flagged(raw: bytearray, at: int) -> None:
    raw[6] = raw[at + 8] = 1


def packed_otherwise(raw: bytearray, at: int) -> None:
    raw[8] = raw[at + 10] = 99


HOSTILE = {
    "nested a hundred thousand deep": zipped(("public.json", HEAD + b'"x":' + b"[" * 100_000)),
    "a number of ten thousand digits": zipped(("public.json", HEAD + b'"x":' + b"9" * 10_000 + b"}")),
    "no number": zipped(("public.json", HEAD + b'"x":NaN,"y":-Infinity}')),
    "half a character": zipped(("public.json", HEAD + b'"campaign":{"title":"\\ud800"}}')),
    "another coding": zipped(("public.json", "\ufeff{}".encode("utf-16"))),
    "two of one kind": zipped(("public.json", HEAD + b"}"), ("auditors.json", HEAD + b"}")),
    "a list for a word": zipped(("public.json", b'{"format":["pingyi-bundle/2"],"kind":[]}')),
    "nothing": zipped(("public.json", b"null")),
    "outside": zipped(("../public.json", HEAD + b"}")),
    "encrypted": bent(flagged),
    "packed in an unknown way": bent(packed_otherwise),
    "broken in the middle": bent(lambda raw, _at: raw.__setitem__(slice(45, 60), b"\xff" * 15)),
    "another offset": bent(lambda raw, at: raw.__setitem__(at + 42, 200)),
    "a size of 4 GB": bent(lambda raw, at: raw.__setitem__(slice(at + 24, at + 28), b"\xff\xff\xff\xff")),
    "cut": PLAIN[:100],
    "empty": b"",
}


@pytest.mark.parametrize("archive", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_bundle_gets_a_sentence_and_never_a_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], archive: bytes
) -> None:
    """Encrypted, packed otherwise, broken: the checker ended in a trace, with the exit code of a bundle that was checked."""
    (tmp_path / "b.zip").write_bytes(archive)
    assert verify.main([str(tmp_path / "b.zip")]) == 2
    assert "This is no bundle" in capsys.readouterr().out


def test_a_file_is_never_written_through_a_link_that_was_waiting(tmp_path: Path) -> None:
    """In a folder that others may write to, the name of the next backup or bundle leads to somebody's key."""
    mine = tmp_path / "secret-key"
    for target in (mine, tmp_path / "not there"):
        link = tmp_path / f"out-{target.name}"
        link.symlink_to(target)
        with pytest.raises((UserError, FileExistsError)):
            write_new(link, b"new")
    assert not mine.exists()
    assert not (tmp_path / "not there").exists()
    write_new(tmp_path / "new", b"new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_database_outside_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """The folder is closed to others; a database put elsewhere by its address was readable by everybody of the machine."""
    tmp_path.chmod(0o755)
    place = tmp_path / "open" / "pingyi.db"
    place.parent.mkdir(mode=0o755)
    words, environment = command(PINGYI_DATA=tmp_path / "data", PINGYI_DATABASE_URL=f"sqlite:///{place}")
    words = [*words[:-1], "migrate"]
    old = os.umask(0o022)
    try:
        done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    finally:
        os.umask(old)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(place) as database:
        assert database.execute("SELECT count(*) FROM account").fetchone() == (0,)
    assert place.stat().st_mode & 0o077 == 0


def test_an_upload_is_known_by_its_bytes_and_its_name_goes_nowhere(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    town = build(session, state="draft")
    session.close()
    for name in (
        "../../../etc/passwd",
        "C:\\con.xlsx",
        "a\r\nX: y.csv",
        "\x00.xlsx",
        "年".encode("gbk").decode("latin-1"),
        "x" * 5000,
    ):
        sent = {"csrf_token": csrf(office_client), "file": (io.BytesIO(b"MZ\x90\x00"), name)}
        answer = office_client.post(f"/office/campaigns/{town.key}/roster/", data=sent, content_type="multipart/form-data")
        assert answer.status_code in {400, 409, 413, 422}, name[:20]
        assert "Traceback" not in answer.get_data(as_text=True)
