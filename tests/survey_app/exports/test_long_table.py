"""The long table: the columns of the catalogue whatever the data, each of its type, and no more than was released.

Figures are those of `two_towns`.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import fastparquet
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.exports import long_table
from survey_app.exports.figure_columns import COLUMNS, NAMES
from survey_app.extensions import resources
from survey_app.models import Subject
from survey_app.services.results import loaded as results
from tests.support.publishing import publish, signed_in
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOCS = Path(__file__).parents[3] / "docs"


def tables(loaded: results.Loaded) -> list[pd.DataFrame]:
    """The same table read back from csv and from Parquet."""
    text = pd.read_csv(io.BytesIO(long_table.to_csv(loaded)), encoding="utf-8-sig", dtype={"exact": "str"})
    return [text, fastparquet.ParquetFile(io.BytesIO(long_table.to_parquet(loaded))).to_pandas()]


def one(table: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    """The one row that holds these."""
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1, wanted
    return {str(name): value for name, value in table.iloc[0].items()}


@on_sqlite
def test_both_files_hold_every_released_figure_under_the_columns_of_the_catalogue(session: Session) -> None:
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    for table in tables(loaded):
        assert tuple(table.columns) == NAMES
        score = one(table, subject="EH", kind="score", quantity="民主得分")
        assert (score["value"], score["exact"], score["shown"]) == (pytest.approx(172 / 3), "172/3", "57.33")
        mean = one(table, subject="EH", kind="by_group", quantity="主体均分", group="同事")
        assert (mean["value"], mean["type"]) == (60, "number")
        share = one(table, subject="EH", kind="score", quantity="不称职率")
        assert (share["value"], share["type"], share["shown"]) == (pytest.approx(1 / 3), "share", "33.33%")
        count = one(table, subject="EH", kind="answers", group="群众", item="总体评价", choice="称职")
        assert (count["count"], count["value"]) == (2, 2)
        assert bool(one(table, subject="EH", kind="flag", quantity="调整岗位")["truth"]) is True
        assert one(table, subject="EH", kind="score", quantity="综合")["missing"] == "未评定：缺材料"


@on_sqlite
def test_what_is_held_back_has_a_row_that_says_so_and_no_number(session: Session) -> None:
    """Three people a group are fewer than five: no counts; the score of EH leaves to a wide step, without its fraction."""
    loaded = results.load(session, two_towns.build(session, open_to_all=False), language="zh-Hans")
    for table in tables(loaded):
        answers = table[table["kind"] == "answers"]
        assert len(answers)
        assert answers["count"].isna().all()
        assert answers["value"].isna().all()
        assert set(answers["missing"]) == {"人数太少，不单独列出"}
        score = one(table, subject="EH", kind="score", quantity="民主得分")
        assert (score["value"], score["shown"], bool(score["coarse"])) == (58, "58±1", True)
        assert pd.isna(score["exact"])


@on_sqlite
def test_a_name_that_a_spreadsheet_would_run_is_a_text_in_csv_and_itself_in_parquet(session: Session) -> None:
    campaign = two_towns.build(session)
    session.query(Subject).filter_by(code="EH").one().name = "=cmd|' /C calc'!A0"
    session.flush()
    text, parquet = tables(results.load(session, campaign, language="zh-Hans"))
    assert set(text[text["subject"] == "EH"]["subject_name"]) == {"'=cmd|' /C calc'!A0"}
    assert set(parquet[parquet["subject"] == "EH"]["subject_name"]) == {"=cmd|' /C calc'!A0"}


@on_sqlite
def test_staff_get_the_rows_of_their_units_and_of_published_sections(app: Flask) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        publish(session, campaign, sections=["scores", "files"])
        key = campaign.key
    staff = signed_in(app, "东镇办", (key, "E"))
    answer = staff.get(f"/office/results/{key}/files/figures.csv")
    table = pd.read_csv(io.BytesIO(answer.data), encoding="utf-8-sig")
    assert set(table["subject"]) == {"ET", "EH"}
    assert set(table["kind"]) == {"score"}
    assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_without_fastparquet_the_page_says_so_and_the_address_answers_with_a_sentence(
    app: Flask, office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    assert office_client.get(f"/office/results/{key}/files/figures.parquet").data[:4] == b"PAR1"
    monkeypatch.setattr(long_table, "has_parquet", lambda: False)
    page = office_client.get(f"/office/results/{key}/files/").get_data(as_text=True)
    assert "figures.parquet" not in page
    assert "没有装写 Parquet" in page
    answer = office_client.get(f"/office/results/{key}/files/figures.parquet")
    assert (answer.status_code, "requirements/parquet.lock" in answer.get_data(as_text=True)) == (409, True)


def test_every_column_of_the_catalogue_is_documented_under_its_name() -> None:
    text = (DOCS / "result-files.md").read_text(encoding="utf-8")
    assert [column.name for column in COLUMNS if f"| `{column.name}` |" not in text] == []
