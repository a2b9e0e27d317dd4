"""A password that was stolen elsewhere is refused, by a list on this machine: whatever the list's size, ends and counts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey_app import create_app
from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.roles import EVERYTHING
from survey_app.services.office import accounts, stolen_passwords
from survey_app.services.office.passwords import PasswordError
from survey_app.services.office.stolen_passwords import StolenListError
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD
from tests.support.clock import NOON

#: SHA-1 of "abc", of FIPS 180-4's examples.
ABC = "A9993E364706816ABA3E25717850C26C9CD0D89D"


def digest(word: str) -> str:
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()


def listed(path: Path, words: list[str], *, end: str = "\n", count: str = ":3", last: bool = True) -> Path:
    lines = sorted(digest(word) + count for word in words)
    path.write_bytes((end.join(lines) + (end if last and lines else "")).encode())
    return path


def test_the_digest_is_the_one_lists_are_made_of(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{ABC}\n", encoding="ascii")
    assert stolen_passwords.is_listed(tmp_path / "list", "abc")


@given(words=st.sets(st.text(max_size=8), max_size=60), other=st.text(max_size=8), end=st.sampled_from(["\n", "\r\n"]),
       count=st.sampled_from(["", ":1", ":24230577"]), last=st.booleans())  # fmt: skip
def test_every_word_of_a_list_is_found_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, words: set[str], other: str, end: str, count: str, *, last: bool
) -> None:
    path = listed(tmp_path_factory.getbasetemp() / "list", sorted(words), end=end, count=count, last=last)
    assert [word for word in words if not stolen_passwords.is_listed(path, word)] == []
    assert stolen_passwords.is_listed(path, other) is (other in words)


def test_a_list_is_searched_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100,000 lines some thirty are looked at: 100,000 lines of 43 bytes are 4.3 million places, which is 2 to the 22."""
    path, true = listed(tmp_path / "list", [str(number) for number in range(100_000)]), stolen_passwords._line_after
    looked: list[int] = []

    def looking(file: IO[bytes], place: int) -> bytes:
        looked.append(place)
        return true(file, place)

    monkeypatch.setattr(stolen_passwords, "_line_after", looking)
    assert stolen_passwords.is_listed(path, "77777")
    assert not stolen_passwords.is_listed(path, "no such")
    assert len(looked) <= 2 * 24


@pytest.mark.parametrize("content", [b"", b"password\nqwerty\n", b"F" * 40 + b"\n" + b"0" * 40 + b"\n", ABC.encode() * 3, None])
def test_a_file_that_is_no_sorted_list_is_refused_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "list").write_bytes(content)
    with pytest.raises(StolenListError, match="PINGYI_STOLEN_PASSWORDS"):
        stolen_passwords.refuse_unfit(tmp_path / "list")
    stolen_passwords.refuse_unfit(listed(tmp_path / "good", ["a", "b", "c"]))


@pytest.fixture
def app(config: Config, tmp_path: Path) -> Flask:
    return create_app(replace(config, stolen_passwords=listed(tmp_path / "list", [OFFICE_PASSWORD, "abc"])))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_chooses_a_password_that_was_stolen(app: Flask) -> None:
    with resources(app).writing() as session:
        with pytest.raises(PasswordError, match="在别处被盗过"):
            accounts.create_account(
                session, name=OFFICE_NAME, roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
            )
        made = accounts.create_account(
            session, name=OFFICE_NAME, roles=EVERYTHING, password=f"{OFFICE_PASSWORD}!", cost=QUICK_PASSWORD, now=NOON
        )
        assert made.password
    resources(app).engine.dispose()
