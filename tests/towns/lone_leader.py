"""A street office where one of six leaders came: the shape in which pages and bundle together gave away all that this one said.

One head (A), four items worth 100, 80, 60, 0. Six leaders, fifteen colleagues and forty residents were promised anonymity; of
them 1, 12 and 20 came. The leader marked 1, 2, 1, 3. Colleagues and residents by item (counts of codes 1 to 4):
    colleagues  德 5 4 2 1   能 4 5 2 1   勤 6 3 2 1   绩 3 6 2 1
    residents   德 9 7 3 1   能 8 8 3 1   勤 9 6 4 1   绩 7 9 3 1
Points (leader 100 + 80 + 100 + 60 = 340, mean 85):
    colleagues 德 500+320+120 = 940, 能 400+400+120 = 920, 勤 600+240+120 = 960, 绩 300+480+120 = 900: 3720 / 48 = 77.5
    residents  德 900+560+180 = 1640, 能 800+640+180 = 1620, 勤 900+480+240 = 1620, 绩 700+720+180 = 1600: 6480 / 80 = 81
Score 40 : 30 : 30 of the means: 34 + 23.25 + 24.3 = 81.55.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.styles import styles_of
from survey_app.services.counting import counting
from survey_app.services.log import epochs
from survey_app.services.release import approval
from survey_app.services.roster import importing
from survey_app.services.sealing import custody
from survey_app.services.slips import slips
from survey_app.services.uploads import Upload
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.towns.hamlet import PASSPHRASE, QUICK, cast

ITEMS = ("德", "能", "勤", "绩")
POINTS = (100, 80, 60, 0)
WEIGHTS = {"领导": 40, "同事": 30, "群众": 30}
LEADER = (1, 2, 1, 3)
COUNTS = {
    "同事": {"德": (5, 4, 2, 1), "能": (4, 5, 2, 1), "勤": (6, 3, 2, 1), "绩": (3, 6, 2, 1)},
    "群众": {"德": (9, 7, 3, 1), "能": (8, 8, 3, 1), "勤": (9, 6, 4, 1), "绩": (7, 9, 3, 1)},
}
TEXT = """
方案: 街道评议
版本: 2026-01-01
约定: 常用约定
选项: {等次: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
评议主体: {领导: {只评本单位: 是}, 同事: {只评本单位: 是}, 群众: {只评本单位: 是}}
测评内容: {德: 等次, 能: 等次, 勤: 等次, 绩: 等次}
测评表: [{主体: [领导, 同事, 群众], 填: [德, 能, 勤, 绩]}]
计算:
  各项均分: {平均分: [德, 能, 勤, 绩]}
  主体均分: {平均: 各项均分, 沿: 内容}
  得分: {按主体加权: 主体均分, 权重: {领导: 40, 同事: 30, 群众: 30}}
结果: {列: [得分], 分主体: [主体均分], 分内容: [各项均分]}
"""
ROSTER = {
    "units.csv": "单位编号,单位名称\nU,街道\n",
    "subjects.csv": "编号,姓名或名称,单位编号,职务名称\nA,甲,U,主任\n",
    "heads.csv": "单位编号,评议主体,应到人数\nU,领导,6\nU,同事,15\nU,群众,40\n",
}


def draft(session: Session, **roster: str) -> Campaign:
    """The campaign before approval, its key rehearsed. `roster`: other tables, by name."""
    campaign = campaigns.create(
        session, scheme_text=TEXT, title="街道年度评议", period="2026", passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    tables = {**ROSTER, **{f"{name}.csv": text for name, text in roster.items()}}
    importing.import_roster(session, campaign, [Upload(name, text.encode()) for name, text in tables.items()])
    rehearsal.rehearse(session, campaign, PASSPHRASE, account="评议办", now=NOON)
    return campaign


def build(session: Session, *, secret: str) -> Campaign:
    """The whole road to the count."""
    campaign = draft(session)
    approval.approve(session, campaign, now=NOON)
    epochs.begin(session, campaign, secret=secret, now=NOON)
    session.commit()
    for style in styles_of(session, campaign):
        forms = [LEADER] if style.row.group_key == "领导" else list(_forms(style.row.group_key))
        printed = slips.issue(session, style=style.row, count=len(forms), meeting="年终大会", cost=QUICK)
        session.commit()
        for (mine, _alias), marks in zip(printed.slips, forms, strict=True):
            cast(session, style.row.id, mine, marks)
    campaigns.close(session, campaign, now=NOON)
    attend(session, campaign)
    epochs.add_close(session, campaign, secret=secret, now=NOON)
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    return campaign


def _forms(group: str) -> Iterator[tuple[int, ...]]:
    """Forms that add up to the counts, item by item."""
    columns = [[code + 1 for code, number in enumerate(COUNTS[group][item]) for _ in range(number)] for item in ITEMS]
    yield from zip(*columns, strict=True)
