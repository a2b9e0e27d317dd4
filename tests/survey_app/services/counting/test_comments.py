"""Comments: asked only where scheme and plan say so, sealed apart in boxes of one length, let out shuffled from ten on."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.models import Appeal, AuditEvent, Campaign, CampaignState, CommentBox, ReleasedComments
from survey_app.services.bundle import making
from survey_app.services.campaign import campaigns
from survey_app.services.casting import comment_box, comment_text
from survey_app.services.casting.comment_text import Comment, tidy
from survey_app.services.casting.refusals import FormError
from survey_app.services.counting import comments, counting, destruction
from survey_app.services.log import epochs
from survey_app.services.release import plan
from survey_app.services.sealing import custody, tokens
from tests.support.application import csrf
from tests.support.archived import archived
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE, Town, build
from tests.towns.wordy_town import ASKING, boxes, cast, sign

SECRET = "the server's secret of this town, long enough"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """On SQLite only; what differs between databases is in test_comment_boxes.py."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


def count(session: Session, town: Town) -> Campaign:
    campaign = session.get_one(Campaign, town.campaign_id)
    if campaign.state == "open":
        campaigns.close(session, campaign, now=NOON)
    attend(session, campaign)
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    return campaign


def texts(session: Session, campaign: Campaign) -> list[str]:
    found = comments.released(session, campaign)
    assert found is not None
    return [one.text for one in found.shown]


def test_tidy_words_keep_what_people_see_and_lose_what_nobody_sees() -> None:
    assert tidy("  路\r\n灯\u2028坏了\t了 \n\n\n\n请修  ") == "路\n灯\n坏了 了\n\n请修"
    assert tidy("a\x00b\u202ec\u200bd\ufeffe\ufffff") == "abcdef"
    assert tidy("e\u0301") == "é"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"
    assert tidy(" \n\t\u200e ") == ""


def test_every_content_of_a_campaign_has_one_length_whoever_wrote_however_much() -> None:
    """640 + 4 × 200, the longest that any group of the scheme may write."""
    longest = "𠀀" * 200  # four bytes each
    made = {
        len(comment_text.write(one, 1440))
        for one in (Comment("g", "", ""), Comment("成" * 60, "U" * 40, longest), Comment("g", "", '"\n' * 100, 2**31, 999_999))
    }
    assert made == {1440}
    assert comment_text.read(comment_text.write(Comment("g", "U", longest), 1440)) == Comment("g", "U", longest)
    with pytest.raises(ValueError, match="fit"):
        comment_text.write(Comment("g", "", "𠀀" * 201), 840)


def test_no_form_asks_unless_the_scheme_does_nor_when_the_plan_lets_no_comment_out(session: Session, client: FlaskClient) -> None:
    silent = build(session, key="S")
    with pytest.raises(FormError, match="不收意见"):
        cast(session, silent, 0, "还是要说")
    cast(session, silent, 0)
    off = build(session, text=ASKING, key="OFF", state="draft")
    campaign = session.get_one(Campaign, off.campaign_id)
    plan.choose(session, campaign, floor=5, open_groups=[], exits=["groups"])
    campaign.state = CampaignState.OPEN
    session.commit()
    cast(session, off, 0)
    assert boxes(session) == []
    for town in (silent, off):
        assert "<textarea" not in client.get(f"/v/{town.guests}").get_data(as_text=True)


def test_nine_people_are_too_few_and_nothing_readable_stays(session: Session) -> None:
    town = build(session, text=ASKING, slips=12)
    for number in range(12):
        cast(session, town, number, f"意见{number}" if number < 9 else "")
    campaign = count(session, town)
    assert texts(session, campaign) == []
    assert "意见" not in session.scalars(select(ReleasedComments.content)).one()


def test_ten_people_are_let_out_in_an_order_drawn_by_lot(session: Session) -> None:
    town = build(session, text=ASKING, slips=11)
    said = [f"意见{number}" for number in range(10)]
    for number in range(11):
        cast(session, town, number, said[number] if number < 10 else "")
    campaign = session.get_one(Campaign, town.campaign_id)
    gathered = comments.gather(session, campaign, custody.unwrap(campaign.wrapped_key, PASSPHRASE))
    orders = set()
    for seed in range(4):
        comments.keep(session, campaign, gathered, dice=random.Random(seed))
        orders.add(tuple(texts(session, campaign)))
        session.execute(delete(ReleasedComments))
    assert len(orders) == 4
    assert all(sorted(order) == said for order in orders)


def test_counting_again_lets_out_nothing_new_and_finds_what_was_changed(session: Session) -> None:
    town = build(session, text=ASKING, slips=10)
    for number in range(10):
        cast(session, town, number, f"意见{number}")
    campaign = count(session, town)
    once = texts(session, campaign)
    assert texts(session, count(session, town)) == once
    session.delete(session.scalars(select(CommentBox)).first())
    session.flush()
    with pytest.raises(comments.CommentsDifferError):
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)


def test_boxes_added_to_reach_the_floor_keep_everything_shut(session: Session) -> None:
    """One villager wrote. Whoever owns the database adds nine boxes, to read the one: twelve boxes, three ballots."""
    town = build(session, text=ASKING)
    campaign = session.get_one(Campaign, town.campaign_id)
    for number in range(3):
        cast(session, town, number, "就我一个" if number == 0 else "")
    scheme = campaigns.scheme_of(campaign)
    for number in range(9):
        comment_box.put(session, campaign.id, comment_box.seal(campaign, scheme, Comment("guests", "", f"凑数{number}")))
    comment_box.put(session, campaign.id, comment_box.seal(campaign, scheme, Comment("nobody", "", "外人")))
    comment_box.put(session, campaign.id, b"no box at all")
    count(session, town)
    found = comments.released(session, campaign)
    assert found is not None
    assert found.shown == ()
    assert [(one.boxes, one.ballots) for one in found.odd] == [(12, 3)]
    assert found.damaged == 2


def test_signed_words_bear_their_author_and_only_the_last_version_is_read(session: Session) -> None:
    town = build(session, text=ASKING)
    sign(session, town, "先这样写", 0)
    sign(session, town, "后来这样写", 1)
    campaign = count(session, town)
    found = comments.released(session, campaign)
    assert found is not None
    assert [(one.text, one.by) for one in found.shown] == [("后来这样写", "王1")]
    assert found.odd == ()


OWN_UNIT = """
方案: 各村评议
版本: 2026-01-01
约定: 常用约定
选项: {总体: {好: 100, 差: 0}}
评议主体: {村民: {只评本单位: 是, 意见: 是}}
测评内容: {总体评价: 总体}
测评表: [{主体: 村民, 填: 总体评价}]
计算: {均分: {平均分: 总体评价, 合并主体: 是}}
结果: {列: [均分]}
"""


def gathered(**words: int) -> comments.Gathered:
    """So many comments by unit, a box each."""
    found = comments.Gathered()
    for unit, many in words.items():
        found.words["村民", unit] = [(f"{unit}{number}", "") for number in range(many)]
        found.boxes["村民", unit] = many
    return found


@pytest.mark.parametrize(
    ("words", "heaps"),
    [
        ({"A": 10, "B": 9}, {"A": 10}),
        ({"A": 10, "B": 6, "C": 4}, {"A": 10, None: 10}),
        ({"A": 10, "B": 5, "C": 4}, {"A": 10}),
        ({"A": 9}, {}),
    ],
)
def test_places_with_too_few_are_put_together_with_others_of_their_group_or_stay_shut(
    session: Session, words: dict[str, int], heaps: dict[str | None, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaigns.create(
        session, scheme_text=OWN_UNIT, title="各村", period="2026", passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    monkeypatch.setattr(comments, "_ballots", lambda *_: Counter({("村民", unit): 20 for unit in "ABC"}))
    comments.keep(session, campaign, gathered(**words))
    found = comments.released(session, campaign)
    assert found is not None
    assert Counter(one.unit for one in found.shown) == heaps


def test_the_form_asks_says_what_happens_and_keeps_the_words_through_review_and_refusal(
    session: Session, client: FlaskClient
) -> None:
    town = build(session, text=ASKING)
    page = client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert '<textarea id="comment" name="comment"' in page
    assert "至少 10 个人写了" in page
    marks = {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}
    own = {"secret": tokens.secret_text(town.slips[0][0]), "submission": "00" * 16, **marks}
    long = client.post(f"/v/{town.guests}", data={"stage": "review", "comment": "<b>" + "长" * 30, **own})
    assert long.status_code == 422
    assert "意见最多 20 个字，现在是 33 个" in long.get_data(as_text=True)
    assert "&lt;b&gt;长" in long.get_data(as_text=True)
    seen = client.post(f"/v/{town.guests}", data={"stage": "review", "comment": "路灯\r\n坏了", **own}).get_data(as_text=True)
    assert '<p class="words" dir="auto">路灯\n坏了</p>' in seen
    assert 'name="comment" value="路灯\n坏了"' in seen
    back = client.post(f"/v/{town.guests}", data={"stage": "edit", "comment": "路灯", **own}).get_data(as_text=True)
    assert ">路灯</textarea>" in back
    sent = client.post(f"/v/{town.guests}", data={"stage": "send", "comment": "路灯\r\n坏了", **own})
    assert sent.status_code == 200
    assert "路灯" not in sent.get_data(as_text=True)
    again = client.post(f"/v/{town.guests}", data={"stage": "send", "comment": "路灯\n坏了", **own})
    assert re.findall(r"receipt-code[^>]*>([^<]+)", again.get_data(as_text=True)) == re.findall(
        r"receipt-code[^>]*>([^<]+)", sent.get_data(as_text=True)
    )
    assert len(boxes(session)) == 1


def test_the_office_reads_hides_with_a_reason_and_shows_again_and_the_words_stay(
    session: Session, office_client: FlaskClient, client: FlaskClient
) -> None:
    town = build(session, text=ASKING, slips=10)
    for number in range(10):
        cast(session, town, number, "=1+1 张三家的事" if number == 0 else f"意见{number}")
    campaign = count(session, town)
    address, token = f"/office/results/{town.key}/comments/", csrf(office_client)
    stored = session.scalars(select(ReleasedComments.content)).one()
    session.commit()
    found = comments.released(session, campaign)
    assert found is not None
    number = next(one.number for one in found.shown if "张三" in one.text)
    session.commit()
    assert client.get(address).status_code == 302  # to the sign-in
    page = office_client.get(address).get_data(as_text=True)
    assert "=1+1 张三家的事" in page

    def rule(**fields: object) -> int:
        return office_client.post(address, data={"csrf_token": token, "number": number, "hidden": "yes", **fields}).status_code

    assert rule(reason=" ") == 400
    assert rule(reason="x" * 501) == 400
    assert rule(reason="涉及隐私", number=11) == rule(reason="涉及隐私", number="-1") == 404
    assert rule(reason="涉及隐私") == 302
    assert rule(reason="涉及隐私") == 400  # twice
    page = office_client.get(address).get_data(as_text=True)
    assert "张三" not in page
    assert "涉及隐私" in page
    workbook = office_client.get(f"{address}comments.xlsx")
    assert workbook.status_code == 200
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "comment-hidden"
    session.commit()
    assert rule(reason="误会", hidden="no") == 302
    assert "张三" in office_client.get(address).get_data(as_text=True)
    assert session.scalars(select(ReleasedComments.content)).one() == stored
    session.scalars(select(ReleasedComments)).one().content = stored.replace("张三", "李四")
    session.commit()
    assert "对不上" in office_client.get(address).get_data(as_text=True)


def test_a_bundle_holds_no_comment_and_boxes_end_with_the_openings(session: Session) -> None:
    town = build(session, text=ASKING, slips=10)
    campaign = session.get_one(Campaign, town.campaign_id)
    epochs.begin(session, campaign, secret=SECRET, now=NOON)
    session.commit()
    for number in range(10):
        cast(session, town, number, f"canary{number}")
    campaigns.close(session, campaign, now=NOON)
    epochs.add_close(session, campaign, secret=SECRET, now=NOON)
    count(session, town)
    said = sorted(texts(session, campaign))
    key = custody.unwrap(campaign.wrapped_key, PASSPHRASE)
    made = making.public_bundle(session, campaign, key, secret=SECRET)
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert campaign.key.encode() in held
    assert b"canary" not in held
    assert len(boxes(session)) == 10
    session.add(Appeal(campaign_id=campaign.id, until=NOON, certificate=""))
    archived(session, campaign)
    session.flush()
    destruction.destroy(session, campaign, secret=SECRET, account="评议办", now=NOON + dt.timedelta(days=1))
    assert boxes(session) == []
    assert sorted(texts(session, campaign)) == said
