"""A roster changed after the approval: what a round can bear is done by two people with a reason, what it cannot is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import BallotStyle, Campaign, CampaignState, Headcount, LateChange, Rater, Subject
from survey_app.models.late_change import LateKind
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.refusals import UnknownSlipError
from survey_app.services.log import entries, epochs
from survey_app.services.roster import late, late_wishes, reading
from survey_app.services.sealing.sealed_content import Signature
from tests.support.clock import NOON
from tests.survey_app.services.four_eyes.test_two_people import ask_of, confirm, page, people, post
from tests.towns import small_scheme
from tests.towns.small_scheme import MEMBER_MARKS, QUICK, Town

__all__ = ["people"]
pytestmark = pytest.mark.postgresql_later
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(session: Session) -> Town:
    return small_scheme.build(session)


def campaign_of(session: Session, town: Town) -> Campaign:
    return session.get_one(Campaign, town.campaign_id)


def rater(session: Session, code: str) -> Rater:
    return session.scalars(select(Rater).where(Rater.code == code)).one()


def make(session: Session, town: Town, **wish: str) -> LateChange:
    wish = {"reason": "名单漏了", **wish}
    return late_wishes.make(session, campaign_of(session, town), wish, asked_by="王", made_by="李", now=NOON)


def members(session: Session, town: Town) -> int | None:
    return reading.entitled(session, campaign_of(session, town))[None, "members"]


def styles(session: Session) -> list[tuple[str, str]]:
    return [(one.id, one.digest) for one in session.scalars(select(BallotStyle).order_by(BallotStyle.id))]


def sign(session: Session, town: Town, number: int) -> cast.Receipt:
    return cast.cast(
        session,
        style_id=town.members,
        credential=Credential(secret=town.links[number][0]),
        submission_id=bytes(16),
        marks=MEMBER_MARKS,
        signature=Signature(f"王{number + 1}", ""),
        alias_cost=QUICK,
    )


def test_a_rater_who_was_forgotten_fills_the_approved_form_and_is_counted_among_the_entitled(
    session: Session, town: Town
) -> None:
    before = styles(session)
    made = make(session, town, row="new", act="added", name=" 赵  六 ", group="members")
    added = rater(session, made.code)
    assert (added.name, added.style_id, added.tag) == ("赵 六", town.members, None)
    assert (made.number, made.style_id, made.reason, made.asked_by, made.made_by) == (1, town.members, "名单漏了", "王", "李")
    assert members(session, town) == 3
    assert styles(session) == before


def test_who_left_before_sending_is_let_in_no_more_and_the_others_still_are(session: Session, town: Town) -> None:
    before, first = styles(session), rater(session, "M1")
    make(session, town, row=f"rater-{first.id}", act="withdrawn", reason="已去世")
    session.commit()
    with pytest.raises(UnknownSlipError):
        sign(session, town, 0)
    assert sign(session, town, 1).version == 1
    assert members(session, town) == 1
    assert styles(session) == before


@on_sqlite
@pytest.mark.parametrize("act", ["withdrawn", "moved", "respelt"])
def test_whoever_has_sent_a_form_stays_who_they_were(session: Session, town: Town, act: str) -> None:
    sign(session, town, 0)
    first = rater(session, "M1")
    with pytest.raises(UserError, match="已经送出评议表"):
        make(session, town, row=f"rater-{first.id}", act=act, name="王一", group="members")
    assert late.possible(session, campaign_of(session, town), first) == []


@on_sqlite
def test_a_spelling_is_put_right_and_nobody_is_put_in_anothers_place(session: Session, town: Town) -> None:
    first, subject = rater(session, "M1"), session.scalars(select(Subject).where(Subject.code == "A1")).one()
    tag = first.tag
    make(session, town, row=f"rater-{first.id}", act="respelt", name="汪1")
    assert (first.name, first.tag) == ("汪1", tag)
    made = make(session, town, row=f"subject-{subject.id}", act="respelt", name="章1", duty="镇长")
    assert (subject.name, subject.duty, made.before, made.after) == ("章1", "镇长", "张1", "章1 · 镇长")
    with pytest.raises(UserError, match="像是另一个人"):
        make(session, town, row=f"subject-{subject.id}", act="respelt", name="李四")
    with pytest.raises(UserError, match="没有要改的"):
        make(session, town, row=f"subject-{subject.id}", act="respelt", name="章1", duty="镇长")


@on_sqlite
def test_a_head_count_is_put_right_before_the_close_and_not_after(session: Session, town: Town) -> None:
    head = Headcount(campaign_id=town.campaign_id, group_key="guests", unit_id=None, entitled=23)
    session.add(head)
    session.flush()
    made = make(session, town, row=f"head-{head.id}", act="entitled", entitled="32")
    assert (head.entitled, made.before, made.after, made.name) == (32, "23", "32", "来宾")
    for nonsense in ("", "-1", "３", "1e3", "9" * 30, "32"):
        with pytest.raises(UserError):
            make(session, town, row=f"head-{head.id}", act="entitled", entitled=nonsense)
    campaign_of(session, town).state = CampaignState.CLOSED
    with pytest.raises(RefusedError, match="已经结束"):
        make(session, town, row=f"head-{head.id}", act="entitled", entitled="40")


@on_sqlite
def test_a_subject_who_left_stays_on_the_form_and_is_told_of(session: Session, town: Town) -> None:
    before, subject = styles(session), session.scalars(select(Subject).where(Subject.code == "A2")).one()
    make(session, town, row=f"subject-{subject.id}", act="left", reason="调离")
    with pytest.raises(UserError, match="已经是这样记的"):
        make(session, town, row=f"subject-{subject.id}", act="left")
    assert {code: one.reason for code, one in late.gone_subjects(session, campaign_of(session, town)).items()} == {"A2": "调离"}
    campaign_of(session, town).state = CampaignState.COUNTED
    make(session, town, row=f"subject-{subject.id}", act="back", reason="记错人了")
    assert late.gone_subjects(session, campaign_of(session, town)) == {}
    assert styles(session) == before


@on_sqlite
@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"row": "new", "act": "added", "name": "甲", "group": "guests"}, "署名的评议主体"),
        ({"row": "new", "act": "added", "name": "甲", "group": "members", "code": "M1"}, "已经有人用"),
        ({"row": "new", "act": "added", "name": "", "group": "members"}, "姓名或名称"),
        ({"row": "new", "act": "added", "name": "甲\x00乙", "group": "members"}, "姓名或名称"),
        ({"row": "new", "act": "added", "name": "长" * 121, "group": "members"}, "姓名或名称"),
        ({"row": "new", "act": "added", "name": "甲", "group": "members", "unit": "NOWHERE"}, "没有编号"),
        ({"row": "new", "act": "withdrawn"}, "不能这样改"),
        ({"row": "rater-1", "act": "entitled", "entitled": "3"}, "不能这样改"),
        ({"row": "rater-1", "act": ""}, "没有选要改什么"),
        ({"row": "rater-1", "act": "withdrawn", "reason": "  "}, "写明理由"),
        ({"row": "rater-1", "act": "withdrawn", "reason": "长" * 301}, "写明理由"),
        ({"row": "rater-1", "act": "moved", "group": "members"}, "没有要改的"),
    ],
)
def test_what_a_round_cannot_bear_is_refused_whole(session: Session, town: Town, wish: Mapping[str, str], told: str) -> None:
    first = rater(session, "M1")
    with pytest.raises(UserError, match=told):
        make(session, town, **{**wish, "row": wish["row"].replace("rater-1", f"rater-{first.id}")})
    assert late.changes_of(session, campaign_of(session, town)) == []


@on_sqlite
def test_a_person_who_is_rated_gets_no_form_that_nobody_approved(session: Session, town: Town) -> None:
    with pytest.raises(UserError, match="批准后不能再添"):
        make(session, town, row="new", act="added", name="张1", group="members", subject="A1")


@on_sqlite
def test_rows_of_another_round_and_drafts_are_not_touched(session: Session, town: Town) -> None:
    first = rater(session, "M1")
    other = small_scheme.build(session, key="OTHER", state="draft")
    with pytest.raises(RefusedError, match="可以直接改"):
        make(session, other, row="new", act="added", name="甲", group="members")
    campaign_of(session, other).state = CampaignState.OPEN
    with pytest.raises(NotFoundError):
        make(session, other, row=f"rater-{first.id}", act="withdrawn")


@on_sqlite
def test_the_proof_log_says_what_kind_of_change_on_which_form_and_never_whose(session: Session, town: Town) -> None:
    campaign, first = campaign_of(session, town), rater(session, "M1")
    epochs.begin(session, campaign, secret="s" * 40, now=NOON)
    make(session, town, row=f"rater-{first.id}", act="withdrawn", reason="病故")
    found = entries.late_changes(session, campaign, [])
    assert found == [{"record": "late", "number": 1, "kind": "withdrawn", "style": town.members}]
    assert entries.late_changes(session, campaign, found) == []
    assert late.counted(session, campaign) == {LateKind.WITHDRAWN: 1}


@on_sqlite
def test_one_asks_another_reads_it_in_words_and_only_then_it_is_done(
    app: Flask, people: dict[str, FlaskClient], session: Session, town: Town
) -> None:
    first = rater(session, "M1").id
    session.close()
    base = f"/office/campaigns/{town.key}/roster/late"
    shown = page(people["王"], f"{base}/rater-{first}")
    assert "马上失效" in shown
    wrong = post(people["王"], f"{base}/rater-{first}", act="respelt", name="李四", reason="写错了")
    assert wrong.status_code == 422
    assert 'value="写错了"' in wrong.get_data(as_text=True)
    ask = ask_of(post(people["王"], f"{base}/rater-{first}", act="withdrawn", reason="调离本县"))
    told = page(people["李"], ask)
    assert all(word in told for word in ("收回邀请", "王1", "调离本县", "马上失效"))
    assert confirm(people["王"], ask).status_code in (403, 404)
    with resources(app).reading() as look:
        assert look.get(Rater, first) is not None
    assert confirm(people["李"], ask).status_code == 302
    with resources(app).reading() as look:
        assert look.get(Rater, first) is None
    listed = page(people["钱"], f"{base}/")
    assert all(word in listed for word in ("王1", "调离本县", "王 · 李"))
    assert people["钱"].get(f"{base}/rater-{first}").status_code in (403, 404)
    assert people["王"].get(f"{base}/rater-{first}").status_code == 404
    assert people["王"].get(f"{base}/rater-999999999999999999999").status_code == 404
