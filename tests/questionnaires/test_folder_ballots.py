"""Ballots of a folder: three shapes of one table, marks by any honest spelling, books that add up."""

from __future__ import annotations

from pathlib import Path

from analysis.evidence import Heads
from questionnaires.folder.reader import Folder
from tests.towns.folder_town import TOWN, folder_of, problems_of, without_rules

# Staff of 一村 rate A and B on 总评 (优秀 称职 不称职 不了解 = codes 1 2 3 4) and 纪律 (9 … 0 = codes 1 … 10).
LONG = """group,unit,ballot,subject,item,mark
职工,一村,1,A,总评,优秀
职工,一村,1,A,纪律,9
职工,一村,1,B,总评,称职
职工,一村,2,A,总评,不了解
"""
BY_SUBJECT = """评议主体,单位,票号,对象,总评,纪律
职工,一村,1,A,优秀,9
职工,一村,1,B,称职,
职工,一村,2,A,不了解,
"""
WIDE = """group,unit,A/总评,A/纪律,B/总评,B/纪律
staff,一村,excellent,9.0,competent,
staff,一村,do not know,,,
"""


def marks(folder: Folder, style: str) -> list[list[int]]:
    return next(batch.marks.tolist() for batch in folder.evidence.batches if batch.style == style)


def test_the_three_shapes_of_the_ballots_table_say_the_same(tmp_path: Path) -> None:
    found = []
    for number, shape in enumerate((LONG, BY_SUBJECT, WIDE)):
        place = tmp_path / str(number)
        place.mkdir()
        found.append(marks(folder_of(place, ballots=shape), "职工/一村"))
    # A/总评, A/纪律, B/总评, B/纪律: 优秀 9 称职 blank, then 不了解 and three blanks.
    assert found == [[[1, 1, 2, 0], [4, 0, 0, 0]]] * 3


def test_a_heading_needs_only_what_the_form_leaves_open(tmp_path: Path) -> None:
    # Delegates are asked 总评 of principals only, so the subject alone names the slot.
    folder = folder_of(tmp_path, ballots="group,A,C\n代表,优秀,称职\ndelegates,,incompetent\n")
    assert marks(folder, "代表") == [[1, 2], [0, 3]]


def test_one_row_may_stand_for_many_ballots(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ballots="group,count,A,C\n代表,3,优秀,称职\n代表,,,\n")
    assert marks(folder, "代表") == [[1, 2], [1, 2], [1, 2], [0, 0]]
    account = next(one for one in folder.accounts if one.style == "代表")
    assert (account.cast, account.valid, account.blank, account.invalid) == (4, 3, 1, 0)


def test_a_ballot_that_breaks_a_voiding_rule_is_invalid_and_the_books_say_by_which(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ballots="group,unit,A/总评,B/总评\n职工,一村,优秀,优秀\n职工,一村,优秀,称职\n")
    account = next(one for one in folder.accounts if one.style == "职工/一村")
    assert (account.cast, account.valid, account.invalid, dict(account.broken)) == (2, 1, 1, {"优秀名额": 1})
    assert marks(folder, "职工/一村") == [[1, 0, 2, 0]]


def test_without_the_rule_the_same_ballot_counts(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, without_rules(), ballots="group,unit,A/总评,B/总评\n职工,一村,优秀,优秀\n")
    assert marks(folder, "职工/一村") == [[1, 0, 1, 0]]


def test_nobody_rates_himself_when_the_rater_is_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ballots="group,unit,rater,A/总评,B/总评\n职工,一村,A,,称职\n")
    batch = next(batch for batch in folder.evidence.batches if batch.style == "职工/一村/A")
    assert {slot.subject for slot in batch.slots} == {"B"}
    assert problems_of(tmp_path, ballots="group,unit,rater,A/总评,B/总评\n职工,一村,A,优秀,称职\n") == [
        ("ballots.csv", 2, 4, "not-on-form")
    ]


def test_ballots_laid_aside_by_hand_are_in_the_books(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, heads="group,entitled,issued,blank,invalid\n代表,10,8,2,1\n", ballots="group,A\n代表,优秀\n")
    account = next(one for one in folder.accounts if one.style == "代表")
    assert (account.cast, account.valid, account.blank, account.invalid) == (4, 1, 2, 1)
    # Nobody typed how many came back: the four ballots that are there came back.
    assert Heads(group="代表", unit="", entitled=10, issued=8, returned=4) in folder.evidence.heads


def test_a_style_nobody_has_filled_still_offers_its_slots(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    shapes = {batch.style: batch.marks.shape for batch in folder.evidence.batches}
    assert shapes == {"职工/一村": (0, 4), "职工/二村": (0, 2), "代表": (0, 2)}


def test_every_wrong_cell_of_the_ballots_is_named_at_once(tmp_path: Path) -> None:
    table = """group,unit,ballot,subject,item,mark
职工,三村,1,A,总评,优秀
职工,一村,2,A,总评,良好
职工,一村,2,A,总评,优秀
职工,一村,2,Z,总评,优秀
职工,一村,2,A,礼貌,优秀
职工,一村,2,C,总评,优秀
村民,一村,3,A,总评,优秀
代表,一村,4,A,总评,优秀
职工,一村,,A,总评,优秀
"""
    assert problems_of(tmp_path, ballots=table) == [
        ("ballots.csv", 2, 2, "unknown-unit"),
        ("ballots.csv", 3, 6, "unknown-mark"),
        ("ballots.csv", 4, 6, "mark-twice"),
        ("ballots.csv", 5, 4, "unknown-subject"),
        ("ballots.csv", 6, 5, "unknown-word"),
        ("ballots.csv", 7, 6, "not-on-form"),
        ("ballots.csv", 8, 1, "unknown-word"),
        ("ballots.csv", 9, 2, "unit-not-empty"),
        ("ballots.csv", 10, 3, "no-ballot-label"),
    ]


def test_shapes_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, ballots="group,subject,item,mark,总评\n代表,A,总评,优秀,\n")[0][3] == "mixed-shape"
    assert problems_of(tmp_path, ballots="group,subject,A\n代表,A,优秀\n") == [("ballots.csv", 1, 3, "mixed-shape")]
    assert problems_of(tmp_path, ballots="group,subject,item\n代表,A,总评\n") == [("ballots.csv", 1, 3, "mixed-shape")]
    assert ("ballots.csv", 1, 2, "strange-column") in problems_of(tmp_path, ballots="group,礼貌\n代表,优秀\n")


def test_rows_of_one_ballot_must_agree(tmp_path: Path) -> None:
    table = "group,unit,ballot,count,subject,总评\n职工,一村,1,2,A,优秀\n职工,一村,1,3,B,称职\n"
    assert problems_of(tmp_path, ballots=table) == [("ballots.csv", 3, 4, "ballot-differs")]


def test_the_same_label_in_another_unit_is_another_ballot(tmp_path: Path) -> None:
    table = "group,unit,ballot,subject,总评\n职工,一村,1,A,优秀\n职工,二村,1,C,称职\n"
    folder = folder_of(tmp_path, ballots=table)
    assert marks(folder, "职工/一村") == [[1, 0, 0, 0]]
    assert marks(folder, "职工/二村") == [[2, 0]]


def test_the_tally_of_a_folder_conserves_its_ballots(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, TOWN, ballots=WIDE, heads="group,unit,invalid\n职工,一村,5\n")
    assert folder.evidence.tally is not None
    for book in folder.evidence.tally.books:
        assert book.cast == book.valid + book.blank + book.invalid + book.superseded
    assert folder.evidence.tally.counts["A", "职工", "总评"] == (0, 1, 0, 0, 1)
