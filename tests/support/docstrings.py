"""What a docstring says of its function under numpydoc's headings, and what it should say."""

from __future__ import annotations

import ast
import re

#: numpydoc's headings of a function, in numpydoc's order.
HEADINGS = (
    "Parameters", "Returns", "Yields", "Receives", "Other Parameters", "Raises", "Warns", "Warnings", "See Also", "Notes",
    "References", "Examples",
)  # fmt: skip


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
