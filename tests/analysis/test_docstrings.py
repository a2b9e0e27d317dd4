"""What a caller of the count needs stands at the function: what it takes, what it refuses, under numpydoc's headings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.docstrings import raises, wrong
from tests.support.house import ROOT, sources

Named = tuple[str, ast.FunctionDef]


def public(text: str) -> Iterator[Named]:
    """The public functions of a source, and the public methods of its public classes."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield from [(node.name, node)] * (not node.name.startswith("_"))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
            yield from ((f"{node.name}.{one.name}", one) for one in methods)


def test_every_public_function_of_the_count_says_what_it_takes_and_what_it_refuses() -> None:
    functions = [
        (f"{path.relative_to(ROOT)}::{name}", function)
        for path in sources("analysis")
        for name, function in public(path.read_text(encoding="utf-8"))
    ]
    assert len(functions) > 150
    assert {name: faults for name, function in functions if (faults := wrong(function))} == {}


GOOD = '''
def good(first, *rest, other=1, **more):
    """Something.

    Parameters
    ----------
    first : (ballots, slots) uint8
        The first.
    *rest, other
        The others.
    **more
        What else.

    Raises
    ------
    ValueError
        Always.
    """
    raise ValueError
'''


def test_a_docstring_that_says_all_is_passed() -> None:
    assert [wrong(function) for _, function in public(GOOD)] == [[]]


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        ('    """Something.', '    f"""Something.', "no docstring"),
        (
            "    *rest, other\n",
            "    *rest\n",
            "parameters ['first', '*rest', '**more'], not ['first', '*rest', 'other', '**more']",
        ),
        ("    first :", "    one :", "parameters ['one', '*rest', 'other', '**more'], not ['first', '*rest', 'other', '**more']"),
        ("    Raises\n    ------\n", "    Notes\n    -----\n", "says nothing of what it raises"),
        ("    Raises\n    ------\n", "    Throws\n    ------\n", "headings ['Parameters', 'Throws']"),
        ("    Raises\n    ------\n", "    Raises\n    ---\n", "dashes that underline no heading"),
        ("    **more\n", "    Examples\n    --------\n    **more\n", "headings ['Parameters', 'Examples', 'Raises']"),
    ],
)
def test_a_planted_fault_is_found(there: str, instead: str, fault: str) -> None:
    assert GOOD.count(there) == 1
    ((_, function),) = public(GOOD.replace(there, instead))
    assert fault in wrong(function)


def test_what_only_a_function_inside_raises_is_not_asked_for() -> None:
    ((_, outer),) = public("def outer(one):\n    def inner():\n        raise ValueError\n    return inner\n")
    assert not raises(outer)


def test_names_with_an_underscore_are_our_own_affair() -> None:
    source = (
        "def _own(): ...\nclass _Own:\n    def seen(self): ...\nclass Open:\n    def _own(self): ...\n    def seen(self): ...\n"
    )
    assert [name for name, _ in public(source)] == ["Open.seen"]
