"""The residents' page: readable for a farmer of seventy, true for the campaign it is reached from, within reach of every page."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from survey_app.languages import languages
from survey_app.models import Campaign
from survey_app.services.log import epochs
from survey_app.services.release import plan
from survey_app.services.sealing import custody
from tests.support.clock import NOON
from tests.support.phone import phone_before
from tests.towns.small_scheme import TEXT, Town, build
from tests.towns.wordy_town import ASKING

pytestmark = pytest.mark.postgresql_later

#: Words one has to have learned. What they mean is said with others: a lock, a key, a box, a slip, a computer.
LEARNED = (
    "服务器", "数据", "加密", "密钥", "密封", "签名密", "哈希", "散列", "指纹", "日志",
    "存证", "协议", "算法", "缓存", "浏览器", "网址", "链接", "终端", "凭证", "凭条",
    "匿名", "元信息", "阈值", "审计", "校验", "验证", "系统", "软件", "程序", "存储",
    "上传", "备份",
)  # fmt: skip
LONGEST, MEAN = 24, 14  # characters from one full stop, comma or colon to the next; of sentences on the average


def told(page: str) -> str:
    """What the page says, without its tags, the offered languages and the campaign's own title."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", "\n", re.sub(r"<[^>]+>", "\n", re.sub(r'<p class="kicker".*?</p>|<bdi>.*?</bdi>', "", main)))


def page_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def kept_by_trustees(session: Session, town: Town) -> None:
    campaign = session.get_one(Campaign, town.campaign_id)
    campaign.public_key, campaign.wrapped_key, _shares = custody.create_shared_keys(["张三", "李四", "王五"], needed=2)
    session.commit()


def test_every_sentence_is_short_of_common_characters_and_without_a_learned_word(client: FlaskClient, session: Session) -> None:
    town = build(session)
    pages = [told(page_of(client, "/privacy")), told(page_of(client, f"/privacy/{town.key}"))]
    kept_by_trustees(session, town)
    pages.append(told(page_of(client, f"/privacy/{town.key}")))
    for text in pages:
        assert [word for word in LEARNED if word in text] == []
        assert re.findall(r"[A-Za-z]+", text) == []
        # GB 2312 lists the 3,755 commonest characters first, in its rows up to D7.
        assert [one for one in set(text) if "一" <= one <= "鿿" and one.encode("gb2312")[0] > 0xD7] == []
        breaths = [breath for breath in re.split(r"[。，：；？、“”\n]", text) if breath]
        assert [breath for breath in breaths if len(breath) > LONGEST] == []
        sentences = [sentence for sentence in re.split(r"[。？\n]", text) if sentence]
        assert sum(map(len, sentences)) / len(sentences) < MEAN


def test_the_measure_of_plainness_finds_what_is_not_plain() -> None:
    sealed = "答案经密封后存储于服务器，公钥指纹见日志。"
    assert [word for word in LEARNED if word in sealed] == ["服务器", "密封", "指纹", "日志", "存储"]
    assert "謄".encode("gb2312", "ignore") == b""
    assert "醮".encode("gb2312")[0] > 0xD7


def test_it_says_who_keeps_this_campaigns_key(client: FlaskClient, session: Session) -> None:
    town = build(session)
    alone = page_of(client, f"/privacy/{town.key}")
    assert "锁只有一道口令" in alone
    assert "一个人就能提前打开" in alone
    kept_by_trustees(session, town)
    divided = page_of(client, f"/privacy/{town.key}")
    assert "钥匙分给了 3 个人。要 2 个人到齐，才打得开" in divided
    assert "张三、李四、王五" in divided
    assert "一个人就能提前打开" not in divided
    anywhere = page_of(client, "/privacy")
    assert "有的评议，锁只有一道口令" in anywhere
    session.get_one(Campaign, town.campaign_id).wrapped_key = custody.DESTROYED
    session.commit()
    assert "票和钥匙都毁掉了" in page_of(client, f"/privacy/{town.key}")


def test_the_form_itself_promises_no_more_than_its_custody_keeps(client: FlaskClient, session: Session) -> None:
    town = build(session)
    for style in (town.guests, town.members):
        page = page_of(client, f"/v/{style}")
        assert "一个人就能提前打开" in page
        assert "谁也打不开" not in page
    kept_by_trustees(session, town)
    page = page_of(client, f"/v/{town.guests}")
    assert "开启要 2 位保管人到齐（共 3 位），少一位谁也打不开" in page
    assert "提前打开" not in page


def test_it_names_the_floor_of_this_campaigns_release_plan(client: FlaskClient, session: Session) -> None:
    town = build(session, state="draft")
    assert "只有 5 个人或者更少的数，不给人看" in page_of(client, f"/privacy/{town.key}")
    exits = [one.key for one in plan.EXITS]
    plan.choose(session, session.get_one(Campaign, town.campaign_id), floor=8, open_groups=[], exits=exits)
    session.commit()
    assert "只有 8 个人或者更少的数，不给人看" in page_of(client, f"/privacy/{town.key}")


def test_it_speaks_of_slips_comments_and_the_wall_only_where_there_are_any(client: FlaskClient, session: Session) -> None:
    by_code = TEXT.replace("en: Guests}}", "en: Guests}, admission: shared code}")
    here, there, wordy = build(session), build(session, key="WALL", text=by_code), build(session, key="WORDS", text=ASKING)
    slips, wall = page_of(client, f"/privacy/{here.key}"), page_of(client, f"/privacy/{there.key}")
    assert ("谁拿了哪一张条子" in slips, "扫墙上的码填的" in slips) == (True, False)
    assert ("谁拿了哪一张条子" in wall, "扫墙上的码填的" in wall) == (False, True)
    words = page_of(client, f"/privacy/{wordy.key}")
    assert ("您写的意见另外锁着" in slips, "写的人满了 10 个，才打乱了拿出来" in words) == (False, True)
    for page in (slips, wall):
        assert "要签名的表不一样" in page


def test_every_voter_page_leads_to_it_and_it_leads_on(client: FlaskClient, session: Session) -> None:
    town = build(session)
    epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret="s" * 40, now=NOON)
    session.commit()
    own = f'href="/privacy/{town.key}"'
    for address in (f"/v/{town.guests}", f"/v/{town.members}", f"/log/{town.key}/", f"/log/{town.key}/0"):
        assert own in page_of(client, address), address
    for address in ("/r", "/"):
        assert 'href="/privacy"' in page_of(client, address), address
    page = page_of(client, f"/privacy/{town.key}")
    assert f'href="/log/{town.key}/"' in page
    assert 'href="/r"' in page
    assert client.get("/privacy/nowhere").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", languages())
def test_it_is_written_in_every_language_and_fits_a_phone(language: str, app: Flask, browser: Browser) -> None:
    with phone_before(app, browser) as phone:
        page = phone.context.new_page()
        page.goto(f"{phone.base}/privacy/{phone.town.key}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("html").get_attribute("lang") == language
        assert ("这一页" in page.locator("main").inner_text()) == (language == "zh-Hans")
