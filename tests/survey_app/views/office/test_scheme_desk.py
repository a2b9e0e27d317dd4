"""The scheme desk: a scheme without a word of its language, two clerks who lose nothing of each other's, nonsense refused."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from questionnaires.loader import load_scheme
from questionnaires.methods import methods
from questionnaires.shipped import shipped
from survey_app.models import Campaign, SchemeDraft, SchemeDraftText
from survey_app.services.scheme_desk import drafts
from survey_app.services.scheme_desk.fields import name_of
from tests.support.application import csrf

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REGULATION = """中心医院中层干部年度评议办法
第一条 为客观评价中层干部，制定本办法。
一、医德医风（３０分）
1．遵守医德规范，廉洁行医（15分）
2．尊重患者，服务态度好（15分）
二、业务能力（40分）
1. 专科业务水平
2. 带教与科研
三、管理能力(30分)
（1）科室管理（20分）
（2）沟通协作（10分）
第二条 评议权重：上级评议占40%，同级评议占20%，下级占20%，服务对象占20%。
第三条 每张票评“优秀”的人数不得超过应评人数的30%。
第四条 得分90分以上为优秀，75分以上为良好，60分以上为合格，60分以下为不合格。
"""
NEW = "/office/schemes/new"
TITLE = name_of(("@groups", "上级", "@title"))


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    """Post a form with its token."""
    return client.post(address, data={"csrf_token": csrf(client), **fields})


def begin(client: FlaskClient, **fields: object) -> str:
    """Begin a draft; its address."""
    answer = send(client, NEW, **{"kind": "pasted", "title": "医院评议", "scale": "四等", **fields})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"].rpartition("/")[0]


def text_of(session: Session, address: str) -> str:
    """The draft's newest text."""
    session.rollback()
    text = drafts.newest(session, drafts.by_key(session, address.rpartition("/")[2])).text
    session.rollback()  # an open transaction would keep the application waiting
    return text


def form_of(client: FlaskClient, page: str) -> dict[str, list[str]]:
    """The fields of the draft's form as a browser would send them back, unchanged."""
    text = client.get(page).get_data(as_text=True)
    form = text[text.index('id="desk"') : text.index('id="remove"')]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and not ('type="checkbox"' in tag and " checked" not in tag):
            found.setdefault(html.unescape(name[1]), []).append(html.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        found.setdefault(html.unescape(name), []).append(html.unescape(chosen[1]) if chosen else "")
    return found


@on_sqlite
def test_a_pasted_regulation_is_a_whole_scheme_and_every_page_of_the_draft_shows_it(
    office_client: FlaskClient, session: Session
) -> None:
    address = begin(office_client, lines=REGULATION)
    scheme = load_scheme(text_of(session, address), "scheme.yml")
    assert [one.text.in_("zh") for one in scheme.items.values()] == [
        "遵守医德规范，廉洁行医",
        "尊重患者，服务态度好",
        "专科业务水平",
        "带教与科研",
        "科室管理",
        "沟通协作",
    ]
    # Best answers of 15 + 15 + 20 + 20 (40 in even parts) + 20 + 10.
    assert sum(max(one.value or 0 for one in scheme.scales[item.scale].choices) for item in scheme.items.values()) == 100
    assert [one.title.in_("zh") for one in scheme.groups.values()] == ["上级", "同级", "下级", "服务对象"]
    assert "{上级: 40, 同级: 20, 下级: 20, 服务对象: 20}" in scheme.text
    assert "90 以上: 优秀, 75 以上: 良好, 60 以上: 合格, 其余: 不合格" in scheme.text
    assert [str(one.test.most.share) for one in scheme.ballot_rules if one.test.most] == ["3/10"]
    assert "为客观评价中层干部" in office_client.get(f"{address}/items").get_data(as_text=True)  # told as not used
    shown = {
        "items": "各项满分合计 100",
        "raters": "合计 100",
        "judged": "至多",
        "policy": "分母是什么",
        "text": "方案: 医院评议",
        "phone": "<iframe",
        "phone/0/zh-Hans": "甲1",
        "trial": "试算一次",
        "regulation": "由“主体得分”按评议主体加权平均",
        "versions": "第 1 稿",
        "scheme.yml": "方案: 医院评议",
    }
    for page, words in shown.items():
        answer = office_client.get(f"{address}/{page}")
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (200, True), page


@on_sqlite
def test_a_form_sent_back_as_it_came_changes_nothing_and_one_field_changes_one_line(
    office_client: FlaskClient, session: Session
) -> None:
    address = begin(office_client, kind="shipped", shipped="yinzhou/2026-01-01")
    before = text_of(session, address)
    for tab in ("items", "raters", "judged", "policy"):
        answer = send(office_client, f"{address}/{tab}", **form_of(office_client, f"{address}/{tab}"))
        assert answer.status_code == 302, tab
        assert text_of(session, address) == before, tab
    form = form_of(office_client, f"{address}/raters")
    name = next(one for one in form if one.endswith("@title") and one.startswith("@groups"))
    saved = send(office_client, f"{address}/raters", **{**form, name: ["新的称呼"]})
    after = text_of(session, address)
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1
    page = office_client.get(saved.headers["Location"]).get_data(as_text=True)
    assert (
        html.escape(changed[0][1].strip(), quote=False).replace('"', "&#34;")[:20] in page
    )  # the change stands there as its difference


@on_sqlite
def test_acts_write_what_has_to_follow_and_the_checker_is_content(office_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, lines=REGULATION)

    def act(tab: str, word: str, **fields: object) -> str:
        session.rollback()
        fields["seen"] = str(drafts.by_key(session, address.rpartition("/")[2]).number)
        session.rollback()
        assert send(office_client, f"{address}/{tab}/{word}", **fields).status_code == 302, word
        return text_of(session, address)

    text = act("raters", "group", title="职工代表", weight="10", own_unit="1")
    assert "主体: [上级, 同级, 下级, 服务对象, 职工代表], 填" in text
    assert "服务对象: 20, 职工代表: 10}" in text
    assert "职工代表: {标题: 职工代表, 只评本单位: 是}" in text
    text = act("items", "item", title="加班情况", scale="四等", full="5", under="管理能力")
    text = act("items", "item", title="总体印象", scale="四等", full="5")
    assert "填: [医德医风, 业务能力, 管理能力, 总体印象]" in text
    act("items", "scale", ready="满意")
    act("items", "choice", about=name_of(("@scales", "满意")), title="还算满意", points="80")
    act("judged", "limit", groups=["同级"], items=["总体印象"], grades=["优秀"], most="2", effect="提醒")
    act("judged", "flag", title="约谈", of="总分", sign="<", limit="60", then="谈话")
    act("judged", "tiers", of="总分", bands="80 甲\n60 乙", rest="丙")
    text = act("judged", "band", about=name_of(("@quantities", "等次", "各段")), least="90", grade="特等")
    assert "{90 以上: 特等, 80 以上: 甲, 60 以上: 乙, 其余: 丙}" in text
    text = act("raters", "remove", about=name_of(("@groups", "职工代表")))
    assert "职工代表" not in text
    act("judged", "remove", about=name_of(("@ballot_rules", "优秀至多")))
    text = act("items", "remove", about=name_of(("@items", "总体印象")))
    assert "满意: {满意: 100, 还算满意: 80, 基本满意: 60, 不满意: 0, 不了解: 不计}" in text
    assert "填: [医德医风, 业务能力, 管理能力]}" in text
    assert load_scheme(text_of(session, address), "scheme.yml").quantities["等次"].kind == "grade"


@on_sqlite
def test_two_clerks_lose_nothing_of_each_other(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, lines=REGULATION)
    page = f"{address}/raters"
    mine, theirs = form_of(office_client, page), form_of(other_client, page)
    first, second = (name_of(("@groups", group, "@title")) for group in ("上级", "同级"))
    send(other_client, page, **{**theirs, first: "院领导"})
    send(office_client, page, **{**mine, second: "同事"})
    assert ("标题: 院领导" in text_of(session, address), "标题: 同事" in text_of(session, address)) == (True, True)

    answer = send(office_client, page, **{**mine, first: "领导班子"})  # shown before the other one changed it
    told = answer.get_data(as_text=True)
    assert (answer.status_code, "用您的：领导班子" in told, "用别人的：院领导" in told) == (409, True, True)
    assert "领导班子" not in text_of(session, address)
    again = {**mine, first: "领导班子", "seen": re.findall(r'name="seen" value="(\d+)"', told)[0]}
    send(office_client, page, **again, **{f"keep:{first}": "mine"})
    assert "标题: 领导班子" in text_of(session, address)

    stale = send(office_client, f"{address}/text", seen="1", text="全新的文本")
    assert (stale.status_code, "全新的文本" in stale.get_data(as_text=True)) == (409, True)
    assert "全新的文本" not in text_of(session, address)
    send(office_client, f"{address}/raters/form", groups=["同级"], items=["业务能力"])
    number = drafts.by_key(session, address.rpartition("/")[2]).number
    session.rollback()
    send(other_client, f"{address}/raters/remove", about="@forms/.0", seen=str(number))
    moved = send(office_client, f"{address}/raters/remove", about="@forms/.0", seen=str(number))  # another row stands there now
    assert (moved.status_code, "什么也没有去掉" in moved.get_data(as_text=True)) == (400, True)
    assert "填: [业务能力]}" in text_of(session, address)
    for gone in ("remove", "versions"):
        send(office_client, f"{address}/{gone}", seen="1", number="1")
    assert "标题: 领导班子" in text_of(session, address)  # neither removed nor brought back by an old page


@on_sqlite
def test_whatever_is_typed_as_text_is_kept_and_every_problem_told(office_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, lines=REGULATION)
    good, number = text_of(session, address), 1
    for text in (
        "",
        "方案：坏的",
        "a: [",
        "- 1\n- 2",
        "x" * 1000,
        "方案: \udcff".encode("utf-8", "replace").decode(),
        "\t缩进: 1",
    ):
        number += 1
        answer = send(office_client, f"{address}/text", seen=str(number - 1), text=text)
        assert answer.status_code == 302, text
        assert text_of(session, address).strip("\n") == text.strip("\n")
        for tab in ("items", "policy", "phone", "trial", "regulation", "versions", "text"):
            assert office_client.get(f"{address}/{tab}").status_code == 200, (tab, text)
        assert send(office_client, f"{address}/items", seen=str(number), whole="1").status_code in (302, 422)
        assert send(office_client, f"{address}/trial").status_code == 302  # says what is missing, and tries nothing
    assert session.scalar(select(func.count()).select_from(Campaign)) == 0
    session.rollback()
    long = send(office_client, f"{address}/text", seen=str(number), text="x" * 400_001)
    assert long.status_code == 400
    assert drafts.newest(session, drafts.by_key(session, address.rpartition("/")[2])).number == number
    session.rollback()
    back = send(office_client, f"{address}/versions", seen=str(number), number="1")
    assert (back.status_code, text_of(session, address)) == (302, good)
    compared = office_client.get(f"{address}/versions?old=1&new={number + 1}").get_data(as_text=True)
    assert "意思没有变" in compared
    live = send(office_client, f"{address}/check", text="方案：坏的").get_json()
    assert live["problems"][0]["line"] == 1


@on_sqlite
@pytest.mark.parametrize(
    "fields",
    [
        {"kind": ""},
        {"kind": "../x"},
        {"kind": "pasted", "lines": ""},
        {"kind": "pasted", "lines": REGULATION, "title": ""},
        {"kind": "pasted", "lines": "好" * 200_001},
        {"kind": "pasted", "lines": REGULATION, "scale": "没有"},
        {"kind": "pasted", "lines": REGULATION, "most": "很多"},
        {"kind": "pasted", "lines": REGULATION, "tiers": "九十 优秀"},
        {"kind": "pasted", "lines": REGULATION, "scale": "百分"},  # a limit on the best grade, where there are only numbers
        {"kind": "pasted", "lines": REGULATION, "groups": "甲 40\n乙"},
        {"kind": "shipped", "shipped": "none/1"},
        {"kind": "method", "method": "../../etc"},
        {"kind": "campaign", "campaign": "nowhere"},
        {"kind": "sheet"},
        {"kind": "file"},
    ],
)
def test_a_start_that_cannot_be_meant_makes_nothing_and_keeps_what_was_typed(
    office_client: FlaskClient, session: Session, fields: dict[str, str]
) -> None:
    answer = send(office_client, NEW, **{"title": "医院评议", "scale": "四等", **fields})
    assert answer.status_code in (400, 404, 422)
    page = answer.get_data(as_text=True)
    assert 'role="alert"' in page
    assert fields.get("title", "医院评议") in page
    assert session.scalar(select(func.count()).select_from(SchemeDraft)) == 0
    session.rollback()


@on_sqlite
def test_a_sheet_makes_a_scheme_and_a_bad_one_names_every_line(office_client: FlaskClient, session: Session) -> None:
    rows = (
        "医院评议表,,,,,\n指标,内容,选项,主体,权重,限额\n医德,廉洁,四等,,30,优秀至多 20%\n"
        ",态度,,领导,20,\n业务,水平,百分,,50,\n,,,领导,60,\n,,,同事,40,\n"
    )
    address = begin(office_client, kind="sheet", sheet=(io.BytesIO(rows.encode("gb18030")), "表.csv"))
    scheme = load_scheme(text_of(session, address), "scheme.yml")
    assert [one.text.in_("zh") for one in scheme.items.values()] == ["廉洁", "态度", "水平"]
    assert "权重: {领导: 60, 同事: 40}" in scheme.text
    bad = "内容,权重,限额,选项\n廉洁,很多,,\n廉洁,10,,\n态度,20,看着办,没有\n"
    answer = send(office_client, NEW, kind="sheet", title="x", scale="四等", sheet=(io.BytesIO(bad.encode()), "表.csv"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(words in page for words in ("很多", "写了两遍", "看着办", "不认得选项", "第 2 行", "第 4 行"))
    for name, data in (("x.xlsx", b"PK\x03\x04broken"), ("x.csv", b""), ("x.csv", b"\xff\xfe\xfd\xfc\x00")):
        refused = send(office_client, NEW, kind="sheet", title="x", scale="四等", sheet=(io.BytesIO(data), name))
        assert refused.status_code == 422, name
    assert session.scalar(select(func.count()).select_from(SchemeDraft)) == 1


@on_sqlite
def test_hostile_fields_are_not_written(office_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, lines=REGULATION)
    before, form = text_of(session, address), form_of(office_client, f"{address}/raters")
    strange = {"@groups/../@title": "x", "@scheme": "x", "@quantities/没有/x": "1", ".0/.99999999": "x", "%00": "x"}
    assert send(office_client, f"{address}/raters", **form, **strange).status_code == 302
    assert text_of(session, address) == before
    cut = {name: value for name, value in form.items() if name != "whole"}
    assert send(office_client, f"{address}/raters", **{**cut, TITLE: "x"}).status_code == 400
    assert send(office_client, f"{address}/raters", **{**form, "seen": "99"}).status_code == 400
    for word, about in (
        ("remove", "@groups/没有"),
        ("remove", ""),
        ("nonsense", ""),
        ("choice", "@scales/没有"),
        ("remove", "./.."),
    ):
        typed = {"about": about, "title": "x", "points": "1", "seen": "1"}
        assert send(office_client, f"{address}/raters/{word}", **typed).status_code == 422, (word, about)
    assert send(office_client, f"{address}/raters/remove", about="@groups/上级").status_code == 400  # says not what it saw
    assert text_of(session, address) == before
    sent = "甲: {乙: 丙} # 丁\n' \" 戊"
    assert send(office_client, f"{address}/raters", **{**form, TITLE: sent}).status_code == 302
    scheme = load_scheme(text_of(session, address), "scheme.yml")
    assert scheme.groups["上级"].title.in_("zh") == " ".join(sent.split())


@on_sqlite
def test_every_published_method_stands_there_with_its_form_and_begins_a_draft(
    office_client: FlaskClient, session: Session
) -> None:
    listed = office_client.get("/office/schemes/methods").get_data(as_text=True)
    assert len(methods()) >= 35
    for one in methods():
        assert set(one.about.words) == {"zh-Hans", "en"}
        assert html.escape(one.title.in_("zh-Hans")) in listed
    for key in ("tw-appraisal", "int-hdi"):
        page = office_client.get(f"/office/schemes/methods/{key}").get_data(as_text=True)
        assert ("<iframe" in page) == (key == "tw-appraisal")
    assert office_client.get("/office/schemes/methods/tw-appraisal/phone/zh-Hans").status_code == 200
    pictures = re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)"', listed)
    assert len(pictures) == len(methods()) + len(shipped())
    for address, about in pictures[::9]:
        answer = office_client.get(address)
        assert (answer.status_code, answer.mimetype, "的表样" in about) == (200, "image/svg+xml", True)
    assert office_client.get("/office/schemes/pictures/zh-Hans/nowhere.svg").status_code == 404
    assert office_client.get("/office/schemes/pictures/xx/fr-borda.svg").status_code == 404
    address = begin(office_client, kind="method", method="fr-borda")
    written, original = text_of(session, address), next(one for one in methods() if one.key == "fr-borda").text
    changed = [pair for pair in zip(original.splitlines(), written.splitlines(), strict=True) if pair[0] != pair[1]]
    assert [re.sub(r"\d", "0", new) for _old, new in changed] == ["version: 0000-00-00"]


@on_sqlite
def test_a_draft_is_tried_and_becomes_the_scheme_of_a_round(office_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, kind="votes", title="民主测评", scale="称职", groups="干部")
    for _again in range(2):  # the second trial takes the first one's place
        answer = send(office_client, f"{address}/trial")
        page = office_client.get(answer.headers["Location"]).get_data(as_text=True)
        assert "这是演示或试算" in page
        assert "优秀票" in page
    session.rollback()
    assert session.scalars(select(Campaign.demo)).all() == [True]
    session.rollback()
    key = address.rpartition("/")[2]
    new = office_client.get(f"/office/campaigns/new?draft={key}").get_data(as_text=True)
    assert f'value="draft:{key}" selected' in new
    words = {"title": "民主测评", "period": "2026", "asker": "办", "purpose": "问", "asks": "用"}
    made = send(office_client, "/office/campaigns/new", scheme=f"draft:{key}", **words)
    assert made.status_code == 302
    session.rollback()
    campaign = session.scalars(select(Campaign).where(Campaign.demo.is_(False))).one()
    assert campaign.scheme_text == text_of(session, address)
    read = office_client.get(f"/office/campaigns/{campaign.key}/scheme/regulation").get_data(as_text=True)
    assert "选优秀的票数" in read
    approve = office_client.get(f"/office/campaigns/{campaign.key}/approve").get_data(as_text=True)
    assert "scheme/regulation" in approve
    # The same name and version with another content is refused.
    text = text_of(session, address).replace("标题: 总体评价", "标题: 总的评价")
    number = drafts.by_key(session, key).number
    session.rollback()
    send(office_client, f"{address}/text", seen=str(number), text=text)
    refused = send(office_client, "/office/campaigns/new", scheme=f"draft:{key}", **words)
    assert (refused.status_code, "内容却与这一份不同" in refused.get_data(as_text=True)) == (409, True)
    removed = send(office_client, f"{address}/remove", seen=str(number + 1))
    session.rollback()
    assert removed.status_code == 302
    assert session.scalars(select(SchemeDraftText)).all() == []
    assert session.scalars(select(Campaign.demo)).all() == [False]
    session.rollback()
    assert office_client.get(f"{address}/items").status_code == 404
