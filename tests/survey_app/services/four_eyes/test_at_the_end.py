"""Public bundle and destruction by two people: what waits is not out, and what the second one sees is what goes out."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey_app import create_app
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.extensions import current_config, resources
from survey_app.models import Appeal, Ballot, Campaign
from survey_app.roles import Role
from survey_app.services.bundle import making, shelf
from tests.support.application import OFFICE_PASSWORD, QUICK_ALIAS, QUICK_PASSWORD, csrf, office_account
from tests.support.archived import archived
from tests.support.clock import NOON
from tests.survey_app.services.four_eyes.test_two_people import ask_of, confirm, page, post
from tests.towns import hamlet


@pytest.fixture
def app(hamlet_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the counted hamlet, long after."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(hamlet_file, data / "pingyi.db")
    (data / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    app = create_app(
        Config(
            data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD, timezone="UTC",
        )
    )  # fmt: skip
    app.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(days=500)
    yield app
    resources(app).engine.dispose()


@pytest.fixture
def desks(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    """A clerk and a head, signed in."""
    found = []
    for name, role in (("王", Role.CLERK), ("李", Role.HEAD)):
        office_account(app, name, {role})
        client = app.test_client()
        client.post("/office/sign-in", data={"name": name, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
        found.append(client)
    return found[0], found[1]


def key_of(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.scalars(select(Campaign.key)).one()


def test_a_bundle_waits_unpublished_and_goes_out_as_it_was_read(app: Flask, desks: tuple[FlaskClient, FlaskClient]) -> None:
    clerk, head = desks
    key = key_of(app)
    address = f"/office/campaigns/{key}/log/bundle"
    ask = ask_of(post(clerk, address, passphrase=hamlet.PASSPHRASE))
    assert clerk.get(f"/log/{key}/bundle.zip").status_code == 404
    told = page(head, ask)
    assert all(word in told for word in ("所有人，放在公开日志上", "全部通过"))
    with app.test_request_context():
        waiting = current_config().data / "bundles" / f"{key}.waiting"
    kept = waiting.read_bytes()
    waiting.write_bytes(kept + b"x")
    changed = confirm(head, ask)
    assert (changed.status_code, "不是原来那一份" in changed.get_data(as_text=True)) == (409, True)
    waiting.write_bytes(kept)
    assert confirm(head, ask).status_code == 302
    out = clerk.get(f"/log/{key}/bundle.zip").get_data()
    assert out == kept
    assert not waiting.exists()
    told = zipfile.ZipFile(io.BytesIO(out)).read("README.txt").decode()
    assert told == making.README  # nothing in the archive that neither log nor checker binds; who did it alone the log page says
    assert "是一个人办的" in page(clerk, f"/log/{key}/")
    with app.test_request_context():
        assert shelf.published(current_config(), key) is not None


def test_ballots_are_destroyed_by_two(app: Flask, desks: tuple[FlaskClient, FlaskClient]) -> None:
    clerk, head = desks
    key = key_of(app)
    with resources(app).writing() as session:
        session.execute(update(Appeal).values(until=NOON))
        archived(session, session.scalars(select(Campaign)).one())
        session.commit()
    address = f"/office/campaigns/{key}/appeal/"
    assert post(clerk, f"{address}destroy", title="小村").status_code == 422
    ask = ask_of(post(clerk, f"{address}destroy", title="小村年度评议"))
    with resources(app).reading() as look:
        assert b"" not in set(look.scalars(select(Ballot.sealed)))
    assert "没有任何办法恢复" in page(head, ask)
    assert confirm(head, ask).status_code == 302
    with resources(app).reading() as look:
        assert set(look.scalars(select(Ballot.sealed))) == {b""}
    assert head.get(f"{address}certificate.pdf").status_code == 200
