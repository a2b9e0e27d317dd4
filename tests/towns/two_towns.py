"""Two towns, counted, small enough that every figure on every result page is worked out here by hand.

East and west have a team (ET, WT) and a head (EH, WH). Peers (3 a town) grade the head, residents (3 a town) grade the head and
say whether they are satisfied with the team. Residents are a sample: 9 entitled in the east, 3 in the west.

Groups of three hide nobody. The release plan therefore promises neither of them anonymity (`open_to_all`), so that every figure
may stand on a page; what is held back where a group was promised it, test_release.py says.

Heads, grades worth 100, 80, 60, 0:
  EH  peers 优秀 称职 不称职: (100 + 80 + 0)/3 = 60.   residents 称职 称职 不称职: 160/3.
      by group 60 : 40 = 36 + 64/3 = 172/3 = 57.33.    incompetent 2 of 6 = 1/3: reached, one vote fewer would not reach it.
      target 90: (90 + 172/3)/2 = 221/3 = 73.67.
  WH  peers three 优秀: 100.   residents 优秀 优秀 不称职: 200/3.
      60 + 80/3 = 260/3 = 86.67.   incompetent 1 of 6: not reached, one vote more would reach 2 of 6.
      no target: not rated.
Teams, satisfaction worth 100, 60, 0, "do not know" not counted:
  ET  满意 基本满意 不了解: satisfied 2 of 2; index 160/2 = 80.   A random 2 of 9, both satisfied: K = 2 gives a chance of
      C(2,2)/C(9,2) = 1/36 > 1/40, so 2 to 9 people: 22 % to 100 %.
  WT  three 不满意: 0 of 3 of 3 entitled: a complete count. Index 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from secrets import token_bytes

from sqlalchemy.orm import Session

from analysis.evidence import Slot
from survey_app.costs import AliasCost
from survey_app.models import Campaign, CampaignState, Headcount, Subject, Unit
from survey_app.services.campaign import campaigns, styles
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.release import plan
from survey_app.services.sealing import custody
from survey_app.services.slips import slips
from tests.support.attendance import attend
from tests.support.clock import NOON

PASSPHRASE = "两个镇的秋天 2026 年到了"
QUICK = AliasCost(time=1, memory=64)

TEXT = """
方案: 两镇评议
版本: 2026-01-01
约定: 常用约定
名册栏目:
  职务: [班子, 正职]
选项:
  总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}
  满意: {满意: 100, 基本满意: 60, 不满意: 0, 不了解: 不计}
评议主体:
  同事: {只评本单位: 是}
  群众: {只评本单位: 是, 抽样: 全体}
测评内容:
  总体评价: {用选项: 总体, 范围: {职务: 正职}}
  整体满意: {用选项: 满意, 范围: {职务: 班子}, 提问: 您对班子的工作满意吗？}
测评表:
  - {主体: 同事, 评: {职务: 正职}, 填: 总体评价}
  - {主体: 群众, 填: [整体满意, 总体评价]}
其他材料:
  目标得分: {范围: {职务: 正职}, 从: 0, 到: 120}
事项: [通报批评, 立功]
集体研究: {是否提醒: [提醒, 不提醒]}
计算:
  主体均分: {平均分: 总体评价}
  民主得分: {按主体加权: 主体均分, 权重: {同事: 60, 群众: 40}}
  综合: {加权合成: {目标得分: 50, 民主得分: 50}, 出处: 目标与民主各半}
  不称职率: {占比: 不称职, 项目: 总体评价}
  调整岗位: {判断: 不称职率 >= 1/3, 后果: 调整岗位, 出处: 达到三分之一的}
  满意指数: {平均分: 整体满意, 合并主体: 是}
  各项均分: {平均分: [总体评价, 整体满意]}
结果:
  列: [综合, 民主得分, 不称职率, 满意指数]
  分主体: [主体均分]
  分内容: [各项均分]
  提示: [调整岗位]
  比较范围: [职务]
  满意度: [{项目: 整体满意, 满意: [满意, 基本满意], 主体: 群众, 指数: 满意指数}]
"""

PEERS = {"E": ("优秀", "称职", "不称职"), "W": ("优秀", "优秀", "优秀")}
RESIDENTS = {
    "E": (("满意", "称职"), ("基本满意", "称职"), ("不了解", "不称职")),
    "W": (("不满意", "优秀"), ("不满意", "优秀"), ("不满意", "不称职")),
}
ENTITLED = {("E", "同事"): 3, ("W", "同事"): 3, ("E", "群众"): 9, ("W", "群众"): 3}


def build(session: Session, *, count: bool = True, open_to_all: bool = True) -> Campaign:
    """The campaign, cast and closed; counted and committed unless `count` is False. Evidence is for the tests to bring.

    `open_to_all` False: under the least floor, as a campaign is for which nobody chose a plan.
    """
    campaign = campaigns.create(
        session, scheme_text=TEXT, title="两镇年度评议", period="2026", passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    if open_to_all:
        exits = [one.key for one in plan.EXITS]
        plan.choose(session, campaign, floor=5, open_groups=["同事", "群众"], exits=exits)
    for place, (code, name) in enumerate((("E", "东镇"), ("W", "西镇"))):
        unit = Unit(campaign_id=campaign.id, code=code, name=name, place=place, facts={})
        session.add(unit)
        session.flush()
        for at, (kind, title) in enumerate((("班子", "班子"), ("正职", "镇长"))):
            letter = "T" if kind == "班子" else "H"
            session.add(
                Subject(
                    campaign_id=campaign.id,
                    unit_id=unit.id,
                    code=code + letter,
                    name=name + title,
                    place=at,
                    facts={"职务": kind},
                )
            )
        for group in ("同事", "群众"):
            session.add(Headcount(campaign_id=campaign.id, unit_id=unit.id, group_key=group, entitled=ENTITLED[code, group]))
    session.flush()
    styles.store_styles(session, campaign, campaigns.scheme_of(campaign), token_bytes)
    campaign.state, campaign.opened = CampaignState.OPEN, NOON
    session.commit()
    _cast_all(session, campaign)
    campaigns.close(session, campaign, now=NOON)
    session.commit()
    if count:
        attend(session, campaign)
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON + dt.timedelta(hours=1))
        session.commit()
    return campaign


def _cast_all(session: Session, campaign: Campaign) -> None:
    for style in styles.styles_of(session, campaign):
        unit = style.row.unit.code if style.row.unit else ""
        answers: list[Mapping[str, str]]
        if style.row.group_key == "同事":
            answers = [{"总体评价": grade} for grade in PEERS[unit]]
        else:
            answers = [{"整体满意": word, "总体评价": grade} for word, grade in RESIDENTS[unit]]
        printed = slips.issue(session, style=style.row, count=len(answers), meeting="年终大会", cost=QUICK)
        session.commit()
        for (secret, _alias), answer in zip(printed.slips, answers, strict=True):
            marks = [_code(campaign, slot, answer[slot.item]) for slot in style.slots]
            cast.cast(
                session,
                style_id=style.row.id,
                credential=Credential(secret=secret),
                submission_id=secret,
                marks=marks,
                alias_cost=QUICK,
            )


def _code(campaign: Campaign, slot: Slot, label: str) -> int:
    scheme = campaigns.scheme_of(campaign)
    scale = scheme.scales[scheme.items[slot.item].scale]
    return next(choice.code for choice in scale.choices if choice.label.in_("zh-Hans") == label)
