"""A commit that no standby has is unknown, never recorded; a server that gave up its place is left for the one that took it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_app.database import make_engine, normalised, session_factory
from survey_app.models import Ballot, SlipBatch
from survey_app.services.casting import cast
from survey_app.services.casting.cast import Credential
from survey_app.services.casting.refusals import BusyError, SpentSlipError
from survey_app.services.casting.settled import Receipt
from survey_app.services.sealing.tokens import secret_text
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build

SUBMISSION, OTHER = b"s" * 16, b"o" * 16
#: Connections of the operator's, who cancels; they wait for nobody.
_CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()"


@pytest.fixture
def town(session: Session, config: object) -> Town:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no standbys")
    town = build(session)
    session.close()
    return town


class Operator:
    """Who sets the server's standbys, and cancels what waits for them."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")

    def say(self, *statements: str) -> None:
        with self.engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def standbys(self, names: str) -> None:
        self.say(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "SELECT pg_reload_conf()")
        with self.engine.connect() as connection:
            while connection.scalar(text("SHOW synchronous_standby_names")) != names:
                time.sleep(0.01)

    def cancel_waits(self, done: threading.Event) -> None:
        """Until told: whatever waits for a standby is cancelled, as an impatient administrator would."""
        with self.engine.connect() as connection:
            while not done.wait(0.02):
                connection.execute(text(_CANCEL))


@pytest.fixture
def operator(database_url: str) -> Iterator[Operator]:
    found = Operator(database_url)
    yield found
    if not database_url.startswith("sqlite"):
        found.standbys("")
    found.engine.dispose()


def send(engine: Engine, town: Town, submission: bytes = SUBMISSION) -> Receipt:
    with session_factory(engine)() as session:
        return cast.cast(
            session,
            style_id=town.guests,
            credential=Credential(secret=town.slips[0][0]),
            submission_id=submission,
            marks=GOOD_MARKS,
            alias_cost=QUICK,
        )


def stored(engine: Engine) -> int:
    with session_factory(engine)() as look:
        return look.scalar(select(func.count()).select_from(Ballot)) or 0


def test_a_cancelled_wait_for_a_standby_is_not_recorded_and_the_same_submission_gets_its_receipt_later(
    engine: Engine, town: Town, operator: Operator, client: FlaskClient
) -> None:
    send_form = {"stage": "send", "submission": OTHER.hex(), "secret": secret_text(town.slips[1][0]), "comment": ""}
    send_form |= {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}
    operator.standbys("nobody")
    done = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        cancelling = pool.submit(operator.cancel_waits, done)
        try:
            with pytest.raises(BusyError):
                send(engine, town)
            assert stored(engine) == 1, "PostgreSQL keeps it on this server alone"
            # It is seen now, and still nobody may be told: neither by a repeat nor as a used slip, on the review or by its code.
            with pytest.raises(BusyError):
                send(engine, town)
            with pytest.raises(BusyError):
                send(engine, town, OTHER)
            with session_factory(engine)() as session, pytest.raises(BusyError):
                cast.find_standing(
                    session, style_id=town.guests, credential=Credential(secret=town.slips[0][0]), alias_cost=QUICK
                )
            answer = client.post(f"/v/{town.guests}", data=send_form)
            assert (answer.status_code, "没有得到确认" in answer.text, "receipt-code" in answer.text) == (503, True, False)
        finally:
            done.set()
            cancelling.result()
    operator.standbys("")
    receipt = send(engine, town)
    assert receipt.repeated
    assert send(engine, town).code == receipt.code
    with pytest.raises(SpentSlipError):
        send(engine, town, OTHER)
    assert "receipt-code" in client.post(f"/v/{town.guests}", data=send_form).text
    assert stored(engine) == 2


def test_an_act_of_the_office_whose_wait_was_cancelled_is_not_done_either(engine: Engine, town: Town, operator: Operator) -> None:
    operator.standbys("nobody")
    done = threading.Event()
    with ThreadPoolExecutor(1) as pool, session_factory(engine)() as session:
        cancelling = pool.submit(operator.cancel_waits, done)
        try:
            session.scalars(select(SlipBatch)).one().meeting = "夏天的会"
            with pytest.raises(OperationalError, match="one server alone"):
                session.commit()
        finally:
            done.set()
            cancelling.result()


@pytest.mark.parametrize("how", ["casting", "sessions"])
def test_a_server_that_only_reads_any_more_is_left(engine: Engine, town: Town, operator: Operator, how: str) -> None:
    """Two connections lie in the pool when it gives up its place; none of them is used again."""
    with engine.connect() as one, engine.connect() as two:
        before = {connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, two)}
    database = engine.url.database
    operator.say(
        f'ALTER DATABASE "{database}" SET default_transaction_read_only = on',
    )
    with engine.connect() as one, engine.connect() as two:  # as a primary that became a standby without hanging up
        for connection in (one, two):
            connection.execute(text("SET SESSION default_transaction_read_only = on"))
            connection.commit()
    if how == "casting":
        with pytest.raises(BusyError):
            send(engine, town)
    else:
        with session_factory(engine)() as session, pytest.raises(OperationalError, match="only reads"):
            session.execute(text("CREATE TABLE never (n integer)"))
    operator.say(
        "SET SESSION default_transaction_read_only = off", f'ALTER DATABASE "{database}" RESET default_transaction_read_only'
    )
    assert send(engine, town).code
    with engine.connect() as one, engine.connect() as two:
        after = {connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, two)}
    assert not before & after


def test_among_several_hosts_a_connection_to_a_former_primary_is_not_even_tried(
    postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_app.database.UNUSED_SECONDS", 0.0)
    with postgresql.clone("template_pingyi") as url:
        engine = make_engine(f"{url}&target_session_attrs=read-write")
        with engine.connect() as connection:
            before = connection.scalar(text("SELECT pg_backend_pid()"))
            connection.execute(text("SET SESSION default_transaction_read_only = on"))
            connection.commit()
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) != before
        engine.dispose()


def test_an_address_with_several_hosts_means_the_one_that_writes() -> None:
    url = normalised("postgresql://pingyi:p%40ss@h1,h2:5433,h3/pingyi?sslmode=verify-full&connect_timeout=4")
    assert (url.drivername, url.username, url.password, url.database) == ("postgresql+psycopg", "pingyi", "p@ss", "pingyi")
    assert url.query == {
        "host": ("h1:5432", "h2:5433", "h3:5432"),
        "sslmode": "verify-full",
        "connect_timeout": "4",
        "target_session_attrs": "read-write",
        "tcp_user_timeout": "3000",
        "keepalives_idle": "3",
        "keepalives_interval": "2",
        "keepalives_count": "3",
    }
    url = normalised("postgresql://h1,h2/pingyi?target_session_attrs=any")
    (_, words) = url.get_dialect()().create_connect_args(url)
    assert (words["host"], words["port"], words["target_session_attrs"]) == ("h1,h2", "5432,5432", "any")
    assert normalised("postgresql://pingyi@one/pingyi").query == {}
