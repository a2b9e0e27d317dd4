"""The log of acts as people meet it: each act a sentence; found by campaign, person, day and kind; checked; taken away."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.models import AuditEvent, Campaign
from survey_app.services.office import act_sentences, acts, audit, refusals
from survey_app.services.office.act_sentences import SHAPES, tell
from tests.support.application import OFFICE_NAME
from tests.support.clock import NOON
from tests.support.house import sources
from tests.towns.small_scheme import build

ROOT_DIGITS = "0123456789abcdef" * 4
#: Facts as each act stores them, typed from where it is recorded, and what a person then reads behind the act.
TOLD = {
    "account-bound": ("李四 (staff) K3Y A01 A02", "账户“李四”，评议 K3Y 的单位 A01 A02"),
    "account-code-dropped": ("李四 A01", "账户“李四”，编号 A01"),
    "account-created": ("王 小红 (office)", "账户“王 小红”，主办单位"),
    "account-disabled": ("王 小红", "账户“王 小红”"),
    "account-enabled": ("李四", "账户“李四”"),
    "account-removed": ("李四", "账户“李四”"),
    "account-unbound": ("李四 7 A01", "账户“李四”，单位 A01"),
    "appeal-fixed": ("K3Y 2026-12-31T15:59:59+00:00", "到 2026年12月31日 23:59 UTC+08:00 为止"),
    "audit-signed": ("", ""),
    "archive-made": ("K3Y " + "ab12" * 16, "档案的 SHA-256 是 ab12ab12ab12ab12…"),
    "hold-lifted": ("K3Y 3 案件了结", "第 3 条，理由：案件了结"),
    "hold-placed": ("K3Y 有人申诉", "理由：有人申诉"),
    "holders-present": ("K3Y 1,3/5 ab12ab12ab12ab12", "第 1,3 位，共 5 位"),
    "keeping-said": (
        "K3Y records 2036-12-31T15:59+00:00 干部考核档案规定",
        "全部材料保存到 2036年12月31日 23:59 UTC+08:00，依据：干部考核档案规定",
    ),
    "readiness-clock": ("K3Y -7", "差 -7 秒"),
    "readiness-sheet": ("K3Y qr", "扫出来的网址对"),
    "round-purged": ("K3Y 年度评议", "“年度评议”"),
    "backup-restored": (
        "11-29.backup 2026-11-29T08:00:00+00:00",
        "备份文件 11-29.backup，是 2026年11月29日 16:00 UTC+08:00 做的",
    ),
    "backup-drilled": ("11-29.backup 2026-11-29T08:00:00+00:00", "备份文件 11-29.backup，是 2026年11月29日 16:00 UTC+08:00 做的"),
    "backup-key-set": (ROOT_DIGITS, "公钥 0123456789abcdef…"),
    "bundle-made": ("K3Y 2 auditors", "给 2 位审计员"),
    "bundle-published": ("K3Y 0 faults", "核对程序全部通过"),
    "campaign-approved": (
        "K3Y 12 subjects, 3 units, scheme 0123456789abcdef, release plan fedcba9876543210",
        "12 个评价对象，3 个单位；方案的摘要 0123456789abcdef…，公布计划的摘要 fedcba9876543210…",
    ),
    "campaign-closed": (f"K3Y {ROOT_DIGITS}", "存证的根 0123456789abcdef…"),
    "campaign-created": ("K3Y 年度 评议 yinzhou/2026-01-01", "“年度 评议”，方案 yinzhou/2026-01-01"),
    "campaign-removed": ("K3Y 年度评议: unit 2, subject 3", "“年度评议”，一并删去：unit 2, subject 3"),
    "campaign-reworded": ("K3Y 年度评议", "“年度评议”"),
    "code-refused": ("3 王 小红", "账户“王 小红”，3 次"),
    "comment-hidden": ("K3Y 4 点了名", "第 4 条，理由：点了名"),
    "comment-shown": ("K3Y 4 看过了", "第 4 条，理由：看过了"),
    "count": (f"K3Y {ROOT_DIGITS}", "结果的摘要 0123456789abcdef…"),
    "counts-entered": ("K3Y A01/代表 present -→13", "A01/代表 present -→13"),
    "custody-passphrase": ("K3Y", ""),
    "custody-trustees": ("K3Y 2/3", "3 人中任何 2 人能开启"),
    "database-scrubbed": ("K3Y", ""),
    "earlier-taken": ("K3Y <- 0LD 2025 年 +3 ~1", "取自评议 0LD（2025 年），接来 3 条，更正 1 条"),
    "evidence-entered": ("K3Y P01 得奖", "P01 得奖"),
    "evidence-imported": ("K3Y +5 ~2", "新增 5 条，更正 2 条"),
    "evidence-kept": ("K3Y P01 得奖 #4", "P01 得奖 #4"),
    "evidence-withdrawn": ("K3Y P01 得奖 #4", "P01 得奖 #4"),
    "invitations-printed": ("K3Y 上级: 3, 1 in place of earlier ones", "上级，3 封，其中 1 封代替先前的"),
    "link-created": ("李四", "账户“李四”"),
    "link-refused": ("5", "5 次"),
    "log-close": (f"K3Y {ROOT_DIGITS}", "存证的根 0123456789abcdef…"),
    "log-meeting": (f"K3Y 1 {ROOT_DIGITS}", "第 1 节，存证的根 0123456789abcdef…"),
    "opening-rehearsed": ("K3Y", ""),
    "openings-destroyed": ("K3Y 120", "120 张"),
    "origin-refused": ("2", "2 次"),
    "outcome-ruled": ("K3Y confirmed tier x12", "一次确认 tier 的 12 项"),
    "page-refused": ("2 accounts.index", "accounts.index 页，2 次"),
    "paper-again": ("K3Y 2/17", "第 2 叠第 17 张"),
    "paper-aside": ("K3Y 2/17 d", "第 2 叠第 17 张，理由：破损、看不清"),
    "paper-stack": ("K3Y 2: 40", "第 2 叠，40 张"),
    "password-set": ("one-time link", "用一次性链接"),
    "recompute": (f"K3Y {ROOT_DIGITS}", "结果的摘要 0123456789abcdef…"),
    "release-plan-chosen": ('K3Y {"floor":5}', ""),
    "results-published": (
        f'K3Y 2 {ROOT_DIGITS} ["scores"] ["A01","A02"] 2026-12-01T00:00:00+00:00',
        '结果的摘要 0123456789abcdef…，给单位 "A01","A02"，从 2026年12月1日 08:00 UTC+08:00 起',
    ),
    "results-unpublished": ("K3Y 名单有错", "理由：名单有错"),
    "room-closed": ("K3Y s1", "s1"),
    "room-opened": ("K3Y s1", "s1"),
    "room-prepared": ("K3Y batch 3, 40 seats", "第 3 批，40 个座位"),
    "scheme-drafted": ("abc 医院 评议", "方案“医院 评议”"),
    "scheme-removed": ("abc 医院 评议", "方案“医院 评议”"),
    "campaign-replaced-scheme": (f"K3Y own/2026-01-01 {'a1' * 32}", "方案 own/2026-01-01，摘要 a1a1a1a1a1a1a1a1…"),
    "scheme-saved": (f"abc 3 {'a1' * 32}", "第 3 稿，摘要 a1a1a1a1a1a1a1a1…"),
    "scheme-tried": ("abc k3y", "试算 k3y"),
    "hours-set": (
        "K3Y 2026-12-01T01:00:00+00:00 2026-12-02T09:00:00+00:00",
        "2026年12月1日 09:00 UTC+08:00 开放，2026年12月2日 17:00 UTC+08:00 结束",
    ),
    "roster-changed-late": ("K3Y rater-7 3 withdrawn M1 王一: 调离本县", "第 3 处：收回了 王一（M1）的邀请，理由：调离本县"),
    "reminders-mailed": ("K3Y 12", "12 封"),
    "roster-drafted": ("K3Y 3 sheets", "3 张工作表"),
    "viewing-ended": ("K3Y 2 人已调走", "第 2 个，理由：人已调走"),
    "viewing-made": (
        "K3Y 2 until 2026-12-20T15:59:59+00:00 for 组织部 部长",
        "第 2 个，给“组织部 部长”，有效到 2026年12月20日 23:59 UTC+08:00",
    ),
    "voting-paused": ("K3Y 停电", "理由：停电"),
    "roster-imported": ("K3Y +12 ~0, 2 not in the file", "新增 12 行，更正 0 行，文件里没有的 2 行"),
    "roster-kept": ("K3Y 2 rows that the file lacked", "2 行"),
    "roster-removed": ("K3Y unit 1, rater 2", "unit 1, rater 2"),
    "sign-in": ("", ""),
    "sign-in-failed": ("7 王 小红", "账户“王 小红”，7 次"),
    "sign-in-throttled": ("7", "没有这个名字的账户，7 次"),
    "signed-form-read": ("K3Y R01 2 申诉 复核", "R01 的第 2 版，理由：申诉 复核"),
    "slips-printed": ("K3Y 一村 代表: 40, in place of batch 3", "一村 代表，40 张，代替第 3 批"),
    "slips-registered": ("K3Y batch 3, 40 slips made elsewhere", "第 3 批，40 张"),
    "slips-void": ("K3Y batch 3, 40 slips", "第 3 批，40 张"),
}


def recorded() -> set[str]:
    """Every act that the sources record under a name of their own: `record("…"`, `action="…"`."""
    found = set()
    for path in sources("survey_app"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("record"):
                continue
            named = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "action")]
            found |= {
                one.value
                for given in named
                for one in ast.walk(given)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", one.value)
            }
    return found


def line(action: str, detail: str, account: str = "王") -> AuditEvent:
    return AuditEvent(id=1, at=NOON, account=account, action=action, detail=detail, previous=b"p" * 32, digest=b"d" * 32)


def test_every_act_that_is_recorded_anywhere_has_its_words() -> None:
    found = recorded()
    assert {"sign-in", "slips-void", "log-meeting", "campaign-closed"} <= found
    assert found - set(acts.WORDS) == set()
    assert set(refusals.KINDS) <= set(acts.WORDS)


def test_every_act_known_today_is_told_whole() -> None:
    with times.told_in("Asia/Shanghai"):
        for action, (detail, more) in TOLD.items():
            told = tell(line(action, detail), {"K3Y": "年度评议"})
            assert (action, told.more) == (action, more)
            assert told.about == ("年度评议" if detail.startswith("K3Y") else "")
            assert (action, told.stored) == (action, '{"floor":5}' if action == "release-plan-chosen" else "")
    assert set(SHAPES) <= set(TOLD)


def test_facts_that_no_sentence_fits_are_shown_as_stored_and_never_left_out() -> None:
    told = tell(line("slips-void", "K3Y something newer"), {})
    assert (told.what, told.about, told.more, told.stored) == ("作废了一批凭条", "K3Y", "", "something newer")
    assert tell(line("act-of-tomorrow", "K3Y x"), {}).what == "做了改动（act-of-tomorrow）"


def test_who_acted_without_an_account_is_said_in_words() -> None:
    assert [act_sentences.who(one) for one in ("", "server", "command line", "王")] == ["没有登录的人", "服务器", "命令行", "王"]


def fill(session: Session) -> Campaign:
    town = build(session, state="draft")
    campaign = session.get_one(Campaign, town.campaign_id)
    day = dt.timedelta(days=1)
    for account, action, detail, at in (
        ("王", "roster-imported", f"{campaign.key} +12 ~0, 2 not in the file", NOON - day),
        ("李", "roster-kept", f"{campaign.key} 2 rows that the file lacked", NOON),
        ("李", "roster-kept", f"{campaign.key}X 3 rows that the file lacked", NOON),
        ("", "sign-in-failed", "4 王", NOON),
    ):
        audit.record(session, account=account, action=action, detail=detail, now=at)
    session.commit()
    return campaign


def shown(client: FlaskClient, query: str) -> list[str]:
    """What stands on the page, act by act."""
    page = client.get(f"/office/log{query}").get_data(as_text=True)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r'<p class="said">(.*?)</p>', page, re.DOTALL)]


def test_the_page_tells_acts_in_sentences_and_finds_them(office_client: FlaskClient, session: Session) -> None:
    campaign = fill(session)
    title = campaign.title
    page = office_client.get("/office/log").get_data(as_text=True)
    assert "整本记录核对无误" in page
    assert "5 条记录都有签名。" in page
    kept, imported, failed = (
        f"李 留下了文件里没有的名册行 · {title}",
        f"王 导入了名册 · {title}",
        "没有登录的人 登录没有成功：账户名、口令或验证码不对",
    )
    assert shown(office_client, f"?campaign={campaign.key}") == [kept, imported]
    assert shown(office_client, "?person=王") == [failed, imported]  # attempts in one's name, and one's own acts
    assert shown(office_client, "?kind=refused") == [failed]
    assert shown(office_client, "?kind=accounts") == [f"{OFFICE_NAME} 登录了"]
    assert shown(office_client, "?day=2026-11-20") == [imported]
    assert shown(office_client, f"?day=2026-11-21&campaign={campaign.key}") == [kept]
    assert shown(office_client, "?day=yesterday&kind=nonsense") == shown(office_client, "")
    assert shown(office_client, "?person=nobody") == []


def test_an_act_shows_its_local_time_and_what_stands_behind_it(office_client: FlaskClient, session: Session) -> None:
    fill(session)
    page = office_client.get("/office/log?day=2026-11-20").get_data(as_text=True)
    assert "2026-11-20 12:00:00 UTC" in page
    assert "新增 12 行，更正 0 行，文件里没有的 2 行" in page
    assert "没有这个名字的账户" not in page


def test_long_logs_are_paged_without_losing_or_doubling_a_line(office_client: FlaskClient, session: Session) -> None:
    for number in range(101):
        audit.record(session, account="王", action="link-created", detail=f"n{number}", now=NOON)
    session.commit()
    page = office_client.get("/office/log?kind=accounts").get_data(as_text=True)
    numbers = [int(one) for one in re.findall(r'id="line-(\d+)"', page)]
    (older,) = re.findall(r'href="([^"]*before=\d+[^"]*)"[^>]*>更早的记录', page)
    rest = office_client.get(older.replace("&amp;", "&")).get_data(as_text=True)
    numbers += [int(one) for one in re.findall(r'id="line-(\d+)"', rest)]
    assert numbers == list(range(102, 0, -1))  # 101 and the sign-in
    assert "更早的记录" not in rest


def test_the_page_says_what_was_done_to_the_log(office_client: FlaskClient, session: Session) -> None:
    fill(session)
    session.execute(text("UPDATE audit_event SET account = '张' WHERE id = 3"))
    session.commit()
    page = office_client.get("/office/log").get_data(as_text=True)
    assert "记录被动过" in page
    assert "第 3 条的内容与它的摘要不符：这一条被改过。" in page
    assert page.count("doubtful") == 3  # this one and those after it


def test_a_printed_head_is_looked_for_on_the_page(office_client: FlaskClient, session: Session) -> None:
    fill(session)
    head = audit.head(session).hex()
    session.rollback()
    spaced = "+".join(head[at : at + 8].upper() for at in range(0, 64, 8))
    assert "给出的头是第 5 条" in office_client.get(f"/office/log?head={spaced}").get_data(as_text=True)
    assert "找不到给出的头" in office_client.get(f"/office/log?head={'ab' * 32}").get_data(as_text=True)
    wrong = office_client.get("/office/log?head=abc")
    assert (wrong.status_code, "不是 64 位十六进制数字" in wrong.get_data(as_text=True)) == (400, True)


def test_the_log_is_taken_away_as_a_workbook_and_as_csv(office_client: FlaskClient, session: Session) -> None:
    fill(session)
    csv = office_client.get("/office/log/log.csv?kind=setup").get_data().decode("utf-8-sig")
    assert "李,留下了文件里没有的名册行" in csv
    assert "登录" not in csv.splitlines()[-1]
    with office_client.get("/office/log/log.xlsx") as answer:
        (sheet,) = load_workbook(io.BytesIO(answer.data)).worksheets
        assert answer.headers["Cache-Control"] == "no-store"
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert sum(isinstance(row[0], int) for row in told) == 5
    assert any(audit.head(session).hex() in str(row[0]) for row in told)


def test_only_the_office_reads_it(app: Flask, client: FlaskClient) -> None:
    for address in ("/office/log", "/office/log/log.csv", "/office/log/log.xlsx"):
        assert client.get(address).status_code == 302
