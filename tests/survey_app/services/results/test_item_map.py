"""The map of who stands how on what. Figures by hand from `two_towns`: peers give EH 60 and WH 100, residents 160/3 and 200/3.

Teams: residents give ET (100 + 60)/2 = 80 and WT 0. So of what residents say the parts are 8/15, 2/3, 4/5 and 0; by town, the
mean of one team and one head on different items, so each cell is one subject's.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.services.campaign import campaigns
from survey_app.services.results import item_map
from survey_app.services.results import loaded as results
from survey_app.services.results.item_map import ItemMap, MapCell
from survey_app.services.results.words import WITHHELD
from tests.support.publishing import publish, signed_in
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def found_in(session: Session, *, open_to_all: bool = True, by_unit: bool = False, name: str = "各项均分.群众") -> ItemMap:
    loaded = results.load(session, two_towns.build(session, open_to_all=open_to_all), language="zh-Hans")
    return item_map.of_measure(loaded, item_map.by_name(item_map.measures(loaded))[name], by_unit=by_unit)


def told(found: ItemMap) -> dict[str, list[str]]:
    return {row.label: [cell.text if cell.asked else "" for cell in row.cells] for row in found.rows}


@on_sqlite
def test_every_subject_has_a_row_and_what_was_not_asked_is_left_open(session: Session) -> None:
    found = found_in(session)
    assert [title for _item, title in found.columns] == ["总体评价", "您对班子的工作满意吗？"]
    assert told(found) == {
        "东镇班子": ["", "80.00"],
        "东镇镇长": ["53.33", ""],
        "西镇班子": ["", "0.00"],
        "西镇镇长": ["66.67", ""],
    }
    assert (found.low, found.high) == (Fraction(0), Fraction(4, 5))


@on_sqlite
def test_units_are_sorted_by_an_item_and_those_without_stand_last(session: Session) -> None:
    found = found_in(session, by_unit=True)
    assert told(found) == {"东镇": ["53.33", "80.00"], "西镇": ["66.67", "0.00"]}
    assert [row.label for row in item_map.sorted_rows(found, "总体评价", down=True)] == ["西镇", "东镇"]
    assert [row.label for row in item_map.sorted_rows(found, "all", down=False)] == ["西镇", "东镇"]  # 1/3 before 2/3
    assert item_map.sorted_rows(found, "nonsense", down=True) == found.rows


@on_sqlite
def test_what_is_held_back_on_the_subjects_page_is_held_back_here_and_says_so(session: Session) -> None:
    found = found_in(session, open_to_all=False)
    cells = [cell for row in found.rows for cell in row.cells if cell.asked]
    assert cells
    assert {cell.text for cell in cells} == {WITHHELD}
    assert all(cell.part is None and cell.value is None for cell in cells)
    assert item_map.drawn(found, found.rows) is None


def test_a_unit_of_which_one_is_not_shown_has_no_mean() -> None:
    shown = MapCell(text="90", part=Fraction(9, 10), value=Fraction(90))
    other = MapCell(text="70", part=Fraction(7, 10), value=Fraction(70))
    held = MapCell(text=WITHHELD, missing=True)
    assert item_map._mean([shown, other]) == MapCell(text="80", part=Fraction(4, 5), value=Fraction(80))
    assert item_map._mean([shown, held, MapCell(asked=False)]) == held


@on_sqlite
def test_the_page_has_the_table_behind_the_chart_and_answers_nonsense(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    base = f"/office/results/{key}/items/"
    page = office_client.get(f"{base}?of=各项均分.群众&sort=总体评价&order=up&by=unit").get_data(as_text=True)
    assert '<svg class="chart"' in page
    assert "53.33" in page
    for nonsense in ("?of=zzz&by=zzz&sort=zzz&pool=zzz&page=99999999999999999999", "?page=-1&order=%00", "?sort=all&page=x"):
        assert office_client.get(base + nonsense).status_code == 200


@on_sqlite
def test_staff_see_their_own_units_and_nothing_before_it_is_published(app: Flask) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    staff = signed_in(app, "东镇的人", (key, "E"))
    assert staff.get(f"/office/results/{key}/items/").status_code == 404
    with resources(app).writing() as session:
        publish(session, campaigns.by_key(session, key))
    page = staff.get(f"/office/results/{key}/items/?by=subject").get_data(as_text=True)
    assert "东镇镇长" in page
    assert "西镇" not in page
