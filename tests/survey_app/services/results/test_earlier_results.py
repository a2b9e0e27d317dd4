"""Earlier results are read from counts of this installation: looked at first, matched by code, stored exactly and with origin."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import Campaign, Subject
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.results import earlier, unfolding
from survey_app.services.results import loaded as results
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns import ledger_town, two_towns

LATER = NOON + dt.timedelta(days=1)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def years(session: Session) -> tuple[Campaign, Campaign]:
    """2026, counted, and 2027, in which P2 is somebody else under the same code."""
    old, new = ledger_town.build(session), ledger_town.build(session, period="2027", count=False)
    other = session.scalars(select(Subject).where(Subject.campaign_id == new.id, Subject.code == "P2")).one()
    other.name = "王三"
    session.commit()
    return old, new


def test_what_would_be_read_is_shown_before_anything_is_stored(session: Session, years: tuple[Campaign, Campaign]) -> None:
    old, new = years
    (source,) = earlier.sources(session, new)
    assert (source.campaign.key, source.same_scheme, source.taken) == (old.key, True, 0)
    seen = earlier.preview(session, new, old.key)
    assert seen.period == "2026"
    assert [(line.code, line.value, bool(line.problem)) for line in seen.lines] == [
        ("TA", "50", False),
        ("P1", "95", False),
        ("P2", "", True),  # the code is the same and the name is not
        ("TB", "90", False),
    ]
    assert [line.code for line in earlier.preview(session, new, old.key, renamed=True).taken] == ["TA", "P1", "P2", "TB"]
    assert entries.history(session, new) == []


def test_taken_results_are_counted_and_say_where_they_come_from(session: Session, years: tuple[Campaign, Campaign]) -> None:
    old, new = years
    entries.enter(
        session,
        new,
        Entry(subject="P1", kind="component", name="得分", value="90.5", on="", reason="更正"),
        account="评议办",
        now=NOON,
    )
    seen = earlier.preview(session, new, old.key)
    assert earlier.take(session, new, seen, seen.digest, account="评议办", now=LATER) == {"added": 3}
    assert earlier.take(session, new, seen, seen.digest, account="评议办", now=LATER) == {"unchanged": 3}
    counting.open_and_count(session, new, passphrase=ledger_town.PASSPHRASE, account="评议办", now=LATER)
    session.commit()
    loaded = results.load(session, new, language="zh-Hans")
    assert loaded.report.value("比上年", subject="P1") == Fraction("-4.5")  # 90.5 − 95
    told = "\n".join(step.text for step in unfolding.steps(loaded, "比上年", "P1"))
    assert "接自“班子连带 2026”（2026）的“总分”" in told
    assert [one.taken for one in earlier.sources(session, new)] == [3]


def test_a_source_computed_again_meanwhile_is_looked_at_again(session: Session, years: tuple[Campaign, Campaign]) -> None:
    old, new = years
    seen = earlier.preview(session, new, old.key)
    entries.enter(
        session,
        old,
        Entry(subject="P1", kind="component", name="得分", value="60", on="", reason="更正"),
        account="评议办",
        now=LATER,
    )
    counting.recompute(session, old, account="评议办", now=LATER)
    session.commit()
    fresh = earlier.preview(session, new, old.key)
    with pytest.raises(RefusedError, match="重新计算过"):
        earlier.take(session, new, fresh, seen.digest, account="评议办", now=LATER)
    earlier.take(session, new, fresh, fresh.digest, account="评议办", now=LATER)
    session.commit()
    assert [one.newer for one in earlier.sources(session, new)] == [False]


@on_sqlite
def test_only_another_period_that_was_counted_may_be_read(session: Session, years: tuple[Campaign, Campaign]) -> None:
    old, new = years
    for wrong in (new.key, "nonsense", ""):
        with pytest.raises(NotFoundError):
            earlier.preview(session, new, wrong)
    with pytest.raises(NotFoundError):
        earlier.preview(session, old, new.key)  # not counted
    with pytest.raises(UserError, match="20"):
        earlier.preview(session, new, old.key, period="很" * 21)
    none = earlier.preview(session, new, old.key, mapping={"总分": ""})
    with pytest.raises(UserError, match="没有可以接用"):
        earlier.take(session, new, none, none.digest, account="评议办", now=LATER)


@on_sqlite
def test_a_campaign_of_another_scheme_is_read_by_choosing_the_quantity(session: Session) -> None:
    old, new = two_towns.build(session), ledger_town.build(session, period="2027", count=False)
    seen = earlier.preview(session, new, old.key, mapping={"总分": "民主得分"})
    assert (seen.taken, seen.strangers) == ((), 4)  # EH, ET, WH and WT are nobody here
    assert "调整岗位" not in dict(seen.choices)  # a flag is no result of an earlier period


@on_sqlite
def test_the_office_takes_results_over_on_a_page(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        old = ledger_town.build(session).key
        new = ledger_town.build(session, period="2027", count=False).key
    base = f"/office/campaigns/{new}/earlier/"
    assert "班子连带 2026" in office_client.get(base).get_data(as_text=True)
    page = office_client.get(f"{base}?from={old}").get_data(as_text=True)
    assert "会记下 4 条" in page
    digest = page.split('name="digest" value="')[1].split('"')[0]
    form = {"csrf_token": csrf(office_client), "from": old, "digest": digest, "period": "2026", "q0": "总分"}
    assert office_client.post(base, data={**form, "digest": "another"}).status_code == 409
    assert office_client.post(base, data={**form, "from": "zzz"}).status_code == 404
    assert office_client.post(base, data=form).status_code == 302
    listed = office_client.get(f"/office/campaigns/{new}/evidence/?kind=past").get_data(as_text=True)
    assert "接自“班子连带 2026”" in listed
