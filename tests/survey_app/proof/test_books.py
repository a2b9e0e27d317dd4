"""The largest number of forms that could have been added unnoticed, by hand."""

from __future__ import annotations

import pytest

from survey_app.proof.books import StuffingRoom, measure_slack

# (issued, cast, present, spoiled, unused) and the room they leave
COUNTED = [
    # 100 printed, 3 spoiled, 17 left in the box: 80 slips are out. 78 came, 75 forms: a 79th form would be one more than people.
    ((100, 75, 78, 3, 17), StuffingRoom(3, 0)),
    # The same, attendance not counted: the slips alone draw the line, 80 - 75.
    ((100, 75, None, 3, 17), StuffingRoom(5, 0)),
    # Nobody opened the box: every slip may be out; 78 people still draw the line.
    ((100, 75, 78, None, None), StuffingRoom(3, 0)),
    ((100, 75, None, None, None), StuffingRoom(25, 0)),
    # Everybody who came sent a form: no room.
    ((100, 78, 78, 3, 17), StuffingRoom(0, 0)),
    # 80 slips out, 83 forms: three at least are too many.
    ((100, 83, 90, 3, 17), StuffingRoom(0, 3)),
    # 75 people, 77 forms, although 80 slips are out: two too many.
    ((100, 77, 75, 3, 17), StuffingRoom(0, 2)),
    ((0, 0, 0, 0, 0), StuffingRoom(0, 0)),
]


@pytest.mark.parametrize(("counted", "expected"), COUNTED)
def test_the_room_between_slips_people_and_forms(
    counted: tuple[int, int, int | None, int | None, int | None], expected: StuffingRoom
) -> None:
    issued, cast, present, spoiled, unused = counted
    assert measure_slack(issued=issued, cast=cast, present=present, spoiled=spoiled, unused=unused) == expected
