"""A round is one round in every language: whoever counts it and whoever opens it, digests, pages and bundles are the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import itertools
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app import create_app
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.database import make_engine, scrub, session_factory
from survey_app.extensions import resources
from survey_app.i18n import speaking
from survey_app.languages import languages
from survey_app.models import Campaign, StoredReport
from survey_app.services.bundle import making
from survey_app.services.bundle.making import BundleError
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.results import loaded
from survey_app.services.sealing import custody
from tests.support.application import QUICK_ALIAS, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.support.publishing import confirm_everything
from tests.towns import hamlet

TEXT = hamlet.TEXT.replace(
    "\n计算:\n",
    """
事项: [通报批评]
往期结果: {上年得分: {取: 民主得分, 最近: 1}}
集体研究: {是否约谈: [约谈, 不约谈]}
计算:
  上年: {最近: 上年得分, 沿: 时期}
  比上年: 民主得分 − 上年
  约谈: {判断: 通报批评 >= 1, 后果: 谈话提醒, 出处: 通报批评的约谈}
""",
).replace("  列: [民主得分, 名次, 优秀率, 目标]\n", "  列: [民主得分, 名次, 优秀率, 目标, 比上年]\n  提示: [约谈]\n")

#: One of each kind, with a reason; the earlier result also says which count it was taken over from.
ENTRIES = (
    Entry(subject="C", kind="component", name="目标得分", value="70.5", on="", reason="考核办核定"),
    Entry(subject="A", kind="event", name="通报批评", value="1", on="2026-03-05", reason="迟报，两次"),
    Entry(subject="A", kind="decision", name="是否约谈", value="约谈", on="2026-06-01", reason="党委会研究", decider="镇党委"),
    Entry(
        subject="B", kind="past", name="民主得分", value="80", on="2025", reason="沿用",
        origin=(("period", "2025"), ("quantity", "民主得分"), ("title", "小村 2025")),
    ),
)  # fmt: skip
#: What the results pages and the bundle say where evidence is another than the count saw.
CHANGED = (
    "在这次计算之后有改动",
    "changed after this calculation",
    "在最近一次计算之后改过",
    "changed after the last calculation",
)
#: Evidence as the program of before November 2026 digested it: its canonical JSON, typed by hand. %s: what it said of who
#: entered the reason and when, in the language of whoever had the count made.
BEFORE = (
    '{"components":[["A","目标得分","95"],["B","目标得分","177/2"],["C","目标得分","141/2"]],'
    '"decisions":[["A","是否约谈","约谈","镇党委","党委会研究%s","2026-06-01"]],'
    '"events":[["A","通报批评","2026-03-05","1","迟报，两次%s"]],'
    '"heads":[["同级","U",null,3,3,2],["村民","U",40,26,30,24],["镇领导","",null,2,2,2]],'
    '"past":[["2025","B","民主得分","80"]],"period":"2026",'
    '"subjects":[["A",{"unit":"U","职务":"正职"}],["B",{"unit":"U","职务":"正职"}],["C",{"unit":"U","职务":"正职"}]]}'
)
SAID_BEFORE = {"zh-Hans": "，评议办 2026-11-21 录入", "en": ", entered by 评议办 on 2026-11-21"}


@pytest.fixture(scope="module")
def counted_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hamlet with evidence of every kind, closed and not yet counted."""
    path = tmp_path_factory.mktemp("tongues") / "tongues.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        campaign = hamlet.vote(session, text=TEXT)
        hamlet.finish(session, campaign, count=False)
        for entry in ENTRIES:
            entries.enter(session, campaign, entry, account="评议办", now=NOON)
        session.commit()
    scrub(engine)
    engine.dispose()
    return path


@pytest.fixture
def app(counted_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(counted_file, data / "pingyi.db")
    (data / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    app = create_app(
        Config(
            data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD, timezone="UTC",
        )
    )  # fmt: skip
    app.config["PINGYI_CLOCK"] = lambda: NOON
    yield app
    resources(app).engine.dispose()


@pytest.fixture
def look(app: Flask) -> Iterator[Session]:
    """A session that writes, on the application's database."""
    with resources(app).writing() as session:
        yield session


def count(session: Session, tongue: str) -> Campaign:
    """Counted by somebody who reads this language, every outcome confirmed, nothing left open."""
    campaign = session.scalars(select(Campaign)).one()
    with speaking(tongue):
        counting.open_and_count(session, campaign, passphrase=hamlet.PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    confirm_everything(session, campaign)
    return campaign


def digests(session: Session, campaign: Campaign) -> tuple[str, str]:
    stored = counting.newest_report(session, campaign)
    return stored.digest, stored.evidence_digest


def content_of(archive: bytes) -> dict[str, object]:
    """What the bundle says, signature included."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        content: dict[str, object] = json.loads(opened.read(next(name for name in opened.namelist() if name.endswith(".json"))))
    return content


@pytest.mark.parametrize("counted_in", languages())
def test_a_round_counted_in_one_language_is_opened_recounted_and_bundled_in_each_other_one(
    look: Session, counted_in: str
) -> None:
    campaign = count(look, counted_in)
    first = digests(look, campaign)
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    bundles = []
    for tongue in languages():
        with speaking(tongue):
            assert not loaded.load(look, campaign, language=tongue).stale, tongue
            public = making.public_bundle(look, campaign, key, secret=hamlet.SECRET)
            sealed = making.auditors_bundle(look, campaign, key, secret=hamlet.SECRET, now=NOON)
            assert (public.faults, sealed.faults) == ((), ()), tongue
            bundles.append((content_of(public.archive), content_of(sealed.archive)))
            again = counting.recompute(look, campaign, account="评议办", now=NOON)
            assert (again.digest, again.evidence_digest) == first, tongue
            look.commit()
    assert [one == other for one, other in itertools.pairwise(bundles)] == [True] * (len(languages()) - 1)


def test_every_language_counts_the_same_digests(counted_file: Path, tmp_path: Path) -> None:
    found = set()
    for tongue in languages():
        path = shutil.copy(counted_file, tmp_path / f"{tongue}.db")
        engine = make_engine(f"sqlite:///{path}")
        with session_factory(engine)() as session:
            found.add(digests(session, count(session, tongue)))
        engine.dispose()
    assert len(found) == 1


@pytest.mark.parametrize("before", [None, *SAID_BEFORE])
@pytest.mark.parametrize("tongue", ["zh-Hans", "en"])
def test_no_results_page_says_changed_in_a_language_it_was_not_counted_in_or_by_a_program_of_before(
    app: Flask, office_client: FlaskClient, look: Session, tongue: str, before: str | None
) -> None:
    campaign = count(look, "en" if tongue == "zh-Hans" else "zh-Hans")
    if before:
        write_as_before(look, before)
    key = campaign.key
    look.close()  # an open session that writes holds the lock the pages need
    address = f"/office/results/{key}/"
    for page in ("", "subjects/A", "subjects/B", "outcomes/", "results.xlsx"):
        answer = office_client.get(f"{address}{page}?lang={tongue}", buffered=True)
        assert answer.status_code == 200, page
        assert not [words for words in CHANGED if words in answer.get_data().decode(errors="replace")], page
    typed = {"csrf_token": csrf(office_client), "passphrase": hamlet.PASSPHRASE}
    made = office_client.post(f"/office/campaigns/{key}/log/bundle?lang={tongue}", data=typed)
    assert made.status_code == 302, made.get_data(as_text=True)


def write_as_before(session: Session, tongue: str) -> None:
    """The newest report bears the digest that the program of before gave it in this language."""
    said = SAID_BEFORE[tongue]
    old = hashlib.sha256((BEFORE % (said, said)).encode()).hexdigest()
    session.execute(update(StoredReport).values(evidence_digest=old))
    session.commit()
    session.expire_all()


@pytest.mark.parametrize("before", SAID_BEFORE)
def test_a_report_of_the_program_of_before_is_recognised_in_every_language_and_a_change_still_is(
    look: Session, before: str
) -> None:
    campaign = count(look, "zh-Hans")
    write_as_before(look, before)
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    for tongue in languages():
        with speaking(tongue):
            assert not loaded.load(look, campaign, language=tongue).stale, tongue
            assert making.public_bundle(look, campaign, key, secret=hamlet.SECRET).faults == ()
            assert making.auditors_bundle(look, campaign, key, secret=hamlet.SECRET, now=NOON).faults == ()
    corrected = Entry(subject="A", kind="event", name="通报批评", value="1", on="2026-03-05", reason="迟报一次")
    entries.enter(look, campaign, corrected, account="评议办", now=NOON + dt.timedelta(days=1))
    look.commit()
    assert loaded.load(look, campaign, language="zh-Hans").stale
    with pytest.raises(BundleError):
        making.public_bundle(look, campaign, key, secret=hamlet.SECRET)
