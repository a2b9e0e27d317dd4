"""A byte of the database file turns over on the disk: it is found and told, or it changes no figure. Never counted silently."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey_app.database import DamagedDatabaseError
from tests.faults import corrupt_page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("strikes", [24, pytest.param(200, marks=pytest.mark.slow)])
def test_a_byte_that_turned_over_is_told_or_changes_no_figure(
    strikes: int, session: Session, engine: Engine, tmp_path: Path
) -> None:
    found = corrupt_page.strike_all(corrupt_page.closed_box(session, engine, tmp_path), random.Random(9), strikes=strikes)
    assert found[corrupt_page.SILENT] == 0, found
    assert found[corrupt_page.TOLD] > strikes // 4
    assert found.total() == strikes


def test_a_ballot_that_a_turned_byte_takes_out_of_its_form_stops_the_count(
    session: Session, engine: Engine, tmp_path: Path
) -> None:
    """Before the file was looked over, such a ballot was missing from the count without a word: 39 of 40."""
    box = corrupt_page.closed_box(session, engine, tmp_path)
    corrupt_page.take_out_of_its_form(box)
    with pytest.raises(DamagedDatabaseError, match="没有开箱"):
        corrupt_page.counted(box)
    assert corrupt_page.doctor_finds(box)


def test_a_wiped_page_is_found_by_the_doctor(session: Session, engine: Engine, tmp_path: Path) -> None:
    box = corrupt_page.closed_box(session, engine, tmp_path)
    assert not corrupt_page.doctor_finds(box)
    (pages, size) = corrupt_page.pages_in_use(box)
    with box.open("r+b") as file:
        file.seek((pages[len(pages) // 2] - 1) * size)
        file.write(bytes(size))
    assert corrupt_page.doctor_finds(box)
