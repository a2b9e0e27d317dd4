"""A method of ledgers alone, worked out by hand: no ballots, one team with two members, one team apart.

Scores bring a grade (85 好, 60 较好, else 差): team TA 50 差, its members P1 95 好 and P2 70 较好; team TB 90 好.
A member whose team is 差 is held at 较好: P1 falls from 好 to 较好, P2 stays.
Whoever was criticised twice is called in for a talk: P2 was, on two days.
The soft quota has one 好 in four in mind (25 % of the four = 1): P1 95 and TB 90 both reach 85 and nobody has to give it up, so
it is exceeded by one.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.release import approval
from survey_app.services.roster import importing
from survey_app.services.sealing import custody
from survey_app.services.uploads import Upload
from tests.support.clock import NOON

PASSPHRASE = "两个班子的冬天 2026 年到了"
TEXT = """
方案: 班子连带
版本: 2026-01-01
约定: 常用约定
名册栏目:
  职务: [班子, 个人]
  班子编号: {指向: 是, 必填: 否}
其他材料: {得分: {从: 0, 到: 100}}
事项: [通报批评]
往期结果: {上年得分: {取: 总分, 最近: 1}}
集体研究: {是否约谈: [约谈, 不约谈]}
计算:
  总分: {算式: 得分, 出处: 按得分}
  初定: {分段: 总分, 各段: {85 以上: 好, 60 以上: 较好, 其余: 差}}
  本班子初定: {取自: 初定, 经由: 班子编号}
  定等: {不高于: 初定, 限度: 较好, 当: 职务 = 个人 且 本班子初定 = 差, 出处: 班子为差的，成员不得评为好}
  约谈: {判断: 通报批评 >= 2, 后果: 谈话提醒, 出处: 两次通报的约谈}
  名额等次: {分等次: 总分, 名额: {好: 至多 25%, 其他: 其余}, 可评最高等次: 总分 >= 85, 宽松: 是, 出处: 好一般不超过四分之一}
  上年: {最近: 上年得分, 沿: 时期}
  比上年: 总分 − 上年
结果: {列: [总分, 比上年], 等次: [定等, 名额等次], 提示: [约谈]}
"""
ROSTER = (
    Upload("units.csv", "单位编号,单位名称\nA,甲镇\nB,乙镇\n".encode()),
    Upload(
        "subjects.csv",
        (
            "编号,姓名或名称,单位编号,职务,班子编号\n"
            "TA,甲镇班子,A,班子,\nP1,张一,A,个人,TA\nP2,李二,A,个人,TA\nTB,乙镇班子,B,班子,\n"
        ).encode(),
    ),
)
SCORES = "对象,得分\nTA,50\nP1,95\nP2,70\nTB,90\n"
EVENTS = "对象,事项,日期,数量,事由\nP2,通报批评,2026-03-05,,迟报\nP2,通报批评,2026-06-01,,漏报\n"


def build(session: Session, *, period: str = "2026", count: bool = True) -> Campaign:
    """The campaign with its ledgers, closed; counted unless `count` is False. Committed."""
    campaign = campaigns.create(
        session, scheme_text=TEXT, title=f"班子连带 {period}", period=period, passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    importing.import_roster(session, campaign, ROSTER)
    rehearsal.rehearse(session, campaign, PASSPHRASE, account="评议办", now=NOON)
    approval.approve(session, campaign, now=NOON)
    for name, table in (("components.csv", SCORES), ("事项.csv", EVENTS)):
        entries.import_evidence(session, campaign, name, table.encode(), account="评议办", now=NOON)
    campaigns.close(session, campaign, now=NOON)
    session.commit()
    if count:
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
        session.commit()
    return campaign
