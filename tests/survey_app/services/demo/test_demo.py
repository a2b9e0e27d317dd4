"""A demo comes from any folder of tables: imported whole, cast, counted; several rounds read one another."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from questionnaires.shipped import ShippedScheme
from survey_app import schema
from survey_app.cli import cli
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.models import Campaign
from survey_app.services.demo.folder import rounds_of
from survey_app.services.evidence import entries
from survey_app.services.evidence.entries import EvidenceProblemsError
from survey_app.services.publishing import publications
from survey_app.services.results import loaded
from tests.support.clock import NOON
from tests.towns import ledger_town, two_towns

#: The module; `survey_app.cli.demo` the attribute is the command itself.
command = importlib.import_module("survey_app.cli.demo")
UNITS = "单位编号,单位名称\nE,东镇\n"
SUBJECTS = "编号,姓名或名称,单位编号,职务\nET,东镇班子,E,班子\nEH,东镇镇长,E,正职\n"
HEADS = "单位编号,评议主体,应到人数\nE,同事,3\nE,群众,20\n"
#: Peers as in `two_towns`: 100, 80 and 0 give 60. The residents' ballots are made up.
BALLOTS = "评议主体,单位,份数,EH/总体评价\n同事,E,1,优秀\n同事,E,1,称职\n同事,E,1,不称职\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database at the newest revision."""
    made = make_engine(f"sqlite:///{tmp_path / 'demo.db'}")
    schema.upgrade(made)
    yield made
    made.dispose()


def shipped(folder: Path, text: str, **tables: str) -> ShippedScheme:
    """A scheme with its demo tables, as one that ships."""
    home = folder / "town" / "2026-01-01"
    (home / "demo").mkdir(parents=True)
    (home / "scheme.yml").write_text(text, encoding="utf-8")
    for name, table in tables.items():
        (home / "demo" / f"{name}.csv").write_text(table, encoding="utf-8")
    return ShippedScheme("town/2026-01-01", load_scheme(text, "scheme.yml").title, home / "scheme.yml")


def ledgers(folder: Path, **tables: str) -> ShippedScheme:
    """The method of ledgers alone; `tables` replaces or adds."""
    roster = {upload.name.removesuffix(".csv"): upload.data.decode() for upload in ledger_town.ROSTER}
    ledger = {"components": ledger_town.SCORES, "events": ledger_town.EVENTS}
    return shipped(folder, ledger_town.TEXT, **{**roster, **ledger, **tables})


def make(engine: Engine, one: ShippedScheme, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pingyi demo` on this scheme, as if it were the only one that ships."""
    monkeypatch.setattr(command, "shipped", lambda: (one,))
    command.make_rounds(engine, one)


def campaigns(session: Session) -> list[Campaign]:
    return list(session.scalars(select(Campaign).order_by(Campaign.id)))


def test_planned_ballots_are_cast_and_the_other_groups_are_made_up(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    components = "对象,目标得分\nEH,90\n"
    one = shipped(tmp_path, two_towns.TEXT, units=UNITS, subjects=SUBJECTS, heads=HEADS, ballots=BALLOTS, components=components)
    make(engine, one, monkeypatch)
    with session_factory(engine, reading=True)() as session:
        counted, going = campaigns(session)
        report = loaded.load(session, counted, language="zh-Hans").report
        assert report.value("主体均分", subject="EH", group="同事") == 60
        books = {book.group: book.cast for book in report.tally.books}
        assert books == {"同事": 3, "群众": 18}  # nine in ten of twenty
        assert (counted.state, going.state) == ("counted", "open")


@pytest.mark.slow
def test_a_method_of_ledgers_alone_has_a_demo_and_reads_the_round_before(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = "period,title,scheme,folder,state,take\n2025,去年,,2025,counted,\n2026,今年,,,counted,yes\n"
    one = ledgers(tmp_path, rounds=rounds)
    (one.path.parent / "demo" / "2025").mkdir()
    (one.path.parent / "demo" / "2025" / "components.csv").write_text(ledger_town.SCORES.replace("95", "88"), encoding="utf-8")
    make(engine, one, monkeypatch)
    make(engine, one, monkeypatch)  # a second time nothing is made
    with session_factory(engine, reading=True)() as session:
        _last, this = campaigns(session)
        report = loaded.load(session, this, language="zh-Hans").report
        assert report.value("比上年", subject="P1") == Fraction(7)  # 95 − 88
        taken = [row for row in entries.live(session, this) if row.kind == "past"]
        assert {row.origin["title"] for row in taken} == {"去年"}


def test_a_wrong_table_is_named_and_nothing_of_the_round_stays(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ledgers(tmp_path, events=ledger_town.EVENTS + "ZZ,通报批评,2026-13-01,,\n")
    with pytest.raises(EvidenceProblemsError) as refused:
        make(engine, one, monkeypatch)
    assert [(problem.sheet, problem.row, problem.column) for problem in refused.value.problems] == [
        ("events", 4, "编号"),
        ("events", 4, "日期"),
    ]
    with session_factory(engine, reading=True)() as session:
        assert campaigns(session) == []


@pytest.mark.parametrize("line", ["2026,今年,,nowhere,counted,", ",今年,,,counted,", "2026,,,,counted,", "2026,今年,,,forever,"])
def test_a_round_that_cannot_be_meant_is_refused(tmp_path: Path, line: str) -> None:
    one = ledgers(tmp_path, rounds=f"period,title,scheme,folder,state,take\n{line}\n")
    with pytest.raises(UserError, match="2"):
        rounds_of(one.path.parent / "demo")


def test_an_unknown_name_is_answered_with_the_names_and_titles_there_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["--data", str(tmp_path), "demo", "nobody", "--no-serve"])
    assert done.exit_code == 2
    for name, one in command.with_data().items():
        assert name in done.output
        assert one.title.in_("zh-Hans") in done.output


def test_a_counted_round_is_published_by_an_act_of_the_demos_own(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(engine, ledgers(tmp_path), monkeypatch)
    with session_factory(engine, reading=True)() as session:
        counted, is_open = campaigns(session)
        act = publications.find_standing(session, counted, now=counted.counted or NOON).current
        assert act is not None
        assert (act.made_by, publications.units_in(act)) == ("demo", ["A", "B"])
        assert publications.sections_in(act) == ["scores", "outcomes", "files"]
        assert publications.history(session, is_open) == []
