#!/usr/bin/env python3
# ruff: noqa: B905, C901, E501, E701, E704, FBT003, N818, PLR0911, PLR0912, PLR0917, TRY301  -- two pages, case by case, in one file
"""Checks a bundle of an evaluation by itself: `python3 verify.py BUNDLE.zip [--key HEX] [--root HEX]`.

Python 3.9 or later and nothing else. Written from docs/bundle.md (what a bundle claims) and docs/plan.md (how a plan is
evaluated), not from the server's code, of which it shares no line. Exit code 0: every claim that this bundle allows to check
holds; 1: something is wrong, and each sentence says what; 2: this is no bundle. It is slow on purpose: one cell at a time.

A value is a pair: ("num", Fraction), ("text", str), ("truth", bool), ("missing", reason) or HID, a value that the public bundle
does not hold because too few ballots stand behind it. Whatever would have to read HID becomes HID itself.
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
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

Value = tuple[str, Any]
Key = frozenset[tuple[str, str]]
Step = dict[str, Any]

AXES = ["subject", "group", "item", "period", "rater", "rival"]
ABSENT: Value = ("missing", "not applicable")
HID: Value = ("hidden", "")

class Stop(Exception):
    """The count stops here: a wrong kind of value, or a plan that is none."""
class Hidden(Exception):
    """Something had to be read that this bundle does not hold."""

def known(held: Any) -> Any:
    if held is None: raise Hidden
    return held
def seen(value: Value) -> Value:
    if value[0] == "hidden": raise Hidden
    return value
def missing(value: Value) -> bool: return seen(value)[0] == "missing"
def expect(value: Value, kind: str) -> Any:
    if seen(value)[0] != kind: raise Stop(f"{value[1]!r} is no {kind}")
    return value[1]
def num(value: Value) -> Fraction: return Fraction(expect(value, "num"))
def truth(value: Value) -> bool: return bool(expect(value, "truth"))
def plain(value: Value) -> str: return str(value[1]).lower() if seen(value)[0] == "truth" else str(value[1])
def literal(raw: list[Any]) -> Value: return ("num", Fraction(raw[1])) if raw[0] == "num" else (raw[0], raw[1])
def whole(x: Fraction, mode: str) -> int:
    low, rest, half = int(abs(x)), abs(x) - int(abs(x)), Fraction(1, 2)
    up = {"down": False, "up": rest > 0, "half_up": rest >= half, "half_even": rest > half or (rest == half and low % 2 == 1)}
    return (-1 if x < 0 else 1) * (low + up[mode])
def cell(**labels: str) -> Key: return frozenset(labels.items())
def label(key: Key, axis: str) -> str: return dict(key)[axis]
def without(key: Key, axis: str) -> Key: return frozenset(pair for pair in key if pair[0] != axis)
def replaced(key: Key, axis: str, new: str) -> Key: return without(key, axis) | {(axis, new)}
def guarded(function: Callable[..., Value], *given: Any) -> Value:
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
    def read(self, key: Key) -> Value: return seen(self.cells.get(frozenset(pair for pair in key if pair[0] in self.axes), ABSENT))

# --- The plan, evaluated (docs/plan.md)

class Engine:
    """Evaluates a plan on the numbers of a bundle, step by step; `tables` by the step's name."""
    def __init__(self, plan: dict[str, Any], world: World) -> None:
        self.plan, self.world, self.facts, self.subjects = plan, world, world.facts, sorted(world.facts)
        self.tables: dict[str, Table] = {}
        for step in plan["steps"]:
            try:
                self.tables[step["name"]] = getattr(self, "op_" + step["op"])(step)
            except Hidden:
                self.tables[step["name"]] = Table(AXES, None)
    def get(self, name: str) -> Table: return self.tables[name]
    def side(self, raw: Any) -> Table: return self.tables[raw] if isinstance(raw, str) else Table([], {frozenset(): literal(raw)})
    def per_subject(self, function: Callable[[str], Value]) -> Table: return Table(["subject"], {cell(subject=one): guarded(function, one) for one in self.subjects})
    def order(self, key: Key) -> list[tuple[int, str]]:
        listed = {axis: self.plan.get(axis + "s") or [] if axis in ("group", "item") else [] for axis in AXES}
        ranked = [(listed[axis], name) for axis, name in sorted(key, key=lambda pair: AXES.index(pair[0]))]
        return [(names.index(name) if name in names else len(names), name) for names, name in ranked]
    def cellwise(self, tables: list[Table], function: Callable[[Key], Value]) -> Table:
        """One result for every key of the union of the tables' keys."""
        axes = [axis for axis in AXES if any(axis in table.axes for table in tables)]
        widest = [table for table in tables if not any(set(table.axes) < set(other.axes) for other in tables)]
        keys: set[Key] = {frozenset()}
        for kind in {tuple(table.axes) for table in widest}:
            mine = {key for table in widest if tuple(table.axes) == kind for key in table.cells}
            keys = {a | b for a in keys for b in mine if len(dict(a | b)) == len(a | b)}
        return Table(axes, {key: guarded(function, key) for key in keys})
    # Sources
    def wanted(self, step: Step, group: str, item: str) -> bool: return group in (step.get("groups") or [group]) and item in (step.get("items") or [item])
    def choice(self, item: str, code: int) -> dict[str, Any]: return next(one for one in self.plan["scales"][self.plan["item_scale"][item]] if one["code"] == code)
    def op_tally(self, step: Step) -> Table:
        cells = {}
        for (subject, group, item), row in self.world.counts.items():
            if not self.wanted(step, group, item): continue
            names = {"blank", *(one["key"] for one in self.plan["scales"][self.plan["item_scale"][item]])}
            if step["what"] == "count" and not names & set(step["choices"]): continue
            worth = [self.worth(step, item, code) * number for code, number in enumerate(row or [])]
            cells[cell(subject=subject, group=group, item=item)] = HID if row is None else ("num", sum(worth, Fraction(0)))
        return Table(["subject", "group", "item"], cells)
    def worth(self, step: Step, item: str, code: int) -> Fraction:
        """What one mark adds to a tally."""
        if step["what"] == "count": return Fraction((self.choice(item, code)["key"] if code else "blank") in step["choices"])
        if not code or self.choice(item, code).get("kind", "grade") == "unknown": return Fraction(0)
        return Fraction(1 if step["what"] == "answered" else self.choice(item, code)["value"])
    def op_heads(self, step: Step) -> Table:
        cells = {}
        for subject, group in {(subject, style["group"]) for style in self.world.styles.values() for subject, _ in style["slots"]}:
            if group in (step.get("groups") or [group]): cells[cell(subject=subject, group=group)] = guarded(self.head, step["what"], subject, group)
        return Table(["subject", "group"], cells)
    def head(self, what: str, subject: str, group: str) -> Value:
        styles = [one for one, style in self.world.styles.items()
                  if style["group"] == group and any(slot[0] == subject for slot in style["slots"])]
        if what in ("cast", "valid", "blank", "invalid", "superseded"): return ("num", Fraction(self.world.head(what, subject, group, styles)))
        numbers = [self.world.heads.get((group, unit), {}).get(what) for unit in {self.world.styles[one]["unit"] for one in styles}]
        return ("missing", "not counted") if None in numbers else ("num", sum((Fraction(one or 0) for one in numbers), Fraction(0)))
    def op_mark(self, step: Step) -> Table:
        cells = {}
        for style, batch in self.world.styles.items():
            if batch["group"] not in (step.get("groups") or [batch["group"]]): continue
            for number, row in enumerate(sorted(row for row in self.world.rows(style) if any(row)), start=1):
                for (subject, item), code in zip(batch["slots"], row):
                    place = cell(subject=subject, group=batch["group"], item=item, rater=f"{style}/{number}")
                    if self.wanted(step, batch["group"], item): cells[place] = self.mark_value(step, item, code)
        return Table(["subject", "group", "item", "rater"], cells)
    def mark_value(self, step: Step, item: str, code: int) -> Value:
        if code == 0: return ("missing", "blank")
        if (step.get("as") or "number") == "text": return ("text", self.choice(item, code)["key"])
        unknown = self.choice(item, code).get("kind", "grade") == "unknown"
        return ("missing", "unknown") if unknown else ("num", Fraction(self.choice(item, code)["value"]))
    def as_kind(self, text: str, how: str) -> Value:
        if how == "text": return ("text", text)
        good = re.fullmatch(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?", text)
        return ("num", Fraction(text)) if good else ("missing", "not a number")
    def op_fact(self, step: Step) -> Table:
        how, texts = step.get("as") or "text", {one: self.facts[one].get(step["fact"], "") for one in self.subjects}
        return self.per_subject(lambda one: self.as_kind(texts[one], how) if texts[one] else ("missing", "no such fact"))
    def op_component(self, step: Step) -> Table:
        mine = {row[0]: Fraction(row[2]) for row in self.world.evidence("components") if row[1] == step["component"]}
        return self.per_subject(lambda one: ("num", mine[one]) if one in mine else ("missing", "no evidence"))
    def op_event(self, step: Step) -> Table:
        def one(subject: str) -> Value:
            since, until = step.get("since") or "", step.get("until") or "~"
            found = [row for row in self.world.evidence("events") if row[0] == subject and row[1] in step["kinds"]]
            amounts = [Fraction(row[3]) if step.get("what") == "amount" else 1 for row in found if since <= row[2] <= until]
            return ("num", sum(amounts, Fraction(0)))
        return self.per_subject(one)
    def op_past(self, step: Step) -> Table:
        mine = {(row[1], row[0]): literal(row[3]) for row in self.world.evidence("past") if row[2] == step["quantity"]}
        periods = step.get("periods") or sorted({period for _, period in mine})
        periods = (sorted(periods)[-step["last"]:] if step.get("last") else periods) or ["none"]
        pairs, none = [(subject, period) for subject in self.subjects for period in periods], ("missing", "no result")
        return Table(["subject", "period"], {cell(subject=s, period=p): mine.get((s, p), none) for s, p in pairs})
    def op_decision(self, step: Step) -> Table:
        mine = {row[0]: row[2] for row in self.world.evidence("decisions") if row[1] == step["decision"]}
        if step.get("choices") is not None and not set(mine.values()) <= set(step["choices"]): raise Stop(f"a decision on {step['decision']!r} is none of its choices")
        how = step.get("as") or "text"
        return self.per_subject(lambda one: self.as_kind(mine[one], how) if one in mine else ("missing", "not decided"))
    def op_table(self, step: Step) -> Table: return Table(step["axes"], {frozenset(zip(step["axes"], row)): literal(row[-1]) for row in step["rows"]})
    # Cell by cell
    def op_lookup(self, step: Step) -> Table:
        tables = [self.labels(name[1:]) if name.startswith("@") else self.get(name) for name in step["keys"]]
        bearing = [table for name, table in zip(step["keys"], tables) if name != "@period"]  # another key brings the periods
        def one(key: Key) -> Value:
            row = [("text", label(key, n[1:])) if n.startswith("@") else table.read(key) for n, table in zip(step["keys"], tables)]
            for *wanted, value in step["rows"]:
                if all(want == "*" or (not missing(have) and plain(have) == want) for want, have in zip(wanted, row)): return literal(value)
            gone = [have for have in row if missing(have)]
            return gone[0] if gone else literal(step["otherwise"]) if step.get("otherwise") else ("missing", "no row")
        return self.cellwise(bearing, one)
    def labels(self, axis: str) -> Table:
        every = {*(self.subjects if axis == "subject" else self.plan.get(axis + "s") or []), *(self.plan.get(axis + "_parents") or {}).values()}
        return Table([axis], {frozenset({(axis, one)}): ("text", one) for one in every})
    def op_calc(self, step: Step) -> Table:
        def refs(expr: list[Any]) -> list[str]:
            inner = [] if expr[0] in ("num", "text", "truth", "missing", "ref") else expr[1:]
            return [expr[1]] if expr[0] == "ref" else [name for part in inner for name in refs(part)]
        return self.cellwise([self.get(name) for name in refs(step["expr"])], lambda key: self.calc(step["expr"], key))
    def calc(self, expr: list[Any], key: Key) -> Value:
        op, *parts = expr
        if op == "ref": return self.get(parts[0]).read(key)
        if op in ("num", "text", "truth", "missing"): return literal(expr)
        if op == "if":
            condition = self.calc(parts[0], key)
            return condition if missing(condition) else self.calc(parts[1] if truth(condition) else parts[2], key)
        values = [self.calc(part, key) for part in parts]
        if op == "is_missing": return ("truth", missing(values[0]))
        gone = [value for value in values if missing(value)]
        if op in ("and", "or"):
            decided = (op == "or") in [truth(value) for value in values if not missing(value)]
            return gone[0] if gone and not decided else ("truth", decided == (op == "or"))
        if gone: return gone[0]
        if op == "not": return ("truth", not truth(values[0]))
        if op in ("=", "!="): return ("truth", (values[0] == values[1]) == (op == "="))
        return self.arithmetic(op, [num(value) for value in values])
    def arithmetic(self, op: str, n: list[Fraction]) -> Value:
        if op in ("<", "<=", ">", ">="): return ("truth", {"<": n[0] < n[1], "<=": n[0] <= n[1], ">": n[0] > n[1], ">=": n[0] >= n[1]}[op])
        if op == "/" and 0 in n[1:]: return ("missing", "divided by zero")
        if op in ("neg", "abs"): return ("num", -n[0] if op == "neg" else abs(n[0]))
        fold: dict[str, Callable[..., Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "min": min, "max": max}
        return ("num", functools.reduce(fold[op], n))
    def each(self, step: Step, function: Callable[[Key, Value], Value]) -> Table:
        of = self.get(step["of"])
        return Table(of.axes, {key: guarded(function, key, value) for key, value in of.cells.items()})
    def op_bands(self, step: Step) -> Table:
        def one(_: Key, value: Value) -> Value:
            for row in [] if missing(value) else step["rows"]:
                x, low, high = num(value), row.get("from"), row.get("to")
                above = low is None or x > Fraction(low) or (x == Fraction(low) and row.get("from_in", True))
                if above and (high is None or x < Fraction(high) or (x == Fraction(high) and row.get("to_in", False))): return literal(row["value"])
            return value if missing(value) else ("missing", "in no band")
        return self.each(step, one)
    def op_choose(self, step: Step) -> Table:
        tables = [self.get(condition) for condition, _ in step["cases"]]
        tables += [self.get(value) for _, value in [*step["cases"], ["", step.get("otherwise")]] if isinstance(value, str)]
        def one(key: Key) -> Value:
            for condition, value in step["cases"]:
                met = self.get(condition).read(key)
                if met == ABSENT: continue
                if missing(met): return met
                if truth(met): return self.side(value).read(key)
            return self.side(step["otherwise"]).read(key) if step.get("otherwise") is not None else ("missing", "no case")
        return self.cellwise(tables, one)
    def op_bound(self, step: Step) -> Table:
        def one(key: Key, grade: Value) -> Value:
            when = ("truth", True) if step.get("when") is None else self.get(step["when"]).read(key)
            name = next(name for name in ("at_most", "at_least", "at_most_of", "at_least_of") if step.get(name) is not None)
            limit = self.get(step[name]).read(key) if name.endswith("_of") else ("text", step[name])
            if missing(grade) or when == ABSENT or (not missing(when) and (not truth(when) or limit == ABSENT)): return grade
            if missing(when) or missing(limit): return when if missing(when) else limit
            if not {grade[1], limit[1]} <= set(step["order"]): raise Stop(f"no such grade: {grade[1]!r}, {limit[1]!r}")
            places = [step["order"].index(grade[1]), step["order"].index(limit[1])]
            return ("text", step["order"][max(places) if name.startswith("at_most") else min(places)])
        return self.each(step, one)
    def op_test(self, step: Step) -> Table:
        left, right = self.get(step["left"]), self.side(step["right"])
        def one(key: Key) -> Value:
            a, b = left.read(key), right.read(key)
            if missing(a) or missing(b): return a if missing(a) else b
            return ("truth", a == b) if step["cmp"] == "=" else self.arithmetic(step["cmp"], [num(a), num(b)])
        return self.cellwise([left, right] if isinstance(step["right"], str) else [left], one)
    def op_fill(self, step: Step) -> Table:
        def one(key: Key, value: Value) -> Value:
            if not missing(value) or (step.get("reasons") is not None and value[1] not in step["reasons"]): return value
            other = self.side(step["with"]).read(key)
            return value if other == ABSENT else other
        return self.each(step, one)
    def op_round(self, step: Step) -> Table:
        unit = Fraction(step["step"])
        return self.each(step, lambda _, v: v if missing(v) else ("num", whole(num(v) / unit, step["mode"]) * unit))
    # Across cells
    def collapse(self, step: Step, keys: list[Key], base: Callable[[str], Value]) -> Value:
        of, policy, found = self.get(step["of"]), step.get("missing") or "skip", []
        for key in sorted(keys, key=self.order):
            where = ("truth", True) if step.get("where") is None else self.get(step["where"]).read(key)
            weight = ("num", Fraction(1)) if step.get("weights") is None else self.get(step["weights"]).read(key)
            if where in (ABSENT, ("truth", False)) or weight == ABSENT: continue
            gone = [value for value in (where, of.cells[key], weight) if missing(value)]
            if not gone: found.append((of.cells[key], num(weight)))
            elif policy == "fail": return gone[0]
            elif policy == "zero" and not missing(weight): found.append((("truth", False) if step["how"] in ("all", "any") else ("num", Fraction(0)), num(weight)))
        trim = step.get("trim")
        if trim and not (trim.get("when_more_than") is not None and len(found) <= Fraction(trim["when_more_than"])):
            size = ("num", Fraction(len(found))) if trim.get("of") in (None, "answered") else base(trim["of"])
            share = trim["unit"] == "share"
            if share and missing(size): return size
            low, high = (whole(Fraction(trim.get(end) or 0) * (num(size) if share else 1), trim.get("rounding") or "down") for end in ("low", "high"))
            found.sort(key=lambda pair: (num(pair[0]), pair[1]))
            if found and low + high >= len(found): return ("missing", "all trimmed")
            found = found[max(low, 0): len(found) - max(high, 0)]
        place = step.get("k")
        return self.made(step, found, base(place["step"]) if isinstance(place, dict) else ("num", place))
    def made(self, step: Step, found: list[tuple[Value, Fraction]], place: Value) -> Value:
        how = step["how"]
        if not found or how == "count": return ("num", Fraction(len(found))) if how == "count" else ("missing", "no values")
        if how == "last": return found[-1][0]
        if how in ("all", "any"): return ("truth", (all if how == "all" else any)([truth(value) for value, _ in found]))
        ranked = sorted(num(value) for value, _ in found)
        if how in ("least", "most", "median"):
            middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
            return ("num", {"least": ranked[0], "most": ranked[-1], "median": middle}[how])
        if how == "kth":
            if missing(place) or num(place) < 1 or num(place).denominator != 1: return place if missing(place) else ("missing", "no such place")
            if len(ranked) < num(place): return ("missing", "too few values")
            return ("num", sorted(ranked, reverse=(step.get("from") or "top") == "top")[int(num(place)) - 1])
        top, bottom = sum(num(value) * weight for value, weight in found), sum(weight for _, weight in found)
        return ("num", Fraction(top) / (bottom if how == "mean" else 1)) if bottom or how == "sum" else ("missing", "no weight")
    def collect(self, step: Step, home: Callable[[Key], Key | None], seeds: Iterable[Key] = ()) -> dict[Key, Value]:
        """Cells of `of` gathered under new keys and collapsed."""
        groups: dict[Key, list[Key]] = {key: [] for key in seeds}
        for key, new in ((key, home(key)) for key in self.get(step["of"]).cells):
            if new is not None: groups.setdefault(new, []).append(key)
        return {new: guarded(self.collapse, step, keys, lambda name, new=new: self.get(name).read(new)) for new, keys in groups.items()}
    def op_reduce(self, step: Step) -> Table:
        of, over = self.get(step["of"]), step["over"]
        if step.get("into") is None: return Table([axis for axis in of.axes if axis != over], self.collect(step, lambda key: without(key, over)))
        parents = (self.plan.get(over + "_parents") or {}) if over in ("group", "item") else {}
        def depth(name: str) -> int: return 1 + depth(parents[name]) if name in parents else 0
        deepest = max([depth(label(key, over)) for key in of.cells], default=0)
        climbs = {label(key, over) for key in of.cells if label(key, over) in parents and depth(label(key, over)) == deepest}
        moved = {key: replaced(key, over, parents[label(key, over)]) for key in of.cells if label(key, over) in climbs}
        stay = {key: value for key, value in of.cells.items() if key not in moved}
        if set(stay) & set(moved.values()): raise Stop("a value of its own and one from below")
        return Table(of.axes, {**stay, **self.collect(step, moved.get)})
    def related(self, subject: str, relation: str) -> str | None:
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
        for subject in self.subjects:
            other = self.related(subject, step["relation"])
            if other is None and of.axes == ["subject"]: cells[cell(subject=subject)] = ("missing", "no such subject")
            cells.update({replaced(key, "subject", subject): value for key, value in of.cells.items() if label(key, "subject") == other})
        return Table(of.axes, cells)
    # Pools
    def pool(self, step: Step, subject: str) -> Any:
        """The pool's labels as a list, or the missing value that keeps a subject out."""
        labels = []
        for name in step.get("pool") or []:
            value = self.get(name).read(cell(subject=subject))
            if missing(value): return value
            labels.append(plain(value))
        return labels
    def op_relate(self, step: Step) -> Table:
        over = step.get("over") or "subject"
        of = self.get(step["of"])
        pools = {key: self.pool(step, label(key, "subject")) if over == "subject" else [] for key in of.cells}
        homes: dict[Any, list[Key]] = {}
        for key in of.cells: homes.setdefault((without(key, over), str(pools[key])), []).append(key)
        def one(key: Key, value: Value) -> Value:
            if missing(value): return value
            if isinstance(pools[key], tuple): return seen(pools[key])
            near = homes[without(key, over), str(pools[key])]
            return self.relate_one(step, key, {other: num(of.cells[other]) for other in near if not missing(of.cells[other])})
        return self.each(step, one)
    def relate_one(self, step: Step, key: Key, rivals: dict[Key, Fraction]) -> Value:
        high = (step.get("order") or "high") == "high"
        mine, numbers, how = rivals[key], list(rivals.values()), step["how"]
        best, worst = (max(numbers), min(numbers)) if high else (min(numbers), max(numbers))
        every = sum(numbers, Fraction(0))
        mean = every / len(numbers)
        base = {"share": every, "ratio_best": best, "ratio_mean": mean}.get(how)
        if base is not None: return ("num", mine / base) if base else ("missing", "divided by zero")
        if how == "minmax": return ("num", (mine - worst) / (best - worst)) if best != worst else ("missing", "all equal")
        if how == "recency":
            later = [other for other in rivals if (self.order(other) > self.order(key)) == high and other != key]
            return ("num", Fraction(len(later) + 1))
        if how != "rank": return ("num", {"mean": mean, "best": best, "worst": worst, "sum": every, "count": Fraction(len(numbers))}[how])
        ahead = [other for other in rivals if self.beats(step, other, key, rivals, high)]
        tied = [other for other in rivals if other not in ahead and not self.beats(step, key, other, rivals, high)]
        return ("num", Fraction({"share": len(ahead) + 1, "break": len(ahead) + 1, "last": len(ahead) + len(tied),
                                 "dense": len({rivals[other] for other in ahead}) + 1}[step.get("ties") or "share"]))
    def op_versus(self, step: Step) -> Table:
        of = self.get(step["of"])
        pools = {subject: self.pool(step, subject) for subject in {label(key, "subject") for key in of.cells}}
        cells: dict[Key, Value] = {}
        for mine in of.cells:
            for other, value in of.cells.items():
                a, b, beside = label(mine, "subject"), label(other, "subject"), without(mine, "subject") == without(other, "subject")
                if a != b and beside and isinstance(pools[a], list) and pools[a] == pools[b]: cells[mine | {("rival", b)}] = value
        return Table([*of.axes, "rival"], cells)
    def beats(self, step: Step, one: Key, other: Key, values: dict[Key, Fraction], high: bool) -> bool:
        if values[one] != values[other]: return (values[one] > values[other]) == high
        for name in step.get("by") or []:
            a, b = self.get(name).read(one), self.get(name).read(other)
            if missing(a) != missing(b): return missing(b)
            if not missing(a) and num(a) != num(b): return num(a) > num(b)
        return False
    def op_allocate(self, step: Step) -> Table:
        of = self.get(step["of"])
        cells: dict[Key, Value] = {}
        pools: dict[tuple[str, ...], dict[Key, Fraction]] = {}
        for key, value in of.cells.items():
            mine = self.pool(step, label(key, "subject"))
            barred = step.get("eligible") is not None and self.get(step["eligible"]).read(key) != ("truth", True)
            if missing(value) or barred or isinstance(mine, tuple):
                cells[key] = mine if not missing(value) and not barred else ("missing", "not eligible" if not missing(value) else "not rated")
            else: pools.setdefault(tuple(mine), {})[key] = num(value)
        for values in pools.values(): cells.update(self.fill_pool(step, values))
        return Table(["subject"], cells)
    def amount(self, raw: Any, mode: Any, keys: list[Key]) -> int | None:
        if raw is None or "count" in raw: return None if raw is None else int(raw["count"])
        if "share" in raw: return whole(Fraction(raw["share"]) * len(keys), mode)
        found = {self.get(raw["step"]).read(key) for key in keys}
        value = next(iter(found))
        if len(found) != 1 or value[0] != "num" or value[1].denominator != 1 or value[1] < 0: raise Stop("an amount is not one whole number for the pool")
        return int(value[1])
    def amounts(self, step: Step, keys: list[Key]) -> list[dict[str, int | None]]:
        rows = [*(one["tiers"] for one in step.get("small") or [] if len(keys) <= Fraction(one["up_to"])), step["tiers"]][0]
        remainder = step["rounding"] == "largest_remainder"
        modes = {"least": "up", "most": "down", "target": "down"} if remainder else dict.fromkeys(("least", "most", "target"), step["rounding"])
        sizes = [{name: self.amount(row.get(name), mode, keys) for name, mode in modes.items()} for row in rows]
        if remainder:
            shares = {place: Fraction(row["target"]["share"]) * len(keys) for place, row in enumerate(rows) if (row.get("target") or {}).get("share") is not None}
            still = whole(sum(shares.values(), Fraction(0)), "down") - sum(whole(one, "down") for one in shares.values())
            for place in sorted(shares, key=lambda p: (whole(shares[p], "down") - shares[p], p))[:still]: sizes[place]["target"] = (sizes[place]["target"] or 0) + 1
        return sizes
    def fill_pool(self, step: Step, values: dict[Key, Fraction]) -> dict[Key, Value]:
        high = (step.get("order") or "high") == "high"
        tiers, sizes = step["tiers"], self.amounts(step, list(values))
        placed: dict[Key, int] = {}
        carry = extra = 0
        for index, tier in enumerate(tiers):
            left = [key for key in values if key not in placed]
            able = [key for key in left if tier.get("when") is None or self.get(tier["when"]).read(key) == ("truth", True)]
            places = self.places(tier, sizes, index, len(left), carry, extra)
            chosen, tied = self.take(step, able, places, values, high)
            carry = places - len(chosen) if tied else 0
            extra = carry if step["ties"] == "share_worst" else 0
            placed.update(dict.fromkeys(chosen, index))
        return {key: ("text", tiers[placed[key]]["grade"]) if key in placed else ("missing", "in no tier") for key in values}
    def places(self, tier: Step, sizes: list[dict[str, int | None]], index: int, left: int, carry: int, extra: int) -> int:
        if index == len(sizes) - 1: return left
        own, least = sizes[index], [one["least"] or 0 for one in sizes[index + 1:]]
        wanted = [max(one["target"] or 0, one["least"] or 0) for one in sizes[index + 1:]]
        limits = [left - sum(least if own["target"] is not None else wanted)]
        if own["most"] is not None: limits.append(own["most"] + extra)
        if own["target"] is not None: limits.append(max(own["target"] + carry, own["least"] or 0))
        return max(0, min(limits[:1] if tier.get("soft") else limits))
    def take(self, step: Step, able: list[Key], places: int, values: dict[Key, Fraction], high: bool) -> tuple[list[Key], bool]:
        """Who gets the tier, and whether a tie at its edge changed that."""
        breaking = step["ties"] == "break"
        def before(one: Key) -> int: return sum(1 for other in able if self.beats(step if breaking else {}, other, one, values, high))
        ahead = {key: before(key) for key in able}
        ranked = sorted(able, key=lambda key: ahead[key])
        if places == 0 or places >= len(ranked) or values[ranked[places - 1]] != values[ranked[places]]: return ranked[:places], False
        edge = ranked[places - 1]
        if step["ties"] == "promote": return [key for key in ranked if ahead[key] < places or values[key] == values[edge]], True
        if breaking and ahead[edge] != ahead[ranked[places]]: return ranked[:places], False
        held = ahead if breaking else values
        return [key for key in ranked[:places] if held[key] != held[edge]], True

# --- Digests, tree and signatures (RFC 9162, RFC 8032)

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)

def canonical(content: Any) -> bytes: return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def sha(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2: return leaves[0] if leaves else sha()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha(b"\x01", tree(leaves[:split]), tree(leaves[split:]))
def add(p: Point, q: Point) -> Point:
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)
def times(n: int, p: Point) -> Point:
    q = ZERO
    for bit in bin(n)[2:]: q = add(add(q, q), p) if bit == "1" else add(q, q)
    return q
def point(data: bytes) -> Point | None:
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd): return None
    x = x if x & 1 == odd else P - x
    return (x, y, 1, x * y % P)
def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `public` made this Ed25519 signature."""
    if len(public) != 32 or len(signature) != 64: return False
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    if a is None or r is None or base is None or s >= L: return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same_point(times(s, base), add(r, times(k, a)))
def leaf_point(leaf: bytes) -> Point: return times(8, next(filter(None, (point(sha(b"pingyi/mark-point/v2", leaf, bytes([n]))) for n in range(256)))))
def same_point(p: Point, q: Point) -> bool: return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0

# --- What the bundle says (docs/bundle.md)

class World:
    """The numbers of a bundle, as the plan's sources read them."""
    def __init__(self, bundle: dict[str, Any]) -> None:
        self.all, self.full = bundle, bundle["kind"] == "auditors"
        self.facts: dict[str, dict[str, str]] = dict(bundle["subjects"])
        self.styles: dict[str, dict[str, Any]] = {one["style"]: {**one, **one["content"]} for one in bundle["styles"]}
        self.counts = {(s, g, i): row for s, g, i, row in bundle["counts"]}
        self.books = {one[0]: dict(zip(("cast", "superseded", "valid", "blank", "invalid"), one[1:])) for one in bundle["books"]}
        self.places = {(g, u): dict(zip(("valid", "blank", "invalid"), rest)) for g, u, *rest in bundle["places"]}
        self.heads = {(g, u): dict(zip(("entitled", "present", "issued", "returned"), rest)) for g, u, *rest in bundle["heads"]}
        self.opened: dict[str, list[list[int]]] = {}
    def place(self, style: str) -> tuple[str, str]: return self.styles[style]["group"], self.styles[style]["unit"]
    def evidence(self, kind: str) -> list[list[Any]]: return list(known(self.all[kind]))
    def rows(self, style: str) -> list[list[int]]: return list(known(self.opened.get(style)))
    def version(self, style: str) -> int: return int(self.styles[style].get("v", 1))
    def subjects(self, style: str) -> set[str]: return {subject for subject, _ in self.styles[style]["slots"]}
    def offering(self, subject: str, group: str, item: str) -> set[str]: return {one for one, style in self.styles.items() if style["group"] == group and [subject, item] in style["slots"]}
    def head(self, what: str, subject: str, group: str, styles: list[str]) -> int:
        if what in ("cast", "superseded") or self.full: return sum(self.books[one][what] for one in styles)
        for item in sorted({item for one in styles for other, item in self.styles[one]["slots"] if other == subject}):
            if what == "valid" and self.counts[subject, group, item] and self.offering(subject, group, item) == set(styles): return sum(self.counts[subject, group, item])
        places = {self.place(one) for one in styles}
        numbers = [self.places[place][what] for place in places]
        if None in numbers or {one for one in self.styles if self.place(one) in places} != set(styles): raise Hidden
        return sum(numbers)

class Checker:
    """Every check of docs/bundle.md in its order. `wrong`: what does not hold; `told`: what a reader should know besides."""
    def __init__(self, bundle: dict[str, Any], key: str, root: str) -> None:
        self.b, self.key, self.root, self.world, self.name = bundle, key, root, World(bundle), bundle["campaign"]["campaign"]
        self.wrong, self.told, self.leaves, self.roots = list[tuple[str, str]](), list[tuple[str, str]](), list[bytes](), list[str]()
        self.entries = [entry for epoch in bundle["epochs"] for entry in epoch["entries"]]
        self.issued = {one["batch"]: one for one in self.entries if one["record"] == "slips"}
        self.tags = {tag: one["batch"] for one in bundle["slips"] for tag in one["tags"]}
        self.records = {self.leaf({"v": 1, **{name: one[name] for name in ("commitment", "slip", "style", "v") if name in one}}).hex(): one for one in bundle["leaves"]}
        for part in (self.log, self.fixed, self.ballots, self.books, self.openings, self.reconciliation, self.figures, self.rulings):
            try:
                part()
            except Stop as stop:
                self.need(False, f"按方案重算时停下：{stop}", f"evaluating the plan stopped: {stop}")
            except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as odd:
                self.need(False, f"{part.__name__}：内容残缺或格式不对（{odd!r}）", f"{part.__name__}: incomplete or malformed ({odd!r})")
    def need(self, holds: object, chinese: str, english: str) -> None:
        if not holds and (chinese, english) not in self.wrong: self.wrong.append((chinese, english))
    def leaf(self, record: dict[str, Any]) -> bytes: return sha(b"\0", canonical({"campaign": self.name, **record}))
    def log(self) -> None:
        public, name = bytes.fromhex(self.b["key"]), "pingyi/" + self.name
        self.mark = sha(b"pingyi/log-key/v1", public).hex()
        self.need(self.key in ("", self.mark), "签名公钥不是存证单上印的那一把", "the signing key is not the one printed on the sheets")
        rest = b"pingyi/bundle/v1\n" + canonical({name: value for name, value in self.b.items() if name != "signature"})
        self.need(signed(public, bytes.fromhex(self.b["signature"]), rest), "核对包的签名不对：做好以后被人改过", "the bundle's signature is wrong: it was changed after it was made")
        for n, epoch in enumerate(self.b["epochs"]):
            entries = [sha(b"\0", canonical(entry)) for entry in epoch["entries"]]
            self.leaves += sorted(entries + [bytes.fromhex(one) for one in epoch["ballots"] + epoch.get("marks", [])])
            self.roots.append(tree(self.leaves).hex())
            body, _, line = epoch["checkpoint"].partition("\n\n")
            origin, size, top, which, _made = body.split("\n")
            mark = base64.b64decode(line.strip().split(" ")[-1])
            good = signed(public, mark[4:], body.encode() + b"\n") and mark[:4] == sha(name.encode(), b"\n\x01", public)[:4]
            self.need(good, f"第 {n} 节存证单的签名不对", f"the signature of checkpoint {n} is wrong")
            self.need((origin, size, which) == (name, str(len(self.leaves)), f"epoch {n} {epoch['kind']}"), f"第 {n} 节存证单写的场次或叶子数与清单不符", f"checkpoint {n} tells another epoch or number of leaves")
            self.need(base64.b64decode(top).hex() == self.roots[-1], f"第 {n} 节的根与清单不符：叶子被改动、增减或换了节", f"the root of epoch {n} is not that of its leaves: one was changed, added, dropped or moved")
        kinds = [epoch["kind"] for epoch in self.b["epochs"]]
        order = kinds[:1] == ["setup"] and kinds[-1:] == ["close"] and set(kinds[1:-1]) <= {"meeting"} and len(kinds) > 1
        self.need(order, "存证日志不是从批准到结束的完整次序", "the log does not run from set-up to close")
        self.need(len(set(self.leaves)) == len(self.leaves), "存证日志里同一片叶子出现两次", "a leaf stands in the log twice")
        self.need(self.root in ("", *self.roots), "没有一节的根与印出的存证单相同：这不是当场宣读的那份日志", "no epoch has the root printed on the sheet: this is not the log that was read out")
    def fixed(self) -> None:
        def hexed(content: Any) -> str: return sha(canonical(content)).hex()
        scheme = {"record": "scheme", **{name: self.b["scheme"][name] for name in ("key", "version")}}
        frozen = [({"record": "campaign", **self.b["campaign"]}, "评议的名称或时段", "the campaign's title or period"),
                  ({**scheme, "digest": sha(self.b["scheme"]["text"].encode()).hex()}, "方案文件", "the scheme file"),
                  ({"record": "plan", "digest": hexed(self.b["plan"])}, "计算步骤", "the plan"),
                  ({"record": "log-key", "public": self.b["key"]}, "签名公钥", "the signing key"),
                  ({"record": "subjects", "digest": hexed(self.b["subjects"])}, "名册", "the roster")]
        if self.b.get("release"): frozen.append(({"record": "release-plan", "digest": hexed(self.b["release"])}, "公布计划", "the release plan"))
        if self.b.get("custody"): frozen.append(({"record": "custody", **self.b["custody"]}, "开启钥匙的保管办法", "the custody of the opening key"))
        for one in self.b["styles"]:
            said = {name: value for name, value in one.items() if name != "content"}
            self.need(one.get("v", 1) in (1, 2), f"表 {one['style']} 用的是第 {one.get('v')} 种承诺，这个核对程序不认识：请用新的核对程序", f"form {one['style']} uses commitments of version {one.get('v')}, which this checker does not know: take a newer one")
            frozen.append(({"record": "style", **said, "digest": hexed(one["content"])}, f"表 {one['style']}", f"form {one['style']}"))
        for entry, chinese, english in frozen:
            self.need(entry in self.b["epochs"][0]["entries"], f"{chinese}与批准时存证的不一样", f"{english} is not what was logged at approval")
        logged, given = Counter(entry["record"] for entry in self.entries), Counter(entry["record"] for entry, _, _ in frozen)
        for record, chinese, english in (("style", "表", "forms"), ("release-plan", "公布计划", "release plans"), ("custody", "保管办法", "custodies")):
            self.need(logged[record] == given[record], f"包里的{chinese}比存证的少或多", f"the bundle has more or fewer {english} than were logged")
    def ballots(self) -> None:
        logged = [leaf for epoch in self.b["epochs"] for leaf in epoch["ballots"]]
        self.need(len(self.records) == len(self.b["leaves"]), "同一张票列了两次", "a ballot is listed twice")
        for leaf in sorted(set(self.records) - set(logged)): self.need(False, f"票 {leaf[:16]} 不在存证日志里：是后来添的或改过的", f"ballot {leaf[:16]} is not in the log: added or changed")
        bare = 0 if self.world.full else sum(self.world.books[one]["cast"] for one in self.world.styles if self.rated(one))
        lost = len(set(logged) - set(self.records)) - bare
        pieces = [len(epoch.get("marks", [])) for epoch in self.b["epochs"]]
        due = sum(self.world.books[one]["cast"] * len(self.world.subjects(one)) for one in self.world.styles if self.world.version(one) > 1)
        self.need(pieces == [*[0] * (len(pieces) - 1), due], f"各节按对象拆开的叶子有 {pieces} 片，应只在最后一节，有 {due} 片", f"the epochs hold {pieces} mark leaves: all {due} belong into the last")
        self.need(lost <= 0, f"存证日志里有 {lost} 张票，包里没有：被去掉了", f"{lost} ballots of the log are missing here: dropped")
        self.need(len({one["slip"] for one in self.b["leaves"]}) == len(self.b["leaves"]), "有一张凭条投了两张票", "one slip cast two ballots")
        for one in self.b["slips"]:
            said, tags = self.issued.get(one["batch"]), [bytes.fromhex(tag) for tag in one["tags"]]
            good = said and sha(*tags).hex() == said["tags"] and len(set(tags)) == said["issued"]
            self.need(good, f"第 {one['batch']} 批凭条与存证的不符", f"batch {one['batch']} of slips is not what was logged")
        self.need({one["batch"] for one in self.b["slips"]} == set(self.issued), "凭条的批次少了或多了", "batches of slips are missing or added")
        for leaf, one in self.records.items():
            self.need(one.get("v", 1) == self.world.version(one["style"]), f"票 {leaf[:16]} 的承诺不是批准时为它的表定下的那一种", f"ballot {leaf[:16]} has another kind of commitment than its form was approved with")
            if not self.world.styles[one["style"]]["signed"]:
                self.need(self.issued.get(self.tags.get(one["slip"], -1), {}).get("style") == one["style"], f"票 {leaf[:16]} 的凭条没有登记在这种表上", f"the slip of ballot {leaf[:16]} was not issued for this form")
    def rated(self, style: str) -> bool: return bool(self.world.styles[style]["rated"])
    def inforce(self, styles: Iterable[str]) -> int: return sum(self.world.books[one]["cast"] - self.world.books[one]["superseded"] for one in styles)
    def at(self, place: tuple[str, str]) -> list[str]: return [one for one in self.world.styles if self.world.place(one) == place]
    def books(self) -> None:
        w, floor = self.world, 0 if self.world.full else self.b["floor"]
        plan = self.b.get("release") or {"floor": 9, "exits": ["bundle"]}
        self.need(w.full or floor >= max(10, 1 + max([plan["floor"], *plan.get("floors", {}).values()])), "公布的下限低于 10 张或公布计划", "the floor is below 10 ballots or the release plan's")
        self.need(w.full or "bundle" in plan["exits"], "公布计划里没有公开核对包", "the release plan has no public bundle")
        self.need(set(w.books) == set(w.styles), "有的表没有账", "a form has no books")
        for one in w.styles:
            cast = sum(record["style"] == one for record in self.b["leaves"])
            self.need(w.books[one]["cast"] == cast or (self.rated(one) and not w.full), f"表 {one} 的账是 {w.books[one]['cast']} 张，日志里是 {cast} 张", f"form {one}: {w.books[one]['cast']} cast in the books, {cast} in the log")
        for place in {w.place(one) for one in w.styles}:
            parts, ballots = list(w.places[place].values()), self.inforce(self.at(place))
            good = parts == [None] * 3 if ballots < floor else sum(parts) == ballots
            if w.full: good = good and parts == [sum(w.books[one][name] for one in self.at(place)) for name in w.places[place]]
            self.need(good, f"{place} 的有效、空白、无效加起来不是有效投出的 {ballots} 张", f"{place}: valid, blank and invalid are not {ballots}")
        offered = {(s, style["group"], i) for style in w.styles.values() for s, i in style["slots"]}
        self.need(offered == set(w.counts), "票数表的格子与各种表不符", "the cells of the counts are not those of the forms")
        for cell, row in w.counts.items():
            near = w.offering(*cell)
            places = {w.place(one) for one in near}
            valid = sum(w.places[place]["valid"] or 0 for place in places)
            self.need((row is None) == (valid < floor), f"{cell} 该公布的没有公布，或不该公布的公布了", f"{cell} is withheld or shown against the rule")
            if row is None: continue
            if w.full: valid = sum(w.books[one]["valid"] for one in near)
            whole_place = w.full or near == {one for place in places for one in self.at(place)}
            good = sum(row) == valid if whole_place else sum(row) <= min(valid, self.inforce(near))
            self.need(good and min(row, default=0) >= 0, f"{cell} 的票数合计 {sum(row)}，应为 {valid}", f"{cell} counts {sum(row)} marks for {valid} ballots")
    def openings(self) -> None:
        if not self.world.full: return
        w = self.world
        counts: dict[tuple[str, str, str], Counter[int]] = {cell: Counter() for cell in w.counts}
        verdicts: dict[str, list[str]] = {one: [] for one in w.styles}
        versions: dict[Any, list[int]] = {}
        for record in self.records.values():
            if w.styles[record["style"]]["signed"]: versions.setdefault(record["rater"], []).append(record["version"])
        for rater, found in versions.items():
            self.need(sorted(found) == list(range(1, len(found) + 1)), f"评价人 {rater} 的修改版本不连续：少了一版", f"rater {rater}: a revision is missing")
        for leaf, record in self.records.items():
            style = w.styles[record["style"]]
            if style["signed"]:
                key = {"campaign": self.name, "rater": record["rater"], "version": record["version"]}
                self.need(sha(b"pingyi/signed/v1", canonical(key)).hex() == record["slip"], f"票 {leaf[:16]} 不是它所写的评价人和版本", f"ballot {leaf[:16]} is not of the rater and version it names")
                if record["version"] < len(versions[record["rater"]]):
                    verdicts[record["style"]].append("superseded")
                    self.need(not record.get("counts"), f"票 {leaf[:16]} 已被新的一版取代，却算了进去", f"ballot {leaf[:16]} was replaced by a newer version and counts all the same")
                    continue
            if w.version(record["style"]) > 1: verdicts[record["style"]].append("valid" if record["counts"] else "invalid")
            if style["rated"] or w.version(record["style"]) > 1: continue
            opening = self.b["openings"].get(leaf, ["", ""])
            self.need(leaf in self.b["openings"], f"票 {leaf[:16]} 没有给出开封内容", f"ballot {leaf[:16]} is not opened")
            self.need(sha(bytes.fromhex(opening[1]), bytes.fromhex(opening[0])).hex() == record["commitment"], f"票 {leaf[:16]} 的开封内容与投票时的承诺不符：选择被改过或换了票", f"the opening of ballot {leaf[:16]} does not fit its commitment: marks were changed or swapped")
            row = self.row(opening[0], len(style["slots"]))
            verdicts[record["style"]].append(self.judged(style, row))
            w.opened.setdefault(record["style"], [])
            if verdicts[record["style"]][-1] in ("valid", "blank"): w.opened[record["style"]].append(row)
        for one, rows in w.opened.items():
            for (subject, item), codes in zip(w.styles[one]["slots"], zip(*[row for row in rows if any(row)])): counts[subject, w.styles[one]["group"], item].update(codes)
        for group, _unit, subject, items, rows in self.b["cut"]:
            for item, codes in zip(items, zip(*rows)): counts[subject, group, item].update(codes)
        self.marks(counts)
        for one, judged in verdicts.items():
            names = ("superseded", "valid", "blank", "invalid") if w.version(one) > 1 or not self.rated(one) else ("superseded",)
            mine, theirs = [judged.count(name) for name in names], [w.books[one][name] for name in names]
            if w.version(one) > 1: theirs[1:3] = [theirs[1] + theirs[2], 0]  # a piece does not show whether its form was blank
            self.need(mine == theirs, f"表 {one} 的{names}：账上 {theirs}，逐张数是 {mine}", f"form {one} {names}: {theirs} in the books, {mine} counted")
        for cell, tallied in counts.items():
            tallied[0] -= sum(w.books[one]["blank"] for one in w.offering(*cell) if w.version(one) > 1)
            same = {code: number for code, number in tallied.items() if number} == {code: number for code, number in enumerate(w.counts[cell]) if number}
            self.need(same, f"{cell} 的票数与逐张开封的不符", f"the counts of {cell} are not those of the opened ballots")
    def row(self, text: str, slots: int) -> list[int]:
        size = 4 if len(text) > 2 * slots else 2
        return [int(text[at:at + size], 16) for at in range(0, len(text), size)]
    def marks(self, counts: dict[tuple[str, str, str], Counter[int]]) -> None:
        """Ballots cut per subject: their pieces are leaves of their own, and those of a place add up to its ballots' pledges."""
        w, here, due, found = self.world, Counter[Any](), Counter[Any](), []
        sums: dict[Any, Point] = {}
        def put(at: Any, p: Point | None, sign: int = -1) -> None:
            x, y, z, t = p or ZERO
            sums[at] = add(sums.get(at, ZERO), (sign * x, y, z, sign * t))
        for record in self.b["leaves"]:
            if w.version(record["style"]) == 1: continue
            at = (*w.place(record["style"]), record["counts"])
            put(at, point(bytes.fromhex(record["commitment"])), 1)
            due.update((at, subject) for subject in w.subjects(record["style"]))
        for group, unit, subject, shown in self.b["marks"]:
            opened = isinstance(shown, list)
            committed = sha(bytes.fromhex(shown[1]), bytes.fromhex(shown[0])).hex() if opened else shown
            found.append(self.leaf({"commitment": committed, "group": group, "subject": subject, "unit": unit, "v": 2}))
            here[(group, unit, opened), subject] += 1
            put((group, unit, opened), leaf_point(found[-1]))
            form = next(one for one in self.at((group, unit)) if subject in w.subjects(one))
            items = [item for whose, item in w.styles[form]["slots"] if whose == subject]
            for item, code in zip(items, self.row(shown[0], len(items)) if opened else []): counts[subject, group, item][code] += 1
        for group, unit, *blinds in self.b["blinds"]:
            for counted, blind in zip((True, False), blinds):
                put((group, unit, counted), times(int.from_bytes(bytes.fromhex(blind), "little"), leaf_point(sha(b"pingyi/blind-base/v2"))))
        self.need(sorted(leaf.hex() for leaf in found) == self.b["epochs"][-1].get("marks", []), "按对象拆开的票与存证日志里的不是同一批：被改动、增减", "the mark leaves opened are not those of the log: one was changed, added or dropped")
        for at, subject in sorted(set(here) | set(due)):
            self.need(here[at, subject] == due[at, subject], f"{at[:2]} 对 {subject} 的选择有 {here[at, subject]} 份，票有 {due[at, subject]} 张", f"{at[:2]} has {here[at, subject]} {'opened' if at[2] else 'unopened'} marks on {subject} for {due[at, subject]} ballots")
        for at, left in sums.items():
            self.need(same_point(left, ZERO), f"{at[:2]} 拆开的选择合起来不是回执所承诺的：有的被换过", f"the marks of {at[:2]} do not add up to what the receipts promised: some were exchanged")
    def judged(self, style: dict[str, Any], row: list[int]) -> str:
        scales = [self.b["plan"]["scales"][self.b["plan"]["item_scale"][item]] for _, item in style["slots"]]
        if len(row) != len(scales) or any(code > len(scale) for code, scale in zip(row, scales)): return "invalid"
        return "blank" if not any(row) else "invalid" if any(self.broken(table, row) for table in style["limits"]) else "valid"
    def broken(self, table: dict[str, Any], row: list[int]) -> bool:
        given = [row[slot] for slot in table["slots"]]
        answered, (least, most) = [code for code in given if code], table["bounds"][0]
        if table["effect"] not in ("refuse", "void"): return False
        if table["kind"] == "uniform": return len(answered) >= least and len(set(answered)) == 1 and answered[0] in table["codes"]
        if table["kind"] == "distinct": return len(set(answered)) < len(answered)
        if table["kind"] == "sum": return not least <= sum(table["weights"][code] for code in given) <= most
        least, most = table["bounds"][len(answered) if table["per_answered"] else len(given)]
        return not least <= sum(code in table["codes"] for code in answered) <= most
    def reconciliation(self) -> None:
        voided = {one["batch"] for one in self.entries if one["record"] == "void"}
        for line in self.b["reconciliation"]:
            place = (line["group"], line["unit"])
            styles, cast, named = self.at(place), self.inforce(self.at(place)), f"{place}"
            issued = sum(one["issued"] for one in self.entries if one.get("style") in styles and (
                one["record"] == "invitations" or (one["record"] == "slips" and one["batch"] not in voided)))
            issued += sum(self.tags.get(one["slip"]) in voided for one in self.b["leaves"] if one["style"] in styles)
            most = min([issued - (line["spoiled"] or 0) - (line["unused"] or 0)] + [line["present"]] * (line["present"] is not None))
            mine = {"issued": issued, "cast": cast, "unnoticed": max(0, most - cast), "surplus": max(0, cast - most)}
            for name, value in mine.items():
                self.need(line[name] == value, f"对账 {named}：{name} 写 {line[name]}，应为 {value}", f"reconciliation {named}: {name} says {line[name]}, not {value}")
            heads = self.world.heads.get(place, {})
            same = all(heads.get(name) == line[name] for name in ("entitled", "present")) and heads.get("returned", cast) == cast
            self.need(same, f"对账 {named} 的人数与计票用的不同", f"reconciliation {named}: other head-counts than the count used")
            if mine["surplus"]: self.told.append((f"{named} 多出 {mine['surplus']} 张票", f"{named}: {mine['surplus']} ballots too many"))
        self.need({(line["group"], line["unit"]) for line in self.b["reconciliation"]} == {self.world.place(one) for one in self.world.styles}, "对账表不全", "the reconciliation is incomplete")
    def figures(self) -> None:
        tables = Engine(self.b["plan"], self.world).tables
        for name in self.b["plan"]["outputs"]:
            table, given = tables[name], self.b["tables"].get(name)
            if table.known is None or {"rater", "rival"} & set(table.axes):
                self.need(given is None, f"“{name}”不能由公布的数算出，却给了值", f"{name} has values that nothing published supports")
                continue
            mine = {tuple(label(key, axis) for axis in table.axes): value for key, value in table.known.items()}
            theirs = {tuple(row[:-1]): HID if row[-1] is None else literal(row[-1]) for row in given or []}
            for at in sorted(set(mine) | set(theirs)):
                a, b = theirs.get(at, ABSENT), mine.get(at, ABSENT)
                self.need(a == b, f"“{name}” {at}：包里是 {a[1]}，按方案重算是 {b[1]}", f"{name} {at} is {a[1]} in the bundle, {b[1]} when computed")
    def rulings(self) -> None:
        """What people said to outcomes: only where it may leave, and under no figure that is withheld."""
        said, plan = [] if self.world.full else self.b.get("rulings") or [], self.b.get("release") or {"exits": []}
        self.need(not said or "rulings" in plan["exits"], "公布计划里没有对提示和等次的确认", "the release plan lets no rulings leave")
        for table, subject, *_ in said:
            rows = self.b["tables"].get(table) or [[None]]
            near = [row for row in rows if subject in row[:-1]] or rows
            self.need(None not in [row[-1] for row in near], f"对“{table}” {subject} 的确认说到了没有公布的数", f"a ruling on {table} of {subject} speaks of a figure that is withheld")

def read(path: Path) -> bytes:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive: return archive.read(next(name for name in archive.namelist() if name in ("public.json", "auditors.json")))
    return (path if path.is_file() else next(path.glob("*s.json"), path / "public.json")).read_bytes()

def main(arguments: list[str]) -> int:
    said: dict[str, str | None] = {"--root": None, "--key": None}
    paths, option = [], ""
    for one in arguments:
        if one.startswith("--"): option, said[one] = one, ""
        elif option and len(said[option] or "") < 64: said[option] = (said[option] or "") + one.replace(" ", "").lower()  # also in groups of eight
        else: paths.append(one)
    if len(said) > 2 or len(paths) != 1 or any(one is not None and not re.fullmatch("[0-9a-f]{64}", one) for one in said.values()):
        print("用法 usage: python3 verify.py BUNDLE.zip [--root 64 hex digits] [--key 64 hex digits]")
        return 2
    try:
        raw = read(Path(paths[0]))
        bundle = json.loads(raw)
        checker = Checker(bundle, said["--key"] or "", said["--root"] or "")
        if bundle["format"] != "pingyi-bundle/1" or bundle["kind"] not in ("public", "auditors"): raise ValueError(bundle["format"])
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, StopIteration, AttributeError, RecursionError, zipfile.BadZipFile) as odd:
        print(f"这不是核对包，或已残缺。 This is no bundle, or not a whole one. ({str(odd)[:200]})")
        return 2
    checker.need(canonical(bundle) == raw, "文件不是规范写法：同一个键写了两次，或被人动过", "the file is not canonical JSON: a key twice, or touched")
    for chinese, english in checker.told: print(f"请注意：{chinese}。\nNote: {english}.")
    for chinese, english in checker.wrong: print(f"不对：{chinese}。\nWrong: {english}.")
    if checker.wrong: return 1
    print(f"核对无误 All checks hold: {bundle['campaign']['title']} ({bundle['kind']}, {len(checker.leaves)} 片叶子 leaves)")
    for n, top in enumerate(checker.roots): print(f"第 {n} 节的根 root of epoch {n}: {top}")
    print(f"签名公钥指纹 key fingerprint: {checker.mark}\n请与印出的存证单逐字核对。 Compare both with the printed sheets.")
    return 0

if __name__ == "__main__":
    getattr(sys.stdout, "reconfigure")(errors="replace")  # noqa: B009 - a console without Chinese still shows the English
    sys.exit(main(sys.argv[1:]))
