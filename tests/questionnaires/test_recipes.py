"""Every recipe: what it says to write goes into the file, loads, and counts to the figure worked by hand beside it."""

from __future__ import annotations

import re

import pytest

from questionnaires.cases import check_cases
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.teaching.recipes import PAGE, Recipe, cookbook, page
from tests.support.fragments import loaded, merged

BOOK = cookbook()
RECIPES = [one for chapter in BOOK.chapters for one in chapter.recipes]


def test_there_are_eighty_recipes_and_no_sentence_twice() -> None:
    assert len(RECIPES) >= 80
    assert len({one.sentence for one in RECIPES}) == len({one.english for one in RECIPES}) == len(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.sentence)
def test_a_recipe_counts_to_the_figure_worked_by_hand(recipe: Recipe) -> None:
    scheme = loaded(merged(BOOK.whole, recipe.write))
    assert check_cases(recipe.case(BOOK.worlds), scheme, "examples.yml") == 1


def test_a_recipe_with_another_figure_is_told() -> None:
    recipe = RECIPES[0]
    scheme = loaded(merged(BOOK.whole, recipe.write))
    with pytest.raises(SchemeProblems):
        check_cases(recipe.case(BOOK.worlds).replace("甲: 3/5", "甲: 4/5"), scheme, "examples.yml")


def test_every_recipe_has_a_figure_of_its_own_and_uses_what_it_says_to_write() -> None:
    for one in RECIPES:
        assert one.working
        named = one.results or one.verdicts.partition("填写要求:")[2].strip(" {}\n")
        first = named.partition(":")[0].partition(" @ ")[0]
        assert re.search(rf"(?<!\w){first}(?!\w)", one.write), one.sentence


def test_the_file_they_go_into_is_a_scheme_by_itself() -> None:
    assert load_scheme(BOOK.whole, "whole.yml").plan


def test_the_page_is_made_from_the_recipes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(BOOK), "make reference"
