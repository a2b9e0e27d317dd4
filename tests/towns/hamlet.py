"""A hamlet of three heads, its whole road from set-up to count, so small that every figure of its bundle is worked out here.

Heads A, B, C (all of one unit). They are rated overall by
- villagers (`村民`, slips, at most one 优秀 on a form): 30 slips printed, 26 people came, 2 slips spoiled, 4 left in the box,
  24 forms. Of these 23 are valid and 1 is blank. Ballots 0 to 19 came before the epoch of the meeting.
- the heads themselves (`同级`, signed, rated): A and B each grade the two others; C does not answer. A changes his mind.
- two members of the town's leading group (`镇领导`, signed): one of them changes his mind.

Grades 优秀 100, 称职 80, 基本称职 60, 不称职 0, codes 1 to 4. Villagers' marks (A, B, C):
    12 × 称职 优秀 基本称职      A 12·80 = 960    B 12·100 = 1200    C 12·60 = 720
     8 × 优秀 称职 不称职        A  8·100 = 800   B  8·80  =  640    C  8·0  =   0
     3 × 不称职 称职 (nothing)   A  3·0  =   0    B  3·80  =  240    C no answer
     1 × blank
    means: A 1760/23, B 2080/23, C 720/20 = 36.   Share of 优秀 (of valid): A 8/23, B 12/23, C 0/23 = 0.
Heads, last versions: A says B 称职, C 称职; B says A 优秀, C 基本称职.   means: A 100, B 80, C (80 + 60)/2 = 70. (The first
    version of A said 优秀 of both.) Cut per subject the three forms make 3 × 2 = 6 mark leaves: on A 1, B 2, C 3; 4 count.
Leaders, last versions: 优秀 称职 称职 and 称职 称职 不称职 → means: A 90, B 80, C 40. (The first version of the first leader was
    不称职 不称职 不称职.)
Composite 60 : 20 : 20: A 0.6·1760/23 + 20 + 18 = 1056/23 + 38 = 1930/23
                        B 1248/23 + 16 + 16 = 1984/23         C 21.6 + 14 + 8 = 43.6 = 218/5
Rank: B 1, A 2, C 3.   Target component: A 95, B 88.5, C none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.costs import AliasCost
from survey_app.models import Appeal, Campaign, Rater
from survey_app.services.books import headcounts
from survey_app.services.books.headcounts import Counts
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.styles import styles_of
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.cast import Signature
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.log import epochs
from survey_app.services.release import approval
from survey_app.services.roster import importing
from survey_app.services.sealing import custody
from survey_app.services.sealing.tokens import Secret
from survey_app.services.slips import invitations, slips
from survey_app.services.uploads import Upload
from tests.support.clock import NOON

PASSPHRASE = "小村的秋天 2026 年到了"
SECRET = "the server's secret of this hamlet, long enough"
QUICK = AliasCost(time=1, memory=64)
Act = Callable[[Session, Campaign], object]
APPEAL_ENDS = NOON + dt.timedelta(days=7)

TEXT = """
方案: 小村评议
版本: 2026-01-01
约定: 常用约定
名册栏目:
  职务: [正职]
选项:
  总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}
评议主体:
  村民: {只评本单位: 是}
  同级: {只评本单位: 是, 署名: 是, 本身被评: 是}
  镇领导: {署名: 是}
测评内容:
  总体评价: {用选项: 总体, 必填: 否}
测评表:
  - {主体: [村民, 同级, 镇领导], 填: 总体评价}
填写要求:
  优秀限额: {主体: 村民, 内容: 总体评价, 等次: 优秀, 至多: 1, 超出时: 不收, 标题: 优秀至多一名}
其他材料:
  目标得分: {从: 0, 到: 120}
计算:
  主体均分: {平均分: 总体评价}
  民主得分: {按主体加权: 主体均分, 权重: {村民: 60, 同级: 20, 镇领导: 20}}
  名次: {名次: 民主得分}
  优秀率: {占比: 优秀, 项目: 总体评价}
  主体优秀率: {占比: 优秀, 项目: 总体评价, 分主体: 是}
  目标: {取整: 目标得分, 方式: 四舍五入, 精度: 0.1}
结果:
  列: [民主得分, 名次, 优秀率, 目标]
  分主体: [主体均分, 主体优秀率]
"""
VILLAGERS = [(2, 1, 3)] * 12 + [(1, 2, 4)] * 8 + [(4, 2, 0)] * 3 + [(0, 0, 0)]


def build(session: Session, *, count: bool = True, approved: Act = lambda *_: None) -> Campaign:
    """The whole road: `vote`, then `finish`."""
    campaign = vote(session, approved=approved)
    finish(session, campaign, count=count)
    return campaign


def vote(session: Session, *, text: str = "", approved: Act = lambda *_: None, printed: Act = lambda *_: None) -> Campaign:
    """The open campaign, every form in, the meeting's epoch made. `text`: the same scheme with more in it, instead.

    `approved` is called between approval and the set-up epoch, `printed` after that epoch.
    """
    campaign = campaigns.create(
        session, scheme_text=text or TEXT, title="小村年度评议", period="2026", passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    importing.import_roster(session, campaign, [Upload(name, text.encode()) for name, text in ROSTER.items()])
    rehearsal.rehearse(session, campaign, PASSPHRASE, account="评议办", now=NOON)
    approval.approve(session, campaign, now=NOON)
    approved(session, campaign)
    epochs.begin(session, campaign, secret=SECRET, now=NOON)
    session.commit()
    printed(session, campaign)
    villagers = next(style.row for style in styles_of(session, campaign) if style.row.group_key == "村民")
    handed = slips.issue(session, style=villagers, count=30, meeting="村民大会", cost=QUICK)
    session.commit()
    cards = [secret for secret, _ in handed.slips]
    for number in range(20):
        cast(session, villagers.id, cards[number], VILLAGERS[number])
    epochs.add_meeting(session, campaign, name="村民大会", secret=SECRET, now=NOON)
    session.commit()
    for number in range(20, 24):
        cast(session, villagers.id, cards[number], VILLAGERS[number])
    _sign_all(session, campaign)
    return campaign


def finish(session: Session, campaign: Campaign, *, count: bool = True, present: int = 26) -> None:
    """Closed, its log complete, the box counted by hand, the ballots opened and counted unless `count` is False.

    `present`: how many villagers are said to have come.
    """
    campaigns.close(session, campaign, now=NOON)
    epochs.add_close(session, campaign, secret=SECRET, now=NOON)
    headcounts.save_counts(session, campaign, {
        ("U", "村民"): Counts(present=present, spoiled=2, unused=4),
        ("U", "同级"): Counts(present=3),
        ("", "镇领导"): Counts(present=2),
    })  # fmt: skip
    session.add(Appeal(campaign_id=campaign.id, until=APPEAL_ENDS, certificate=""))
    bring_evidence(session, campaign)
    session.commit()
    if count:
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
        session.commit()


def cast(session: Session, style: str, secret: Secret, marks: tuple[int, ...], *, version: int = 0, name: str = "") -> None:
    ballots.cast(
        session, style_id=style, credential=Credential(secret=secret), submission_id=secret[:15] + bytes([version]),
        marks=marks, version=version, signature=Signature(name) if name else None, alias_cost=QUICK,
    )  # fmt: skip


def _sign_all(session: Session, campaign: Campaign) -> None:
    raters = session.scalars(select(Rater).where(Rater.campaign_id == campaign.id).order_by(Rater.id)).all()
    links = {one.rater.code: one for one in invitations.issue(session, campaign=campaign, raters=raters, cost=QUICK)}
    session.commit()
    styles = {rater.code: str(rater.style_id) for rater in raters}
    for code, version, marks in (
        ("PA", 0, (1, 1)), ("PA", 1, (2, 2)), ("PB", 0, (1, 3)), ("L1", 0, (4, 4, 4)), ("L1", 1, (1, 2, 2)), ("L2", 0, (2, 2, 4)),
    ):  # fmt: skip
        cast(session, styles[code], links[code].secret, marks, version=version, name="张三")


ROSTER = {
    "units.csv": "单位编号,单位名称\nU,小村\n",
    "subjects.csv": "编号,姓名或名称,单位编号,职务名称,职务\nA,甲,U,村长,正职\nB,乙,U,书记,正职\nC,丙,U,会计,正职\n",
    "raters.csv": "编号,姓名,评议主体,单位编号,本人的评价对象编号\nPA,甲,同级,U,A\nPB,乙,同级,U,B\nPC,丙,同级,U,C\n"
    "L1,丁,镇领导,,\nL2,戊,镇领导,,\n",
    "heads.csv": "单位编号,评议主体,应到人数\nU,村民,40\n",
}


def bring_evidence(session: Session, campaign: Campaign) -> None:
    """Target scores: A 95, B 88.5."""
    table = "编号,目标得分\nA,95\nB,88.5\n".encode()
    entries.import_evidence(session, campaign, "components.csv", table, account="评议办", now=NOON)
