"""One demo: made through the command line, read from its database, looked at with a browser that needs no server."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recording import still
from tests.recording.doors import SCHEMES, Config, cli, create_app
from tests.recording.papers import as_json, rows_as_json, told
from tests.recording.plain import Plain

RUNNER = CliRunner()
PASSWORD = "窗外的梧桐 seven green kites"
PASSPHRASE = "demo: anybody may open this box"
#: What of a round is written down row by row. Slips, ballots and boxes are secrets; their numbers stand in the books.
TABLES = (
    "campaign",
    "unit",
    "subject",
    "rater",
    "headcount",
    "evidence_entry",
    "ballot_style",
    "slip_batch",
    "stored_tally",
    "stored_report",
    "ruling",
    "release_plan",
    "released_comments",
    "log_epoch",
)
#: Digests that no draw decides, or only under other dice.
DIGESTS = (
    ("campaign", "scheme_digest"),
    ("stored_tally", "digest"),
    ("ballot_style", "digest"),
    *(("stored_report", column) for column in ("digest", "plan_digest", "evidence_digest")),
)


def demos() -> list[str]:
    """The names of the systems that ship a demo."""
    return sorted({path.parent.parent.name for path in SCHEMES.rglob("demo") if (path.parent / "scheme.yml").is_file()})


@dataclass(frozen=True)
class Round:
    """One campaign of the demo. `styles` names each form by what it is for; `label` names the round in the record."""

    id: int
    key: str
    label: str
    title: str
    state: str
    styles: dict[str, str]
    subjects: list[str]
    raters: list[int]
    units: list[str]


@dataclass
class Town:
    """A demo in `data`, recorded into `out`."""

    name: str
    data: Path
    out: Path
    plain: Plain = field(default_factory=Plain)
    rounds: list[Round] = field(default_factory=list)
    app: Flask = field(init=False)

    def make(self) -> None:
        """Make the demo, read its names, write down its database."""
        self.plain.folder = str(self.data)
        self.write("commands", "demo.txt", self.run("demo", self.name, "--no-serve"))
        self.read()
        config = Config.from_environment(data=self.data)
        self.app = create_app(config)
        self.app.config["PROPAGATE_EXCEPTIONS"] = False

    def run(self, *words: str, typed: str = "") -> str:
        """A command of ours on this data folder: what it printed and how it ended."""
        done = RUNNER.invoke(cli, ["--data", str(self.data), *words], input=typed)
        odd = done.exception is not None and not isinstance(done.exception, SystemExit)
        failed = f"{type(done.exception).__name__}: {done.exception}\n" if odd else ""
        return f"{done.stdout}--- errors\n{done.stderr}--- status {done.exit_code}\n{failed}"

    def write(self, kind: str, name: str, text: str) -> None:
        """One file of the record; `name` under the demo's folder of that kind."""
        path = self.out / kind / self.name / safe(self.plain.text(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.plain.lines(text), encoding="utf-8")

    def keep(self, kind: str, name: str, data: bytes) -> None:
        """A file that the product handed out, as text."""
        path = self.out / kind / self.name / safe(self.plain.text(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told(data, self.plain), encoding="utf-8")

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Rows of the demo's database, by plain SQL: its tables are older than any room's name."""
        with closing(sqlite3.connect(self.data / "pingyi.db")) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query, values).fetchall()

    def read(self) -> None:
        """Learn the rounds and what every drawn name stands for."""
        self.rounds = []
        for number, row in enumerate(self.rows("select * from campaign order by id"), start=1):
            of = row["id"]
            styles = {
                one["id"]: "-".join(part for part in (one["group_key"], one["unit"], one["excluded"]) if part)
                for one in self.rows(
                    "select s.id, s.group_key, u.code unit, x.code excluded from ballot_style s "
                    "left join unit u on u.id = s.unit_id left join subject x on x.id = s.excluded_id "
                    "where s.campaign_id = ? order by u.place, s.group_key, x.place",
                    of,
                )
            }
            label = f"{number}-{row['period']}-{row['state']}"
            self.plain.names[row["key"]] = f"‹round {number}›"
            self.plain.names |= {drawn: f"‹form {name}›" for drawn, name in styles.items()}
            self.rounds.append(
                Round(
                    of,
                    row["key"],
                    label,
                    row["title"],
                    row["state"],
                    styles,
                    [one["code"] for one in self.rows("select code from subject where campaign_id = ? order by place", of)],
                    [one["id"] for one in self.rows("select id from rater where campaign_id = ? order by id", of)],
                    [one["code"] for one in self.rows("select code from unit where campaign_id = ? order by place", of)],
                )
            )
        for table, column in DIGESTS:
            self.plain.kept |= {one[0] for one in self.rows(f"select {column} from {table}") if one[0]}  # noqa: S608 - names above

    def write_tables(self) -> None:
        """The rounds as they are stored: reports, tallies, digests, everything typed in, and what was done."""
        for one in self.rounds:
            for table in TABLES:
                column = "id" if table == "campaign" else "campaign_id"
                rows = self.rows(f"select * from {table} where {column} = ? order by 1", one.id)  # noqa: S608 - a name of the list above
                self._table(f"{one.label}/{table}.json", rows)
            ballots = "select style_id, kind, superseded, count(*) n from ballot where campaign_id = ? group by 1, 2, 3"
            self._table(f"{one.label}/ballots.json", self.rows(ballots, one.id))
        self._table("audit_event.json", self.rows("select at, account, action, detail from audit_event order by id"))

    def _table(self, name: str, rows: Sequence[sqlite3.Row]) -> None:
        told_rows: list[Any] = [
            {key: "‹bytes›" if isinstance(row[key], bytes) else row[key] for key in row.keys()}  # noqa: SIM118 - a row is no mapping
            for row in rows
        ]
        path = self.out / "stored" / self.name / safe(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = rows_as_json(told_rows, self.plain)
        if "style" in name or "ballots" in name:  # these stand in the order of names that were drawn
            text = as_json(told_rows, self.plain)
        path.write_text(text, encoding="utf-8")

    def visitor(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def office(self, name: str = "评议办") -> FlaskClient:
        """A browser in which the office is signed in, set up by the one-time link that the command line prints."""
        client = self.settled(self.run("set-up-link"), name)
        post(client, "/office/account/factors/without", understood="yes")
        post(client, "/office/accounts/people", people="one")
        return client

    def staff(self, office: FlaskClient, unit: str) -> FlaskClient:
        """A browser of a unit's staff, set up by the link that the office is shown."""
        made = post(office, "/office/accounts", name=f"单位 {unit}", role="staff", units=unit)
        return self.settled(made.get_data(as_text=True), "")

    def settled(self, told_link: str, name: str) -> FlaskClient:
        """Follow a one-time link, choose the password, be signed in."""
        link = re.search(r"/office/link/[A-Za-z0-9_-]+", told_link)
        if link is None:
            raise AssertionError(f"no one-time link in: {told_link}")
        client = self.visitor()
        answer = post(client, link[0], name=name, password=PASSWORD, again=PASSWORD)
        if answer.status_code != 302:
            raise AssertionError(answer.get_data(as_text=True))
        return client


def post(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    """Send a form with the token that every form of ours carries."""
    for page in ("/office/account", "/office/sign-in"):
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page, follow_redirects=True).get_data(as_text=True))
        if found:
            return client.post(address, data={"csrf_token": found[1], **fields})
    raise AssertionError("no page carries a forgery token")


def move_clock_past(days: int) -> None:
    """Let so many days pass."""
    still.move_to(still.START + dt.timedelta(days=days))


def spread(things: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, the first and the last among them, evenly between: the same ones each time."""
    if len(things) <= most:
        return list(things)
    return [things[round(place * (len(things) - 1) / (most - 1))] for place in range(most)]


def safe(name: str) -> str:
    """A name for a file: the signs that a shell or a file system minds become an underscore."""
    return re.sub(r"[^\w./=,@+-]+", "_", name)


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
