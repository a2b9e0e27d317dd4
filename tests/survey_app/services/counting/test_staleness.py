"""Whether a report still tells of the evidence: one comparison, and never a "still" that is not so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, Executable, Table, delete, event, insert, select, text, update
from sqlalchemy.orm import Session

from survey_app import bridge
from survey_app.models import BallotStyle, Base, Campaign, EvidenceEntry, EvidenceVersion, StoredReport, Subject
from survey_app.models.evidence_version import WATCHED
from survey_app.services.counting import counting
from survey_app.services.counting.by_version import ByVersion
from survey_app.services.counting.staleness import is_stale
from tests.support.clock import NOON
from tests.towns import hamlet

ENTRY = "evidence_entry"


@pytest.fixture
def campaign(session: Session) -> Campaign:
    """The hamlet, counted."""
    return hamlet.build(session)


@contextmanager
def tables_read(engine: Engine) -> Iterator[set[str]]:
    """The tables that the statements sent meanwhile read from."""
    found: set[str] = set()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.update(name for name in Base.metadata.tables if re.search(rf"\b(FROM|JOIN) {name}\b|\b{name}\.", statement))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def stale(session: Session, campaign: Campaign) -> bool:
    return is_stale(session, campaign, counting.newest_report(session, campaign))


def value_of_a(session: Session, value: str) -> None:
    """The target score of A: 95 in the hamlet."""
    of_a = select(Subject.id).where(Subject.code == "A").scalar_subquery()
    session.execute(update(EvidenceEntry).where(EvidenceEntry.subject_id == of_a).values(value=value))


# What is watched


def read_for_a_digest(session: Session, engine: Engine, campaign: Campaign) -> set[str]:
    session.expunge_all()  # what is in the session is not read again
    with tables_read(engine) as found:
        opening = counting.stored_opening(session, campaign)
        bridge.evidence_of(session, campaign, opening.tally)
    return found


def test_the_tables_watched_are_those_the_evidence_is_read_from(session: Session, engine: Engine, campaign: Campaign) -> None:
    assert read_for_a_digest(session, engine, campaign) == set(WATCHED)


@pytest.mark.postgresql_later
def test_of_a_campaign_itself_the_evidence_knows_the_period_only(session: Session, campaign: Campaign) -> None:
    bare = cast("Campaign", SimpleNamespace(id=campaign.id, period=campaign.period))
    tally = counting.stored_opening(session, campaign).tally
    assert bridge.evidence_of(session, bare, tally) == bridge.evidence_of(session, campaign, tally)


class Watch:
    """Tells whether a campaign has another version than when it was asked last."""

    def __init__(self, session: Session, campaign: Campaign) -> None:
        self.session, self.campaign = session, campaign
        self.last = bridge.evidence_version(session, campaign)

    def moved(self) -> bool:
        before, self.last = self.last, bridge.evidence_version(self.session, self.campaign)
        return self.last not in (None, before)


def writes(table: Table, row: dict[str, Any]) -> Iterator[tuple[str, Executable]]:
    """Every kind of write, none known to a session: each column of all rows, typed by hand, a row put in, one taken out."""
    for column in table.columns:
        yield f"update of {column.name}", update(table).values({column: column})
    yield "typed", text(f"UPDATE {table.name} SET campaign_id = campaign_id")  # noqa: S608 - the name of a table of ours
    key = list(table.primary_key.columns)
    if all(column.foreign_keys for column in key):  # one row a campaign: it goes before it comes
        yield "delete", delete(table).where(*(column == row[column.name] for column in key))
        yield "insert", insert(table).values(row)
        return
    made = other_row(table, row)
    yield "insert", insert(table).values(made)
    yield "delete", delete(table).where(*(column == made[column.name] for column in key))


def other_row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row beside this one, with a key and a code of its own."""
    made = dict(row)
    for column in table.primary_key.columns:
        made[column.name] = row[column.name] + 1000 if isinstance(row[column.name], int) else "another"
    made |= {name: f"{row[name]}-2" for name in ("code", "group_key") if name in row}
    return made | ({"tag": b"another tag of thirty-two bytes."} if "tag" in row else {})


def test_every_write_to_a_table_that_is_read_draws_a_version(session: Session, engine: Engine, campaign: Campaign) -> None:
    read, watch, missed = read_for_a_digest(session, engine, campaign), Watch(session, campaign), []
    for table in (Base.metadata.tables[name] for name in sorted(read)):
        row = session.execute(select(table).where(table.c.campaign_id == campaign.id)).mappings().first()
        assert row is not None, f"the hamlet has no row in {table.name}"
        for what, statement in writes(table, dict(row)):
            session.execute(statement)
            missed += [] if watch.moved() else [f"{table.name}: {what}"]
    assert missed == []
    session.execute(update(Campaign).values(period="2027"))
    assert watch.moved()


def test_objects_of_a_session_draw_one_as_well(session: Session, campaign: Campaign) -> None:
    watch = Watch(session, campaign)
    entry, style = session.scalars(select(EvidenceEntry)).first(), session.scalars(select(BallotStyle)).first()
    for row, name, draws in (
        (entry, "value", True),
        (style, "group_key", True),
        (campaign, "title", False),
        (campaign, "period", True),
    ):
        setattr(row, name, "2027")
        session.flush()
        assert watch.moved() is draws, name


def test_a_row_that_moves_to_another_campaign_draws_for_both(session: Session, campaign: Campaign) -> None:
    other = hamlet.build(session, count=False)
    here, there = Watch(session, campaign), Watch(session, other)
    entry = session.scalars(select(EvidenceEntry).where(EvidenceEntry.campaign_id == campaign.id)).first()
    assert entry is not None
    entry.campaign_id = other.id
    session.flush()
    assert (here.moved(), there.moved()) == (True, True)
    entry.value = "1"
    session.flush()
    assert (here.moved(), there.moved()) == (False, True)


def test_an_emptied_table_draws_for_everybody(session: Session, engine: Engine, campaign: Campaign) -> None:
    watch = Watch(session, campaign)
    session.execute(delete(EvidenceEntry) if engine.dialect.name == "sqlite" else text("TRUNCATE evidence_entry"))
    assert watch.moved()


# What is answered


def test_a_report_is_stale_from_a_change_on_until_it_is_undone(session: Session, engine: Engine, campaign: Campaign) -> None:
    with tables_read(engine) as fresh:
        assert not stale(session, campaign)
    assert fresh == {"stored_report", "evidence_version"}
    for value, expected in (("95.5", True), ("95", False)):
        value_of_a(session, value)
        session.commit()
        with tables_read(engine) as first:
            assert stale(session, campaign) is expected
        with tables_read(engine) as again:
            assert stale(session, campaign) is expected
        assert ENTRY in first
        assert ENTRY not in again


def test_what_is_taken_back_before_it_is_kept_tells_nobody_anything(session: Session, campaign: Campaign) -> None:
    """A counted version would come again after the change is taken back, and what was found at it would be told of another."""
    session.commit()
    value_of_a(session, "95")  # nothing changed, and yet it is another version: the answer is worked out and remembered
    assert not stale(session, campaign)
    session.rollback()
    value_of_a(session, "12")
    session.commit()
    assert stale(session, campaign)


def test_a_report_of_before_versions_is_answered_by_its_digest_once(session: Session, engine: Engine, campaign: Campaign) -> None:
    session.execute(update(StoredReport).values(evidence_version=None))
    session.commit()
    session.expire_all()
    with tables_read(engine) as first:
        assert not stale(session, campaign)
    with tables_read(engine) as again:
        assert not stale(session, campaign)
    assert ENTRY in first
    assert ENTRY not in again
    value_of_a(session, "12")
    session.commit()
    assert stale(session, campaign)


def test_without_a_version_everything_is_read_every_time(session: Session, engine: Engine, campaign: Campaign) -> None:
    session.execute(delete(EvidenceVersion))
    session.commit()
    for value, expected in (("95", False), ("12", True), ("95", False)):
        value_of_a(session, value)
        session.commit()
        with tables_read(engine) as found:
            assert stale(session, campaign) is expected
        assert ENTRY in found


@pytest.mark.postgresql_later
def test_a_new_count_is_fresh_and_the_one_before_it_is_not(session: Session, campaign: Campaign) -> None:
    before = counting.newest_report(session, campaign)
    value_of_a(session, "12")
    counting.recompute(session, campaign, account="评议办", now=NOON)
    session.commit()
    assert not stale(session, campaign)
    assert is_stale(session, campaign, before)


@pytest.mark.postgresql_later
def test_what_was_found_while_somebody_changed_it_is_not_kept(session: Session, campaign: Campaign) -> None:
    kept, asked = ByVersion[int](2), []

    def find() -> int:
        asked.append("once more")
        if len(asked) == 1:
            value_of_a(session, "12")
        return len(asked)

    assert [kept.get(session, campaign, find) for _ in range(3)] == [1, 2, 2]


@pytest.mark.postgresql_later
def test_the_oldest_answers_make_room(session: Session, campaign: Campaign) -> None:
    kept, numbers = ByVersion[int](2), count()
    assert [kept.get(session, campaign, lambda: next(numbers), about=about) for about in "abbcba"] == [0, 1, 1, 2, 1, 3]


# What the pages do


@pytest.mark.postgresql_later
def test_a_page_reads_neither_roster_nor_evidence_again(
    session: Session, engine: Engine, campaign: Campaign, office_client: FlaskClient
) -> None:
    address = f"/office/results/{campaign.key}/"
    session.close()
    changed = "材料、人数或名册在这次计算之后有改动"
    first = office_client.get(address).get_data(as_text=True)
    with tables_read(engine) as found:
        assert office_client.get(address).get_data(as_text=True) == first
    assert found & set(WATCHED) == {"stored_tally", "unit"}  # to whom it may be published
    assert changed not in first
    value_of_a(session, "12")
    session.commit()
    assert changed in office_client.get(address).get_data(as_text=True)


@pytest.mark.postgresql_later
def test_whoever_is_renamed_has_the_new_name_on_the_next_page(
    session: Session, campaign: Campaign, office_client: FlaskClient
) -> None:
    address = f"/office/results/{campaign.key}/"
    session.close()
    assert "甲改名" not in office_client.get(address).get_data(as_text=True)
    session.execute(update(Subject).where(Subject.code == "A").values(name="甲改名"))
    session.commit()
    assert "甲改名" in office_client.get(address).get_data(as_text=True)
