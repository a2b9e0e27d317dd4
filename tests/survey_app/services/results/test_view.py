"""The result view: it refuses what the disclosure test did not look at, and nothing a page or a file prints passes it by.

Figures are those of `two_towns` (EH: 民主得分 172/3, 主体均分 60 and 160/3). Bundles: tests/survey_app/proof.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from questionnaires.tables.sheet import Number
from survey_app.bounded import Bounded
from survey_app.extensions import resources
from survey_app.models import Subject
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.results import answers, findings, gate, naming, outcomes, points, satisfaction, standing, unfolding
from survey_app.services.results import loaded as results
from survey_app.services.results import overview as results_overview
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.gate import NoTest, UnseenFigureError
from survey_app.services.results.view import ResultView
from tests.support.publishing import confirm_everything, publish, signed_in
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing kept from other tests, whose towns count the same."""
    monkeypatch.setattr(results, "_COUNTED", Bounded(8))


def seen_without_means(session: Session) -> results.Loaded:
    """The two towns, with a test that was never told of the groups' means, as if a layout had been enlarged behind its back."""
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    scheme = loaded.scheme
    narrower = replace(scheme, layout=replace(scheme.layout, by_group=()))
    held = Held(report=loaded.report, scheme=narrower, plan=ReleasePlan(), kept={})
    return replace(
        loaded, view=ResultView(report=loaded.report, naming=naming.of_scheme(scheme, "zh-Hans"), gate=gate.Tested(held))
    )


def test_a_page_that_asks_for_a_figure_the_test_did_not_see_gets_the_error_and_not_the_number(session: Session) -> None:
    loaded = seen_without_means(session)
    assert results_overview.row(loaded, "EH").cells[1].text == "57.33"  # what it saw is shown
    with pytest.raises(UnseenFigureError, match="主体均分"):
        answers.by_group(loaded, "EH")
    with pytest.raises(UnseenFigureError, match="主体均分"):
        unfolding.steps(loaded, "主体均分", "EH", group="同事")


def test_the_same_figure_is_shown_where_the_test_looked_and_where_a_reason_is_named(session: Session) -> None:
    """Peers' mean of EH is 60. The plan opens the groups; from a folder of one's own there is no plan."""
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    at = {"subject": "EH", "group": "同事"}
    assert loaded.view.cell("主体均分", at).text == "60.00"
    free = ResultView(report=loaded.report, naming=loaded.view.naming, gate=gate.Untested(NoTest.FOLDER))
    assert free.cell("主体均分", at).text == "60.00"


def test_the_whole_report_is_not_handed_to_those_who_have_a_release_plan(session: Session) -> None:
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    for take in (loaded.view.counts, loaded.view.whole, lambda: loaded.view.exact("综合"), lambda: loaded.view.lines("综合")):
        with pytest.raises(UnseenFigureError, match="照原样"):
            take()
    assert ["EH", "同事", "总体评价", [0, 1, 1, 0, 1]] in loaded.counted.untested(NoTest.BUNDLE).counts()


def test_the_page_answers_with_a_sentence_where_a_figure_is_refused(
    app: Flask, office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    monkeypatch.setattr(Held, "looks_at", lambda _self, key: frozenset() if key == "综合" else frozenset({"score"}))
    answer = office_client.get(f"/office/results/{key}/")
    assert answer.status_code == 409
    assert "“综合”没有查过" in answer.get_data(as_text=True)


# --- what leaves has passed the view
Handed = list[object]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    """Everything the results room hands out from now on."""
    found: Handed = []

    def listen(owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def heard(*given: Any, **named: Any) -> Any:
            out = real(*given, **named)
            found.append(out)
            return out

        monkeypatch.setattr(owner, name, heard)

    for name in ("cell", "flags", "answers", "books", "lines", "exact", "counts", "reckoned"):
        listen(ResultView, name)
    for room, name in ((answers, "bar"), (satisfaction, "share_of"), (unfolding, "steps"), (outcomes, "of_subject")):
        listen(room, name)
    for room, name in ((outcomes, "remarks"), (findings, "sentences"), (unfolding, "calculation")):
        listen(room, name)
    for room, name in ((standing, "of_subject"), (standing, "classes"), (standing, "points"), (points, "points")):
        listen(room, name)  # distances and means, made of figures that the view handed out
    listen(satisfaction, "summaries")  # what all places together come to, made of shares that stand beside it
    return found


def words_in(one: object) -> list[str]:
    """Every text and whole number in what was handed out."""
    if isinstance(one, Number):
        return [one.text, held(one.exact)]
    if isinstance(one, str | int | Fraction):
        return [str(one), held(one)] if isinstance(one, Fraction) else [str(one)]
    if is_dataclass(one):
        return [*_divided(one), *(word for field in fields(one) for word in words_in(getattr(one, field.name)))]
    if isinstance(one, dict):
        return [word for value in one.values() for word in words_in(value)]
    return [word for part in one for word in words_in(part)] if isinstance(one, list | tuple) else []


def _divided(one: object) -> list[str]:
    """What a workbook makes of two of its cells, the one over the other."""
    if isinstance(one, satisfaction.GroupShare) and one.answered:
        return [held(Fraction(one.found, one.answered))]
    if isinstance(one, FlagShown) and one.numerator and one.share:
        return [held(Fraction(one.numerator) / Fraction(one.denominator))]
    return []


def held(value: Fraction | float) -> str:
    """A number as a workbook holds it."""
    return repr(float(f"{float(value):.16G}"))


def numbers_in(text: str) -> set[str]:
    """The numbers a person reads in a text."""
    return set(re.findall(r"\d+(?:\.\d+)?%?", text))


def figures_on(page: str) -> set[str]:
    """The numbers on a result page, without what is no figure of the result: how many subjects, what was published
    when, where it is from."""
    main = page.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<details class=\"card\">.*?</details>|<div class=\"notice.*?</div>", "", main, flags=re.DOTALL)
    main = re.sub(r"<span class=\"count\">.*?</span>", "", main)  # how many subjects
    main = re.sub(r"<text class=\"scale\".*?</text>", "", main)  # the marks of a chart's scale are no figures
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<form.*?</form>|<(nav|h1)[ >].*?</\1>", "", main, flags=re.DOTALL))
    for said in re.findall(r"aria-label=\"([^\"]*)\"", main):
        text += f" {said}"
    return numbers_in(re.sub(r"同类共 \d+|\d{4}-\d\d-\d\d \d\d:\d\d UTC\S*", "", text))


def test_a_figure_that_was_not_handed_out_is_found_on_a_page() -> None:
    page = '<main><details class="card">2026</details><td>73.67</td><svg aria-label="5 票"></svg> 同类共 9</main>'
    assert figures_on(page) == {"73.67", "5"}


@on_sqlite
@pytest.mark.parametrize("open_to_all", [True, False])
def test_every_figure_on_pages_and_in_files_was_handed_out_by_the_view(
    app: Flask, office_client: FlaskClient, handed: Handed, *, open_to_all: bool
) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session, open_to_all=open_to_all)
        confirm_everything(session, campaign)
        publish(session, campaign)
        key = campaign.key
    staff = signed_in(app, "东镇办", (key, "E"))
    for client, codes in ((office_client, ("EH", "WH", "ET", "WT")), (staff, ("EH", "ET"))):
        handed.clear()
        results._COUNTED = Bounded(8)
        base = f"/office/results/{key}/"
        pages = ("", "?sort=民主得分", "satisfaction", "outcomes/", *(f"subjects/{code}" for code in codes))
        for page in pages:
            shown = figures_on(client.get(base + page).get_data(as_text=True))
            known = numbers_in(" ".join(words_in(handed)))
            assert shown <= known, (page, shown - known)
            assert shown or not open_to_all, page
        known = set(words_in(handed)) | numbers_in(" ".join(words_in(handed)))
        written = numbers_in(
            client.get(base + "results.csv").get_data(as_text=True).partition("\r\n")[2].partition("比较范围")[2]
        )
        assert written <= numbers_in(" ".join(words_in(handed)))
        files = ["results.xlsx", *(f"files/calculations/{code}.xlsx" for code in codes)] if open_to_all else ["results.xlsx"]
        for name in files:
            values = values_of_workbook(client.get(base + name).data)
            known = set(words_in(handed))
            assert values, name
            assert {value for value in values if str(value) not in known and held(value) not in known} == set(), name
        table = pd.read_csv(io.BytesIO(client.get(base + "files/figures.csv").data), encoding="utf-8-sig")
        known = set(words_in(handed))
        assert {one for one in table["value"].dropna() if held(one) not in known and str(int(one)) not in known} == set()


def values_of_workbook(content: bytes) -> set[float]:
    """Every number that stands in it, those beside formulas too; the lines of the scheme and what was agreed are no figures."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {
        value
        for sheet in book.worksheets
        if sheet.title != "约定"
        for row in sheet.iter_rows(max_col=6 if sheet.title == "计算过程" else None, values_only=True)
        for value in row
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


# --- what is kept
def test_what_is_kept_is_made_once_however_many_ask_and_makes_room_for_the_newest() -> None:
    kept, made, together = Bounded[str, int](2), list[str](), threading.Barrier(4)

    def make(key: str) -> int:
        made.append(key)
        return 1

    def ask() -> None:
        together.wait()
        kept.of("a", partial(make, "a"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == ["a"]
    for key in ("b", "c", "a"):
        kept.of(key, partial(make, key))
    assert (made, len(kept)) == (["a", "b", "c", "a"], 2)
    with pytest.raises(ZeroDivisionError):
        kept.of("d", lambda: 1 // 0)
    assert kept.of("d", lambda: 7) == 7


def test_requests_share_a_view_until_the_roster_or_the_language_differs(session: Session) -> None:
    campaign = two_towns.build(session)
    first = results.load(session, campaign, language="zh-Hans")
    assert results.load(session, campaign, language="zh-Hans").view is first.view
    assert results.load(session, campaign, language="en").view is not first.view
    subject = session.query(Subject).filter_by(code="EH").one()
    subject.name = "东镇新镇长"
    session.flush()
    again = results.load(session, campaign, language="zh-Hans")
    assert again.view is not first.view
    assert any("东镇新镇长" in step.text for step in unfolding.steps(again, "民主得分", "EH"))
