"""One decision on all that leaves: pages, files and bundle of the lone leader's street, solved for hidden marks.

The finder below knows the published rule (40 : 30 : 30 of means of four items) and reads what lies in the files; it shares no
line with the decision. `tests/towns/lone_leader.py` has the figures.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.disclosure.printed import Interval
from survey_app.cli import cli
from survey_app.errors import RefusedError
from survey_app.extensions import resources
from survey_app.models import Appeal, Campaign, StoredReport
from survey_app.proof import verify
from survey_app.services.bundle import making
from survey_app.services.counting import counting
from survey_app.services.release import auditing, before, deciding, kept, reckoning
from survey_app.services.release.deciding import HeldBack, LeftBefore
from survey_app.services.release.plan import plan_of
from survey_app.services.release.readers import BUNDLE, NOTICE, WAYS, ReaderKind, kinds_for
from survey_app.services.release.withholding import DamagedDecisionsError
from survey_app.services.results import gate
from survey_app.services.results import loaded as results
from survey_app.services.results.gate import UnseenFigureError
from survey_app.services.sealing import custody
from tests.support.clock import NOON
from tests.support.house import ROOT, sources
from tests.towns import lone_leader
from tests.towns.hamlet import APPEAL_ENDS, PASSPHRASE
from tests.towns.lone_leader import COUNTS, ITEMS, LEADER, POINTS, WEIGHTS

SECRET = "the server's secret of this street, long enough"
Exits = dict[str, bytes]


@pytest.fixture(scope="module")
def street(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The counted street's database, built once."""
    from survey_app.database import make_engine, scrub, session_factory  # noqa: PLC0415  # not before the fixtures are there

    path = tmp_path_factory.mktemp("street") / "street.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        campaign = lone_leader.build(session, secret=SECRET)
        session.add(Appeal(campaign_id=campaign.id, until=APPEAL_ENDS, certificate=""))
        session.commit()
    scrub(engine)
    engine.dispose()
    return path


@pytest.fixture
def database_url(street: Path, tmp_path: Path) -> str:
    """On SQLite only: a copy of the street."""
    shutil.copy(street, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def campaign(session: Session) -> Campaign:
    """The counted street."""
    return session.query(Campaign).one()


def exits(session: Session, campaign: Campaign, client: FlaskClient) -> Exits:
    """Everything that leaves, as bytes: the subject's page, workbook, csv, and the bundle for everybody."""
    at = f"/office/results/{campaign.key}"
    session.rollback()  # the pages read for themselves
    found = {name: client.get(f"{at}/{name}").get_data() for name in ("subjects/A", "", "results.xlsx", "results.csv")}
    key = custody.unwrap(campaign.wrapped_key, PASSPHRASE)
    made = making.public_bundle(session, campaign, key, secret=SECRET)
    assert made.faults == ()
    return {**found, "bundle": made.archive}


def content(archive: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".json"))
        read: dict[str, Any] = json.loads(opened.read(name))
    return read


# --- the finder -------------------------------------------------------------------------------------------------------


def sums(people: int) -> frozenset[int]:
    """All totals of points that so many marks can make on one item."""
    found = frozenset({0})
    for _ in range(people):
        found = frozenset(one + points for one in found for points in POINTS)
    return found


def added(parts: Sequence[frozenset[int]]) -> frozenset[int]:
    found = frozenset({0})
    for part in parts:
        found = frozenset(one + other for one in found for other in part)
    return found


def score_in(exits: Exits) -> tuple[Fraction, Fraction]:
    """Least and most that the score can be, by the narrowest text that stands anywhere."""
    texts = set()
    for row in csv.reader(io.StringIO(exits["results.csv"].decode("utf-8-sig"))):
        texts |= {cell for cell in row if re.fullmatch(r"8[0-9](\.[0-9]+)?", cell)}
    page = re.sub("<[^>]+>", " ", exits["subjects/A"].decode())
    texts |= set(re.findall(r"得分[〔〕甲=\s]{0,40}(8[0-9](?:\.[0-9]+)?)(?![0-9/])", page))
    assert texts
    halves = [Fraction(1, 2 * 10 ** len(text.partition(".")[2])) for text in texts]
    ranges = [(Fraction(text) - half, Fraction(text) + half) for text, half in zip(texts, halves, strict=True)]
    return max(low for low, _ in ranges), min(high for _, high in ranges)


def leaders(exits: Exits, *, own: Sequence[int] = ()) -> list[tuple[int, ...]]:
    """Every way in which the leader may have marked that agrees with all the files. `own`: a colleague's own codes."""
    low, high = score_in(exits)
    counts = {(group, item): row for _, group, item, row in content(exits["bundle"])["counts"]}
    known, unknown = Fraction(0), []
    for group, people in (("同事", 12), ("群众", 20)):
        for at, item in enumerate(ITEMS):
            row = counts[group, item]
            if row is not None:
                known += Fraction(WEIGHTS[group] * sum(n * p for n, p in zip(row[1:], POINTS, strict=True)), 100 * 4 * sum(row))
                continue
            assert group == "同事"
            mine = POINTS[own[at] - 1] if own else 0
            unknown.append(frozenset(one + mine for one in sums(people - bool(own))))
    rest = {Fraction(WEIGHTS["同事"] * one, 100 * 4 * 12) for one in added(unknown)} if unknown else {Fraction(0)}
    found = []
    for marks in product((1, 2, 3, 4), repeat=4):
        leader = Fraction(WEIGHTS["领导"] * sum(POINTS[code - 1] for code in marks), 100 * 4)
        if any(low <= leader + known + one <= high for one in rest):
            found.append(marks)
    return found


def test_page_files_score_and_bundle_together_leave_every_mark_of_the_only_leader_open(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    """Any grade on any item stays possible, and four sums at the least, also for a colleague who knows their own form."""
    found = exits(session, campaign, office_client)
    for own in ((), (1, 1, 1, 1)):
        open_ = leaders(found, own=own)
        assert LEADER in open_
        assert [{marks[at] for marks in open_} for at in range(4)] == [{1, 2, 3, 4}] * 4
        assert len({sum(POINTS[code - 1] for code in marks) for marks in open_}) >= 4


def test_the_finder_finds_the_leader_where_the_bundle_shows_what_the_pages_hide(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    """As it was: colleagues hidden on pages and shown in the bundle. 81.55 - 23.25 - 24.3 = 34, so 340 points in four marks."""
    found = exits(session, campaign, office_client)
    public = content(found["bundle"])
    for row in public["counts"]:
        if row[1] == "同事":
            row[3] = [0, *COUNTS["同事"][row[2]]]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("public.json", json.dumps(public))
    told = leaders({**found, "bundle": buffer.getvalue()})
    assert {sum(POINTS[code - 1] for code in marks) for marks in told} <= {320, 340, 360}


def test_what_pages_hold_back_the_bundle_holds_back_and_no_exact_value_stands_beside_it(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    found = exits(session, campaign, office_client)
    held = results.load(session, campaign, language="zh-Hans").counted.held
    shown = {tuple(cell) for *cell, row in content(found["bundle"])["counts"] if row is not None}
    assert {("A", "领导", item) for item in ITEMS} <= held.hidden
    assert shown.isdisjoint(held.hidden)
    assert shown == {("A", "群众", item) for item in ITEMS}
    assert content(found["bundle"])["tables"]["得分"] == [["A", None]]
    rows = list(csv.reader(io.StringIO(found["results.csv"].decode("utf-8-sig"))))
    at = next(row for row in rows if "得分（精确值）" in row)
    line = rows[rows.index(at) + 1]
    assert line[at.index("得分（精确值）")] == ""
    assert "精确值" not in found["subjects/A"].decode()
    assert "1631/20" not in "".join(one.decode("utf-8", "replace") for one in found.values())


def test_the_checker_finds_fault_with_too_much_and_too_little_withheld(session: Session, campaign: Campaign) -> None:
    key = custody.unwrap(campaign.wrapped_key, PASSPHRASE)
    public = content(making.public_bundle(session, campaign, key, secret=SECRET).archive)
    assert {(*one[:2], one[3]) for one in public["withheld"]} == {("A", "同事", "beside")}
    sworn = making.auditors_bundle(session, campaign, key, secret=SECRET, now=NOON)
    assert sworn.faults == ()

    def said(bundle: Mapping[str, Any]) -> str:
        return str([english for _, english in verify.Checker(dict(bundle), "", "").wrong])

    listed = [one for one in public["withheld"] if one[2] != "德"]
    assert "('A', '同事', '德') is withheld or shown against the rule" in said({**public, "withheld": listed})
    full = content(sworn.archive)
    more = [*full["withheld"], ["A", "群众", "德", "few"]]
    assert "is withheld for too few answers, and has enough" in said({**full, "withheld": more})
    odd = [["A", "群众", "德", "because"]]
    assert "listed as withheld for no reason there is" in said({**full, "withheld": odd})
    assert "is listed as withheld, and shown" in said({**public, "withheld": [*public["withheld"], ["A", "群众", "德", "few"]]})


# --- the decision -----------------------------------------------------------------------------------------------------


def test_the_decision_is_frozen_with_the_report_in_the_fourth_format(session: Session, campaign: Campaign) -> None:
    stored = counting.newest_report(session, campaign)
    record = json.loads(stored.held or "")
    assert record["format"] == "pingyi-held/4"
    assert {cell[1] for cell in record["subjects"]["A"]["cells"]} == {"领导", "同事"}
    assert {group for group, _item in record["public"]["A"]} == {"领导", "同事"}


def test_decisions_of_before_hold_for_every_way_out(session: Session, campaign: Campaign) -> None:
    """Kept when pages alone were decided about: what they held back is in no bundle, and the score leaves rounded."""
    stored = counting.newest_report(session, campaign)
    record = json.loads(stored.held or "")
    del record["public"]
    stored.held = json.dumps({**record, "format": "pingyi-held/2"})
    loaded = results.load(session, campaign, language="zh-Hans")
    fresh = kept.load_held(stored.held, loaded.report, loaded.scheme, plan_of(session, campaign))
    assert fresh.exact_left
    assert {("A", "同事", item) for item in ITEMS} <= fresh.hidden_from_public
    assert fresh.announced("得分", {"subject": "A"}) == 2


def test_what_was_held_back_by_an_earlier_report_of_the_round_stays_back(session: Session, campaign: Campaign) -> None:
    held = results.load(session, campaign, language="zh-Hans").counted.held
    residents = frozenset(("A", "群众", item) for item in ITEMS)
    again = deciding.decide(held.union, LeftBefore({"A": HeldBack(residents, digits={("得分", "A"): 0})}))
    assert residents <= again["A"].cells
    assert again["A"].digits["得分", "A"] == 0
    left = before.what_left([held])
    assert left.held["A"].cells == held.hidden
    (score,) = left.ranged
    assert score.between == Interval(least=Fraction("81.545"), most=Fraction("81.555"))


def test_a_second_count_of_the_same_evidence_decides_the_same(session: Session, campaign: Campaign) -> None:
    first = counting.newest_report(session, campaign).held
    second = counting.recompute(session, campaign, account="评议办", now=NOON)
    assert first is not None
    assert second.held is not None
    without: dict[str, Any] = {"audit": [], "unweighed": {}}
    assert {**json.loads(second.held), **without} == {**json.loads(first), **without}
    assert session.query(StoredReport).count() == 2


def test_the_audit_is_kept_with_the_decision_as_it_would_be_worked_out_and_holds_for_that_plan_alone(
    session: Session, campaign: Campaign
) -> None:
    loaded = results.load(session, campaign, language="zh-Hans")
    worked_out = auditing.audit(loaded.counted.held, counting.left_before(session, campaign, loaded.stored))
    assert any(line.ranges for line in worked_out)
    found = kept.audit_of(loaded.stored.held, loaded.plan)
    assert found is not None
    assert list(found.lines) == worked_out
    assert found.unweighed == reckoning.unweighed(loaded.counted.held)
    assert kept.audit_of(loaded.stored.held, replace(loaded.plan, floor=loaded.plan.floor + 1)) is None
    assert kept.audit_of(None, loaded.plan) is None
    with pytest.raises(DamagedDecisionsError):
        kept.audit_of('{"audit":[["A"]]}', loaded.plan)


def test_a_report_whose_text_is_not_what_its_digest_says_is_not_shown(session: Session, campaign: Campaign) -> None:
    stored = counting.newest_report(session, campaign)
    stored.content = stored.content.replace("[", "[ ", 1)
    with pytest.raises(RefusedError, match="摘要"):
        counting.report_of(stored)


# --- readers and ways out ---------------------------------------------------------------------------------------------


def test_a_way_out_refuses_a_kind_of_figure_that_does_not_leave_by_it(session: Session, campaign: Campaign) -> None:
    """The notice prints scores, and neither means by group nor answers; the bundle prints nothing of a page at all."""
    loaded = results.load(session, campaign, language="zh-Hans")
    notice = loaded.counted.view("zh-Hans", loaded.roster, way=NOTICE)
    assert notice.cell("得分", {"subject": "A"}).text == "81.55"
    for ask in (
        lambda: notice.cell("主体均分", {"subject": "A", "group": "群众"}),
        lambda: notice.answers("A", "群众", "德"),
        lambda: gate.Tested(loaded.counted.held, BUNDLE).hides("得分", {"subject": "A"}),
    ):
        with pytest.raises(UnseenFigureError):
            ask()


def test_every_reader_but_the_auditor_sees_part_of_what_the_office_sees() -> None:
    """So that what does not follow for the one whom the decision is made for follows for nobody."""
    for reader in set(ReaderKind) - {ReaderKind.AUDITOR}:
        assert kinds_for(reader) <= kinds_for(ReaderKind.OFFICE)
    assert {way.key for way in WAYS} == {"pages", "files", "bundle", "letter", "notice"}


def test_the_audit_says_for_every_group_what_each_reader_can_infer(
    app: Flask, office_client: FlaskClient, session: Session, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One leader came: whoever is none of them sees a range of nobody to one at every item; residents leave as they are."""
    key = campaign.key
    session.rollback()
    page = office_client.get(f"/office/results/{key}/few").get_data(as_text=True)
    assert "各种人能推出什么" in page
    assert "被评的人" in page
    monkeypatch.setenv("PINGYI_DATABASE_URL", str(resources(app).engine.url))
    ran = CliRunner().invoke(cli, ["audit-release", key, "--json"], standalone_mode=False, catch_exceptions=False)
    found = {line["group"]: line for line in json.loads(ran.stdout)}
    assert {group: line["standing"] for group, line in found.items()} == {"领导": "held", "同事": "held", "群众": "shown"}
    told = {one["reader"]: one for one in found["领导"]["ranges"]}
    assert {"public", "subject", "unit", "office"} <= set(told)
    assert all(one["verdict"] == "safe" for one in told.values())
    assert found["群众"]["ranges"] == []


def takes_whole(text: str) -> bool:
    """Whether a source takes a report past the decision."""
    return any({"Untested", "untested"} & {getattr(one, "attr", ""), getattr(one, "id", "")} for one in ast.walk(ast.parse(text)))


def test_only_two_ways_take_a_report_without_asking_the_decision() -> None:
    """`pingyi score`, where nothing leaves, and the bundle, which is cut by the decision before it is signed."""
    takers = {str(path.relative_to(ROOT)) for path in sources("survey_app") if takes_whole(path.read_text(encoding="utf-8"))}
    assert takers == {
        "survey_app/exports/score_report.py",
        "survey_app/services/bundle/making.py",
        "survey_app/services/results/loaded.py",  # offers it, under a named reason
    }
