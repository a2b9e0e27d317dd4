"""Who asks, why, until when and what for, on form and receipt; plurals, numbers and dates as the reader's language has them;
a language chosen by slip, link or reader stays chosen all the way."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.i18n import counted, iso, number, speaking, when, written
from survey_app.languages import languages
from survey_app.models import Campaign
from survey_app.services.sealing.tokens import secret_text
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.printed import pdf_of
from tests.towns.small_scheme import GOOD_MARKS, Town, build

pytestmark = pytest.mark.postgresql_later

#: As CLDR has them: the long date, and for a time of day the short one.
DAYS = {
    "zh-Hans": "2026年12月20日 17:00",
    "zh-Hant": "2026年12月20日 下午5:00",
    "en": "December 20, 2026 5:00\u202fPM",
    "ug": "20-دېكابىر، 2026 17:00",
}
ASKED = {
    "zh-Hans": ("谁在问", "为什么问", "结果怎么用", "截止", "不记名", "记名"),
    "zh-Hant": ("誰在問", "為什麼問", "結果怎麼用", "截止", "不記名", "記名"),
    "en": ("Who asks", "Why", "What the result is for", "Closes", "Anonymous", "Signed"),
    "ug": ("كىم سورايدۇ", "نېمە ئۈچۈن سورايدۇ", "نەتىجە قانداق ئىشلىتىلىدۇ", "ئاخىرقى ۋاقىت", "ئىسىمسىز", "ئىسىملىك"),
}


def honest(session: Session) -> Town:
    """A town that says all it has to."""
    town = build(session)
    campaign = session.get_one(Campaign, town.campaign_id)
    campaign.asker, campaign.purpose, campaign.asks = "东镇评议办", "了解大家的看法", "张榜公布，不与工资挂钩"
    campaign.until = "2026-12-20 17:00"
    session.commit()
    return town


def marks(town: Town, stage: str) -> dict[str, str]:
    given = {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}
    return {"stage": stage, "secret": secret_text(town.slips[0][0]), "submission": "0f" * 16, **given}


@pytest.mark.parametrize("tag", languages())
def test_form_and_receipt_say_who_asks_why_until_when_and_what_for_in_every_language(
    client: FlaskClient, session: Session, tag: str
) -> None:
    town = honest(session)
    form = client.get(f"/v/{town.guests}?lang={tag}").get_data(as_text=True)
    review = client.post(f"/v/{town.guests}?lang={tag}", data=marks(town, "review")).get_data(as_text=True)
    receipt = client.post(f"/v/{town.guests}?lang={tag}", data=marks(town, "send")).get_data(as_text=True)
    assert "data-receipt" in receipt
    who, why, use, until, anonymous, _signed = ASKED[tag]
    for page in (form, receipt):
        told = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page)
        assert told[:4] == [
            (who, "东镇评议办"),
            (why, "了解大家的看法"),
            (use, "张榜公布，不与工资挂钩"),
            (until, DAYS[tag]),
        ]
        assert anonymous in page
    # The language of the link goes with the form, the review, the receipt and every address on them.
    for page in (form, review, receipt):
        assert f'<html lang="{tag}"' in page
        assert tag in re.findall(r"[?&;]lang=([\w-]+)", page)
    assert f"/v/{town.guests}?lang={tag}" in form
    assert f"/v/{town.guests}?lang={tag}" in review
    assert f"/r?lang={tag}" in receipt


def test_a_campaign_of_before_says_its_one_text_and_makes_nothing_up(client: FlaskClient, session: Session) -> None:
    page = client.get(f"/v/{build(session).guests}").get_data(as_text=True)
    assert re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page) == [
        ("谁在问，结果怎么用", "镇评议办公室请您评议，结果张榜公布。"),
        ("截止", "11 月 30 日"),
    ]


def test_one_and_many_have_their_own_words_where_a_language_has_them(client: FlaskClient, session: Session) -> None:
    one, many = build(session, subjects=1, key="ONE"), build(session, subjects=5, key="MANY")
    assert "<li>1 subject</li>" in client.get(f"/v/{one.guests}?lang=en").get_data(as_text=True)
    assert "<li>5 subjects</li>" in client.get(f"/v/{many.guests}?lang=en").get_data(as_text=True)
    with speaking("en"):
        assert [counted("%(count)s 项未填", n) for n in (1, 2)] == ["1 not filled in", "2 not filled in"]
        assert [counted("加 %(count)s 档", n) for n in (1, 10)] == ["1 step higher", "10 steps higher"]
        assert number(12345) == "12,345"
    with speaking("ug"):
        assert number(12345) == "12,345"  # Western digits, as Uyghur is written in China
    assert counted("加 %(count)s 档", 10) == "加 10 档"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-12-20", "2026-12-20"),
        ("2026年12月20日", "2026-12-20"),
        ("2026/1/5 9:05", "2026-01-05 09:05"),
        ("2026年12月20日17时00分", "2026-12-20 17:00"),
        ("2026-13-01", "2026-13-01"),  # no such month: words
        ("2026-02-30", "2026-02-30"),
        ("12 月 20 日 17:00", "12 月 20 日 17:00"),  # of no year
        ("会后一周", "会后一周"),
        ("", ""),
    ],
)
def test_an_announced_end_is_a_date_if_it_reads_as_one_and_words_otherwise(typed: str, kept: str) -> None:
    assert iso(typed) == kept


@pytest.mark.parametrize("words", ["2026-13-01", "2026-02-30", "12 月 20 日 17:00", "会后一周", ""])
def test_what_is_no_date_is_shown_as_it_is(words: str) -> None:
    with speaking("en"):
        assert when(words) == words


def test_a_moment_is_written_as_the_language_writes_it() -> None:
    for tag, said in DAYS.items():
        with speaking(tag):
            assert when("2026-12-20 17:00") == said
            assert written(dt.datetime(2026, 12, 20, 17, 0)) == said  # noqa: DTZ001 - shown as given


@pytest.mark.parametrize("tag", ["ug", "en", "zh-Hant"])
def test_a_slip_is_printed_in_the_language_chosen_and_its_code_opens_the_form_in_it(
    office_client: FlaskClient, session: Session, tag: str
) -> None:
    town = build(session)
    session.close()
    sent = {"csrf_token": csrf(office_client), "style": town.guests, "meeting": "A", "count": "2", "language": tag}
    answer = office_client.post(f"/office/campaigns/{town.key}/print/slips", data=sent)
    assert '<html lang="zh-Hans"' in answer.get_data(as_text=True)
    links = reading.read_qr_from_pdf(pdf_of(answer.get_data(as_text=True)))
    assert len(links) == 2
    assert all(link.startswith(f"http://pingyi.test/v/{town.guests}?lang={tag}#") for link in links)
    refused = office_client.post(f"/office/campaigns/{town.key}/print/slips", data={**sent, "count": "0"})
    assert refused.status_code == 422
    assert '<html lang="zh-Hans"' in refused.get_data(as_text=True)  # who prints reads on in their own language
    sent["language"] = "xx"
    page = office_client.post(f"/office/campaigns/{town.key}/print/slips", data=sent).get_data(as_text=True)
    plain = reading.read_qr_from_pdf(pdf_of(page))
    assert all(link.startswith(f"http://pingyi.test/v/{town.guests}#") for link in plain)


def test_a_new_campaign_must_say_who_asks_why_and_what_for(office_client: FlaskClient) -> None:
    page = office_client.post(
        "/office/campaigns/new",
        data={"csrf_token": csrf(office_client), "scheme": "bortala/2026-01-01", "title": "甲", "period": "2026", "asker": " "},
    )  # fmt: skip
    assert page.status_code == 400
    assert "请写明谁在问、为什么问、结果怎么用" in page.get_data(as_text=True)
