"""Times people read are local and say so, whatever day it is; what is stored stays in UTC."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from survey_app import bridge, clock, earlier_digests, times
from survey_app.cli import cli
from survey_app.config import Config, SettingError
from survey_app.i18n import speaking
from survey_app.services.counting import counting
from survey_app.services.results import loaded
from tests.support.clock import NOON
from tests.towns import ledger_town

#: Half past eleven at night in London's clocks is the next morning in Beijing.
LATE = dt.datetime(2026, 11, 28, 23, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "told", "day"),
    [
        ("Asia/Shanghai", "2026-11-29 07:30 UTC+08:00", dt.date(2026, 11, 29)),
        ("America/Los_Angeles", "2026-11-28 15:30 UTC-08:00", dt.date(2026, 11, 28)),
        ("Asia/Kathmandu", "2026-11-29 05:15 UTC+05:45", dt.date(2026, 11, 29)),
        ("UTC", "2026-11-28 23:30 UTC", dt.date(2026, 11, 28)),
    ],
)
def test_a_moment_is_told_on_the_clock_of_the_office_and_says_which(zone: str, told: str, day: dt.date) -> None:
    with times.told_in(zone):
        assert (times.moment(LATE), times.day(LATE)) == (told, day)


def test_a_day_ends_when_it_ends_here_also_on_a_leap_day_and_over_a_change_of_clocks() -> None:
    with times.told_in("Asia/Shanghai"):
        assert times.end_of(dt.date(2028, 2, 29)) == dt.datetime(2028, 2, 29, 15, 59, 59, tzinfo=dt.UTC)
    with times.told_in("America/Los_Angeles"):
        assert times.end_of(dt.date(2026, 10, 31)) == dt.datetime(2026, 11, 1, 6, 59, 59, tzinfo=dt.UTC)
        assert times.end_of(dt.date(2026, 11, 1)) == dt.datetime(2026, 11, 2, 7, 59, 59, tzinfo=dt.UTC)


def test_a_moment_in_words_follows_language_and_zone() -> None:
    with times.told_in("Asia/Shanghai"):
        assert times.when(LATE) == "2026年11月29日 07:30 UTC+08:00"
        with speaking("en"):
            assert times.when(LATE).replace("\u202f", " ") == "November 29, 2026 7:30 AM UTC+08:00"


@pytest.mark.parametrize("typed", ["Beijing", "../etc/passwd", "Asia", "Asia/Shanghai\n", "x" * 9999, "上海"])
def test_a_zone_that_does_not_exist_stops_the_start_with_one_sentence(typed: str) -> None:
    with pytest.raises(SettingError, match="PINGYI_TIMEZONE"):
        Config.from_environment({"PINGYI_TIMEZONE": typed})
    found = CliRunner(env={"PINGYI_TIMEZONE": typed}).invoke(cli, ["check"])
    assert isinstance(found.exception, SettingError)


def test_the_clock_can_be_told_and_goes_on_afterwards() -> None:
    with clock.stop_at(LATE):
        assert clock.now() == LATE
    assert clock.now() != LATE


def test_evidence_is_the_same_in_every_language_and_an_older_digest_still_holds(session: Session) -> None:
    campaign = ledger_town.build(session)
    first = counting.newest_report(session, campaign)
    for tongue in ("zh-Hans", "zh-Hant", "en", "ug"):
        with speaking(tongue):
            assert not loaded.load(session, campaign, language=tongue).stale
            again = counting.recompute(session, campaign, account="评议办", now=NOON)
            assert (again.digest, again.evidence_digest) == (first.digest, first.evidence_digest)
    evidence = bridge.evidence_of(session, campaign, counting.stored_opening(session, campaign).tally)
    assert evidence.events or evidence.decisions  # something that a reason is given for
    for words in earlier_digests._TONGUES:
        assert earlier_digests.still(evidence, earlier_digests._digest(evidence, words))
    assert not earlier_digests.still(evidence, "0" * 64)
