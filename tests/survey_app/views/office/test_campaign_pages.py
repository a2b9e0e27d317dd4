"""The office walks a campaign from its scheme to the box count, and is told everything that is wrong on the way."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.database import sqlite_file
from survey_app.extensions import resources
from survey_app.headers import FRAMING
from survey_app.models import AuditEvent, Ballot, BallotStyle, Campaign, Headcount
from survey_app.services.sealing.custody import WrapCost
from survey_app.views.office import road_acts
from tests.support.application import OFFICE_NAME, csrf
from tests.support.publishing import signed_in
from tests.support.rosters import workbook, yinzhou_roster_xlsx

pytestmark = pytest.mark.postgresql_later

TITLE = "2026 年度 政绩考评"
PASSPHRASE = "河边的柳树 eleven quiet boats"
SCHEME = "yinzhou/2026-01-01"


@pytest.fixture(autouse=True)
def quick_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cheap wrapping of the opening key: what is tested is not how long argon2 takes."""
    monkeypatch.setattr("survey_app.services.sealing.custody.WrapCost", lambda: WrapCost(time=1, memory=64))


@pytest.fixture
def look(app: Flask) -> Iterator[Session]:
    """A session that only reads, so that it never holds the write lock against a request."""
    with resources(app).reading() as session:
        yield session


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def new_form(client: FlaskClient, **changes: object) -> dict[str, object]:
    form = {
        "csrf_token": csrf(client),
        "scheme": SCHEME,
        "title": TITLE,
        "period": "2026",
        "asker": "区委考评办",
        "purpose": "了解群众的看法",
        "asks": "结果用于年度考核",
        "until": "12 月 20 日 17:00",
    }
    return {**form, **changes}


def create(client: FlaskClient) -> str:
    """A draft campaign whose opening key is kept by a passphrase; returns its address."""
    answer = client.post("/office/campaigns/new", data=new_form(client))
    assert answer.status_code == 302, text_of(answer)
    custody = str(answer.headers["Location"])
    phrase = {"csrf_token": csrf(client), "new_passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert client.post(f"{custody}passphrase", data=phrase).status_code == 302
    return custody.removesuffix("/custody/")


def import_roster(client: FlaskClient, address: str, *files: tuple[str, bytes]) -> TestResponse:
    sent = [(io.BytesIO(data), name) for name, data in files]
    return client.post(f"{address}/roster/", data={"csrf_token": csrf(client), "files": sent})


def rehearse(client: FlaskClient, address: str) -> None:
    """Open the test box with the passphrase, without which there is no approval."""
    answer = client.post(f"{address}/custody/rehearse", data={"csrf_token": csrf(client), "passphrase": PASSPHRASE})
    assert answer.status_code == 302, text_of(answer)


def approved(client: FlaskClient) -> str:
    address = create(client)
    import_roster(client, address, ("名册.xlsx", yinzhou_roster_xlsx()))
    rehearse(client, address)
    answer = client.post(f"{address}/approve", data={"csrf_token": csrf(client)})
    assert answer.status_code == 302, text_of(answer)
    return address


def closed(client: FlaskClient) -> str:
    address = approved(client)
    answer = client.post(f"{address}/close", data={"csrf_token": csrf(client), "title": TITLE})
    assert answer.status_code == 302, text_of(answer)
    return address


def state(look: Session) -> str:
    """The only campaign's state now; the reading transaction ends at once, because the close waits for readers."""
    look.rollback()
    found = look.scalars(select(Campaign.state)).one()
    look.rollback()
    return found


def test_a_campaign_is_walked_from_scheme_to_box_count(office_client: FlaskClient, look: Session) -> None:
    address = create(office_client)
    assert "导入名册" in text_of(office_client.get(address))
    report = text_of(import_roster(office_client, address, ("名册.xlsx", yinzhou_roster_xlsx())))
    assert "导入完成" in report
    assert "东溪镇领导班子" in report
    assert office_client.get(f"{address}/forms/").status_code == 200
    rehearse(office_client, address)
    page = text_of(office_client.get(f"{address}/approve"))
    assert "名册已经备齐" in page
    assert state(look) == "draft"
    office_client.post(f"{address}/approve", data={"csrf_token": csrf(office_client)})
    assert state(look) == "open"
    assert "不足 10" in text_of(office_client.get(f"{address}/progress"))
    office_client.post(f"{address}/close", data={"csrf_token": csrf(office_client), "title": TITLE})
    assert state(look) == "closed"
    counts = text_of(office_client.get(f"{address}/counts/"))
    assert "东溪镇" in counts
    for page in ("", "/scheme", "/roster/", "/forms/", "/progress", "/counts/"):
        assert office_client.get(address + page).status_code == 200, page
    acts = look.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert acts[-6:] == [
        "campaign-created",
        "custody-passphrase",
        "roster-imported",
        "opening-rehearsed",
        "campaign-approved",
        "campaign-closed",
    ]


def test_the_scheme_is_shown_with_version_digest_and_policy(office_client: FlaskClient, look: Session) -> None:
    address = create(office_client)
    digest = look.scalars(select(Campaign.scheme_digest)).one()
    page = text_of(office_client.get(address))
    assert digest in page
    assert "2026-01-01" in page
    assert "<dt>基数</dt><dd>有效票</dd>" in page  # the scheme file: 基数: 有效票
    file = office_client.get(f"{address}/scheme.yml")
    assert hashlib.sha256(file.get_data()).hexdigest() == digest


def test_a_wrong_roster_is_refused_whole_with_sheet_row_and_column(office_client: FlaskClient, look: Session) -> None:
    address = create(office_client)
    wrong = workbook({"单位": [["单位编号", "单位名称", "类别"], ["T01", "东溪镇", "大镇"], ["T01", "西溪镇", "规模较大镇乡"]]})
    answer = import_roster(office_client, address, ("名册.xlsx", wrong))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "第 2 行" in page
    assert "大镇" in page
    assert "第 3 行" in page
    assert "名册还是空的" in page
    assert "roster-imported" not in look.scalars(select(AuditEvent.action)).all()


def test_without_a_roster_approval_is_refused_and_says_why(office_client: FlaskClient, look: Session) -> None:
    address = create(office_client)
    page = text_of(office_client.get(f"{address}/approve"))
    assert "请先导入名册" in page
    assert re.search(r"<button[^>]*disabled", page)
    answer = office_client.post(f"{address}/approve", data={"csrf_token": csrf(office_client)})
    assert answer.status_code == 409
    assert state(look) == "draft"


def test_groups_too_small_to_hide_anybody_are_named_before_approval(office_client: FlaskClient) -> None:
    address = create(office_client)
    small = workbook(
        {
            "单位": [["单位编号", "单位名称", "类别"], ["T01", "东溪镇", "规模较大镇乡"]],
            "评价对象": [
                ["编号", "姓名或名称", "单位编号", "职务名称", "职务", "所属班子编号"],
                ["T01-00", "东溪镇领导班子", "T01", "", "班子", ""],
            ],
            "应到人数": [["单位编号", "评议主体", "应到人数"], ["T01", "本单位干部", "4"], ["T01", "群众代表", "5"]],
        }
    )
    import_roster(office_client, address, ("名册.xlsx", small))
    page = text_of(office_client.get(f"{address}/approve"))
    forecast = page[page.index('id="forecast"') : page.index('id="act"')]
    line = r"东溪镇</th><td>{}</td><td class=\"number\">{}</td><td class=\"number\">5</td><td><span class=\"badge {}\">{}<"
    assert re.search(line.format("本单位干部", "4", "bad", "人数太少"), forecast)  # 4 < 5: not to be called anonymous
    assert re.search(line.format("群众代表", "5", "warn", "刚到最少人数"), forecast)  # anonymous, but one of five sees four
    assert re.search(line.format("下属单位和村（企）负责人", "—", "warn", "不知道多少人"), forecast)  # nobody said how many
    assert "或在公布计划里写明不承诺匿名" in forecast


def test_the_roster_is_frozen_with_approval(office_client: FlaskClient) -> None:
    address = approved(office_client)
    answer = import_roster(office_client, address, ("名册.xlsx", yinzhou_roster_xlsx()))
    assert answer.status_code == 409
    again = office_client.post(f"{address}/approve", data={"csrf_token": csrf(office_client)})
    assert again.status_code == 409


def test_a_form_can_be_looked_at_as_a_phone_shows_it(office_client: FlaskClient) -> None:
    address = approved(office_client)
    previews = re.findall(r'href="([^"]+/preview)"', text_of(office_client.get(f"{address}/forms/")))
    assert previews
    page = office_client.get(previews[0])
    assert page.status_code == 200
    frame = re.search(r'<iframe class="phone" src="([^"]+)"', text_of(page))
    assert frame
    assert frame[1] == f"{previews[0]}/zh-Hans"
    shown = office_client.get(frame[1])
    assert "data-preview" in text_of(shown)
    assert (page.headers["X-Frame-Options"], shown.headers["X-Frame-Options"]) == ("DENY", "SAMEORIGIN")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "frame-src" not in shown.headers["Content-Security-Policy"]


def test_a_preview_speaks_the_paths_language_and_what_is_sent_from_it_goes_nowhere(
    office_client: FlaskClient, look: Session
) -> None:
    address = approved(office_client)
    inside = re.findall(r'href="([^"]+/preview)"', text_of(office_client.get(f"{address}/forms/")))[0]
    for tag in ("zh-Hans", "zh-Hant", "en", "ug"):
        page = text_of(office_client.get(f"{inside}/{tag}"))
        assert f'<html lang="{tag}"' in page
        assert f'action="{inside}/{tag}"' in page
    assert '<html lang="zh-Hans"' in text_of(office_client.get("/office/campaigns"))  # the account's own language stays
    answer = office_client.post(
        f"{inside}/zh-Hans", data={"csrf_token": csrf(office_client), "secret": "preview", "stage": "send", "m0": "1"}
    )
    assert "什么也没有送出" in text_of(answer)
    assert look.scalars(select(Ballot)).all() == []
    for nonsense in ("xx", "zh-Hans/x", "%00"):
        assert office_client.get(f"{inside}/{nonsense}").status_code == 404


def test_only_the_preview_frames_or_is_framed() -> None:
    """A form as a phone shows it, inside the page that asked for it; no page that decides anything lets itself be framed."""
    framed = {endpoint for endpoint, headers in FRAMING.items() if "frame-ancestors 'self'" in headers["Content-Security-Policy"]}
    assert framed == {"forms_table.shown", "scheme_shown.of_method", "scheme_shown.shown"}
    assert set(FRAMING) - framed == {
        "forms_table.preview",
        "scheme_desk.method",
        "scheme_forms.act",
        "scheme_forms.page",
        "scheme_forms.save",
        "scheme_shown.phone",
    }


def test_forms_can_be_looked_at_before_approval_and_are_stored_nowhere(office_client: FlaskClient, look: Session) -> None:
    address = create(office_client)
    import_roster(office_client, address, ("名册.xlsx", yinzhou_roster_xlsx()))
    previews = re.findall(r'href="([^"]+/preview)"', text_of(office_client.get(f"{address}/forms/")))
    assert "<iframe" in text_of(office_client.get(previews[0]))
    page = text_of(office_client.get(f"{previews[0]}/zh-Hans"))  # the scheme's first group rates every team and person
    assert "data-preview" in page
    assert "东溪镇领导班子" in page
    assert office_client.get(f"{address}/forms/planned-{len(previews) + 1}/preview").status_code == 404
    assert look.scalars(select(BallotStyle)).all() == []


def test_a_form_of_another_campaign_is_not_found(office_client: FlaskClient) -> None:
    address, other = approved(office_client), create(office_client)
    preview = re.findall(r'href="([^"]+/preview)"', text_of(office_client.get(f"{address}/forms/")))[0]
    assert office_client.get(preview.replace(address, other)).status_code == 404


def test_closing_asks_for_the_title_and_a_wrong_one_changes_nothing(office_client: FlaskClient, look: Session) -> None:
    address = approved(office_client)
    answer = office_client.post(f"{address}/close", data={"csrf_token": csrf(office_client), "title": "2025 年度"})
    assert answer.status_code == 422
    assert "评议没有结束" in text_of(answer)
    assert state(look) == "open"


def test_the_close_leaves_no_write_ahead_log_that_pairs_slips_and_ballots(app: Flask, office_client: FlaskClient) -> None:
    closed(office_client)
    file = sqlite_file(str(resources(app).engine.url.render_as_string(hide_password=False)))
    if file is None:
        pytest.skip("PostgreSQL keeps its log elsewhere; no statement empties it (docs/threat-model.md)")
    assert file.with_name(file.name + "-wal").stat().st_size == 0


def test_a_database_too_busy_to_be_scrubbed_is_said_and_the_close_stands(
    office_client: FlaskClient, look: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_engine: object) -> None:
        raise OperationalError("VACUUM", {}, Exception("database is locked"))

    address = approved(office_client)
    with monkeypatch.context() as while_busy:
        while_busy.setattr(road_acts, "scrub_database", busy)
        form = {"csrf_token": csrf(office_client), "title": TITLE}
        page = text_of(office_client.post(f"{address}/close", data=form, follow_redirects=True))
    assert "旧痕迹还没有清理" in page
    assert state(look) == "closed"
    again = office_client.post(f"{address}/scrub", data={"csrf_token": csrf(office_client)}, follow_redirects=True)
    assert "旧痕迹已经清理" in text_of(again)


def test_the_progress_page_reloads_itself_until_stopped(office_client: FlaskClient) -> None:
    address = approved(office_client)
    assert office_client.get(f"{address}/progress").headers["Refresh"] == "60"
    assert "Refresh" not in office_client.get(f"{address}/progress?reload=no").headers


def test_box_counts_are_kept_and_compared_with_the_books(office_client: FlaskClient, look: Session) -> None:
    address = closed(office_client)
    data = {
        "csrf_token": csrf(office_client),
        "present:T01:机关干部": "13",  # the roster says 12 entitled
        "spoiled:T01:机关干部": "１",  # a full-width digit, as Chinese keyboards give
        "unused:T01:机关干部": "2",
    }
    page = text_of(office_client.post(f"{address}/counts/", data=data, follow_redirects=True))
    row = look.scalars(select(Headcount).where(Headcount.group_key == "机关干部", Headcount.present.is_not(None))).one()
    assert (row.present, row.spoiled, row.unused, row.entitled) == (13, 1, 2, 12)
    assert "收到 0、作废 1、未用 2，合起来比发出的 0 多 3 张" in page
    assert "到会 13 人，比应到的 12 人多" in page
    assert "13" in look.scalars(select(AuditEvent.detail).where(AuditEvent.action == "counts-entered")).one()


def test_a_number_that_is_none_is_named_and_nothing_is_kept(office_client: FlaskClient, look: Session) -> None:
    address = closed(office_client)
    data = {
        "csrf_token": csrf(office_client),
        "present:T01:机关干部": "12",
        "unused:T01:机关干部": "两张",
        "spoiled:T02:机关干部": "-1",
    }
    answer = office_client.post(f"{address}/counts/", data=data)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "两张" in page
    assert "-1" in page
    assert look.scalars(select(Headcount).where(Headcount.present.is_not(None))).all() == []


def test_before_the_close_there_is_nothing_to_count(office_client: FlaskClient) -> None:
    address = approved(office_client)
    page = text_of(office_client.get(f"{address}/counts/"))
    assert "结束评议" in page
    answer = office_client.post(f"{address}/counts/", data={"csrf_token": csrf(office_client)})
    assert answer.status_code == 409


PAGES = (
    "",
    "/scheme",
    "/scheme.yml",
    "/approve",
    "/progress",
    "/close",
    "/roster/",
    "/roster/template.xlsx",
    "/forms/",
    "/counts/",
)


def test_keys_of_no_campaign_are_not_found(office_client: FlaskClient) -> None:
    for page in PAGES:
        assert office_client.get(f"/office/campaigns/nosuchkey{page}").status_code == 404, page


def test_unit_staff_find_none_of_it(app: Flask, office_client: FlaskClient) -> None:
    address = approved(office_client)
    staff = signed_in(app, "东溪镇", (address.rsplit("/", 1)[1], "T01"))
    for page in ("/office/campaigns", "/office/campaigns/new", *(address + page for page in PAGES)):
        assert staff.get(page).status_code == 404, page
    for page in ("/approve", "/close", "/scrub", "/roster/", "/counts/"):
        assert staff.post(address + page, data={"csrf_token": csrf(staff)}).status_code == 404, page


def test_a_form_without_the_forgery_token_changes_nothing(office_client: FlaskClient, look: Session) -> None:
    address = approved(office_client)
    assert office_client.post(f"{address}/close", data={"title": TITLE}).status_code == 400
    assert state(look) == "open"


def test_the_list_shows_every_campaign_with_its_state(office_client: FlaskClient) -> None:
    assert "还没有评议活动" in text_of(office_client.get("/office/campaigns"))
    create(office_client)
    page = text_of(office_client.get("/office/campaigns"))
    assert TITLE in page
    assert "准备中" in page
    assert OFFICE_NAME in page
