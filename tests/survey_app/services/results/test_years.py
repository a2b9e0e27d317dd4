"""Earlier rounds on a subject's page: read at their own door, matched by more than a code, and what a difference says.

The town of ledgers twice (figures there): 2026 as it stands; 2027 with P1 at 90.5 in place of 95, and P2 another person.
  P1: 90.5 against 95 is 4.5 lower. Held at 较好 both times. Its best was 2026.
  P2: 70 both times; in 2026 that was 李二, now it is 王三 in the same unit and post.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import Campaign, Subject
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.results import loaded as results
from survey_app.services.results import years
from survey_app.services.results.years import EarlierRound
from tests.support.clock import NOON
from tests.support.publishing import publish, signed_in
from tests.towns import ledger_town

LATER = NOON + dt.timedelta(days=1)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def two_rounds(session: Session) -> tuple[Campaign, Campaign]:
    """2026 and 2027, both counted."""
    old, new = ledger_town.build(session), ledger_town.build(session, period="2027", count=False)
    other = session.scalars(select(Subject).where(Subject.campaign_id == new.id, Subject.code == "P2")).one()
    other.name = "王三"
    better = Entry(subject="P1", kind="component", name="得分", value="90.5", on="", reason="更正")
    entries.enter(session, new, better, account="评议办", now=NOON)
    counting.open_and_count(session, new, passphrase=ledger_town.PASSPHRASE, account="评议办", now=LATER)
    session.commit()
    return old, new


def load(session: Session, campaign: Campaign) -> results.Loaded:
    return results.load(session, campaign, language="zh-Hans")


def before(session: Session, campaign: Campaign) -> list[EarlierRound]:
    return [EarlierRound(load(session, one), list) for one in years.campaigns_before(session, campaign)]


def test_an_earlier_round_is_one_of_the_same_scheme_of_another_period_counted_before(session: Session) -> None:
    old, new = two_rounds(session)
    assert years.campaigns_before(session, new) == [old]
    assert years.campaigns_before(session, old) == []
    old.demo = True  # a demonstration is no real round's past
    session.commit()
    assert years.campaigns_before(session, new) == []


def test_a_difference_is_of_two_figures_as_they_stand_on_pages(session: Session) -> None:
    _old, new = two_rounds(session)
    found = years.of_subject(load(session, new), "P1", before(session, new), [])
    assert found is not None
    assert [(one.period, one.who, one.score.text, one.change) for one in found.lines] == [
        ("2027", "", "90.50", ""),
        ("2026", "", "95.00", "低 4.5"),
    ]
    assert found.lines[1].meaning == "两次背后都没有抽样，没有抽样误差"
    assert found.best == "本人最好的一次是 2026，95.00"
    assert found.chart is not None
    assert found.chart.told == "2026 95.00; 2027 90.50"


def test_another_name_in_the_same_post_is_a_predecessor_and_in_another_post_nobody(session: Session) -> None:
    old, new = two_rounds(session)
    found = years.of_subject(load(session, new), "P2", before(session, new), [])
    assert found is not None
    assert [(one.who, one.score.text) for one in found.lines] == [("", "70.00"), ("李二", "70.00")]
    assert found.best == ""  # the predecessor's is not its own
    session.scalars(select(Subject).where(Subject.campaign_id == old.id, Subject.code == "P2")).one().duty = "镇长"
    session.commit()
    assert years.of_subject(load(session, new), "P2", before(session, new), []) is None


def test_who_changed_unlike_the_others_is_named_and_a_small_round_names_nobody(session: Session) -> None:
    _old, new = two_rounds(session)
    (last,) = before(session, new)
    assert years.large_changes(load(session, new), last) == ()  # of four changes nobody can say which is unusual
    person = load(session, new).people["P1"]
    change = years.LargeChange(person=person, before="95 好", after="70 较好", difference=Fraction(-25))
    assert change.sentence == "上次95 好，这次70 较好，低 25"


def test_staff_read_of_an_earlier_round_what_was_published_to_them_and_else_nothing(app: Flask) -> None:
    app.config["PINGYI_CLOCK"] = lambda: LATER
    with resources(app).writing() as session:
        old, new = two_rounds(session)
        publish(session, new, now=LATER)
        keys = (old.key, new.key)
    staff = signed_in(app, "甲镇的人", (keys[0], "A"), (keys[1], "A"))
    page = staff.get(f"/office/results/{keys[1]}/subjects/P1").get_data(as_text=True)
    assert 'id="years-title"' not in page
    with resources(app).writing() as session:
        publish(session, session.scalars(select(Campaign).where(Campaign.key == keys[0])).one(), now=LATER)
    page = staff.get(f"/office/results/{keys[1]}/subjects/P1").get_data(as_text=True)
    assert 'id="years-title"' in page
    assert "低 4.5" in page


def test_the_office_reads_it_on_the_page(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        _old, new = two_rounds(session)
        key = new.key
    page = office_client.get(f"/office/results/{key}/subjects/P2").get_data(as_text=True)
    assert "前任 李二" in page
    assert office_client.get(f"/office/results/{key}/").status_code == 200
