"""Forgeries of a bundle, one for every value in it and every way of changing it; and signing again what an office can sign again.

Lives here: the ways. What the checker has to say to them stands in `test_forgeries`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from nacl.signing import SigningKey

from tests.survey_app.proof.forger import Content, sign_bundle, sign_tree

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Forgery:
    """One value of a bundle, by its path, and what is done to it. `way` names the deed."""

    path: Path
    way: str
    value: object

    @property
    def where(self) -> str:
        """The path as the list of the office's word writes it: numbers of rows left out."""
        return ".".join("*" if isinstance(step, int) else step for step in self.path)

    def __str__(self) -> str:
        return f"{self.way} {'.'.join(map(str, self.path))}"


def forgeries(content: Content) -> Iterator[Forgery]:
    """Every change of every value, but for the signature over them all, which is made anew. What changes nothing is left out."""
    for path, value in _values(content):
        if path and path[0] not in ("signature", "key"):
            for way, change in _ways(value):
                if type(change) is not type(value) or change != value:
                    yield Forgery(path, way, change)


def forged(content: Content, forgery: Forgery, key: SigningKey, *, log: bool) -> Content:
    """The bundle with one value changed, signed again; with `log` every checkpoint too, made to fit what stands there now."""
    bundle: Content = json.loads(json.dumps(content))
    *way, last = forgery.path
    here: object = bundle
    for step in way:
        here = here[step]  # type: ignore[index]  # a path that was walked before
    here[last] = forgery.value  # type: ignore[index]  # as above
    if forgery.value is DROPPED:
        del here[last]  # type: ignore[attr-defined]  # as above
    if log:
        sign_tree(bundle, key)
    else:
        sign_bundle(bundle, key)
    return bundle


class _Dropped:
    """A value that is taken out, key and all."""


DROPPED = _Dropped()


def _values(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from _values(one, (*path, step))


def _ways(value: object) -> Iterator[tuple[str, object]]:
    yield "drop", DROPPED
    if value is not None:
        yield "null", None
    if isinstance(value, bool):
        yield "turn round", not value
    elif isinstance(value, int):
        yield from (("one more", value + 1), ("one less", value - 1), ("as text", str(value)), ("as true", value == 1))
    elif isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, list):
        yield from _lists(value)
    elif isinstance(value, dict):
        yield "one key more", {**value, "more": 1}
        yield "no keys", {}
    else:
        yield from (("null as zero", 0), ("null as nothing said", ""), ("null as no rows", []))


def _texts(value: str) -> Iterator[tuple[str, object]]:
    yield from (("text behind", value + "\n"), ("text before", " " + value), ("no text", ""), ("other case", value.swapcase()))
    yield from (("another text", value[:-1] + ("b" if value.endswith("a") else "a")), ("cut", value[:-1]), ("twice", value * 2))
    try:
        number = Fraction(value)
    except (ValueError, ZeroDivisionError):
        return
    yield "one more", str(number + 1)
    yield "not reduced", f"{2 * number.numerator}/{2 * number.denominator}"


def _lists(value: list[object]) -> Iterator[tuple[str, object]]:
    yield "no rows", []
    yield "null behind", [*value, None]
    if value:
        yield from (("first twice", [value[0], *value]), ("last twice", [*value, value[-1]]), ("backwards", value[::-1]))
        yield from (("without the first", value[1:]), ("without the last", value[:-1]), ("turned", [*value[1:], value[0]]))
    for at in range(len(value) - 1):
        yield f"swap {at}", [*value[:at], value[at + 1], value[at], *value[at + 2 :]]
