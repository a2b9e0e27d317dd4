"""Raters who are themselves rated: the whole form is judged first, then it is cut per person, and nothing else is kept.

Heads A and B are graded by four colleagues of their own rank, on one form, at most one of the two 优秀 (1) or the form is void:
  1: A 优秀, B 优秀   void. Each half alone would break nothing, so a form cut before it is judged would count here.
  2: A 优秀, B 称职   3: A 称职, B 优秀   4: A 不称职, B blank
Counted, as (blank, 优秀, 称职, 不称职): A 0 1 1 1, B 1 1 1 0.
"""

from __future__ import annotations

import json
from secrets import token_bytes

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from survey_app.costs import AliasCost
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState, StoredReport, StoredTally, Subject, Unit
from survey_app.services.campaign import campaigns, styles
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.release import plan
from survey_app.services.sealing import custody
from survey_app.services.slips import slips
from tests.support.attendance import attend
from tests.support.clock import NOON

PASSPHRASE = "四位同级的秋天 2026 年"
QUICK = AliasCost(time=1, memory=64)
TEXT = """
方案: 同级互评
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体: {同级: {只评本单位: 是, 本身被评: 是}}
测评内容: {总体评价: {用选项: 总体, 必填: 否}}
测评表: [{主体: 同级, 填: 总体评价}]
填写要求:
  优秀限额: {主体: 同级, 内容: 总体评价, 等次: 优秀, 至多: 1, 超出时: 作废}
计算: {得分: {平均分: 总体评价, 合并主体: 是}}
结果: {列: [得分]}
"""
FORMS = ((1, 1), (1, 2), (2, 1), (3, 0))


def build(session: Session, *, open_groups: tuple[str, ...] = ()) -> Campaign:
    """The campaign, open, with four slips used."""
    campaign = campaigns.create(
        session, scheme_text=TEXT, title="同级互评", period="2026", passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    plan.choose(session, campaign, floor=5, open_groups=open_groups, exits=[])
    unit = Unit(campaign_id=campaign.id, code="U", name="村", place=0, facts={})
    session.add(unit)
    session.flush()
    for place, code in enumerate("AB"):
        session.add(Subject(campaign_id=campaign.id, unit_id=unit.id, code=code, name=f"主任{code}", place=place, facts={}))
    session.flush()
    styles.store_styles(session, campaign, campaigns.scheme_of(campaign), token_bytes)
    campaign.state, campaign.opened = CampaignState.OPEN, NOON
    session.commit()
    (style,) = styles.styles_of(session, campaign)
    assert [slot.subject for slot in style.slots] == ["A", "B"]
    printed = slips.issue(session, style=style.row, count=len(FORMS), meeting="会", cost=QUICK)
    session.commit()
    for (secret, _alias), marks in zip(printed.slips, FORMS, strict=True):
        cast.cast(
            session,
            style_id=style.row.id,
            credential=Credential(secret=secret),
            submission_id=secret,
            marks=marks,
            alias_cost=QUICK,
            confirmed=("优秀限额",),  # told on the form, sent all the same
        )
    session.commit()
    return campaign


def test_a_form_is_judged_whole_then_cut_and_only_counts_per_person_are_kept(session: Session) -> None:
    campaign = build(session)
    campaigns.close(session, campaign, now=NOON)
    attend(session, campaign)
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    opening = counting.stored_opening(session, campaign)
    assert opening.tally.counts == {("A", "同级", "总体评价"): (0, 1, 1, 1), ("B", "同级", "总体评价"): (1, 1, 1)}
    (books,) = opening.tally.books
    assert (books.cast, books.valid, books.invalid) == (4, 3, 1)
    assert [remark.what for remark in opening.remarks] == ["void_by_rule"]
    kept = json.loads(session.scalars(select(StoredTally.content)).one())
    assert kept.keys() == {"format", "tally", "remarks"}
    assert kept["tally"].keys() == {"books", "counts"}  # no rows: nowhere do what A and what B got from one hand stand together
    report = json.loads(session.scalars(select(StoredReport.content)).one())
    assert report.keys() == {"format", "plan", "subjects", "books", "counts", "tables", "findings", "notes"}
    assert not any("rater" in step.get("axes", ()) for step in report["plan"]["steps"])


def test_a_form_says_where_a_group_is_not_promised_anonymity(app: Flask, client: FlaskClient) -> None:
    pages = {}
    for opened in ((), ("同级",)):
        with sessionmaker(resources(app).engine)() as session:
            style = styles.styles_of(session, build(session, open_groups=opened))[0].row.id
        pages[opened] = client.get(f"/v/{style}").get_data(as_text=True)
    assert "主办单位没有承诺别人认不出" in pages["同级",]
    assert "主办单位没有承诺别人认不出" not in pages[()]
