#!/usr/bin/env python3
# ruff: noqa: B905, N818  -- Python 3.9 has no strict zip; Stop and Hidden are answers, not errors
"""Checks a bundle of an evaluation by itself: `python3 verify.py BUNDLE.zip [--key HEX] [--root HEX]`.

Python 3.9 or later and nothing else. Written from docs/bundle.md (what a bundle claims) and docs/plan.md (how a plan is
evaluated), not from the server's code, of which it shares no line; and the server uses none of these. Exit code 0: every claim
that this bundle allows to check holds; 3: they hold, and each note names what a person has to answer for; 1: something is wrong,
and each sentence says what; 2: this is no bundle, or one of another format. It is slow on purpose: one cell at a time.

How to read it. If you trust nobody, begin at the end: `main` reads the file and prints every sentence of `Checker.wrong`, and
there is no other way to its last lines, "All checks hold". Every check is one call of `Checker.need`: what has to hold, and what
is said if it does not.

1. Values         what stands in a cell, and what "withheld" does to whatever reads it
2. Digests        SHA-256, the tree (RFC 9162), Ed25519 (RFC 8032)
3. A bundle       every field it may have; its numbers, as the plan reads them
4. The plan       every figure worked out again from those numbers (docs/plan.md)
5. The checks     the fields, the log, what was fixed before, the ballots, the books, what is withheld, the openings, the
                  reconciliation, the figures, the rulings: the numbered list of docs/bundle.md
6. The verdict    reading the file, and saying what was found
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import operator
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

# --- 1. Values --------------------------------------------------------------------------------------------------------
# A value is a pair: ("num", Fraction), ("text", str), ("truth", bool), ("missing", reason), or HID: a value that the public
# bundle does not hold because too few ballots stand behind it. Whatever would have to read HID becomes HID itself.

Value = tuple[str, Any]
Key = frozenset[tuple[str, str]]  # the labels of a cell: ("subject", "A"), ("group", "villagers") …
Step = dict[str, Any]

AXES = ["subject", "group", "item", "period", "rater", "rival"]
ABSENT: Value = ("missing", "not applicable")
HID: Value = ("hidden", "")


class Stop(Exception):
    """The count stops here: a wrong kind of value, or a plan that is none."""


class Hidden(Exception):
    """Something had to be read that this bundle does not hold."""

def known(held: Any) -> Any:
    """What a bundle holds; where it holds null, nobody can know."""
    if held is None:
        raise Hidden
    return held

def seen(value: Value) -> Value:
    """The value, unless it is withheld."""
    if value[0] == "hidden":
        raise Hidden
    return value

def missing(value: Value) -> bool:
    return seen(value)[0] == "missing"

def expect(value: Value, kind: str) -> Any:
    """What a value of this kind holds. Another kind where this one is needed stops the count."""
    if seen(value)[0] != kind:
        raise Stop(f"{value[1]!r} is no {kind}")
    return value[1]

def num(value: Value) -> Fraction:
    return Fraction(expect(value, "num"))

def truth(value: Value) -> bool:
    return bool(expect(value, "truth"))

def short(value: Value) -> Value:
    """The value, unless it is a number too long for any figure: a product or power has gone wrong."""
    if value[0] == "num" and max(value[1].numerator.bit_length(), value[1].denominator.bit_length()) > 4096:
        raise Stop("a product or power is too long a number")
    return value

def plain(value: Value) -> str:
    """The canonical text of a value: "1/2", "true", the text itself."""
    text = str(value[1])
    return text.lower() if seen(value)[0] == "truth" else text

def literal(raw: list[Any]) -> Value:
    """A value as plans and bundles write it: exact numbers as text."""
    return ("num", Fraction(raw[1])) if raw[0] == "num" else (raw[0], raw[1])

def whole(number: Fraction, mode: str) -> int:
    """A number rounded to a whole one; halves and "up" go away from zero."""
    low = int(abs(number))
    rest = abs(number) - low
    half = Fraction(1, 2)
    up = {
        "down": False,
        "up": rest > 0,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and low % 2 == 1),
    }
    return (-1 if number < 0 else 1) * (low + up[mode])

def cell(**labels: str) -> Key:
    return frozenset(labels.items())

def label(key: Key, axis: str) -> str:
    return dict(key)[axis]

def without(key: Key, axis: str) -> Key:
    return frozenset(pair for pair in key if pair[0] != axis)

def replaced(key: Key, axis: str, new: str) -> Key:
    return without(key, axis) | {(axis, new)}

def guarded(function: Callable[..., Value], *given: Any) -> Value:
    """The function's value; HID when it has to read something withheld."""
    try:
        return function(*given)
    except Hidden:
        return HID


class Table:
    """A step's table. Without cells at all (`cells` None) when not even which cells there are may be known."""

    def __init__(self, axes: Iterable[str], cells: dict[Key, Value] | None) -> None:
        self.axes = [axis for axis in AXES if axis in axes]
        self.known = None if cells is None else {key: value for key, value in cells.items() if value != ABSENT}

    @property
    def cells(self) -> dict[Key, Value]:
        found: dict[Key, Value] = known(self.known)
        return found

    def read(self, key: Key) -> Value:
        """The value at those of the labels that this table has."""
        mine = frozenset(pair for pair in key if pair[0] in self.axes)
        return seen(self.cells.get(mine, ABSENT))


# --- 2. Digests, tree and signatures ----------------------------------------------------------------------------------

def canonical(content: Any) -> bytes:
    """The one way a content is written: keys sorted, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()

def tree(leaves: list[bytes]) -> bytes:
    """The root of RFC 9162 over leaves that are digests already."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha(b"\x01", tree(leaves[:split]), tree(leaves[split:]))


# Ed25519: the field's prime P, the group's order L, the curve's D; points in extended coordinates (RFC 8032, 5.1.4).
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)

def add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0])
    b = (p[1] + p[0]) * (q[1] + q[0])
    c = 2 * p[3] * q[3] * D
    d = 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(n: int, p: Point) -> Point:
    """n times a point, by doubling."""
    q = ZERO
    for bit in bin(n)[2:]:
        q = add(q, q)
        if bit == "1":
            q = add(q, p)
    return q

def point(data: bytes) -> Point | None:
    """The point that 32 bytes encode; None when they encode none."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    odd = data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return (x, y, 1, x * y % P)

def same_point(p: Point, q: Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0

def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `public` made this Ed25519 signature."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    if a is None or r is None or base is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same_point(times(s, base), add(r, times(k, a)))

def leaf_point(leaf: bytes) -> Point:
    """The point that stands for a leaf in a pledge: eight times the first of its digests that encodes one."""
    tries = (point(sha(b"pingyi/mark-point/v2", leaf, bytes([n]))) for n in range(256))
    return times(8, next(filter(None, tries)))


# --- 3. A bundle ------------------------------------------------------------------------------------------------------
# What a bundle is made of, field by field; anything else in it, or anything of another form, is refused. A type or a question
# says what a value is; a dict its fields (with "?": may be missing; "*": any name); [x] any number of x; (x, y) a row of two.


def exact(value: Any) -> bool:
    """A number written exactly, and in the one way it is written: "3/2", not "6/4" or "1.5"."""
    try:
        return isinstance(value, str) and str(Fraction(value)) == value
    except (ValueError, ZeroDivisionError):
        return False

def count(value: Any) -> bool:
    return type(value) is int and value >= 0

def maybe(shape: Any) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value, shape)

def digits(number: str) -> Callable[[Any], bool]:
    """Hexadecimal digits, so many as a pattern says, in small letters and with nothing between them."""
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{number}", value) is not None

def filled(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)

def written(value: Any) -> bool:
    """A value as plans and bundles write it."""
    kinds: dict[str, Any] = {"num": exact, "text": str, "truth": bool, "missing": str}
    return isinstance(value, list) and len(value) == 2 and value[0] in kinds and fits(value[1], kinds[value[0]])

def marked(value: Any) -> bool:
    """A row of counts: how many have the code 0, 1, 2 …, up to the last that anybody has."""
    return isinstance(value, list) and all(map(count, value)) and value[-1:] != [0]

def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        names = {name.rstrip("?") for name in shape}
        least = {name for name in shape if name[-1] not in "?*"}
        whole = isinstance(value, dict) and (names == {"*"} or least <= set(value) <= names)
        return whole and all(fits(value[one], shape.get(one, shape.get(one + "?", shape.get("*")))) for one in value)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, tuple):
        return isinstance(value, list) and len(value) == len(shape) and all(map(fits, value, shape))
    return isinstance(value, shape) if isinstance(shape, type) else bool(shape(value))


FORMAT = "pingyi-bundle/2"
HEX, BYTES, TEXTS = digits("{64}"), digits("*"), (str, str, str)
LINE = {"group": str, "unit": str, "uncounted": str, **dict.fromkeys(("issued", "voided", "cast", "unnoticed", "surplus"), count),
        **dict.fromkeys(("entitled", "present", "spoiled", "unused"), maybe(count))}
EPOCH = {"kind": str, "entries": [dict], "ballots": [HEX], "marks": [HEX], "checkpoint": str}
STYLE = {"style": str, "group": str, "unit": str, "signed": bool, "rated": bool, "v?": count, "content": dict}
LEAF = {"style": str, "slip": HEX, "commitment": HEX, "v": count}
FIELDS: dict[str, Any] = {
    "format": str, "kind": str, "key": HEX, "signature": digits("{128}"), "plan": dict, "subjects": [(str, dict)],
    "campaign": {"campaign": str, "title": str, "period": str}, "scheme": {"key": str, "version": str, "text": str},
    "release": maybe(filled), "custody": maybe(filled),
    "epochs": [EPOCH], "styles": [STYLE], "slips": [{"batch": count, "tags": [HEX]}], "leaves": [LEAF],
    "books": [(str, count, count, *[maybe(count)] * 3)], "places": [(str, str, *[maybe(count)] * 3)],
    "counts": [(*TEXTS, maybe(marked))], "withheld": [(*TEXTS, str)], "heads": [(str, str, *[maybe(count)] * 4)],
    "components": maybe([(str, str, exact)]), "events": maybe([(*TEXTS, exact)]), "past": maybe([(*TEXTS, written)]),
    "decisions": maybe([TEXTS]), "rulings": maybe([(*TEXTS, *TEXTS)]), "reconciliation": [LINE], "tables": {"*": [list]},
}
PUBLIC = {**FIELDS, "floor": count}
AUDITORS = {
    **FIELDS, "leaves": [{**LEAF, "rater?": count, "version?": count, "counts?": bool}], "openings": {"*": (BYTES, HEX)},
    "rulings": [(*TEXTS, *TEXTS)], "blinds": [(str, str, HEX, HEX)], "cut": [(*TEXTS, [str], [[count]])],
    "marks": [(*TEXTS, lambda shown: fits(shown, HEX) or fits(shown, (BYTES, HEX)))],
}
#: Lists in which a row's first so many values name it: no two rows of one name, and the rows in the names' order.
NAMED = {"books": 1, "places": 2, "counts": 3, "withheld": 3, "heads": 2, "components": 2, "past": 3, "decisions": 2,
         "rulings": 4, "blinds": 2, "cut": 3}
#: Lists of records, and the fields that name one.
RECORDS = {"styles": ("style",), "slips": ("batch",), "leaves": ("slip",), "reconciliation": ("group", "unit")}


class World:
    """The numbers of a bundle, as the plan's sources read them. `full`: an auditors' bundle, which withholds no count."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.all = bundle
        self.full = bundle["kind"] == "auditors"
        self.facts: dict[str, dict[str, str]] = dict(bundle["subjects"])
        self.styles: dict[str, dict[str, Any]] = {one["style"]: {**one, **one["content"]} for one in bundle["styles"]}
        self.counts = {(s, g, i): row for s, g, i, row in bundle["counts"]}
        names = ("cast", "superseded", "valid", "blank", "invalid")
        self.books = {one[0]: dict(zip(names, one[1:])) for one in bundle["books"]}
        self.places = {(g, u): dict(zip(names[2:], rest)) for g, u, *rest in bundle["places"]}
        typed = ("entitled", "present", "issued", "returned")
        self.heads = {(g, u): dict(zip(typed, rest)) for g, u, *rest in bundle["heads"]}
        self.opened: dict[str, list[list[int]]] = {}  # by form, the ballots that auditors were given; `Checker.openings` fills it

    def place(self, style: str) -> tuple[str, str]:
        """A form's place: the group that fills it in, and the unit where."""
        return self.styles[style]["group"], self.styles[style]["unit"]

    def at(self, place: tuple[str, str]) -> list[str]:
        """The forms of a place."""
        return [one for one in self.styles if self.place(one) == place]

    def in_force(self, styles: Iterable[str]) -> int:
        """How many ballots on these forms were not replaced by a later version."""
        return sum(self.books[one]["cast"] - self.books[one]["superseded"] for one in styles)

    def evidence(self, kind: str) -> list[list[Any]]:
        return list(known(self.all[kind]))

    def rows(self, style: str) -> list[list[int]]:
        return list(known(self.opened.get(style)))

    def version(self, style: str) -> int:
        """Which kind of commitment the form's ballots carry: 1 whole, 2 cut per subject."""
        return int(self.styles[style].get("v", 1))

    def rated(self, style: str) -> bool:
        """Whether the raters of this form are themselves rated."""
        return bool(self.styles[style]["rated"])

    def subjects(self, style: str) -> set[str]:
        return {subject for subject, _ in self.styles[style]["slots"]}

    # Made once and looked up afterwards: a round may have thousands of subjects, and each of them asks.

    @functools.cached_property
    def asking(self) -> dict[tuple[str, str, str], set[str]]:
        """By subject, group and item, the forms that ask for a cell of the counts."""
        found: dict[tuple[str, str, str], set[str]] = {}
        for one, style in self.styles.items():
            for subject, item in style["slots"]:
                found.setdefault((subject, style["group"], item), set()).add(one)
        return found

    @functools.cached_property
    def holding(self) -> dict[tuple[str, str], list[str]]:
        """By subject and group, the forms that hold a subject."""
        found: dict[tuple[str, str], list[str]] = {}
        for one, style in self.styles.items():
            for subject in {subject for subject, _ in style["slots"]}:
                found.setdefault((subject, style["group"]), []).append(one)
        return found

    @functools.cached_property
    def events(self) -> dict[str, list[list[Any]]]:
        """By subject, what happened."""
        found: dict[str, list[list[Any]]] = {}
        for row in self.evidence("events"):
            found.setdefault(row[0], []).append(row)
        return found

    def offering(self, subject: str, group: str, item: str) -> set[str]:
        """The forms that ask for a cell of the counts."""
        return self.asking.get((subject, group, item), set())

    def head(self, what: str, subject: str, group: str, styles: list[str]) -> int:
        """How many ballots of a kind there are on the forms that hold a subject.

        The public bundle does not say it for each form. It shows it all the same where an item is asked by all of these forms
        (its count adds up to the valid ones), and where a place has no other forms than these.
        """
        if what in ("cast", "superseded") or self.full:
            return sum(self.books[one][what] for one in styles)
        asked = sorted({item for one in styles for other, item in self.styles[one]["slots"] if other == subject})
        for item in asked if what == "valid" else []:
            row = self.counts[subject, group, item]
            if row and self.offering(subject, group, item) == set(styles):
                return sum(row)
        places = {self.place(one) for one in styles}
        numbers = [self.places[place][what] for place in places]
        if None in numbers or {one for one in self.styles if self.place(one) in places} != set(styles):
            raise Hidden
        return sum(numbers)


# --- 4. The plan, evaluated (docs/plan.md) ----------------------------------------------------------------------------


class Engine:
    """Evaluates a plan on the numbers of a bundle, step by step; `tables` by the step's name.

    A method `op_…` for each op of docs/plan.md. Each makes a whole table; most go through its cells one by one with `guarded`,
    so that one withheld value hides no more than the cells that read it.
    """

    def __init__(self, plan: dict[str, Any], world: World) -> None:
        self.plan = plan
        self.world = world
        self.facts = world.facts
        self.subjects = sorted(world.facts)
        self.tables: dict[str, Table] = {}
        for step in plan["steps"]:
            try:
                self.tables[step["name"]] = getattr(self, "op_" + step["op"])(step)
            except Hidden:
                self.tables[step["name"]] = Table(AXES, None)

    def get(self, name: str) -> Table:
        return self.tables[name]

    def side(self, raw: Any) -> Table:
        """A step's table, or a literal as a table of one cell that every key reads."""
        return self.tables[raw] if isinstance(raw, str) else Table([], {frozenset(): literal(raw)})

    def per_subject(self, function: Callable[[str], Value]) -> Table:
        return Table(["subject"], {cell(subject=one): guarded(function, one) for one in self.subjects})

    def each(self, step: Step, function: Callable[[Key, Value], Value]) -> Table:
        """A table with the cells of `of`, each made anew."""
        of = self.get(step["of"])
        return Table(of.axes, {key: guarded(function, key, value) for key, value in of.cells.items()})

    def cellwise(self, tables: list[Table], function: Callable[[Key], Value]) -> Table:
        """One result for every key of the union of the tables' keys: like axes united, unlike ones joined where labels agree."""
        axes = [axis for axis in AXES if any(axis in table.axes for table in tables)]
        widest = [table for table in tables if not any(set(table.axes) < set(other.axes) for other in tables)]
        keys: set[Key] = {frozenset()}
        for kind in {tuple(table.axes) for table in widest}:
            mine = {key for table in widest if tuple(table.axes) == kind for key in table.cells}
            keys = {a | b for a in keys for b in mine if len(dict(a | b)) == len(a | b)}
        return Table(axes, {key: guarded(function, key) for key in keys})

    def order(self, key: Key) -> list[tuple[int, str]]:
        """Where a key stands in the order of labels: groups and items as the plan lists them, all else by its text."""
        places = []
        for axis, name in sorted(key, key=lambda pair: AXES.index(pair[0])):
            listed = self.plan.get(axis + "s") or [] if axis in ("group", "item") else []
            places.append((listed.index(name) if name in listed else len(listed), name))
        return places

    # Sources: what reads the bundle itself.

    def wanted(self, step: Step, group: str, item: str) -> bool:
        return group in (step.get("groups") or [group]) and item in (step.get("items") or [item])

    def scale(self, item: str) -> list[dict[str, Any]]:
        choices: list[dict[str, Any]] = self.plan["scales"][self.plan["item_scale"][item]]
        return choices

    def choice(self, item: str, code: int) -> dict[str, Any]:
        return next(one for one in self.scale(item) if one["code"] == code)

    def op_tally(self, step: Step) -> Table:
        cells = {}
        for (subject, group, item), row in self.world.counts.items():
            if not self.wanted(step, group, item):
                continue
            names = {"blank", *(one["key"] for one in self.scale(item))}
            if step["what"] == "count" and not names & set(step["choices"]):
                continue
            worth = [self.worth(step, item, code) * number for code, number in enumerate(row or [])]
            cells[cell(subject=subject, group=group, item=item)] = HID if row is None else ("num", sum(worth, Fraction(0)))
        return Table(["subject", "group", "item"], cells)

    def worth(self, step: Step, item: str, code: int) -> Fraction:
        """What one mark adds to a tally."""
        if step["what"] == "count":
            return Fraction((self.choice(item, code)["key"] if code else "blank") in step["choices"])
        if not code or self.choice(item, code).get("kind", "grade") == "unknown":
            return Fraction(0)
        return Fraction(1 if step["what"] == "answered" else self.choice(item, code)["value"])

    def op_heads(self, step: Step) -> Table:
        cells = {}
        for subject, group in {
            (subject, style["group"]) for style in self.world.styles.values() for subject, _ in style["slots"]
        }:
            if group in (step.get("groups") or [group]):
                cells[cell(subject=subject, group=group)] = guarded(self.head, step["what"], subject, group)
        return Table(["subject", "group"], cells)

    def head(self, what: str, subject: str, group: str) -> Value:
        """A head-count over the forms of a group that hold a subject."""
        world = self.world
        styles = world.holding.get((subject, group), [])
        if what in ("cast", "valid", "blank", "invalid", "superseded"):
            return ("num", Fraction(world.head(what, subject, group, styles)))
        numbers = [world.heads.get((group, unit), {}).get(what) for unit in {world.styles[one]["unit"] for one in styles}]
        if None in numbers:
            return ("missing", "not counted")
        return ("num", sum((Fraction(one or 0) for one in numbers), Fraction(0)))

    def op_mark(self, step: Step) -> Table:
        cells = {}
        for style, form in self.world.styles.items():
            if form["group"] not in (step.get("groups") or [form["group"]]):
                continue
            filled = sorted(row for row in self.world.rows(style) if any(row))
            for number, row in enumerate(filled, start=1):
                for (subject, item), code in zip(form["slots"], row):
                    key = cell(subject=subject, group=form["group"], item=item, rater=f"{style}/{number}")
                    if self.wanted(step, form["group"], item):
                        cells[key] = self.mark_value(step, item, code)
        return Table(["subject", "group", "item", "rater"], cells)

    def mark_value(self, step: Step, item: str, code: int) -> Value:
        if code == 0:
            return ("missing", "blank")
        choice = self.choice(item, code)
        if (step.get("as") or "number") == "text":
            return ("text", choice["key"])
        return ("missing", "unknown") if choice.get("kind", "grade") == "unknown" else ("num", Fraction(choice["value"]))

    def as_kind(self, text: str, how: str) -> Value:
        """A text of the evidence, as text or as the exact number it writes."""
        if how == "text":
            return ("text", text)
        good = re.fullmatch(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?", text)
        return ("num", Fraction(text)) if good else ("missing", "not a number")

    def op_fact(self, step: Step) -> Table:
        how = step.get("as") or "text"
        texts = {one: self.facts[one].get(step["fact"], "") for one in self.subjects}
        return self.per_subject(lambda one: self.as_kind(texts[one], how) if texts[one] else ("missing", "no such fact"))

    def op_component(self, step: Step) -> Table:
        mine = {row[0]: Fraction(row[2]) for row in self.world.evidence("components") if row[1] == step["component"]}
        return self.per_subject(lambda one: ("num", mine[one]) if one in mine else ("missing", "no evidence"))

    def op_event(self, step: Step) -> Table:
        since, until = step.get("since") or "", step.get("until") or "~"
        if step.get("months"):
            here = self.calendar()
            first = here[1] * 12 // here[0] + 12 // here[0] - step["months"]  # months since year 0
            since, until = f"{first // 12:04d}-{first % 12 + 1:02d}-01", self.period_name(here[0], here[1], day="-31")

        def one(subject: str) -> Value:
            found = [row for row in self.world.events.get(subject, []) if row[1] in step["kinds"]]
            within = [row for row in found if since <= row[2] <= until]
            amounts = [Fraction(row[3]) if step.get("what") == "amount" else Fraction(1) for row in within]
            return ("num", sum(amounts, Fraction(0)))

        return self.per_subject(one)

    def calendar(self) -> tuple[int, int]:
        """The counted period in the calendar: how many of its length make a year, and its number since year 0."""
        name = str(self.world.all["campaign"]["period"])
        for many, form in ((1, "()"), (2, "-?H([12])"), (4, "-?Q([1-4])"), (12, "-(0[1-9]|1[0-2])")):
            hit = re.fullmatch("([0-9]{4})" + form, name.strip())
            if hit:
                return many, int(hit[1]) * many + int(hit[2] or 1) - 1
        raise Stop(f"{name!r} is no period of the calendar")

    def period_name(self, many: int, number: int, day: str = "") -> str:
        """A period's name; with a day, the last month of it and that day."""
        year, part = divmod(number, many)
        if day:
            return f"{year:04d}-{(part + 1) * 12 // many:02d}{day}"
        return {1: f"{year}", 2: f"{year}-H{part + 1}", 4: f"{year}-Q{part + 1}", 12: f"{year}-{part + 1:02d}"}[many]

    def op_this_period(self, step: Step) -> Table:
        of, here = self.get(step["of"]), self.world.all["campaign"]["period"]
        if not here:
            raise Stop("no period is counted")
        cells = {key | {("period", here)}: value for key, value in of.cells.items()}
        return Table([axis for axis in AXES if axis in (*of.axes, "period")], cells)

    def op_past(self, step: Step) -> Table:
        mine = {(row[1], row[0]): literal(row[3]) for row in self.world.evidence("past") if row[2] == step["quantity"]}
        periods = step.get("periods") or sorted({period for _, period in mine})
        if step.get("back"):
            many, here = self.calendar()
            periods = [self.period_name(many, here - back) for back in range(step["back"], 0, -1)]
        if step.get("last"):
            periods = sorted(periods)[-step["last"] :]
        pairs = [(subject, period) for subject in self.subjects for period in periods or ["none"]]
        cells = {cell(subject=one, period=period): mine.get((one, period), ("missing", "no result")) for one, period in pairs}
        return Table(["subject", "period"], cells)

    def op_decision(self, step: Step) -> Table:
        mine = {row[0]: row[2] for row in self.world.evidence("decisions") if row[1] == step["decision"]}
        if step.get("choices") is not None and not set(mine.values()) <= set(step["choices"]):
            raise Stop(f"a decision on {step['decision']!r} is none of its choices")
        how = step.get("as") or "text"
        return self.per_subject(lambda one: self.as_kind(mine[one], how) if one in mine else ("missing", "not decided"))

    def op_table(self, step: Step) -> Table:
        return Table(step["axes"], {frozenset(zip(step["axes"], row)): literal(row[-1]) for row in step["rows"]})

    # Cell by cell: what reads other steps at the same labels.

    def op_lookup(self, step: Step) -> Table:
        names = step["keys"]
        tables = [self.labels(name[1:]) if name.startswith("@") else self.get(name) for name in names]
        bearing = [table for name, table in zip(names, tables) if name != "@period"]  # another key brings the periods

        def one(key: Key) -> Value:
            row = []
            for name, table in zip(names, tables):
                row.append(("text", label(key, name[1:])) if name.startswith("@") else table.read(key))
            return self.looked_up(step, row)

        return self.cellwise(bearing, one)

    def labels(self, axis: str) -> Table:
        """Every label of an axis, as a table over it."""
        listed = self.subjects if axis == "subject" else self.plan.get(axis + "s") or []
        every = {*listed, *(self.plan.get(axis + "_parents") or {}).values()}
        return Table([axis], {frozenset({(axis, one)}): ("text", one) for one in every})

    def looked_up(self, step: Step, row: list[Value]) -> Value:
        """The first row of a look-up that matches; else the first reason why nothing can."""
        for *wanted, value in step["rows"]:
            if all(want == "*" or (not missing(have) and plain(have) == want) for want, have in zip(wanted, row)):
                return literal(value)
        gone = [have for have in row if missing(have)]
        if gone:
            return gone[0]
        return literal(step["otherwise"]) if step.get("otherwise") else ("missing", "no row")

    def op_calc(self, step: Step) -> Table:
        tables = [self.get(name) for name in self.refs(step["expr"])]
        return self.cellwise(tables, lambda key: self.calc(step["expr"], key))

    def refs(self, expr: list[Any]) -> list[str]:
        """The steps an expression names."""
        if expr[0] == "ref":
            return [expr[1]]
        inner = [] if expr[0] in ("num", "text", "truth", "missing") else expr[1:]
        return [name for part in inner for name in self.refs(part)]

    def calc(self, expr: list[Any], key: Key) -> Value:
        op, *parts = expr
        if op == "ref":
            return self.get(parts[0]).read(key)
        if op in ("num", "text", "truth", "missing"):
            return literal(expr)
        if op == "if":  # only the branch that is taken is read
            condition = self.calc(parts[0], key)
            return condition if missing(condition) else self.calc(parts[1] if truth(condition) else parts[2], key)
        return self.applied(op, [self.calc(part, key) for part in parts])

    def applied(self, op: str, values: list[Value]) -> Value:
        """A function of the plan applied to values. The first missing one makes the result missing, but for what is decided."""
        if op == "is_missing":
            return ("truth", missing(values[0]))
        gone = [value for value in values if missing(value)]
        if op in ("and", "or"):
            decided = (op == "or") in [truth(value) for value in values if not missing(value)]
            return gone[0] if gone and not decided else ("truth", decided == (op == "or"))
        if gone:
            return gone[0]
        if op == "not":
            return ("truth", not truth(values[0]))
        if op in ("=", "!="):
            return ("truth", (values[0] == values[1]) == (op == "="))
        return self.arithmetic(op, [num(value) for value in values])

    def arithmetic(self, op: str, n: list[Fraction]) -> Value:
        comparisons: dict[str, Callable[..., bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
        if op in comparisons:
            return ("truth", comparisons[op](n[0], n[1]))
        if op == "/" and 0 in n[1:]:
            return ("missing", "divided by zero")
        if op in ("neg", "abs"):
            return ("num", -n[0] if op == "neg" else abs(n[0]))
        fold: dict[str, Callable[..., Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "min": min, "max": max}
        fold["/"] = operator.truediv
        return ("num", functools.reduce(fold[op], n))

    def op_bands(self, step: Step) -> Table:
        def one(_: Key, value: Value) -> Value:
            for row in [] if missing(value) else step["rows"]:
                x, low, high = num(value), row.get("from"), row.get("to")
                above = low is None or x > Fraction(low) or (x == Fraction(low) and row.get("from_in", True))
                if above and (high is None or x < Fraction(high) or (x == Fraction(high) and row.get("to_in"))):
                    return literal(row["value"])
            return value if missing(value) else ("missing", "in no band")

        return self.each(step, one)

    def op_choose(self, step: Step) -> Table:
        tables = [self.get(condition) for condition, _ in step["cases"]]
        values = [*(value for _, value in step["cases"]), step.get("otherwise")]
        tables += [self.get(value) for value in values if isinstance(value, str)]

        def one(key: Key) -> Value:
            for condition, value in step["cases"]:
                met = self.get(condition).read(key)
                if met == ABSENT:
                    continue
                if missing(met):
                    return met
                if truth(met):
                    return self.side(value).read(key)
            return ("missing", "no case") if step.get("otherwise") is None else self.side(step["otherwise"]).read(key)

        return self.cellwise(tables, one)

    def op_bound(self, step: Step) -> Table:
        name = next(name for name in ("at_most", "at_least", "at_most_of", "at_least_of") if step.get(name) is not None)

        def one(key: Key, grade: Value) -> Value:
            when = ("truth", True) if step.get("when") is None else self.get(step["when"]).read(key)
            limit = self.get(step[name]).read(key) if name.endswith("_of") else ("text", step[name])
            idle = when == ABSENT or (not missing(when) and (not truth(when) or limit == ABSENT))
            if missing(grade) or idle:
                return grade
            if missing(when) or missing(limit):
                return when if missing(when) else limit
            if not {grade[1], limit[1]} <= set(step["order"]):
                raise Stop(f"no such grade: {grade[1]!r}, {limit[1]!r}")
            places = [step["order"].index(grade[1]), step["order"].index(limit[1])]
            return ("text", step["order"][max(places) if name.startswith("at_most") else min(places)])

        return self.each(step, one)

    def op_test(self, step: Step) -> Table:
        left, right = self.get(step["left"]), self.side(step["right"])

        def one(key: Key) -> Value:
            a, b = left.read(key), right.read(key)
            if missing(a) or missing(b):
                return a if missing(a) else b
            if step["cmp"] == "=":
                return ("truth", a == b)
            return self.arithmetic(step["cmp"], [num(a), num(b)])

        return self.cellwise([left, right] if isinstance(step["right"], str) else [left], one)

    def op_fill(self, step: Step) -> Table:
        def one(key: Key, value: Value) -> Value:
            if not missing(value) or (step.get("reasons") is not None and value[1] not in step["reasons"]):
                return value
            other = self.side(step["with"]).read(key)
            return value if other == ABSENT else other

        return self.each(step, one)

    def op_round(self, step: Step) -> Table:
        unit = Fraction(step["step"])
        return self.each(step, lambda _, v: v if missing(v) else ("num", whole(num(v) / unit, step["mode"]) * unit))

    def op_power(self, step: Step) -> Table:
        unit, raw = Fraction(step["step"]), step["exponent"]

        def one(key: Key, value: Value) -> Value:
            to = self.get(raw["step"]).read(key) if isinstance(raw, dict) else ("num", Fraction(raw))
            if missing(value) or missing(to):
                return value if missing(value) else to
            return short(self.power(num(short(value)), num(to), step["mode"], unit))

        return self.each(step, one)

    def power(self, base: Fraction, exponent: Fraction, mode: str, unit: Fraction) -> Value:
        """A power, rounded: the number of units is sought between two bounds, and compared by powers of whole numbers."""
        up, root = exponent.numerator, exponent.denominator
        if base == 0 and up < 0:
            return ("missing", "divided by zero")
        if max(abs(up), root) > 1000 or (base < 0 and root > 1):
            return ("missing", "no root")
        raised = Fraction(base**up)
        if root == 1:
            return ("num", whole(raised / unit, mode) * unit)
        low, high = 0, 1
        while (high * unit) ** root <= raised:
            high *= 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if (middle * unit) ** root <= raised else (low, middle)
        there, half = (low * unit) ** root == raised, ((2 * low + 1) * unit / 2) ** root
        more = {"down": False, "up": not there, "half_up": half <= raised}
        more["half_even"] = half < raised or (half == raised and low % 2 == 1)
        return ("num", (low + more[mode]) * unit)

    # Across cells: what makes one cell of many.

    def collapse(self, step: Step, keys: list[Key], base: Callable[[str], Value]) -> Value:
        """One value from the cells of `of` at `keys`; `base` reads another step at the place of the result."""
        found = self.taking_part(step, keys)
        if isinstance(found, list) and step.get("trim"):
            found = self.trimmed(step["trim"], found, base)
        if not isinstance(found, list):
            return found
        place = step.get("k")
        return self.made(step, found, base(place["step"]) if isinstance(place, dict) else ("num", place))

    def taking_part(self, step: Step, keys: list[Key]) -> list[tuple[Value, Fraction]] | Value:
        """The values with their weights; or the first missing one where that makes the result missing."""
        of, policy = self.get(step["of"]), step.get("missing") or "skip"
        zero: Value = ("truth", False) if step["how"] in ("all", "any") else ("num", Fraction(0))
        found = []
        for key in sorted(keys, key=self.order):
            where = ("truth", True) if step.get("where") is None else self.get(step["where"]).read(key)
            weight = ("num", Fraction(1)) if step.get("weights") is None else self.get(step["weights"]).read(key)
            if where in (ABSENT, ("truth", False)) or weight == ABSENT:
                continue
            gone = [value for value in (where, of.cells[key], weight) if missing(value)]
            if not gone:
                found.append((of.cells[key], num(weight)))
            elif policy == "fail":
                return gone[0]
            elif policy == "zero" and not missing(weight):
                found.append((zero, num(weight)))
        return found

    def trimmed(
        self, trim: Step, found: list[tuple[Value, Fraction]], base: Callable[[str], Value]
    ) -> list[tuple[Value, Fraction]] | Value:
        """The values without the lowest and the highest."""
        if trim.get("when_more_than") is not None and len(found) <= Fraction(trim["when_more_than"]):
            return found
        size = ("num", Fraction(len(found))) if trim.get("of") in (None, "answered") else base(trim["of"])
        share = trim["unit"] == "share"
        if share and missing(size):
            return size
        factor = num(size) if share else Fraction(1)
        low, high = (whole(Fraction(trim.get(end) or 0) * factor, trim.get("rounding") or "down") for end in ("low", "high"))
        ranked = sorted(found, key=lambda pair: (num(pair[0]), pair[1]))
        if found and low + high >= len(found):
            return ("missing", "all trimmed")
        return ranked[max(low, 0) : len(ranked) - max(high, 0)]

    def made(self, step: Step, found: list[tuple[Value, Fraction]], place: Value) -> Value:
        how = step["how"]
        if how == "count":
            return ("num", Fraction(len(found)))
        if not found:
            return ("missing", "no values")
        if how == "last":
            return found[-1][0]
        if how in ("all", "any"):
            return ("truth", (all if how == "all" else any)([truth(value) for value, _ in found]))
        if how in ("sum", "mean", "product"):
            return self.together(how, found)
        return self.ranked(step, sorted(num(value) for value, _ in found), place)

    def together(self, how: str, found: list[tuple[Value, Fraction]]) -> Value:
        """Numbers added up, averaged or multiplied."""
        if how == "product":
            return short(("num", functools.reduce(operator.mul, (num(value) for value, _ in found))))
        top = sum((num(value) * weight for value, weight in found), Fraction(0))
        bottom = sum((weight for _, weight in found), Fraction(0)) if how == "mean" else Fraction(1)
        return ("num", top / bottom) if bottom else ("missing", "no weight")

    def ranked(self, step: Step, numbers: list[Fraction], place: Value) -> Value:
        """What is made of numbers in order, the least first."""
        if step["how"] != "kth":
            middle = (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2
            return ("num", {"least": numbers[0], "most": numbers[-1], "median": middle}[step["how"]])
        if missing(place):
            return place
        if num(place) < 1 or num(place).denominator != 1:
            return ("missing", "no such place")
        if len(numbers) < num(place):
            return ("missing", "too few values")
        from_top = (step.get("from") or "top") == "top"
        return ("num", sorted(numbers, reverse=from_top)[int(num(place)) - 1])

    def collect(self, step: Step, home: Callable[[Key], Key | None], seeds: Iterable[Key] = ()) -> dict[Key, Value]:
        """Cells of `of` gathered under new keys and collapsed; `home` says where a cell goes, `seeds` what is there anyway."""
        groups: dict[Key, list[Key]] = {key: [] for key in seeds}
        for key in self.get(step["of"]).cells:
            new = home(key)
            if new is not None:
                groups.setdefault(new, []).append(key)
        return {
            new: guarded(self.collapse, step, keys, lambda name, new=new: self.get(name).read(new))
            for new, keys in groups.items()
        }

    def op_reduce(self, step: Step) -> Table:
        of, over = self.get(step["of"]), step["over"]
        if step.get("into") is None:
            return Table([axis for axis in of.axes if axis != over], self.collect(step, lambda key: without(key, over)))
        parents = (self.plan.get(over + "_parents") or {}) if over in ("group", "item") else {}

        def depth(name: str) -> int:
            return 1 + depth(parents[name]) if name in parents else 0

        names = {label(key, over) for key in of.cells}
        deepest = max(map(depth, names), default=0)
        climbs = {name for name in names if name in parents and depth(name) == deepest}
        moved = {key: replaced(key, over, parents[label(key, over)]) for key in of.cells if label(key, over) in climbs}
        stay = {key: value for key, value in of.cells.items() if key not in moved}
        # A cell that is kept back may be none at all: two that meet are a fault only where both are seen.
        met = set(stay) & set(moved.values())
        if any(stay[new] != HID and of.cells[key] != HID for key, new in moved.items() if new in met):
            raise Stop("a value of its own and one from below")
        return Table(of.axes, {**stay, **self.collect(step, moved.get), **dict.fromkeys(met, HID)})

    def related(self, subject: str, relation: str) -> str | None:
        """The subject whose id a fact of this one holds."""
        other = self.facts[subject].get(relation, "")
        return other if other in self.facts else None

    def op_gather(self, step: Step) -> Table:
        of = self.get(step["of"])

        def home(key: Key) -> Key | None:
            other = self.related(label(key, "subject"), step["relation"])
            return None if other is None else replaced(key, "subject", other)

        seeds = [cell(subject=one) for one in self.subjects if of.axes == ["subject"]]
        return Table(of.axes, self.collect(step, home, seeds))

    def op_follow(self, step: Step) -> Table:
        of = self.get(step["of"])
        cells: dict[Key, Value] = {}
        by_subject: dict[str | None, list[Key]] = {}
        for key in of.cells:
            by_subject.setdefault(label(key, "subject"), []).append(key)
        for subject in self.subjects:
            other = self.related(subject, step["relation"])
            if other is None and of.axes == ["subject"]:
                cells[cell(subject=subject)] = ("missing", "no such subject")
            cells.update({replaced(key, "subject", subject): of.cells[key] for key in by_subject.get(other, [])})
        return Table(of.axes, cells)

    # Pools: what compares subjects with each other.

    def pool(self, step: Step, subject: str) -> Any:
        """The pool's labels as a list, or the missing value that keeps a subject out."""
        labels = []
        for name in step.get("pool") or []:
            value = self.get(name).read(cell(subject=subject))
            if missing(value):
                return value
            labels.append(plain(value))
        return labels

    def op_relate(self, step: Step) -> Table:
        of, over = self.get(step["of"]), step.get("over") or "subject"
        pools = {key: self.pool(step, label(key, "subject")) if over == "subject" else [] for key in of.cells}
        homes: dict[Any, list[Key]] = {}
        for key in of.cells:
            homes.setdefault((without(key, over), str(pools[key])), []).append(key)

        def one(key: Key, value: Value) -> Value:
            if missing(value):
                return value
            if isinstance(pools[key], tuple):
                return seen(pools[key])
            near = homes[without(key, over), str(pools[key])]
            return self.relate_one(step, key, {other: num(of.cells[other]) for other in near if not missing(of.cells[other])})

        return self.each(step, one)

    def relate_one(self, step: Step, key: Key, rivals: dict[Key, Fraction]) -> Value:
        """One value against those of its pool, itself among them."""
        high = (step.get("order") or "high") == "high"
        mine, numbers, how = rivals[key], list(rivals.values()), step["how"]
        best, worst = (max(numbers), min(numbers)) if high else (min(numbers), max(numbers))
        every = sum(numbers, Fraction(0))
        mean = every / len(numbers)
        base = {"share": every, "ratio_best": best, "ratio_mean": mean}.get(how)
        if base is not None:
            return ("num", mine / base) if base else ("missing", "divided by zero")
        if how == "minmax":
            return ("num", (mine - worst) / (best - worst)) if best != worst else ("missing", "all equal")
        if how == "recency":
            later = [other for other in rivals if (self.order(other) > self.order(key)) == high and other != key]
            return ("num", Fraction(len(later) + 1))
        if how == "rank":
            return ("num", Fraction(self.rank(step, key, rivals, high=high)))
        return ("num", {"mean": mean, "best": best, "worst": worst, "sum": every, "count": Fraction(len(numbers))}[how])

    def rank(self, step: Step, key: Key, rivals: dict[Key, Fraction], *, high: bool) -> int:
        ahead = [other for other in rivals if self.beats(step, other, key, rivals, high=high)]
        rest = set(rivals) - set(ahead)
        tied = [other for other in rest if not self.beats(step, key, other, rivals, high=high)]
        different = len({rivals[other] for other in ahead})
        shared = len(ahead) + 1
        return {"share": shared, "break": shared, "last": len(ahead) + len(tied), "dense": different + 1}[
            step.get("ties") or "share"
        ]

    def beats(self, step: Step, one: Key, other: Key, values: dict[Key, Fraction], *, high: bool) -> bool:
        """Whether `one` stands before `other`: by value, then by the steps of `by`, greater first, missing least."""
        if values[one] != values[other]:
            return (values[one] > values[other]) == high
        for name in step.get("by") or []:
            a, b = self.get(name).read(one), self.get(name).read(other)
            if missing(a) != missing(b):
                return missing(b)
            if not missing(a) and num(a) != num(b):
                return num(a) > num(b)
        return False

    def op_versus(self, step: Step) -> Table:
        of = self.get(step["of"])
        pools = {subject: self.pool(step, subject) for subject in {label(key, "subject") for key in of.cells}}
        cells: dict[Key, Value] = {}
        for mine in of.cells:
            for other, value in of.cells.items():
                a, b = label(mine, "subject"), label(other, "subject")
                beside = a != b and without(mine, "subject") == without(other, "subject")
                if beside and isinstance(pools[a], list) and pools[a] == pools[b]:
                    cells[mine | {("rival", b)}] = value
        return Table([*of.axes, "rival"], cells)

    # Tiers: a pool's places shared out, the best tier first.

    def op_allocate(self, step: Step) -> Table:
        of = self.get(step["of"])
        cells: dict[Key, Value] = {}
        pools: dict[tuple[str, ...], dict[Key, Fraction]] = {}
        for key, value in of.cells.items():
            mine = self.pool(step, label(key, "subject"))
            barred = step.get("eligible") is not None and self.get(step["eligible"]).read(key) != ("truth", True)
            if missing(value):
                cells[key] = ("missing", "not rated")
            elif barred:
                cells[key] = ("missing", "not eligible")
            elif isinstance(mine, tuple):
                cells[key] = mine
            else:
                pools.setdefault(tuple(mine), {})[key] = num(value)
        for values in pools.values():
            cells.update(self.fill_pool(step, values))
        return Table(["subject"], cells)

    def amount(self, raw: Any, mode: Any, keys: list[Key]) -> int | None:
        """A number of places: a share of the pool, a count, or what a step says for every subject of it."""
        if raw is None:
            return None
        if "count" in raw:
            return int(raw["count"])
        if "share" in raw:
            return whole(Fraction(raw["share"]) * len(keys), mode)
        found = {self.get(raw["step"]).read(key) for key in keys}
        value = next(iter(found))
        if len(found) != 1 or value[0] != "num" or value[1].denominator != 1 or value[1] < 0:
            raise Stop("an amount is not one whole number for the pool")
        return int(value[1])

    def amounts(self, step: Step, keys: list[Key]) -> list[dict[str, int | None]]:
        """Least, most and target of every tier, in this pool."""
        small = [one["tiers"] for one in step.get("small") or [] if len(keys) <= Fraction(one["up_to"])]
        rows = [*small, step["tiers"]][0]
        remainder = step["rounding"] == "largest_remainder"
        modes = dict.fromkeys(("least", "most", "target"), step["rounding"])
        if remainder:
            modes = {"least": "up", "most": "down", "target": "down"}
        sizes = [{name: self.amount(row.get(name), mode, keys) for name, mode in modes.items()} for row in rows]
        if remainder:
            self.give_remainders(rows, sizes, len(keys))
        return sizes

    def give_remainders(self, rows: list[Step], sizes: list[dict[str, int | None]], size: int) -> None:
        """One more place each for the largest remainders, as many as cutting the shares down left over."""
        targets = {place: row["target"] for place, row in enumerate(rows) if row.get("target")}
        shares = {place: Fraction(one["share"]) * size for place, one in targets.items() if one.get("share") is not None}
        down = {place: whole(one, "down") for place, one in shares.items()}
        still = whole(sum(shares.values(), Fraction(0)), "down") - sum(down.values())
        for place in sorted(shares, key=lambda p: (down[p] - shares[p], p))[:still]:
            sizes[place]["target"] = (sizes[place]["target"] or 0) + 1

    def fill_pool(self, step: Step, values: dict[Key, Fraction]) -> dict[Key, Value]:
        tiers, sizes = step["tiers"], self.amounts(step, list(values))
        placed: dict[Key, int] = {}
        carry = extra = 0
        for index, tier in enumerate(tiers):
            left = [key for key in values if key not in placed]
            able = [key for key in left if tier.get("when") is None or self.get(tier["when"]).read(key) == ("truth", True)]
            places = self.places(tier, sizes[index:], len(left), carry, extra)
            chosen, tied = self.take(step, able, places, values)
            carry = places - len(chosen) if tied else 0
            extra = carry if step["ties"] == "share_worst" else 0
            placed.update(dict.fromkeys(chosen, index))
        return {key: ("text", tiers[placed[key]]["grade"]) if key in placed else ("missing", "in no tier") for key in values}

    def places(self, tier: Step, sizes: list[dict[str, int | None]], left: int, carry: int, extra: int) -> int:
        """How many places a tier has when so many subjects are left; `sizes` are its own and those of the tiers below."""
        own, below = sizes[0], sizes[1:]
        if not below:
            return left
        least = [one["least"] or 0 for one in below]
        wanted = [max(one["target"] or 0, one["least"] or 0) for one in below]
        limits = [left - sum(least if own["target"] is not None else wanted)]
        if own["most"] is not None and not tier.get("soft"):
            limits.append(own["most"] + extra)
        if own["target"] is not None and not tier.get("soft"):
            limits.append(max(own["target"] + carry, own["least"] or 0))
        return max(0, min(limits))

    def take(self, step: Step, able: list[Key], places: int, values: dict[Key, Fraction]) -> tuple[list[Key], bool]:
        """Who gets the tier, and whether a tie at its edge changed that."""
        high, breaking = (step.get("order") or "high") == "high", step["ties"] == "break"
        by = step if breaking else {}
        ahead = {one: sum(self.beats(by, other, one, values, high=high) for other in able) for one in able}
        ranked = sorted(able, key=lambda key: ahead[key])
        if places == 0 or places >= len(ranked) or values[ranked[places - 1]] != values[ranked[places]]:
            return ranked[:places], False
        edge = ranked[places - 1]
        if step["ties"] == "promote":
            return [key for key in ranked if ahead[key] < places or values[key] == values[edge]], True
        if breaking and ahead[edge] != ahead[ranked[places]]:
            return ranked[:places], False
        if breaking:
            return [key for key in ranked[:places] if ahead[key] != ahead[edge]], True
        return [key for key in ranked[:places] if values[key] != values[edge]], True


# --- 5. The checks ----------------------------------------------------------------------------------------------------


#: No public bundle has a lower floor, whatever the office decided (docs/bundle.md, `floor`).
LEAST = 10
#: What a bundle that is incomplete, or made up of other things than it should be, makes the checks stumble over.
MALFORMED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)


class Checker:
    """Every check of docs/bundle.md in its order. `wrong`: what does not hold; `told`: what a reader should know besides.

    `key` and `root` are the printed digits to compare with, "" for none.
    """

    def __init__(self, bundle: dict[str, Any], key: str, root: str) -> None:
        self.b = bundle
        self.key = key
        self.root = root
        self.world = World(bundle)
        self.name = bundle["campaign"]["campaign"]
        self.wrong: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []
        self.beyond = {(s, g, i): why for s, g, i, why in bundle["withheld"]}
        # Where the plan brings one subject's figures to another, a cell may be withheld beside somebody else's.
        self.across = any(one["op"] in ("gather", "follow", "reduce") for one in bundle["plan"]["steps"]
                          if one["op"] != "reduce" or one.get("over") == "subject")
        self.leaves: list[bytes] = []
        self.roots: list[str] = []
        self.made: list[str] = []  # when, as the checkpoints say it
        self.entries = [entry for epoch in bundle["epochs"] for entry in epoch["entries"]]
        self.issued = {one["batch"]: one for one in self.entries if one["record"] == "slips"}
        self.voided = {one["batch"]: one for one in self.entries if one["record"] == "void"}
        self.numbered = {"record": "log", "v": 2} in bundle["epochs"][0]["entries"]  # logs of before say no number at a void
        self.tags = {tag: one["batch"] for one in bundle["slips"] for tag in one["tags"]}
        self.records = {self.leaf_of(one).hex(): one for one in bundle["leaves"]}
        parts = (self.fields, self.log, self.fixed, self.ballots, self.books, self.openings, self.reconciliation, self.figures,
                 self.rulings)
        for part in parts:
            self.run(part)

    def run(self, part: Callable[[], None]) -> None:
        """One part of the checks. What makes it stumble is a fault of the bundle; the other parts are checked all the same."""
        try:
            part()
        except Stop as stop:
            self.fault(f"按方案重算时停下：{stop}", f"evaluating the plan stopped: {stop}")
        except MALFORMED as odd:
            name = part.__name__
            self.fault(f"{name}：内容残缺或格式不对（{odd!r}）", f"{name}: incomplete or malformed ({odd!r})")

    def fault(self, chinese: str, english: str) -> None:
        if (chinese, english) not in self.wrong:
            self.wrong.append((chinese, english))

    def need(self, holds: object, chinese: str, english: str) -> None:
        """What has to hold, and what is said if it does not."""
        if not holds:
            self.fault(chinese, english)

    def leaf(self, record: dict[str, Any]) -> bytes:
        return sha(b"\0", canonical({"campaign": self.name, **record}))

    def leaf_of(self, one: dict[str, Any]) -> bytes:
        """The leaf that a ballot's record makes."""
        said: dict[str, Any] = {name: one[name] for name in ("commitment", "slip", "style", "v") if name in one}
        return self.leaf({"v": 1, **said})

    # The fields: these and no others, each list in its one order, so that a bundle cannot be written in two ways.

    def fields(self) -> None:
        b, shapes = self.b, AUDITORS if self.world.full else PUBLIC
        self.need(b["format"] == FORMAT and b["kind"] in ("public", "auditors"), "格式或种类不认识",
                  "the format or the kind is unknown")
        for name in sorted(set(b) | set(shapes)):
            good = name in b and name in shapes and fits(b[name], shapes[name])
            self.need(good, f"“{name}”一栏缺了、多了或写法不对", f"the field {name} is missing, unknown, or not of its form")
        names = {name: [row[:n] for row in b.get(name) or []] for name, n in NAMED.items()}
        names |= {name: [[one[key] for key in keys] for one in b[name]] for name, keys in RECORDS.items()}
        names |= {f"tables: {name}": [row[:-1] for row in rows] for name, rows in b["tables"].items()}
        names |= {f"epoch {n}": [canonical(one) for one in epoch["entries"]] for n, epoch in enumerate(b["epochs"])}
        names |= {f"ballots of epoch {n}": epoch["ballots"] for n, epoch in enumerate(b["epochs"])}
        names |= {f"marks of epoch {n}": epoch["marks"] for n, epoch in enumerate(b["epochs"])}
        for name, found in names.items():
            self.need(all(map(operator.lt, found, found[1:])), f"“{name}”的各行重复了或次序不对",
                      f"the rows of {name} are doubled or out of order")
        events = b["events"] or []  # two alike may both have happened
        self.need(events == sorted(events), "事项的次序不对", "the events are out of order")

    # The log: signed, in order, every leaf once, and the one whose root was printed.

    def log(self) -> None:
        public = bytes.fromhex(self.b["key"])
        self.mark = sha(b"pingyi/log-key/v1", public).hex()
        self.need(self.key in ("", self.mark), "签名公钥不是存证单上印的那一把",
                  "the signing key is not the one printed on the sheets")
        rest = b"pingyi/bundle/v1\n" + canonical({name: value for name, value in self.b.items() if name != "signature"})
        self.need(signed(public, bytes.fromhex(self.b["signature"]), rest), "核对包的签名不对：做好以后被人改过",
                  "the bundle's signature is wrong: it was changed after it was made")
        for number, epoch in enumerate(self.b["epochs"]):
            self.epoch(number, epoch, public)
        kinds = [epoch["kind"] for epoch in self.b["epochs"]]
        order = kinds[:1] == ["setup"] and kinds[-1:] == ["close"] and set(kinds[1:-1]) <= {"meeting", "void"} and len(kinds) > 1
        self.need(order, "存证日志不是从批准到结束的完整次序", "the log does not run from set-up to close")
        self.need(all(map(operator.le, self.made, self.made[1:])), "各节存证单的时间不是先后次序",
                  "the checkpoints were not made one after the other")
        self.need(len(set(self.leaves)) == len(self.leaves), "存证日志里同一片叶子出现两次", "a leaf stands in the log twice")
        self.need(self.root in ("", *self.roots), "没有一节的根与印出的存证单相同：这不是当场宣读的那份日志",
                  "no epoch has the root printed on the sheet: this is not the log that was read out")

    def epoch(self, n: int, epoch: dict[str, Any], public: bytes) -> None:
        """One epoch's leaves, after those of the epochs before, and the checkpoint that was signed and printed for it."""
        name = "pingyi/" + self.name
        entries = [sha(b"\0", canonical(entry)) for entry in epoch["entries"]]
        self.leaves += sorted(entries + [bytes.fromhex(one) for one in epoch["ballots"] + epoch["marks"]])
        self.roots.append(tree(self.leaves).hex())
        body, _, line = epoch["checkpoint"].partition("\n\n")
        origin, size, top, which, made = body.split("\n")
        mark = base64.b64decode(line.strip().split(" ")[-1])
        text = f"{body}\n\n\u2014 {name} {base64.b64encode(mark).decode()}\n"  # nothing before, between or behind
        good = signed(public, mark[4:], body.encode() + b"\n") and mark[:4] == sha(name.encode(), b"\n\x01", public)[:4]
        dated = re.fullmatch(r"made \d{4}-\d\d-\d\dT\d\d:\d\dZ", made) is not None
        good = good and dated and text == epoch["checkpoint"]
        self.made.append(made)
        self.need(good, f"第 {n} 节存证单的签名不对", f"the signature of checkpoint {n} is wrong")
        self.need((origin, size, which) == (name, str(len(self.leaves)), f"epoch {n} {epoch['kind']}"),
                  f"第 {n} 节存证单写的场次或叶子数与清单不符", f"checkpoint {n} tells another epoch or number of leaves")
        root = base64.b64encode(bytes.fromhex(self.roots[-1])).decode()
        self.need(root == top, f"第 {n} 节的根与清单不符：叶子被改动、增减或换了节",
                  f"the root of epoch {n} is not that of its leaves: one was changed, added, dropped or moved")

    # What was fixed before the first ballot: rules, roster, forms, who opens, what may leave.

    def fixed(self) -> None:
        frozen = self.frozen()
        setup = {canonical(entry) for entry in self.b["epochs"][0]["entries"]}  # by its bytes: to Python true is 1
        for entry, chinese, english in frozen:
            self.need(canonical(entry) in setup, f"{chinese}与批准时存证的不一样",
                      f"{english} is not what was logged at approval")
        logged = Counter(entry["record"] for entry in self.entries)
        given = Counter(entry["record"] for entry, _, _ in frozen)
        counted = (("style", "表", "forms"), ("release-plan", "公布计划", "release plans"), ("custody", "保管办法", "custodies"))
        for record, chinese, english in counted:
            self.need(logged[record] == given[record], f"包里的{chinese}比存证的少或多",
                      f"the bundle has more or fewer {english} than were logged")
        for record in ("campaign", "scheme", "plan", "log-key", "opening-key", "subjects"):
            self.need(logged[record] == 1, f"存证日志里“{record}”有 {logged[record]} 项，应只有一项",
                      f"the log fixes {record} {logged[record]} times, not once")
        later = {entry["record"] for epoch in self.b["epochs"][1:] for entry in epoch["entries"]}
        self.need(later <= {"meeting", "slips", "void", "invitations", "audit", "late"}, "批准之后还存证了批准时就该定下的事",
                  "something was logged later that is fixed at approval")

    def frozen(self) -> list[tuple[dict[str, Any], str, str]]:
        """The entries that the set-up epoch must hold for what this bundle says, and what each is called."""
        b = self.b
        scheme = {"record": "scheme", "key": b["scheme"]["key"], "version": b["scheme"]["version"]}
        text = sha(b["scheme"]["text"].encode()).hex()
        found = [
            ({"record": "campaign", **b["campaign"]}, "评议的名称或时段", "the campaign's title or period"),
            ({**scheme, "digest": text}, "方案文件", "the scheme file"),
            (self.entry("plan", b["plan"]), "计算步骤", "the plan"),
            ({"record": "log-key", "public": b["key"]}, "签名公钥", "the signing key"),
            (self.entry("subjects", b["subjects"]), "名册", "the roster"),
        ]
        if b.get("release"):
            found.append((self.entry("release-plan", b["release"]), "公布计划", "the release plan"))
        if b.get("custody"):
            found.append(({"record": "custody", **b["custody"]}, "开启钥匙的保管办法", "the custody of the opening key"))
        for one in b["styles"]:
            style, version = one["style"], one.get("v", 1)
            self.need(version in (1, 2), f"表 {style} 用的是第 {version} 种承诺，这个核对程序不认识：请用新的核对程序",
                      f"form {style} uses commitments of version {version}, which this checker does not know: take a newer one")
            said = {name: value for name, value in one.items() if name != "content"}
            found.append(({**said, **self.entry("style", one["content"])}, f"表 {style}", f"form {style}"))
        return found

    def entry(self, record: str, content: Any) -> dict[str, Any]:
        return {"record": record, "digest": sha(canonical(content)).hex()}

    # The ballots: each in the log, none dropped, each with a slip of its own.

    def ballots(self) -> None:
        b, w = self.b, self.world
        logged = {leaf for epoch in b["epochs"] for leaf in epoch["ballots"]}
        self.need(len(self.records) == len(b["leaves"]), "同一张票列了两次", "a ballot is listed twice")
        for leaf in sorted(set(self.records) - logged):
            self.fault(f"票 {leaf[:16]} 不在存证日志里：是后来添的或改过的",
                       f"ballot {leaf[:16]} is not in the log: added or changed")
        self.pieces()
        bare = 0 if w.full else sum(w.books[one]["cast"] for one in w.styles if w.rated(one))
        lost = len(logged - set(self.records)) - bare
        self.need(lost <= 0, f"存证日志里有 {lost} 张票，包里没有：被去掉了",
                  f"{lost} ballots of the log are missing here: dropped")
        self.slips()
        self.voids()
        for leaf, one in self.records.items():
            self.ballot(leaf, one)

    def pieces(self) -> None:
        """Cut ballots: one leaf for each subject of each, all in the last epoch."""
        w = self.world
        pieces = [len(epoch["marks"]) for epoch in self.b["epochs"]]
        due = sum(w.books[one]["cast"] * len(w.subjects(one)) for one in w.styles if w.version(one) > 1)
        self.need(pieces == [*[0] * (len(pieces) - 1), due], f"各节按对象拆开的叶子有 {pieces} 片，应只在最后一节，有 {due} 片",
                  f"the epochs hold {pieces} mark leaves: all {due} belong into the last")

    def slips(self) -> None:
        """The register of slips is the logged one, and no slip is used twice."""
        used = {one["slip"] for one in self.b["leaves"]}
        self.need(len(used) == len(self.b["leaves"]), "有一张凭条投了两张票", "one slip cast two ballots")
        for one in self.b["slips"]:
            batch, said, tags = one["batch"], self.issued.get(one["batch"]), [bytes.fromhex(tag) for tag in one["tags"]]
            good = said and sha(*tags).hex() == said["tags"] and len(set(tags)) == said["issued"]
            self.need(good, f"第 {batch} 批凭条与存证的不符", f"batch {batch} of slips is not what was logged")
        batches = {one["batch"] for one in self.b["slips"]}
        self.need(batches == set(self.issued), "凭条的批次少了或多了", "batches of slips are missing or added")

    def voids(self) -> None:
        """Of each batch that was declared void the log says what had come until then; since then nothing may have."""
        for n, epoch in enumerate(self.b["epochs"]):
            mine = [one for one in epoch["entries"] if one["record"] == "void"]
            apart = bool(mine) and not epoch["ballots"] + epoch["marks"] if epoch["kind"] == "void" else True
            here = not mine or epoch["kind"] in ("void", "setup") or not self.numbered
            self.need(apart and here, f"第 {n} 节：凭条作废没有单独存证",
                      f"epoch {n}: a void is not logged by itself")
        self.need(len(self.voided) == sum(one["record"] == "void" for one in self.entries), "同一批凭条作废了两次",
                  "a batch was declared void twice")
        for batch, entry in self.voided.items():
            came = self.on_slips_of(batch)
            if "cast" not in entry:
                self.need(not self.numbered, f"第 {batch} 批凭条作废时没有存证已投的张数",
                          f"the log does not say how many ballots had come when batch {batch} was declared void")
                self.told.append((f"第 {batch} 批凭条作废时日志没有记已投的张数；现有的 {len(came)} 张何时来的看不出",
                                  f"of void batch {batch} the log has no number; its {len(came)} ballots may have come later"))
                continue
            if not self.world.full and self.world.rated(self.issued[batch]["style"]):
                continue  # whose records the public bundle does not hold
            late = len(came) - entry["cast"]
            self.need(late <= 0, f"第 {batch} 批凭条作废以后又有 {late} 张票：作废后不收票，一张也不应有",
                      f"{late} ballots came on batch {batch} after it was declared void, when none can have come")
            self.need(late > 0 or sha(*came).hex() == entry["leaves"], f"第 {batch} 批凭条作废前投出的票少了或换过",
                      f"ballots that had come on batch {batch} before it was declared void are missing or were exchanged")

    def on_slips_of(self, batch: int) -> list[bytes]:
        """The leaves of the ballots that were cast with slips of a batch, as far as this bundle holds their records."""
        return sorted(bytes.fromhex(leaf) for leaf, one in self.records.items() if self.tags.get(one["slip"]) == batch)

    def ballot(self, leaf: str, one: dict[str, Any]) -> None:
        """One ballot is of the kind its form was approved with, and its slip was issued for this form."""
        signed_form, pieces = self.world.styles[one["style"]]["signed"], self.world.version(one["style"]) > 1
        due = ({"rater", "version"} if signed_form else set()) | ({"counts"} if pieces else set())
        self.need(set(one) - set(LEAF) == (due if self.world.full else set()), f"票 {leaf[:16]} 的记录多了或少了一项",
                  f"the record of ballot {leaf[:16]} says more or less than its form has")
        self.need(one.get("v", 1) == self.world.version(one["style"]), f"票 {leaf[:16]} 的承诺不是批准时为它的表定下的那一种",
                  f"ballot {leaf[:16]} has another kind of commitment than its form was approved with")
        if not self.world.styles[one["style"]]["signed"]:
            batch = self.issued.get(self.tags.get(one["slip"], -1), {})
            self.need(batch.get("style") == one["style"], f"票 {leaf[:16]} 的凭条没有登记在这种表上",
                      f"the slip of ballot {leaf[:16]} was not issued for this form")

    # The books and the counts: they add up, and what is withheld is what the floor withholds.

    def books(self) -> None:
        w = self.world
        floor = 0 if w.full else self.b["floor"]
        self.floors(floor)
        self.need(set(w.books) == set(w.styles), "有的表没有账", "a form has no books")
        for one in w.styles:
            cast = sum(record["style"] == one for record in self.b["leaves"])
            said = w.books[one]["cast"]
            self.need(said == cast or (w.rated(one) and not w.full), f"表 {one} 的账是 {said} 张，日志里是 {cast} 张",
                      f"form {one}: {said} cast in the books, {cast} in the log")
            self.need(w.styles[one]["signed"] or not w.books[one]["superseded"], f"表 {one} 不署名，不能有被取代的票",
                      f"form {one} is not signed and has ballots that were replaced")
            split = [w.books[one][name] for name in ("valid", "blank", "invalid")]
            self.need((None in split) != w.full and len(set(map(type, split))) == 1, f"表 {one} 的账多了或少了一项",
                      f"form {one}: its books say more or less than they should")
        self.need(set(w.places) == {w.place(one) for one in w.styles}, "有的地方没有账，或多出一处",
                  "a place has no books, or there is one too many")
        for place in {w.place(one) for one in w.styles}:
            self.place(place, floor)
        offered = {(subject, style["group"], item) for style in w.styles.values() for subject, item in style["slots"]}
        self.need(offered == set(w.counts), "票数表的格子与各种表不符", "the cells of the counts are not those of the forms")
        for at, row in w.counts.items():
            self.counts(at, row, floor)
        self.withheld()

    def withheld(self) -> None:
        """What is withheld though the floor would show it: few gave a grade there ("few"), or with it such a cell could be worked
        out ("beside"). Who withholds more than that hides what was to be heard."""
        w = self.world
        few = {at for at in w.counts if self.protected(at[1]) and (self.few(at) if w.full else w.counts[at] is None)}
        few -= {at for at, why in self.beyond.items() if why == "beside"}
        for at, why in sorted(self.beyond.items()):
            known = at in w.counts and self.protected(at[1]) and why in ("few", "beside")
            self.need(known, f"{at} 列为不公布，没有这样的理由", f"{at} is listed as withheld for no reason there is")
            if known and why == "beside":
                near = any(other[0] == at[0] or self.across for other in few)
                self.need(near, f"{at} 旁边没有人数太少的，不该略去", f"{at} is withheld beside nothing that few stand behind")
            elif known and w.full:
                self.need(self.few(at), f"{at} 作答的人并不少，不该略去", f"{at} is withheld for too few answers, and has enough")
        if w.full:
            for at in sorted(few - set(self.beyond)):
                forms = [one for place in {w.place(one) for one in w.offering(*at)} for one in w.at(place)]
                ruled = sum(w.books[one]["valid"] for one in forms) < self.least() or sum(w.counts[at]) <= self.promised(at[1])
                self.need(ruled, f"{at} 只有少数人作答，没有列为不公布",
                          f"few stand behind {at}, and it is not listed as withheld")
        if self.beyond and not w.full:
            few_said = sum(why == "few" for why in self.beyond.values())
            beside = len(self.beyond) - few_said
            chinese = f"下限以外，{few_said} 格因作答的人少、{beside} 格因会露出它们而没有公布；少不少，审计核对包才看得出"
            english = (f"beside the floor, {few_said} cells are withheld for few answers and {beside} because with them those "
                       "could be worked out; whether so few answered shows in the auditors' bundle")
            self.told.append((chinese, english))

    def few(self, at: tuple[str, str, str]) -> bool:
        """Whether somebody, and no more people than the group was promised, gave a grade or a number there."""
        item = at[2]
        choices = self.b["plan"]["scales"][self.b["plan"]["item_scale"][item]]
        row = self.world.counts[at] or []
        graded: int = sum(row[one["code"]] for one in choices if one.get("kind", "grade") != "unknown" and one["code"] < len(row))
        return 0 < graded <= self.promised(at[1])

    def floors(self, floor: int) -> None:
        """The floor of a public bundle: at least LEAST, and more than any group was promised before the first ballot."""
        plan = self.b["release"] or {"exits": ["bundle"]}
        self.need(self.world.full or floor >= self.least(), "公布的下限低于 10 张或公布计划",
                  "the floor is below 10 ballots or the release plan's")
        self.need(self.world.full or not self.b["release"] or floor <= self.least(), "公布的下限高于公布计划",
                  "the floor is above 10 ballots and the release plan's")
        self.need(self.world.full or "bundle" in plan["exits"], "公布计划里没有公开核对包",
                  "the release plan has no public bundle")

    def least(self) -> int:
        """The floor of the public bundle, as the release plan has it."""
        plan = self.b["release"] or {"floor": LEAST - 1}
        least: int = max(LEAST, 1 + max([plan["floor"], *plan.get("floors", {}).values()]))
        return least

    def promised(self, group: str) -> int:
        """Of how many people, or fewer, the release plan says that nothing is shown; 0 where no plan was fixed."""
        plan = self.b.get("release") or {"floor": 0}
        number: int = plan.get("floors", {}).get(group, plan["floor"])
        return number

    def protected(self, group: str) -> bool:
        """Whether a group was promised that nobody sees who said what: forms not signed, and not opened by the plan."""
        opened = (self.b.get("release") or {"open": []})["open"]
        return group not in opened and not all(one["signed"] for one in self.b["styles"] if one["group"] == group)

    def place(self, place: tuple[str, str], floor: int) -> None:
        """A place's valid, blank and invalid ballots: withheld under the floor, else all that were cast and not replaced."""
        w, parts = self.world, list(self.world.places[place].values())
        ballots = w.in_force(w.at(place))
        good = parts == [None] * 3 if ballots < floor else sum(parts) == ballots
        if w.full:
            good = good and parts == [sum(w.books[one][name] for one in w.at(place)) for name in w.places[place]]
        self.need(good, f"{place} 的有效、空白、无效加起来不是有效投出的 {ballots} 张",
                  f"{place}: valid, blank and invalid are not {ballots}")

    def counts(self, at: tuple[str, str, str], row: list[int] | None, floor: int) -> None:
        """One cell of counts: withheld under the floor and only there, else it adds up to the ballots of its forms."""
        w = self.world
        near = w.offering(*at)
        places = {w.place(one) for one in near}
        valid = sum(w.places[place]["valid"] or 0 for place in places)
        every = [one for place in places for one in w.at(place)]
        whole_place = w.full or near == set(every)
        # Where the place has forms that do not ask for this cell, at least so many valid ones are left that do.
        at_least = valid - (w.in_force(every) - w.in_force(near))
        may_be_few = row is None and not whole_place and at_least <= self.promised(at[1])
        said = self.beyond.get(at)
        hidden = row is None and said is not None
        self.need(said is None or hidden or w.full, f"{at} 列为不公布的，却公布了", f"{at} is listed as withheld, and shown")
        self.need((row is None) == (valid < floor) or may_be_few or hidden, f"{at} 该公布的没有公布，或不该公布的公布了",
                  f"{at} is withheld or shown against the rule")
        if row is None:
            return
        if w.full:
            valid = sum(w.books[one]["valid"] for one in near)
        good = sum(row) == valid if whole_place else sum(row) <= min(valid, w.in_force(near))
        self.need(good and min(row, default=0) >= 0, f"{at} 的票数合计 {sum(row)}，应为 {valid}",
                  f"{at} counts {sum(row)} marks for {valid} ballots")
        few = self.protected(at[1]) and 0 < sum(row) <= self.promised(at[1])
        self.need(w.full or not few, f"{at} 公布了 {sum(row)} 张票的选择；批准时定下，{self.promised(at[1])} 人以内的不公布",
                  f"{at} shows the marks of {sum(row)} ballots, and of {self.promised(at[1])} or fewer nothing was to be shown")

    # The openings, given to auditors: every ballot is what its receipt promised, and the counts are those of the ballots.

    def openings(self) -> None:
        w = self.world
        if not w.full:
            return
        whole = {leaf for leaf, one in self.records.items() if w.version(one["style"]) == 1 and not w.rated(one["style"])}
        self.need(set(self.b["openings"]) <= whole, "给出了不该开封的票", "a ballot is opened that should not be")
        counts: dict[tuple[str, str, str], Counter[int]] = {cell: Counter() for cell in w.counts}
        verdicts: dict[str, list[str]] = {one: [] for one in w.styles}
        newest = self.newest()
        for leaf, record in self.records.items():
            verdict = self.opened(leaf, record, newest)
            if verdict:
                verdicts[record["style"]].append(verdict)
        for one, rows in w.opened.items():
            for (subject, item), codes in zip(w.styles[one]["slots"], zip(*[row for row in rows if any(row)])):
                counts[subject, w.styles[one]["group"], item].update(codes)
        old = [one for one in w.styles if w.version(one) == 1 and w.rated(one)]
        cut = {(*w.place(one), subject) for one in old for subject in w.subjects(one)}
        for group, unit, subject, items, rows in self.b["cut"]:
            self.need(rows == sorted(rows) and (group, unit, subject) in cut, f"{subject} 拆开的票写法不对",
                      f"the cut ballots on {subject} are out of order or of no such place")
            for item, codes in zip(items, zip(*rows)):
                counts[subject, group, item].update(codes)
        self.marks(counts)
        for one, judged in verdicts.items():
            self.judgements(one, judged)
        for at, tallied in counts.items():
            tallied[0] -= sum(w.books[one]["blank"] for one in w.offering(*at) if w.version(one) > 1)
            said = {code: number for code, number in enumerate(w.counts[at]) if number}
            self.need({code: number for code, number in tallied.items() if number} == said, f"{at} 的票数与逐张开封的不符",
                      f"the counts of {at} are not those of the opened ballots")

    def newest(self) -> dict[Any, int]:
        """The newest version of each signed form, by rater; versions run 1, 2, 3 … without a gap."""
        versions: dict[Any, list[int]] = {}
        for record in self.records.values():
            if self.world.styles[record["style"]]["signed"]:
                versions.setdefault(record["rater"], []).append(record["version"])
        for rater, found in versions.items():
            self.need(sorted(found) == list(range(1, len(found) + 1)), f"评价人 {rater} 的修改版本不连续：少了一版",
                      f"rater {rater}: a revision is missing")
        return {rater: len(found) for rater, found in versions.items()}

    def opened(self, leaf: str, record: dict[str, Any], newest: dict[Any, int]) -> str:
        """What one ballot turns out to be; "" for one that auditors see in pieces, or not at all, and cannot judge."""
        w, style = self.world, self.world.styles[record["style"]]
        if style["signed"] and self.replaced(leaf, record, newest):
            return "superseded"
        if w.version(record["style"]) > 1:
            return "valid" if record["counts"] else "invalid"
        if style["rated"]:
            return ""
        opening = self.b["openings"].get(leaf, ["", ""])
        self.need(leaf in self.b["openings"], f"票 {leaf[:16]} 没有给出开封内容", f"ballot {leaf[:16]} is not opened")
        self.need(sha(bytes.fromhex(opening[1]), bytes.fromhex(opening[0])).hex() == record["commitment"],
                  f"票 {leaf[:16]} 的开封内容与投票时的承诺不符：选择被改过或换了票",
                  f"the opening of ballot {leaf[:16]} does not fit its commitment: marks were changed or swapped")
        row = self.row(opening[0], len(style["slots"]))
        verdict = self.judged(style, row)
        rows = w.opened.setdefault(record["style"], [])
        if verdict in ("valid", "blank"):
            rows.append(row)
        return verdict

    def replaced(self, leaf: str, record: dict[str, Any], newest: dict[Any, int]) -> bool:
        """Whether a signed form was replaced by a newer version; it is of the rater it names either way."""
        key = {"campaign": self.name, "rater": record["rater"], "version": record["version"]}
        self.need(sha(b"pingyi/signed/v1", canonical(key)).hex() == record["slip"], f"票 {leaf[:16]} 不是它所写的评价人和版本",
                  f"ballot {leaf[:16]} is not of the rater and version it names")
        if record["version"] >= newest[record["rater"]]:
            return False
        self.need(leaf not in self.b["openings"], f"票 {leaf[:16]} 已被新的一版取代，却开了封",
                  f"ballot {leaf[:16]} was replaced by a newer version and is opened all the same")
        self.need(not record.get("counts"), f"票 {leaf[:16]} 已被新的一版取代，却算了进去",
                  f"ballot {leaf[:16]} was replaced by a newer version and counts all the same")
        return True

    def judgements(self, style: str, judged: list[str]) -> None:
        """The books of a form against what its ballots, one by one, turned out to be."""
        cut = self.world.version(style) > 1
        names = ("superseded", "valid", "blank", "invalid") if cut or not self.world.rated(style) else ("superseded",)
        mine = [judged.count(name) for name in names]
        theirs = [self.world.books[style][name] for name in names]
        if cut:
            theirs[1:3] = [theirs[1] + theirs[2], 0]  # a piece does not show whether its form was blank
        self.need(mine == theirs, f"表 {style} 的{names}：账上 {theirs}，逐张数是 {mine}",
                  f"form {style} {names}: {theirs} in the books, {mine} counted")

    def row(self, text: str, slots: int) -> list[int]:
        """Marks from their hexadecimal digits: a byte each, or two where a scale needs them."""
        size = 4 if len(text) > 2 * slots else 2
        return [int(text[at : at + size], 16) for at in range(0, len(text), size)]

    def judged(self, style: dict[str, Any], row: list[int]) -> str:
        """Valid, blank or invalid, by the form's scales and its limits."""
        scales = [self.b["plan"]["scales"][self.b["plan"]["item_scale"][item]] for _, item in style["slots"]]
        if len(row) != len(scales) or any(code > len(scale) for code, scale in zip(row, scales)):
            return "invalid"
        if not any(row):
            return "blank"
        return "invalid" if any(self.broken(table, row) for table in style["limits"]) else "valid"

    def broken(self, table: dict[str, Any], row: list[int]) -> bool:
        """Whether a ballot breaks a limit that refuses or voids it."""
        given = [row[slot] for slot in table["slots"]]
        answered = [code for code in given if code]
        least, most = table["bounds"][0]
        if table["effect"] not in ("refuse", "void"):
            return False
        if table["kind"] == "uniform":
            return len(answered) >= least and len(set(answered)) == 1 and answered[0] in table["codes"]
        if table["kind"] == "distinct":
            return len(set(answered)) < len(answered)
        if table["kind"] == "sum":
            return not least <= sum(table["weights"][code] for code in given) <= most
        least, most = table["bounds"][len(answered) if table["per_answered"] else len(given)]
        return not least <= sum(code in table["codes"] for code in answered) <= most

    # Cut ballots: their pieces are leaves of their own, and those of a place add up to its ballots' pledges.

    def marks(self, counts: dict[tuple[str, str, str], Counter[int]]) -> None:
        due, sums = self.pledged()
        here: Counter[Any] = Counter()
        found = []
        for group, unit, subject, shown in self.b["marks"]:
            at = (group, unit, isinstance(shown, list))
            committed = sha(bytes.fromhex(shown[1]), bytes.fromhex(shown[0])).hex() if isinstance(shown, list) else shown
            found.append(self.leaf({"commitment": committed, "group": group, "subject": subject, "unit": unit, "v": 2}))
            here[at, subject] += 1
            less(sums, at, leaf_point(found[-1]))
            self.tally(counts, (group, unit), subject, shown)
        for group, unit, *blinds in self.b["blinds"]:
            for counted, blind in zip((True, False), blinds):
                factor = int.from_bytes(bytes.fromhex(blind), "little")
                self.need(factor < L, "盲因子不是规范写法", "a blind is not written in its one way")
                less(sums, (group, unit, counted), times(factor, leaf_point(sha(b"pingyi/blind-base/v2"))))
        places = {(group, unit) for group, unit, _ in sums}
        self.need({(row[0], row[1]) for row in self.b["blinds"]} == places, "盲因子的各处多了或少了",
                  "there are blinds for other places than there are cut ballots")
        self.need(found == sorted(found), "拆开的票次序不对", "the marks are out of order")
        self.need(sorted(leaf.hex() for leaf in found) == self.b["epochs"][-1]["marks"],
                  "按对象拆开的票与存证日志里的不是同一批：被改动、增减",
                  "the mark leaves opened are not those of the log: one was changed, added or dropped")
        for at, subject in sorted(set(here) | set(due)):
            mine, theirs, kind = here[at, subject], due[at, subject], "opened" if at[2] else "unopened"
            self.need(mine == theirs, f"{at[:2]} 对 {subject} 的选择有 {mine} 份，票有 {theirs} 张",
                      f"{at[:2]} has {mine} {kind} marks on {subject} for {theirs} ballots")
        for at, left in sums.items():
            self.need(same_point(left, ZERO), f"{at[:2]} 拆开的选择合起来不是回执所承诺的：有的被换过",
                      f"the marks of {at[:2]} do not add up to what the receipts promised: some were exchanged")

    def pledged(self) -> tuple[Counter[Any], dict[Any, Point]]:
        """By place, and by whether the ballot counts: how many pieces are due of each subject, and the sum of the pledges."""
        due: Counter[Any] = Counter()
        sums: dict[Any, Point] = {}
        for record in self.b["leaves"]:
            if self.world.version(record["style"]) == 1:
                continue
            at = (*self.world.place(record["style"]), record["counts"])
            sums[at] = add(sums.get(at, ZERO), point(bytes.fromhex(record["commitment"])) or ZERO)
            due.update((at, subject) for subject in self.world.subjects(record["style"]))
        return due, sums

    def tally(self, counts: dict[tuple[str, str, str], Counter[int]], place: tuple[str, str], subject: str, shown: Any) -> None:
        """Count the marks of an opened piece: one for each item that the place's forms ask of this subject."""
        form = next(one for one in self.world.at(place) if subject in self.world.subjects(one))
        items = [item for whose, item in self.world.styles[form]["slots"] if whose == subject]
        codes = self.row(shown[0], len(items)) if isinstance(shown, list) else []
        for item, code in zip(items, codes):
            counts[subject, place[0], item][code] += 1

    # The reconciliation: what was handed out against what was cast.

    def reconciliation(self) -> None:
        for line in self.b["reconciliation"]:
            self.line(line, (line["group"], line["unit"]))
        for place, heads in self.world.heads.items():
            styles = self.world.at(place)
            mine = (self.handed_out(styles) or None, self.world.in_force(styles) if styles else None)
            theirs = (heads["issued"], heads["returned"])
            self.need(theirs == mine, f"{place} 计票用的发出、收回是 {theirs}，按日志是 {mine}",
                      f"heads {place}: issued and returned are {theirs}, and {mine} by the log")
        places = {(line["group"], line["unit"]) for line in self.b["reconciliation"]}
        self.need(places == {self.world.place(one) for one in self.world.styles}, "对账表不全",
                  "the reconciliation is incomplete")

    def line(self, line: dict[str, Any], place: tuple[str, str]) -> None:
        """One place: issued, cast, how many could have been added unnoticed, how many are too many."""
        styles = self.world.at(place)
        cast, voided = self.world.in_force(styles), self.on_void_slips(styles)
        issued = self.handed_out(styles) + voided
        most = issued - (line["spoiled"] or 0) - (line["unused"] or 0)
        if line["present"] is not None:
            most = min(most, line["present"])
        mine = {"issued": issued, "voided": voided, "cast": cast}
        mine.update({"unnoticed": max(0, most - cast), "surplus": max(0, cast - most)})
        for name, value in mine.items():
            self.need(line[name] == value, f"对账 {place}：{name} 写 {line[name]}，应为 {value}",
                      f"reconciliation {place}: {name} says {line[name]}, not {value}")
        heads = self.world.heads.get(place, {})
        self.need(all(heads.get(name) == line[name] for name in ("entitled", "present")) and heads.get("returned") == cast,
                  f"对账 {place} 的人数与计票用的不同", f"reconciliation {place}: other head-counts than the count used")
        why = line["uncounted"]
        one_of_two = (line["present"] is None) == bool(why) and why == " ".join(why.split())
        self.need(one_of_two, f"对账 {place} 到会人数和没有清点的原因应有且只有一样",
                  f"reconciliation {place}: neither attendance nor a reason why nobody counted, or both")
        signed_place = all(self.world.styles[one]["signed"] for one in styles)
        box = (line["spoiled"], line["unused"])
        self.need(not signed_place or box == (None, None), f"对账 {place} 署名，没有凭条可数",
                  f"reconciliation {place}: signed raters have no slips to count")
        self.answer_for(line, place, None if signed_place or None in box else cast + sum(box) - issued)
        if not signed_place and None in box:
            self.told.append((f"{place} 没有清点作废或未用的凭条", f"{place}: spoiled or unused slips were not counted"))

    def answer_for(self, line: dict[str, Any], place: tuple[str, str], off: int | None) -> None:
        """What adds up and has to be answered for by a person. `off`: slips come back, in every way, less those handed out."""
        if line["surplus"]:
            self.told.append((f"{place} 多出 {line['surplus']} 张票", f"{place}: {line['surplus']} ballots too many"))
        if off:
            self.told.append((f"{place} 的凭条收到、作废、未用合起来与发出的差 {off:+d} 张",
                              f"{place}: slips cast, spoiled and unused differ from those issued by {off:+d}"))
        if line["voided"]:
            self.told.append((f"{place} 有 {line['voided']} 张票是用后来作废的凭条投的",
                              f"{place}: {line['voided']} ballots were cast with slips that were declared void afterwards"))
        if line["present"] is None:
            why = line["uncounted"]
            self.told.append((f"{place} 没有清点到会：{why}", f"{place}: nobody counted who came: {why}"))

    def on_void_slips(self, styles: list[str]) -> int:
        """Ballots cast with slips that were declared void afterwards: as the log says, or, where it does not, as there are."""
        mine = [(batch, one) for batch, one in self.voided.items() if self.issued[batch]["style"] in styles]
        return sum(one["cast"] if "cast" in one else len(self.on_slips_of(batch)) for batch, one in mine)

    def handed_out(self, styles: list[str]) -> int:
        """Slips of batches in force, and links."""
        number = 0
        for one in self.entries:
            mine = one.get("style") in styles
            if mine and (one["record"] == "invitations" or (one["record"] == "slips" and one["batch"] not in self.voided)):
                number += int(one["issued"])
        return number

    # The figures: the plan evaluated on the bundle's numbers gives every released value, and nothing that is withheld.

    def figures(self) -> None:
        tables = Engine(self.b["plan"], self.world).tables
        self.need(set(self.b["tables"]) <= set(self.b["plan"]["outputs"]), "多出了结果表", "there are tables too many")
        for name in self.b["plan"]["outputs"]:
            table, given = tables[name], self.b["tables"].get(name)
            if table.known is None or {"rater", "rival"} & set(table.axes):
                self.need(given is None, f"“{name}”不能由公布的数算出，却给了值",
                          f"{name} has values that nothing published supports")
                continue
            mine = {tuple(label(key, axis) for axis in table.axes): value for key, value in table.known.items()}
            values = [row[-1] for row in given or [] if row[-1] is not None]
            self.need(given is not None and all(written(one) and literal(one) != ABSENT for one in values),
                      f"“{name}”缺了，或有值写法不对", f"{name} is missing, or has a value that is not written in its one way")
            theirs = {tuple(row[:-1]): HID if row[-1] is None else literal(row[-1]) for row in given or []}
            for at in sorted(set(mine) | set(theirs)):
                a, b = theirs.get(at, ABSENT), mine.get(at, ABSENT)
                self.need(a == b, f"“{name}” {at}：包里是 {a[1]}，按方案重算是 {b[1]}",
                          f"{name} {at} is {a[1]} in the bundle, {b[1]} when computed")

    def rulings(self) -> None:
        """What people said to outcomes: only where it may leave, and under no figure that is withheld."""
        said = [] if self.world.full else self.b.get("rulings") or []
        plan = self.b.get("release") or {"exits": []}
        none = self.b["rulings"] is None
        self.need(self.world.full or none == ("rulings" not in plan["exits"]), "公布计划里没有对提示和等次的确认，或有却没有给出",
                  "the release plan lets no rulings leave, or they are left out although it does")
        for table, subject, *_ in said:
            rows = self.b["tables"].get(table) or [[None]]
            near = [row for row in rows if subject in row[:-1]] or rows
            self.need(None not in [row[-1] for row in near], f"对“{table}” {subject} 的确认说到了没有公布的数",
                      f"a ruling on {table} of {subject} speaks of a figure that is withheld")

def less(sums: dict[Any, Point], at: Any, p: Point) -> None:
    """Take a point away from the sum at a place."""
    x, y, z, t = p
    sums[at] = add(sums.get(at, ZERO), (-x, y, z, -t))


# --- 6. The verdict ---------------------------------------------------------------------------------------------------

USAGE = "用法 usage: python3 verify.py BUNDLE.zip [--root 64 hex digits] [--key 64 hex digits]"
BROKEN = (*MALFORMED, OSError, EOFError, RuntimeError, StopIteration, zipfile.BadZipFile, zlib.error)

def read(path: Path) -> bytes:
    """The bundle's JSON: from an archive, from a folder it was unpacked into, or the file itself."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            # One, not two to choose from.
            (name,) = (name for name in archive.namelist() if name in ("public.json", "auditors.json"))
            return archive.read(name)
    return (path if path.is_file() else next(path.glob("*s.json"), path / "public.json")).read_bytes()

def understood(arguments: list[str]) -> tuple[str, dict[str, str]] | None:
    """The path and the digits to compare with. None for anything else: what is mistyped is refused, not left out."""
    said: dict[str, str] = {}
    paths, option = [], ""
    for one in arguments:
        if one.startswith("--"):
            option = one
            said[option] = ""
        elif option and len(said[option]) < 64:
            said[option] += one.replace(" ", "").lower()  # also in groups of eight
        else:
            paths.append(one)
    good = set(said) <= {"--root", "--key"} and all(re.fullmatch("[0-9a-f]{64}", one) for one in said.values())
    return (paths[0], said) if good and len(paths) == 1 else None

def checked(path: str, said: dict[str, str]) -> Checker:
    """The checks of a bundle, all made. Raises one of BROKEN for what is no bundle."""
    raw = read(Path(path))
    bundle = json.loads(raw)
    if bundle["format"] == "pingyi-bundle/1":
        raise ValueError("第 1 版格式：请用这个包里自带的核对程序 format 1: check it with the verify.py that came with it")
    if bundle["format"] != FORMAT or bundle["kind"] not in ("public", "auditors"):
        raise ValueError(bundle["format"])
    checker = Checker(bundle, said.get("--key", ""), said.get("--root", ""))
    checker.need(
        canonical(bundle) == raw,
        "文件不是规范写法：同一个键写了两次，或被人动过",
        "the file is not canonical JSON: a key twice, or touched",
    )
    return checker

def main(arguments: list[str]) -> int:
    asked = understood(arguments)
    if asked is None:
        print(USAGE)
        return 2
    try:
        checker = checked(*asked)
    except BROKEN as odd:
        print(f"这不是核对包，或已残缺。 This is no bundle, or not a whole one. ({str(odd)[:200]})")
        return 2
    for chinese, english in checker.told:
        print(f"请注意：{chinese}。\nNote: {english}.")
    for chinese, english in checker.wrong:
        print(f"不对：{chinese}。\nWrong: {english}.")
    if checker.wrong:
        return 1
    bundle = checker.b
    if checker.told:
        print("相符，但上面各条要有人说明。 All checks hold, with notes that a person has to answer.")
    print(f"核对无误 All checks hold: {bundle['campaign']['title']} ({bundle['kind']}, {len(checker.leaves)} 片叶子 leaves)")
    for number, top in enumerate(checker.roots):
        print(f"第 {number} 节的根 root of epoch {number}: {top} ({checker.made[number]})")
    print(f"签名公钥指纹 key fingerprint: {checker.mark}\n请与印出的存证单逐字核对。 Compare both with the printed sheets.")
    return 3 if checker.told else 0


if __name__ == "__main__":
    getattr(sys.stdout, "reconfigure")(errors="replace")  # noqa: B009 - a console without Chinese still shows the English
    sys.exit(main(sys.argv[1:]))
