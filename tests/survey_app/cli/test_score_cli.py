"""`pingyi score`, `explain` and `check` on schemes and folders: whole results or none, every problem, and the sum by hand."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML

from survey_app.cli.scheme import check, explain, score

PUBLISHED = Path(__file__).parents[3] / "questionnaires" / "schemes" / "published"
METHODS = sorted(path.name for path in PUBLISHED.iterdir() if path.is_dir())


def run(command: Any, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a small published method that a test may break."""
    place = tmp_path / "method"
    shutil.copytree(PUBLISHED / "us-teaching-approval", place)
    return place


def results(path: Path) -> dict[str, Any]:
    return dict(json.loads((path / "results.json").read_text(encoding="utf-8")))


def values_of(found: dict[str, Any], quantity: str) -> list[dict[str, Any]]:
    return list(next(one for one in found["quantities"] if one["key"] == quantity)["values"])


@pytest.mark.parametrize("method", METHODS)
def test_a_published_folder_is_scored_as_its_source_displays_it(method: str, tmp_path: Path) -> None:
    done = run(score, PUBLISHED / method, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    found = results(tmp_path)
    for expected in YAML(typ="safe").load((PUBLISHED / method / "examples.yml").read_text(encoding="utf-8")):
        labels = {axis: expected[axis] for axis in ("subject", "group", "item", "period") if axis in expected}
        value = next(one for one in values_of(found, expected["quantity"]) if one["labels"].items() <= labels.items())
        assert value["exact"] == expected["value"]
        assert value["shown"] == expected.get("shown", value["shown"])


def test_a_value_carries_its_exact_fraction_its_display_and_its_trace(folder: Path) -> None:
    run(score, folder)
    value = values_of(results(folder / "results"), "approval")[0]
    # 3 × 5 + 1 × 4 + 1 × 3 = 22 points of 5 × 5.
    assert (value["exact"], value["shown"], value["kind"], value["missing"]) == ("22/25", "88%", "num", None)
    told = json.dumps(value["trace"])
    assert '"step": "mean points"' in told
    mean = values_of(results(folder / "results"), "mean points")[0]
    terms = next(part["terms"] for part in walk(mean["trace"]) if part.get("terms") and part["op"] == "tally")
    assert terms[:3] == [["Excellent", "3", "5"], ["Above Average", "1", "4"], ["Average", "1", "3"]]


def walk(trace: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace, *(inner for part in trace.get("inputs", []) for inner in walk(part))]


def test_explain_prints_the_calculation_with_the_line_of_the_scheme(folder: Path) -> None:
    run(score, folder, "--language", "en")
    told = run(explain, folder / "results", "I1", "approval", "--language", "en").output
    line = next(
        number
        for number, text in enumerate((folder / "scheme.yml").read_text(encoding="utf-8").splitlines(), 1)
        if text.startswith("  approval:")
    )
    assert "4.4 ÷ 5 = 0.88" in told
    assert f"line {line}" in told
    assert "3×5 + 1×4 + 1×3" in told
    assert "total point value divided by the total possible" in told


def test_explain_takes_names_and_titles_and_says_what_it_does_not_know(folder: Path) -> None:
    run(score, folder)
    by_code = run(explain, folder / "results" / "results.json", "I1", "approval").output
    assert run(explain, folder / "results", "Instructor of the example", "认可率").output == by_code
    unknown = run(explain, folder / "results", "I9", "approval")
    assert unknown.exit_code == 1
    assert "I9" in unknown.output
    assert run(explain, folder / "results", "I1", "aproval").exit_code == 1
    assert run(explain, folder, "I1", "approval").exit_code == 1  # no results.json there
    (folder / "results.json").write_text("{}", encoding="utf-8")
    assert run(explain, folder, "I1", "approval").exit_code == 1


def test_a_wrong_folder_is_refused_whole_with_every_problem_by_file_and_row(folder: Path) -> None:
    (folder / "evidence" / "ballots.csv").write_text(
        "group,count,mark\nstudents,3,Superb\npupils,1,Poor\nstudents,x,Poor\n", encoding="utf-8"
    )
    (folder / "evidence" / "balots.csv").write_text("a\n", encoding="utf-8")
    done = run(score, folder, "--language", "en")
    assert done.exit_code == 1
    assert not (folder / "results").exists()
    table = str(folder / "evidence" / "ballots.csv")
    for place in (
        f"{table}:2:3: unknown-mark",
        f"{table}:3:1: unknown-word",
        f"{table}:4:2: not-count",
        f"{folder / 'evidence' / 'balots.csv'}:0:0: strange-file",
    ):
        assert place in done.output
    looked = run(check, folder, "--language", "en")
    assert looked.exit_code == 1
    assert f"{table}:2:3: unknown-mark" in looked.output


def test_check_passes_sound_schemes_and_folders_and_names_the_place_of_what_is_wrong(folder: Path) -> None:
    sound = run(check, folder, folder / "scheme.yml")
    assert sound.exit_code == 0
    scheme = folder / "scheme.yml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace("quantities:\n", "quantites:\n"), encoding="utf-8")
    broken = run(check, scheme, "--json")
    assert broken.exit_code == 1
    told = json.loads(broken.output)
    assert [one["code"] for one in told] == ["unknown-key"]  # and nothing that only follows from it
    assert [one["what"] for one in told] == ["这里不认识“quantites”。"]
    told = json.loads(run(check, scheme, "--json", "--language", "en").output)
    assert [one["what"] for one in told] == ["“quantites” is not known here."]
    assert run(check, folder / "nothing.yml").exit_code == 1


def test_the_workbook_holds_the_results_and_every_value_exactly(folder: Path) -> None:
    run(score, folder, "--language", "en")
    with CalamineWorkbook.from_path(str(folder / "results" / "results.xlsx")) as book:
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    everything = next(rows for rows in sheets.values() if any("22/25" in row for row in rows))
    row = next(row for row in everything if "22/25" in row)
    assert 0.88 in row
    first = next(iter(sheets.values()))
    assert any("Instructor of the example" in line for line in first)


def test_the_page_is_one_file_without_script_that_fetches_nothing(folder: Path) -> None:
    subjects = folder / "evidence" / "subjects.csv"
    subjects.write_text('id,name\nI1,"<script>alert(1)</script>"\n', encoding="utf-8")
    run(score, folder)
    page = (folder / "results" / "results.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(src|href)\s*=(?!\"#c)", page)  # links lead to places of the page itself
    assert "88%" in page
    assert "22/25" not in page.split("88%")[1][:20]  # 88 % is the whole value: no small print
    assert 'lang="zh-Hans"' in page


def test_scoring_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for place in ("first", "second"):
        run(score, folder, "--out", tmp_path / place)
    for name in ("results.json", "results.html"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert not list((tmp_path / "first").glob(".*"))


def test_explain_unfolds_single_marks_only_where_raters_sign(tmp_path: Path) -> None:
    signed, anonymous = tmp_path / "signed", tmp_path / "anonymous"
    for place in (signed, anonymous):
        shutil.copytree(PUBLISHED / "int-jump-rope", place)
    scheme = anonymous / "scheme.yml"
    text = scheme.read_text(encoding="utf-8")
    scheme.write_text(text.replace("judges: {signed: true}", "judges: {signed: false}"), encoding="utf-8")
    for place in (signed, anonymous):
        assert run(score, place).exit_code == 0
    # 112, 115, 118, 119 and 121: the lowest and the highest are dropped.
    assert "(115 + 118 + 119) ÷ 3" in run(explain, signed / "results", "J5", "average").output
    told = run(explain, anonymous / "results", "J5", "average").output
    assert "117.3333" in told
    assert "115 + 118" not in told
    assert results(signed / "results")["signed_ballots"]
    assert results(anonymous / "results")["signed_ballots"] == {}
    assert "judges/1" in (signed / "results" / "results.html").read_text(encoding="utf-8")
    assert "judges/1" not in (anonymous / "results" / "results.html").read_text(encoding="utf-8")


def test_results_scored_in_one_language_are_explained_in_another(folder: Path) -> None:
    run(score, folder, "--language", "zh-Hans")
    assert "Students" in run(explain, folder / "results", "I1", "approval", "--language", "en").output
    assert "学生" in run(explain, folder / "results", "I1", "approval").output
