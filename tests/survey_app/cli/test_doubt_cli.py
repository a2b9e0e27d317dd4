"""`pingyi doubt`, and the tables of `pingyi check`: worlds beside the source, choices of the policy; results without repeats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey_app.cli.doubt import doubt
from survey_app.cli.scheme import check, score
from tests.questionnaires.test_doubting import BELOW, CASES, ONE, OTHER, SCHEME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scheme whose cases leave one doubt."""
    (tmp_path / "scheme.yml").write_text(SCHEME, encoding="utf-8")
    text = CASES.replace("EVENTS", f"{ONE}, {OTHER}").replace("FLAG", "是")
    (tmp_path / "examples.yml").write_text(text, encoding="utf-8")
    return tmp_path


def run(command: object, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)  # type: ignore[arg-type]  # any command


def test_a_doubt_is_named_with_its_place_both_readings_and_the_case_that_settles_it(folder: Path) -> None:
    done = run(doubt, folder)
    assert done.exit_code == 1
    [told] = [line for line in done.output.splitlines() if "案例没有说清" in line]
    assert told.startswith(f"{folder / 'scheme.yml'}:9:")
    assert "“通报 >= 2”，还是“通报 >= 1”" in told
    assert "“通报”1 次" in told
    assert "照写的是 否，照另一种读法是 是" in told


def test_the_case_that_was_proposed_settles_it(folder: Path) -> None:
    (folder / "cases").mkdir()
    (folder / "cases" / "below.yml").write_text(f"案例:\n{BELOW}", encoding="utf-8")
    done = run(doubt, folder)
    assert (done.exit_code, "0 种没有说清" in done.output) == (0, True)


def test_a_reason_lets_a_doubt_stand_and_one_without_a_doubt_is_told(folder: Path) -> None:
    reasons = "理由:\n  - {在: 通报多, 关于: line, 因为: 原文写明两次}\n"
    (folder / "doubts.yml").write_text(reasons, encoding="utf-8")
    assert run(doubt, folder).exit_code == 0
    (folder / "doubts.yml").write_text(f"{reasons}  - {{在: 得分, 因为: 权重在原文里}}\n", encoding="utf-8")
    done = run(doubt, folder)
    assert (done.exit_code, "“得分”已经没有疑问" in done.output) == (1, True)


def test_doubts_as_facts(folder: Path) -> None:
    [found] = json.loads(run(doubt, folder, "--json").stdout)
    assert (found["place"], found["line"], found["kind"], found["explained"]) == ("通报多", 9, "line", False)
    assert (found["told_by"]["written"], found["told_by"]["instead"]) == ("false", "true")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda one: (one / "scheme.yml").unlink(), "没有方案文件"),
        (lambda one: (one / "examples.yml").unlink(), "没有案例"),
        (
            lambda one: (one / "examples.yml").write_text(CASES.replace("EVENTS", ONE).replace("FLAG", "是"), encoding="utf-8"),
            "不一致",
        ),
        (lambda one: (one / "doubts.yml").write_text("理由: [{在: 得分}]", encoding="utf-8"), "因为"),
    ],
)
def test_what_cannot_be_doubted_is_refused_in_a_sentence(folder: Path, spoil: object, says: str) -> None:
    spoil(folder)  # type: ignore[operator]  # one of the lambdas above
    done = run(doubt, folder)
    assert (done.exit_code, says in done.output) == (1, True)


def test_check_tells_what_the_method_says_in_small_worlds(folder: Path) -> None:
    told = run(check, folder).output
    # Two events are the line: met by two, missed by one.
    assert "“通报多”正好到线（“通报”2 次）\n      → “通报多”成立" in told
    assert re.search(r"“通报多”差一步到线（“通报”1 次）\n      → 得分", told)
    # 0.6 · 100 + 0.4 · 100, and nought of both.
    assert "人人都选最好的一项，各项材料都是最高\n      → 得分：100" in told
    assert "各项材料都是最低\n      → 得分：0" in told
    assert "没有任何其他材料\n      → 得分：未评定：缺材料" in told
    assert "正好到线" not in run(check, folder, "--worlds", 0).output


def test_check_tells_worlds_as_facts_and_a_file_alone_has_none(folder: Path) -> None:
    found = json.loads(run(check, folder, "--json").stdout)
    met = next(one for one in found if one["world"] == "line-met")
    assert (met["parts"]["value"], met["says"][0]["quantity"], met["says"][0]["value"]) == ("2", "通报多", "true")
    assert json.loads(run(check, folder / "scheme.yml", "--json").stdout) == []


def test_check_tells_what_was_taken_from_the_policy(folder: Path) -> None:
    told = run(check, folder, "--settled", "--worlds", 0).output
    assert "缺材料：方案没有另写的地方都取“不评”（第 4 行）。" in told
    assert "改取“计零”：结果可能不同。" in told


def test_a_page_of_results_unfolds_no_number_twice(tmp_path: Path) -> None:
    published = Path(__file__).parents[3] / "questionnaires" / "schemes" / "published"
    run(score, published / "us-ses", "--out", tmp_path)
    page = (tmp_path / "results.html").read_text(encoding="utf-8")
    spots = re.findall(r'<li class="in-\d+" id="(c\d+)"', page)
    links = re.findall(r'<a href="#(c\d+)">', page)
    assert len(spots) == len(set(spots)) > 0
    assert links
    assert set(links) <= set(spots)
