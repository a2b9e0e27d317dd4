"""Two people at one form, field by field: nothing that anybody typed is dropped without being told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.services.editing.edits import FieldDifference, settle

VALUES = st.sampled_from(["", "1", "2", "3"])
FORMS = st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES})
CHOICES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["mine", "theirs", "", "nonsense"]))


def test_only_what_one_changed_is_written_and_what_the_other_changed_is_kept_and_told() -> None:
    found = settle({"floor": "5", "own": ""}, {"floor": "5", "own": "12"}, {"floor": "8", "own": ""})
    assert found.write == {"own": "12"}
    assert found.kept == (FieldDifference("floor", "5", "5", "8"),)
    assert found.conflicts == ()
    assert found.over({"floor": "8", "own": ""}) == {"floor": "8", "own": "12"}


def test_what_both_changed_to_different_values_is_a_conflict_and_to_the_same_value_is_none() -> None:
    assert settle({"floor": "5"}, {"floor": "6"}, {"floor": "8"}).conflicts == (FieldDifference("floor", "5", "6", "8"),)
    agreed = settle({"floor": "5"}, {"floor": "8"}, {"floor": "8"})
    assert (agreed.write, agreed.kept, agreed.conflicts) == ({}, (), ())


def test_a_choice_settles_the_conflict_it_was_asked_for_and_no_later_one() -> None:
    asked, mine = ["floor"], {"floor": "mine"}
    assert settle({"floor": "8"}, {"floor": "6"}, {"floor": "8"}, asked=asked, chosen=mine).write == {"floor": "6"}
    assert settle({"floor": "8"}, {"floor": "6"}, {"floor": "9"}, asked=asked, chosen=mine).conflicts  # a third person was faster
    theirs = settle({"floor": "8"}, {"floor": "6"}, {"floor": "8"}, asked=["floor"], chosen={"floor": "theirs"})
    assert (theirs.write, [one.field for one in theirs.kept]) == ({}, ["floor"])
    assert settle({"floor": "8"}, {"floor": "6"}, {"floor": "8"}, asked=["floor"]).conflicts  # nothing was chosen


def test_a_field_that_was_not_sent_was_not_touched() -> None:
    assert settle({"a": "1"}, {}, {"a": "2"}).write == {}


@given(base=FORMS, mine=FORMS, theirs=FORMS, asked=st.lists(st.sampled_from("abc")), chosen=CHOICES)
def test_whatever_anybody_typed_stands_or_is_told(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str], asked: list[str], chosen: dict[str, str]
) -> None:
    found = settle(base, mine, theirs, asked=asked, chosen=chosen)
    told = {one.field for one in (*found.kept, *found.conflicts)}
    final = theirs if found.conflicts else found.over(theirs)
    for name, was in base.items():
        typed_here, typed_there = mine[name] != was, theirs[name] != was
        if typed_here and final[name] != mine[name]:
            assert name in told or found.conflicts
        if typed_there and final[name] != theirs[name]:
            pytest.fail("what somebody else wrote meanwhile was overwritten")
        if final[name] != theirs[name]:
            assert final[name] == mine[name]
        if typed_there and mine[name] != theirs[name]:
            assert name in told
    if found.conflicts:  # the page that comes back has everything typed here
        shown = found.to_show(theirs)
        assert all(shown[name] == mine[name] for name, was in base.items() if mine[name] != was and chosen.get(name) != "theirs")
