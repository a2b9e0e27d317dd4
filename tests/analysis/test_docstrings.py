"""What a caller of the count needs stands at the function: what it takes, what it refuses, under numpydoc's headings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.house import ROOT, sources

#: numpydoc's headings of a function, in numpydoc's order.
HEADINGS = (
    "Parameters", "Returns", "Yields", "Receives", "Other Parameters", "Raises", "Warns", "Warnings", "See Also", "Notes",
    "References", "Examples",
)  # fmt: skip

Named = tuple[str, ast.FunctionDef]


def public(text: str) -> Iterator[Named]:
    """The public functions of a source, and the public methods of its public classes."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield from [(node.name, node)] * (not node.name.startswith("_"))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
            yield from ((f"{node.name}.{one.name}", one) for one in methods)


def parameters(function: ast.FunctionDef) -> list[str]:
    """What a caller gives, stars included; not the object itself, and not what the function says it does not look at."""
    given = function.args
    found = [one.arg for one in (*given.posonlyargs, *given.args)]
    found += [f"*{given.vararg.arg}"] if given.vararg else []
    found += [one.arg for one in given.kwonlyargs]
    found += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return [name for name in found if name not in ("self", "cls") and not name.startswith("_")]


def raises(function: ast.FunctionDef) -> bool:
    """Whether the function's own body raises; what it calls and what it defines is left out."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise):
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False


def sections(docstring: str) -> dict[str, list[str]]:
    """The lines under each heading, a line and dashes of the same length."""
    lines = docstring.splitlines()
    found: dict[str, list[str]] = {}
    under: list[str] = []
    for line, dashes in zip(lines, [*lines[1:], ""], strict=True):
        if line and re.fullmatch(r"-{3,}", dashes) and len(dashes) == len(line):
            under = found.setdefault(line, [])
        elif not re.fullmatch(r"-{3,}", line):
            under.append(line)
    return found


def wrong(function: ast.FunctionDef) -> list[str]:
    """What a function's docstring lacks or has in the wrong place."""
    docstring = ast.get_docstring(function)
    if docstring is None:
        return ["no docstring"]
    found, given = sections(docstring), parameters(function)
    faults = []
    if [one for one in HEADINGS if one in found] != list(found):
        faults.append(f"headings {list(found)}")
    if len(re.findall(r"^-{3,}$", docstring, re.MULTILINE)) != len(found):
        faults.append("dashes that underline no heading")
    heads = [line.split(" : ")[0] for line in found.get("Parameters", []) if line and not line.startswith(" ")]
    named = [name.strip() for head in heads for name in head.split(",")]
    if (len(given) > 1 or named) and sorted(named) != sorted(given):
        faults.append(f"parameters {named}, not {given}")
    if raises(function) and "Raises" not in found:
        faults.append("says nothing of what it raises")
    return faults


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
