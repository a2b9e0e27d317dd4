"""A session that ended keeps what was typed, in that browser and for that account, and goes on after signing in."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app import access, clock, resuming
from survey_app.extensions import SAFE_METHODS, resources
from survey_app.models import Campaign
from survey_app.roles import EVERYTHING, Capability
from survey_app.services.editing import kept_fields
from survey_app.services.editing.kept_fields import Kept, NotKeptError
from survey_app.services.office import accounts
from survey_app.views.office import field_labels
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.towns import small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is the database's own

TYPED = {"title": "小镇评议", "period": "2026", "asker": "镇政府", "purpose": "问一问\r\n两行", "asks": "公布", "until": ""}
PAGE = "/office/campaigns/K3Y/notice/"


@pytest.fixture
def town(session: Session) -> small_scheme.Town:
    return small_scheme.build(session, state="draft")


def later(app: Flask, **passed: float) -> None:
    """Time passes."""
    at = clock.now() + dt.timedelta(**passed)
    app.config["PINGYI_CLOCK"] = lambda: at


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page, re.DOTALL):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag, re.DOTALL)
        assert name
        assert value
        found[name[1]] = unescape(value[1])
    return found


def too_late(app: Flask, client: FlaskClient, address: str, data: Mapping[str, object]) -> str:
    """Send a form after half an hour of silence; the sign-in page that comes back."""
    token = csrf(client)
    later(app, minutes=31)
    answer = client.post(address, data={"csrf_token": token, **data})
    assert answer.status_code == 401
    return answer.get_data(as_text=True)


def sign_in(client: FlaskClient, page: str, name: str = OFFICE_NAME, **changes: str) -> str:
    """Sign in with the fields of this page; the page that follows."""
    fields = {**hidden(page), "name": name, "password": OFFICE_PASSWORD, **changes}
    return client.post("/office/sign-in", data=fields, follow_redirects=True).get_data(as_text=True)


def asker(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.query(Campaign).one().asker


@on_sqlite
@pytest.mark.usefixtures("town")
def test_what_was_typed_waits_and_is_saved_as_typed_after_signing_in(app: Flask, office_client: FlaskClient) -> None:
    form = {key: value for key, value in hidden(office_client.get(PAGE).get_data(as_text=True)).items() if key != "csrf_token"}
    page = too_late(app, office_client, PAGE, {**form, **TYPED})
    assert "填的内容留在这一页上" in page
    assert asker(app) == ""
    again = office_client.post("/office/sign-in", data={**hidden(page), "name": OFFICE_NAME, "password": "wrong"})
    resumed = sign_in(office_client, again.get_data(as_text=True))  # a mistyped password loses nothing
    assert "您填的还在" in resumed
    assert "镇政府" in resumed
    action = re.search(r'<form method="post" action="(/office/campaigns[^"]*)"', resumed)
    assert action
    assert action[1] == PAGE
    assert asker(app) == ""  # signing in sends nothing by itself
    assert office_client.post(PAGE, data=hidden(resumed)).status_code == 302
    assert asker(app) == "镇政府"
    with resources(app).reading() as look:
        assert look.query(Campaign).one().purpose.replace("\r\n", "\n") == "问一问\n两行"


def shown(page: str) -> dict[str, str]:
    """What the page says was kept: labels and values."""
    return {unescape(label): unescape(value) for label, value in re.findall(r"<dt[^>]*>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", page)}


@on_sqlite
def test_what_was_kept_is_called_as_the_form_calls_it(app: Flask, office_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, state="closed")
    base = f"/office/campaigns/{town.key}"
    typed: dict[str, object] = {"spoiled::guests": "3", "unused::guests": "0", "edit_base": "x", "odd": "1", "odder": "2"}
    resumed = sign_in(office_client, too_late(app, office_client, f"{base}/counts/", typed))
    assert shown(resumed) == {"全部单位 · 来宾 · 作废": "3", "全部单位 · 来宾 · 未用": "0"}
    assert "其他栏目（2 项）" in resumed
    assert "留住的内容（4 项）" in resumed
    assert not {"spoiled::guests", "odd", "edit_base"} & set(re.findall(r">([^<]*)<", resumed))


@on_sqlite
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("notice/", ({"asker": "镇政府", "until": "年底"}, {"谁在问": "镇政府", "截止时间": "年底"})),
        ("release/", ({"floor": "8", "open": "guests"}, {"最少人数": "8"})),
        ("room/", ({"style": "x", "meeting": "大会", "seats": "9"}, {"会议或发放地点": "大会", "份数": "9"})),
        ("evidence/entry", ({"kind": "component", "value": "61"}, {"数值": "61"})),
    ],
)
@pytest.mark.usefixtures("town")
def test_each_form_has_its_labels(
    path: str, form: tuple[dict[str, object], dict[str, str]], app: Flask, office_client: FlaskClient
) -> None:
    typed, expected = form
    resumed = sign_in(office_client, too_late(app, office_client, f"/office/campaigns/K3Y/{path}", typed))
    assert shown(resumed) == expected


def test_the_labels_belong_to_forms_there_are_and_stand_in_the_pages(app: Flask) -> None:
    forms = {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE_METHODS}
    assert set(field_labels.LABELS) <= forms
    templates = Path(resuming.__file__).parent / "templates"
    pages = "".join(path.read_text(encoding="utf-8") for path in templates.rglob("*.html"))
    names = {name for labels in field_labels.LABELS.values() for name in labels}
    named = re.findall(
        r'name="([^"{]+)"|\b(?:text|password|area|select|file)\(\s*"([^"]+)"|\bupload\([^"]*"[^"]*"[^"]*"([^"]+)"', pages
    )
    assert names <= {name for pair in named for name in pair}


@on_sqlite
@pytest.mark.usefixtures("town")
def test_another_account_gets_nothing_of_it_and_sees_nothing_of_it(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        accounts.create_account(session, name="李四", roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON)
        session.commit()
    page = too_late(app, office_client, PAGE, dict(TYPED))
    followed = sign_in(office_client, page, "李四")
    assert "另一个账户填的" in followed
    assert "镇政府" not in followed
    assert "您填的还在" not in followed


@on_sqlite
@pytest.mark.usefixtures("town")
def test_another_browser_a_forged_and_an_old_seal_open_nothing(app: Flask, office_client: FlaskClient) -> None:
    page = too_late(app, office_client, PAGE, dict(TYPED))
    sealed = hidden(page)["kept"]
    other = app.test_client()
    for kept in (sealed, sealed[:-6] + "AAAAAA", "nonsense", "é"):
        answer = other.post(
            "/office/sign-in",
            data={"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(other), "kept": kept},
            follow_redirects=True,
        ).get_data(as_text=True)
        assert "没能留住" in answer
        assert "镇政府" not in answer
        other = app.test_client()
    later(app, hours=13)
    assert "没能留住" in sign_in(office_client, page)


def test_a_seal_opens_for_its_account_in_its_browser_while_it_lives() -> None:
    kept = Kept("/office/x", [("a", "1")], lacks=["passphrase"])
    sealed = kept_fields.seal(kept, account=1, browser="b", secret="s" * 32, now=NOON)
    assert sealed
    assert "office" not in sealed

    def opened(*, account: int = 1, browser: str = "b", secret: str = "s" * 32, hours: int = 11) -> Kept:
        now = NOON + dt.timedelta(hours=hours)
        return kept_fields.unseal(sealed, account=account, browser=browser, secret=secret, now=now)

    assert opened() == kept
    for wrong in (
        partial(opened, account=2),
        partial(opened, browser="c"),
        partial(opened, secret="t" * 32),
        partial(opened, hours=13),
    ):
        with pytest.raises(NotKeptError):
            wrong()


@on_sqlite
@pytest.mark.usefixtures("town")
def test_more_than_can_be_kept_is_said(app: Flask, office_client: FlaskClient) -> None:
    page = too_late(app, office_client, PAGE, {**TYPED, "purpose": "长" * 300_000})
    assert "没能留住" in page
    assert "kept" not in hidden(page)


@on_sqlite
def test_files_passphrases_and_shares_are_never_kept_and_asked_for_again(app: Flask, office_client: FlaskClient) -> None:
    words = {**TYPED, "scheme": "yinzhou/2026-01-01", "custody": "passphrase", "passphrase": "河边的柳树 eleven quiet boats"}
    data = {**words, "again": words["passphrase"], "file": (io.BytesIO(b"scheme: x"), "x.yml")}
    page = too_late(app, office_client, "/office/campaigns/new", data)
    assert "文件、口令和密钥片不会保留" in page
    resumed = sign_in(office_client, page)
    assert "柳树" not in resumed
    assert "要重新给的：开启口令、再输入一次、或者上传自己的方案文件" in resumed
    fields = hidden(resumed)
    assert not {"passphrase", "again", "file"} & set(fields)
    back = office_client.post("/office/campaigns/new", data=fields)
    assert back.status_code == 422
    told = back.get_data(as_text=True)
    assert "请在这一页上重新选择、重新输入" in told
    assert 'value="镇政府"' in told
    with resources(app).reading() as look:
        assert look.query(Campaign).count() == 0  # not even the scheme that stood above the file


def test_every_secret_field_of_every_page_is_under_the_rule() -> None:
    found = set()
    for path in (Path(resuming.__file__).parent / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'\bpassword\(\s*"([^"]+)"', text))
        found |= set(re.findall(r'name="([^"{]+)"[^>]*type="password"', text))
        found |= set(re.findall(r'type="password"[^>]*name="([^"{]+)"', text))
    assert {"password", "passphrase", "new_passphrase", "again"} <= found
    assert [name for name in {*found, "share", "csrf_token"} if not resuming.NEVER.search(name)] == []


@on_sqlite
@pytest.mark.usefixtures("town")
def test_every_form_of_the_office_waits(app: Flask, office_client: FlaskClient) -> None:
    token = csrf(office_client)
    later(app, minutes=31)
    values = {"key": "K3Y", "account_id": 1, "ask_id": 1, "entry": 1, "batch_id": 1, "rater": 1, "form": "planned-1", "tag": "en"}
    values |= {"act": "count", "part": "items", "tab": "items"}
    tried = set()
    for rule in app.url_map.iter_rules():
        if not (rule.methods or set()) - SAFE_METHODS or access.rule_of(app, rule.endpoint) not in set(Capability):
            continue
        with app.test_request_context():
            given = {name: values.get(name, "1") for name in rule.arguments}
            address = app.url_map.bind("").build(rule.endpoint, given, method="POST")
        answer = office_client.post(address, data={"csrf_token": token, "word": "写下的话"})
        assert answer.status_code == 401, address
        resumed = sign_in(office_client, answer.get_data(as_text=True))
        assert f'action="{address}"' in resumed, address
        assert hidden(resumed)["word"] == "写下的话"
        tried.add(rule.endpoint)
        later(app, minutes=31 * (len(tried) + 1))
    assert len(tried) > 25


@on_sqlite
@pytest.mark.usefixtures("town")
def test_a_form_in_another_tab_stays_good_after_signing_in_again_as_the_same(app: Flask, office_client: FlaskClient) -> None:
    form = hidden(office_client.get(PAGE).get_data(as_text=True))
    later(app, minutes=31)
    sign_in(office_client, office_client.get("/office/sign-in").get_data(as_text=True))
    assert office_client.post(PAGE, data={**form, **TYPED}).status_code == 302
    assert asker(app) == "镇政府"


@on_sqlite
@pytest.mark.usefixtures("town")
def test_signing_in_leads_back_to_the_page_with_its_query(app: Flask, office_client: FlaskClient) -> None:
    wanted = "/office/campaigns/K3Y/evidence/?kind=component&q=%E5%BC%A0"
    later(app, minutes=31)
    asked = office_client.get(wanted)
    page = office_client.get(asked.headers["Location"]).get_data(as_text=True)
    answer = office_client.post("/office/sign-in", data={**hidden(page), "name": OFFICE_NAME, "password": OFFICE_PASSWORD})
    assert answer.headers["Location"] == wanted


@on_sqlite
@pytest.mark.usefixtures("town")
def test_a_forged_form_and_a_stranger_are_not_kept(app: Flask, office_client: FlaskClient) -> None:
    later(app, minutes=31)
    assert office_client.post(PAGE, data=dict(TYPED)).status_code == 400  # without our token nothing is taken up
    stranger = app.test_client()
    answer = stranger.post(PAGE, data={"csrf_token": csrf(stranger), **TYPED})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/office/sign-in"


@on_sqlite
def test_after_signing_out_nothing_is_kept(app: Flask, office_client: FlaskClient, session: Session) -> None:
    small_scheme.build(session, state="draft")
    office_client.post("/office/sign-out", data={"csrf_token": csrf(office_client)})
    answer = office_client.post(PAGE, data={"csrf_token": csrf(office_client), **TYPED})
    assert answer.status_code == 302
