"""Controls of the security architecture that no other test holds: each named in docs/threat-model.md, "Controls"."""

from __future__ import annotations

import re
import tomllib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.models import Campaign
from survey_app.views.downloads import file_name, file_response
from tests.support.application import csrf
from tests.support.house import ROOMS, ROOT, sources
from tests.towns.small_scheme import build

pytestmark = pytest.mark.postgresql_later

#: Pages that write on being looked at would be a finding; these tables hold only that somebody is signed in, and refusals.
OF_THE_VISIT = {"sign_in_session", "refusal_count"}


def addresses(app: Flask, key: str) -> list[tuple[str, str]]:
    """Endpoint and address of every page that is looked at with no more than a campaign's key."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= {"key"}:
                found.append((rule.endpoint, app.url_map.bind("").build(rule.endpoint, {"key": key} if rule.arguments else {})))
    return sorted(found)


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table, but for what only says that somebody is there."""
    tables = MetaData()
    tables.reflect(session.connection())
    found = {
        table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
        for table in tables.sorted_tables
        if table.name not in OF_THE_VISIT
    }
    session.rollback()
    return found


def test_no_page_changes_a_row_by_being_looked_at(app: Flask, office_client: FlaskClient, session: Session) -> None:
    key = session.get_one(Campaign, build(session, state="draft").campaign_id).key
    session.commit()
    looked_at = addresses(app, key)
    assert len(looked_at) > 40
    before = everything(session)
    for _endpoint, address in looked_at:
        office_client.get(address).close()
    assert everything(session) == before


def test_no_page_behind_the_sign_in_is_kept_by_a_browser(app: Flask, office_client: FlaskClient, session: Session) -> None:
    key = session.get_one(Campaign, build(session, state="draft").campaign_id).key
    session.commit()
    kept = []
    for endpoint, address in addresses(app, key):
        if access.rule_of(app, endpoint) in {"office", "staff", "signed_in"}:
            with office_client.get(address) as answer:
                if answer.headers.get("Cache-Control") != "no-store":
                    kept.append((endpoint, answer.headers.get("Cache-Control")))
    assert kept == []


@pytest.mark.parametrize(
    "typed", ["{{7*7}}", "{% raw %}", "${7*7}", '"><script>alert(1)</script>', "<img src=x onerror=alert(1)>"]
)
def test_what_is_typed_is_neither_a_template_nor_markup(client: FlaskClient, typed: str) -> None:
    answer = client.post("/office/sign-in", data={"name": typed, "password": "x", "csrf_token": csrf(client)})
    page = answer.get_data(as_text=True)
    (shown,) = re.findall(r'<input[^>]*name="name"[^>]*>', page)
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    assert f'value="{escaped}"' in shown
    assert "49" not in shown
    assert "alert(1)</script>" not in page


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("../../etc/passwd.csv", "etc-passwd.csv"),
        ("..\\..\\boot.ini.csv", "boot.ini.csv"),
        ("a\r\nSet-Cookie: x=1.csv", "a-Set-Cookie-x-1.csv"),
        ('a"; filename="b.exe.csv', "a-filename-b.exe.csv"),
        ("年度评议（一）.xlsx", "年度评议-一.xlsx"),
        ("....csv", "pingyi.csv"),
        ("x" * 300 + ".csv", "x" * 80 + ".csv"),
    ],
)
def test_a_files_name_leads_nowhere_and_breaks_no_header(app: Flask, asked: str, given: str) -> None:
    assert file_name(asked) == given
    with app.test_request_context():
        told = file_response(b"", asked, "text/csv").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%-]+", told, re.ASCII)


@pytest.mark.parametrize("lock", ["run.lock", "dev.lock"])
def test_every_package_is_pinned_to_its_bytes(lock: str) -> None:
    lines = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(packages) > 20
    assert [line for line in packages if not re.match(r"\S+==\S+(\s*;.*?)?\s+(.*\s)?--hash=sha256:[0-9a-f]{64}", line)] == []


#: An exception to one of the linter's security rules: the rule, and why it may be.
HOLE = re.compile(r"#\s*noqa:[^#\n]*\bS\d{3}\b[^#\n]*")


def test_the_linter_looks_for_holes_and_each_exception_says_why() -> None:
    """Ruff's S rules are bandit's: put-together SQL, shells, weak hashes, unsafe parsers. `make lint` runs them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in settings["select"]
    assert not any(re.match(r"S\d*$", rule) for rule in settings["ignore"])
    forgiven = {path: [one for one in rules if one.startswith("S")] for path, rules in settings["per-file-ignores"].items()}
    assert {path for path, rules in forgiven.items() if rules and rules != ["SLF001"]} == {"tests/**"}
    found = [(path, told) for room in ROOMS for path in sources(room) for told in HOLE.findall(path.read_text(encoding="utf-8"))]
    assert len(found) > 5
    assert [(path.name, told) for path, told in found if not re.search(r"noqa: [A-Z0-9, ]+ - \S", told)] == []


def test_only_fields_that_a_page_reads_all_of_may_come_more_than_once() -> None:
    """What the office's and the subject's pages read whole, found in their source, is exactly what may come several times."""
    read = set()
    for path in sources("survey_app/views"):
        if "voter" not in path.parts:
            read |= set(re.findall(r"""(?<!files)\.getlist\("(\w+)"\)""", path.read_text(encoding="utf-8")))
    assert read == access.SEVERAL
