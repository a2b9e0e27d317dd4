"""The recorder hides what a draw decides and nothing else, and its comparison overlooks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recording.compare import compare
from tests.recording.papers import as_json
from tests.recording.plain import Plain
from tests.support.rooms import against_the_stream, arrows_up, circles_of, floors_of

DIGEST = "18efdf4aee985337d7e78625b4ce240b9e9c80439717731a669947343734e2fe"
OTHER = "f7bf5ca0022622c7c16f7cbdbde22c703620fffa0e9979c20143138f1f7501c0"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/v/01S1K1C3J3?lang=en", "/v/‹form a›?lang=en"),
        (f"scheme {DIGEST}", f"scheme {DIGEST}"),
        (f"leaf {OTHER}", "leaf ‹hex›"),
        ("f7bf 5ca0 0226 22c7", "‹hex›"),
        ("18efdf4a ee985337 d7e78625 b4ce240b", "18efdf4a ee985337 d7e78625 b4ce240b"),
        ("ABCD-EFGH-JKMN-P", "‹code›"),
        ("ABCDE-FGHJK-MNPQR-STVWX", "‹receipt›"),
        ("87.35 of 1333702001/14535000 in 2026-11-21T12:00Z", "87.35 of 1333702001/14535000 in 2026-11-21T12:00Z"),
    ],
)
def test_what_a_draw_decides_is_taken_out_and_figures_stay(text: str, plain: str) -> None:
    assert Plain(names={"01S1K1C3J3": "‹form a›"}, kept={DIGEST}).text(text) == plain


def test_records_ordered_by_drawn_names_are_sorted_and_a_row_keeps_its_columns() -> None:
    plain = Plain(names={"01S1K1C3J3": "‹form b›", "08152RPT61": "‹form a›"})
    assert as_json([["01S1K1C3J3", "x", 1], ["08152RPT61", "a", 2]], plain) == '[["‹form a›", "a", 2], ["‹form b›", "x", 1]]\n'
    assert as_json([[3, 1, 2], [1, 1, 1]], plain) == "[[3, 1, 2], [1, 1, 1]]\n"


def test_equal_differences_are_told_once_and_any_difference_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    for folder, figure in ((one, "87.35"), (other, "87.36")):
        for name in ("pages/x.html", "pages/y.html"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"<p>\n{figure}\n</p>\n", encoding="utf-8")
    (other / "pages/z.html").write_text("new", encoding="utf-8")
    assert compare(one, one) == 0
    assert compare(one, other) == 1
    told = capsys.readouterr().out
    assert "pages           0 equal      3 different" in told
    assert "2 files, such as pages/x.html\n    -87.35\n    +87.36" in told
    assert "1 file, such as pages/z.html\n    only in the second record" in told


def test_circles_floors_and_arrows_that_close_a_circle() -> None:
    house = {"roof": {"wall"}, "wall": {"stone", "beam"}, "beam": {"wall"}, "stone": set[str]()}
    assert circles_of(house) == [{"wall", "beam"}]
    assert arrows_up(house) == [("beam", "wall"), ("wall", "beam")]
    assert floors_of(house) == {"stone": 1, "wall": 2, "beam": 2, "roof": 3}


def test_of_two_folders_that_import_each_other_the_thinner_direction_runs_up() -> None:
    arrows = {"top.a": {"low.x"}, "top.b": {"low.x"}, "low.x": {"top.a"}, "low.y": set[str]()}
    home = {name: name.split(".")[0] for name in arrows}
    assert against_the_stream(arrows, home) == [(("low", "top"), [("low.x", "top.a")])]
