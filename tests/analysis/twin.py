# ruff: noqa: C901, PLR0911, PLR0917  -- a naive evaluator follows the page case by case; splitting its cases would hide them
"""A second, naive evaluator of the plan, written from docs/plan.md alone. It shares no code with analysis/ and imports only
the standard library; it is slow on purpose, one cell at a time, and is the test twin of the fast count.

A value is a pair: ("num", Fraction), ("text", str), ("truth", bool) or ("missing", reason). A key is a frozenset of
(axis, label) pairs, so that reading a table at the labels it has is taking a subset.
"""

from __future__ import annotations

import re
from fractions import Fraction

AXES = ["subject", "group", "item", "period", "rater", "rival"]
ABSENT = ("missing", "not applicable")


class Refused(Exception):  # noqa: N818  # a verdict, not a fault: the twin stops where the page says the count stops
    """The page says: an error that stops the count."""


def missing(value):
    return value[0] == "missing"


def num(value):
    if value[0] != "num":
        raise Refused(f"{value} is no number")
    return value[1]


def truth(value):
    if value[0] != "truth":
        raise Refused(f"{value} is no truth")
    return value[1]


def plain(value):
    """The canonical text of a value that is not missing."""
    return {"num": str, "text": str, "truth": lambda b: "true" if b else "false"}[value[0]](value[1])


def lit(raw):
    return ("num", Fraction(raw[1])) if raw[0] == "num" else (raw[0], raw[1])


def round_to_whole(x, mode):
    sign, size = (-1 if x < 0 else 1), abs(x)
    low = size.numerator // size.denominator
    rest = size - low
    up = {"down": False, "up": rest > 0, "half_up": rest >= Fraction(1, 2),
          "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2 == 1)}[mode]
    return sign * (low + (1 if up else 0))


class Table:
    def __init__(self, axes, cells):
        self.axes = [axis for axis in AXES if axis in axes]
        self.cells = {key: value for key, value in cells.items() if value != ABSENT}

    def read(self, key):
        return self.cells.get(frozenset((axis, label) for axis, label in key if axis in self.axes), ABSENT)


def label(key, axis):
    return dict(key)[axis]


def without(key, axis):
    return frozenset(pair for pair in key if pair[0] != axis)


def replaced(key, axis, new):
    return without(key, axis) | {(axis, new)}


class Twin:
    """Evaluates a plan (the object the JSON holds) on evidence. `tables` by step name; `findings` as tuples."""

    def __init__(self, plan, evidence):
        self.plan, self.evidence = plan, evidence
        self.tables, self.findings = {}, []
        self.facts = {one.id: dict(one.facts) for one in evidence.subjects}
        self.subjects = sorted(self.facts)
        for step in plan["steps"]:
            self.step = step
            self.tables[step["name"]] = getattr(self, "op_" + step["op"])(step)

    # --- helpers
    def choices(self, item):
        return self.plan["scales"][self.plan["item_scale"][item]]

    def get(self, name):
        return self.tables[name]

    def side(self, raw):
        """A step or a literal."""
        return self.tables[raw] if isinstance(raw, str) else Table([], {frozenset(): lit(raw)})

    def per_subject(self, function):
        return Table(["subject"], {frozenset({("subject", one)}): function(one) for one in self.subjects})

    def order(self, key):
        parts = []
        for axis in AXES:
            for have, name in sorted(key):
                if have == axis:
                    listed = self.plan.get({"group": "groups", "item": "items"}.get(axis, ""), None) or []
                    parts.append((listed.index(name) if name in listed else len(listed), name))
        return parts

    def union(self, tables):
        axes = [axis for axis in AXES if any(axis in table.axes for table in tables)]
        widest = [table for table in tables if not any(set(table.axes) < set(other.axes) for other in tables)]
        kinds = []
        for table in widest:
            if table.axes not in kinds:
                kinds.append(table.axes)
        keys = {frozenset()}
        for kind in kinds:
            mine = {key for table in widest if table.axes == kind for key in table.cells}
            keys = {a | b for a in keys for b in mine if len(dict(a | b)) == len(a | b)}
        return axes, keys

    def cellwise(self, tables, function):
        axes, keys = self.union(tables)
        return Table(axes, {key: function(key) for key in keys})

    # --- sources
    def ballots(self):
        """(batch, ballots that are not blank) of every style."""
        return [(batch, [list(row) for row in batch.marks.tolist() if any(row)]) for batch in self.evidence.batches]

    def wanted(self, step, group, item):
        return group in (step.get("groups") or [group]) and item in (step.get("items") or [item])

    def op_tally(self, step):
        cells = {}
        for batch, rows in self.ballots():
            for place, slot in enumerate(batch.slots):
                if not self.wanted(step, batch.group, slot.item):
                    continue
                keys = [choice["key"] for choice in self.choices(slot.item)]
                if step["what"] == "count" and not any(one in [*keys, "blank"] for one in step["choices"]):
                    continue
                key = frozenset({("subject", slot.subject), ("group", batch.group), ("item", slot.item)})
                cells.setdefault(key, Fraction(0))
                for row in rows:
                    cells[key] += self.one_mark(step, slot.item, row[place])
        return Table(["subject", "group", "item"], {key: ("num", value) for key, value in cells.items()})

    def one_mark(self, step, item, code):
        if code == 0:
            return 1 if step["what"] == "count" and "blank" in step["choices"] else 0
        choice = next(one for one in self.choices(item) if one["code"] == code)
        if step["what"] == "count":
            return 1 if choice["key"] in step["choices"] else 0
        if choice["kind"] == "unknown":
            return 0
        return 1 if step["what"] == "answered" else Fraction(choice["value"])

    def op_heads(self, step):
        cells = {}
        for batch, rows in self.ballots():
            for subject in {slot.subject for slot in batch.slots}:
                if batch.group in (step.get("groups") or [batch.group]):
                    cells.setdefault(frozenset({("subject", subject), ("group", batch.group)}), []).append((batch, rows))
        return Table(["subject", "group"], {key: self.head(step["what"], found) for key, found in cells.items()})

    def head(self, what, found):
        cast, valid = sum(len(batch.marks) for batch, _ in found), sum(len(rows) for _, rows in found)
        books = {"cast": cast, "valid": valid, "blank": cast - valid, "invalid": 0, "superseded": 0}
        if what in books:
            return ("num", Fraction(books[what]))
        result = 0
        for group, unit in {(batch.group, batch.unit) for batch, _ in found}:
            known = [getattr(one, what) for one in self.evidence.heads if (one.group, one.unit) == (group, unit)]
            if not known or known[0] is None:
                return ("missing", "not counted")
            result += known[0]
        return ("num", Fraction(result))

    def op_mark(self, step):
        cells = {}
        for batch, rows in self.ballots():
            if batch.group not in (step.get("groups") or [batch.group]):
                continue
            for number, row in enumerate(sorted(rows), start=1):
                for slot, code in zip(batch.slots, row, strict=True):
                    if self.wanted(step, batch.group, slot.item):
                        rater = f"{batch.style}/{number}"
                        key = {("subject", slot.subject), ("group", batch.group), ("item", slot.item), ("rater", rater)}
                        cells[frozenset(key)] = self.mark_value(step, slot.item, code)
        return Table(["subject", "group", "item", "rater"], cells)

    def mark_value(self, step, item, code):
        if code == 0:
            return ("missing", "blank")
        choice = next(one for one in self.choices(item) if one["code"] == code)
        if (step.get("as") or "number") == "text":
            return ("text", choice["key"])
        return ("missing", "unknown") if choice["kind"] == "unknown" else ("num", Fraction(choice["value"]))

    def as_(self, text, how):
        if how == "text":
            return ("text", text)
        good = re.fullmatch(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?", text)
        return ("num", Fraction(text)) if good else ("missing", "not a number")

    def op_fact(self, step):
        def one(subject):
            text = self.facts[subject].get(step["fact"], "")
            return self.as_(text, step.get("as") or "text") if text else ("missing", "no such fact")

        return self.per_subject(one)

    def op_component(self, step):
        def one(subject):
            found = [c.value for c in self.evidence.components if (c.subject, c.name) == (subject, step["component"])]
            return ("num", found[0]) if found else ("missing", "no evidence")

        return self.per_subject(one)

    def op_event(self, step):
        def one(subject):
            found = [e for e in self.evidence.events if e.subject == subject and e.kind in step["kinds"]]
            found = [e for e in found if not step.get("since") or e.on >= step["since"]]
            found = [e for e in found if not step.get("until") or e.on <= step["until"]]
            return ("num", sum((e.amount for e in found), Fraction(0)) if step.get("what") == "amount" else Fraction(len(found)))

        return self.per_subject(one)

    def op_past(self, step):
        mine = {(p.subject, p.period): p.value for p in self.evidence.past if p.quantity == step["quantity"]}
        periods = step.get("periods") or sorted({period for _, period in mine})
        if step.get("last"):
            periods = sorted(periods)[-step["last"]:]
        cells = {}
        for subject in self.subjects:
            for period in periods or ["none"]:
                value = mine.get((subject, period))
                cells[frozenset({("subject", subject), ("period", period)})] = (
                    ("missing", "no result") if value is None else ("text", value) if isinstance(value, str) else ("num", value))
        return Table(["subject", "period"], cells)

    def op_decision(self, step):
        def one(subject):
            found = [d.choice for d in self.evidence.decisions if (d.subject, d.name) == (subject, step["decision"])]
            if found and step.get("choices") is not None and found[0] not in step["choices"]:
                raise Refused("not a choice")
            return self.as_(found[0], step.get("as") or "text") if found else ("missing", "not decided")

        return self.per_subject(one)

    def op_table(self, step):
        return Table(step["axes"], {frozenset(zip(step["axes"], row, strict=False)): lit(row[-1]) for row in step["rows"]})

    # --- cell by cell
    def op_lookup(self, step):
        tables = []
        for key in step["keys"]:
            if key == "@period":
                tables.append(None)  # periods have no list of their own: another key brings them
            elif key.startswith("@"):
                axis = key[1:]
                labels = self.subjects if axis == "subject" else self.all_labels(axis)
                tables.append(Table([axis], {frozenset({(axis, one)}): ("text", one) for one in labels}))
            else:
                tables.append(self.get(key))

        def one(key):
            row = []
            for name, table in zip(step["keys"], tables, strict=True):
                row.append(("text", label(key, name[1:])) if name.startswith("@") else table.read(key))
            for *wanted, value in step["rows"]:
                pairs = zip(wanted, row, strict=True)
                if all(want == "*" or (not missing(have) and plain(have) == want) for want, have in pairs):
                    return lit(value)
            for have in row:
                if missing(have):
                    return have
            return lit(step["otherwise"]) if step.get("otherwise") else ("missing", "no row")

        return self.cellwise([table for table in tables if table is not None], one)

    def all_labels(self, axis):
        listed = self.plan[axis + "s"]
        return [*listed, *sorted(set(self.plan.get(axis + "_parents", {}).values()) - set(listed))]

    def op_calc(self, step):
        names = []

        def collect(expr):
            if expr[0] == "ref":
                names.append(expr[1])
            elif expr[0] not in ("num", "text", "truth", "missing"):
                for arg in expr[1:]:
                    collect(arg)

        collect(step["expr"])
        return self.cellwise([self.get(name) for name in names], lambda key: self.calc(step["expr"], key))

    def calc(self, expr, key):
        op, *args = expr
        if op == "ref":
            return self.get(args[0]).read(key)
        if op in ("num", "text", "truth", "missing"):
            return lit(expr)
        if op == "if":
            condition = self.calc(args[0], key)
            return condition if missing(condition) else self.calc(args[1] if truth(condition) else args[2], key)
        values = [self.calc(arg, key) for arg in args]
        if op == "is_missing":
            return ("truth", missing(values[0]))
        gone = [value for value in values if missing(value)]
        if op in ("and", "or"):
            decider = op == "or"
            _ = [truth(value) for value in values if not missing(value)]
            if any(value == ("truth", decider) for value in values):
                return ("truth", decider)
            return gone[0] if gone else ("truth", not decider)
        if gone:
            return gone[0]
        if op == "not":
            return ("truth", not truth(values[0]))
        if op in ("=", "!="):
            return ("truth", (values[0] == values[1]) == (op == "="))
        return self.arithmetic(op, [num(value) for value in values])

    def arithmetic(self, op, n):
        if op in ("<", "<=", ">", ">="):
            return ("truth", {"<": n[0] < n[1], "<=": n[0] <= n[1], ">": n[0] > n[1], ">=": n[0] >= n[1]}[op])
        if op == "neg":
            return ("num", -n[0])
        if op == "abs":
            return ("num", n[0] if n[0] >= 0 else -n[0])
        result = n[0]
        for one in n[1:]:
            if op == "/" and one == 0:
                return ("missing", "divided by zero")
            result = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
                      "min": min, "max": max}[op](result, one)
        return ("num", result)

    def op_bands(self, step):
        def one(value):
            if missing(value):
                return value
            x = num(value)
            for row in step["rows"]:
                low, high = row.get("from"), row.get("to")
                above = low is None or x > Fraction(low) or (x == Fraction(low) and row.get("from_in", True))
                below = high is None or x < Fraction(high) or (x == Fraction(high) and row.get("to_in", False))
                if above and below:
                    return lit(row["value"])
            return ("missing", "in no band")

        of = self.get(step["of"])
        return Table(of.axes, {key: one(value) for key, value in of.cells.items()})

    def op_choose(self, step):
        tables = [self.get(condition) for condition, _ in step["cases"]]
        tables += [self.get(value) for _, value in step["cases"] if isinstance(value, str)]
        if isinstance(step.get("otherwise"), str):
            tables.append(self.get(step["otherwise"]))

        def one(key):
            for condition, value in step["cases"]:
                met = self.get(condition).read(key)
                if met == ABSENT:
                    continue
                if missing(met):
                    return met
                if truth(met):
                    return self.side(value).read(key)
            return self.side(step["otherwise"]).read(key) if step.get("otherwise") is not None else ("missing", "no case")

        return self.cellwise(tables, one)

    def op_bound(self, step):
        def one(key, grade):
            when = ("truth", True) if step.get("when") is None else self.get(step["when"]).read(key)
            name = next(name for name in ("at_most", "at_least", "at_most_of", "at_least_of") if step.get(name) is not None)
            limit = self.get(step[name]).read(key) if name.endswith("_of") else ("text", step[name])
            if missing(grade) or when == ABSENT:
                return grade
            if missing(when):
                return when
            if not truth(when) or limit == ABSENT:
                return grade
            if missing(limit):
                return limit
            if grade[1] not in step["order"] or limit[1] not in step["order"]:
                raise Refused("no such grade")
            places = [step["order"].index(grade[1]), step["order"].index(limit[1])]
            return ("text", step["order"][max(places) if name.startswith("at_most") else min(places)])

        of = self.get(step["of"])
        return Table(of.axes, {key: one(key, value) for key, value in of.cells.items()})

    def op_test(self, step):
        left, right = self.get(step["left"]), self.side(step["right"])
        tables = [left, right] if isinstance(step["right"], str) else [left]

        def one(key):
            a, b = left.read(key), right.read(key)
            if missing(a) or missing(b):
                return a if missing(a) else b
            return ("truth", a == b) if step["cmp"] == "=" else self.arithmetic(step["cmp"], [num(a), num(b)])

        return self.cellwise(tables, one)

    def op_fill(self, step):
        def one(key, value):
            if not missing(value) or (step.get("reasons") is not None and value[1] not in step["reasons"]):
                return value
            other = self.side(step["with"]).read(key)
            return value if other == ABSENT else other

        of = self.get(step["of"])
        return Table(of.axes, {key: one(key, value) for key, value in of.cells.items()})

    def op_round(self, step):
        unit, of = Fraction(step["step"]), self.get(step["of"])
        return Table(of.axes, {
            key: value if missing(value) else ("num", round_to_whole(num(value) / unit, step["mode"]) * unit)
            for key, value in of.cells.items()})

    # --- across cells
    def collapse(self, step, keys, base):
        """One value from the cells of `of` at `keys`."""
        of, found = self.get(step["of"]), []
        policy = step.get("missing") or "skip"
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
                zero = ("truth", False) if step["how"] in ("all", "any") else ("num", Fraction(0))
                found.append((zero, num(weight)))
        trim = step.get("trim")
        if trim and not (trim.get("when_more_than") is not None and len(found) <= Fraction(trim["when_more_than"])):
            size = ("num", Fraction(len(found))) if trim.get("of") in (None, "answered") else base(trim["of"])
            low, high = Fraction(trim.get("low") or 0), Fraction(trim.get("high") or 0)
            if trim["unit"] == "share":
                if missing(size):
                    return size
                low, high = low * num(size), high * num(size)
            low, high = (round_to_whole(one, trim.get("rounding") or "down") for one in (low, high))
            found.sort(key=lambda pair: (num(pair[0]), pair[1]))
            if found and low + high >= len(found):
                return ("missing", "all trimmed")
            for _ in range(min(low, len(found))):
                found.pop(0)
            for _ in range(min(high, len(found))):
                found.pop()
        place = step.get("k")
        if isinstance(place, dict):
            place = base(place["step"])
        return self.made(step, found, place)

    def made(self, step, found, place):
        how = step["how"]
        if how == "count":
            return ("num", Fraction(len(found)))
        if not found:
            return ("missing", "no values")
        if how == "last":
            return found[-1][0]
        if how in ("all", "any"):
            return ("truth", (all if how == "all" else any)([truth(value) for value, _ in found]))
        ranked = sorted(num(value) for value, _ in found)
        if how in ("least", "most"):
            return ("num", ranked[0] if how == "least" else ranked[-1])
        if how == "median":
            middle = len(ranked) // 2
            return ("num", ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2)
        if how == "kth":
            if isinstance(place, tuple):
                if missing(place):
                    return place
                place = num(place)
            if place < 1 or place != int(place):
                return ("missing", "no such place")
            if len(ranked) < place:
                return ("missing", "too few values")
            return ("num", sorted(ranked, reverse=(step.get("from") or "top") == "top")[int(place) - 1])
        top = sum((num(value) * weight for value, weight in found), Fraction(0))
        bottom = sum((weight for _, weight in found), Fraction(0))
        if how == "sum":
            return ("num", top)
        return ("num", top / bottom) if bottom else ("missing", "no weight")

    def collect(self, step, axes, homes, seeds=()):
        """Cells of `of` gathered under new keys (`homes` maps a key to its new key, or None) and collapsed."""
        groups = {key: [] for key in seeds}
        for key in self.get(step["of"]).cells:
            if homes(key) is not None:
                groups.setdefault(homes(key), []).append(key)
        return {new: self.collapse(step, keys, lambda name, new=new: self.get(name).read(new)) for new, keys in groups.items()}

    def op_reduce(self, step):
        of, over = self.get(step["of"]), step["over"]
        if step.get("into") is None:
            axes = [axis for axis in of.axes if axis != over]
            return Table(axes, self.collect(step, axes, lambda key: without(key, over)))
        parents = self.plan.get(over + "_parents", {}) if over in ("group", "item") else {}

        def depth(name):
            return 1 + depth(parents[name]) if name in parents else 0

        deepest = max([depth(label(key, over)) for key in of.cells], default=0)
        climbs = {label(key, over) for key in of.cells if label(key, over) in parents and depth(label(key, over)) == deepest}
        cells = self.collect(
            step, of.axes, lambda key: replaced(key, over, parents[label(key, over)]) if label(key, over) in climbs else None)
        for key, value in of.cells.items():
            if label(key, over) not in climbs:
                if key in cells:
                    raise Refused("a value of its own and one from below")
                cells[key] = value
        return Table(of.axes, cells)

    def related(self, subject, relation):
        other = self.facts[subject].get(relation, "")
        return other if other in self.facts else None

    def op_gather(self, step):
        of = self.get(step["of"])

        def home(key):
            other = self.related(label(key, "subject"), step["relation"])
            return None if other is None else replaced(key, "subject", other)

        seeds = [frozenset({("subject", one)}) for one in self.subjects] if of.axes == ["subject"] else []
        return Table(of.axes, self.collect(step, of.axes, home, seeds))

    def op_follow(self, step):
        of, cells = self.get(step["of"]), {}
        for subject in self.subjects:
            other = self.related(subject, step["relation"])
            if other is None and of.axes == ["subject"]:
                cells[frozenset({("subject", subject)})] = ("missing", "no such subject")
            for key, value in of.cells.items():
                if label(key, "subject") == other:
                    cells[replaced(key, "subject", subject)] = value
        return Table(of.axes, cells)

    # --- pools
    def pool(self, step, subject):
        """The pool's labels, or the missing value that keeps a subject out."""
        labels = []
        for name in step.get("pool") or []:
            value = self.get(name).read(frozenset({("subject", subject)}))
            if missing(value):
                return value
            labels.append(plain(value))
        return labels

    def op_relate(self, step):
        of, cells, over = self.get(step["of"]), {}, step.get("over") or "subject"

        def pool(key):
            return self.pool(step, label(key, "subject")) if over == "subject" else []

        for key, value in of.cells.items():
            mine = pool(key)
            if missing(value):
                cells[key] = value
            elif isinstance(mine, tuple):
                cells[key] = mine
            else:
                rivals = {other: num(there) for other, there in of.cells.items()
                          if not missing(there) and without(other, over) == without(key, over) and pool(other) == mine}
                cells[key] = self.relate_one(step, key, rivals)
        return Table(of.axes, cells)

    def relate_one(self, step, key, rivals):
        high = (step.get("order") or "high") == "high"
        mine, numbers = rivals[key], list(rivals.values())
        best, worst = (max(numbers), min(numbers)) if high else (min(numbers), max(numbers))
        mean, every = sum(numbers, Fraction(0)) / len(numbers), sum(numbers, Fraction(0))
        how = step["how"]
        if how in ("share", "ratio_best", "ratio_mean"):
            base = {"share": every, "ratio_best": best, "ratio_mean": mean}[how]
            return ("num", mine / base) if base else ("missing", "divided by zero")
        if how == "minmax":
            return ("num", (mine - worst) / (best - worst)) if best != worst else ("missing", "all equal")
        if how == "recency":
            later = [other for other in rivals if (self.order(other) > self.order(key)) == high and other != key]
            return ("num", Fraction(len(later) + 1))
        if how != "rank":
            return ("num", {"mean": mean, "best": best, "worst": worst, "sum": every, "count": Fraction(len(numbers))}[how])
        ties = step.get("ties") or "share"
        ahead = [other for other in rivals if self.beats(step, other, key, rivals, high)]
        tied = [other for other in rivals if other not in ahead and not self.beats(step, key, other, rivals, high)]
        return ("num", Fraction({"share": len(ahead) + 1, "break": len(ahead) + 1, "last": len(ahead) + len(tied),
                                 "dense": len({rivals[other] for other in ahead}) + 1}[ties]))

    def op_versus(self, step):
        of, cells = self.get(step["of"]), {}
        for mine in of.cells:
            for other, value in of.cells.items():
                a, b = label(mine, "subject"), label(other, "subject")
                beside = a != b and without(mine, "subject") == without(other, "subject")
                if beside and isinstance(self.pool(step, a), list) and self.pool(step, a) == self.pool(step, b):
                    cells[mine | {("rival", b)}] = value
        return Table([*of.axes, "rival"], cells)

    def beats(self, step, one, other, values, high):
        """Whether `one` stands before `other`: by value, then by the steps of `by`, greater first, missing least."""
        if values[one] != values[other]:
            return (values[one] > values[other]) == high
        for name in step.get("by") or []:
            a, b = self.get(name).read(one), self.get(name).read(other)
            if missing(a) and missing(b):
                continue
            if missing(a) or missing(b):
                return missing(b)
            if num(a) != num(b):
                return num(a) > num(b)
        return False

    def op_allocate(self, step):
        of, cells, pools = self.get(step["of"]), {}, {}
        for key, value in of.cells.items():
            mine = self.pool(step, label(key, "subject"))
            if missing(value):
                cells[key] = ("missing", "not rated")
            elif step.get("eligible") is not None and self.get(step["eligible"]).read(key) != ("truth", True):
                cells[key] = ("missing", "not eligible")
            elif isinstance(mine, tuple):
                cells[key] = mine
            else:
                pools.setdefault(tuple(mine), {})[key] = num(value)
        for labels, values in pools.items():
            cells.update(self.fill_pool(step, " · ".join(labels), values))
        return Table(["subject"], cells)

    def amount(self, raw, mode, keys):
        if raw is None:
            return None
        if "share" in raw:
            return round_to_whole(Fraction(raw["share"]) * len(keys), mode)
        if "count" in raw:
            return int(raw["count"])
        found = {self.get(raw["step"]).read(key) for key in keys}
        if len(found) != 1 or next(iter(found))[0] != "num" or next(iter(found))[1].denominator != 1 or next(iter(found))[1] < 0:
            raise Refused("not one whole number for the pool")
        return int(next(iter(found))[1])

    def amounts(self, step, keys):
        rows = step["tiers"]
        for small in step.get("small") or []:
            if len(keys) <= Fraction(small["up_to"]):
                rows = small["tiers"]
                break
        modes = dict.fromkeys(("least", "most", "target"), step["rounding"])
        remainder = step["rounding"] == "largest_remainder"
        if remainder:
            modes = {"least": "up", "most": "down", "target": "down"}
        sizes = [{name: self.amount(row.get(name), mode, keys) for name, mode in modes.items()} for row in rows]
        if remainder:
            shares = {place: Fraction(row["target"]["share"]) * len(keys)
                      for place, row in enumerate(rows) if (row.get("target") or {}).get("share") is not None}
            every = sum(shares.values(), Fraction(0))
            still = every.numerator // every.denominator - sum(one.numerator // one.denominator for one in shares.values())
            for _ in range(still):
                place = max(shares, key=lambda p: (shares[p] - shares[p].numerator // shares[p].denominator, -p))
                sizes[place]["target"] += 1
                del shares[place]
        return sizes

    def fill_pool(self, step, name, values):
        high = (step.get("order") or "high") == "high"
        tiers, sizes = step["tiers"], self.amounts(step, list(values))
        placed, carry, extra, unbroken = {}, 0, 0, []
        for index, tier in enumerate(tiers):
            left = [key for key in values if key not in placed]
            able = [key for key in left if tier.get("when") is None or self.get(tier["when"]).read(key) == ("truth", True)]
            places = self.places(tier, sizes, index, len(left), carry, extra)
            carry = extra = 0
            chosen, tied = self.take(step, able, places, values, high)
            if tied == "unbroken":
                unbroken.append(index)
            if tied:
                carry = places - len(chosen)
                extra = carry if step["ties"] == "share_worst" else 0
            for key in chosen:
                placed[key] = index
        self.tell(step, name, values, placed, sizes, unbroken)
        return {key: ("text", tiers[placed[key]]["grade"]) if key in placed else ("missing", "in no tier") for key in values}

    def places(self, tier, sizes, index, left, carry, extra):
        if index == len(sizes) - 1:
            return left
        own, lower = sizes[index], sizes[index + 1:]
        least = [one["least"] or 0 for one in lower]
        wanted = [max(one["target"], one["least"] or 0) if one["target"] is not None else one["least"] or 0 for one in lower]
        limits = [left - sum(least if own["target"] is not None else wanted)]
        if not tier.get("soft"):
            if own["most"] is not None:
                limits.append(own["most"] + extra)
            if own["target"] is not None:
                limits.append(max(own["target"] + carry, own["least"] or 0))
        return max(0, min(limits))

    def take(self, step, able, places, values, high):
        """Who gets the tier, and whether a tie at its edge changed that ("unbroken" when breaking it failed)."""
        plain_step = {}
        breaking = step["ties"] == "break"

        def before(one):
            return sum(1 for other in able if self.beats(step if breaking else plain_step, other, one, values, high))

        ranked = sorted(able, key=before)
        if places == 0 or places >= len(ranked) or values[ranked[places - 1]] != values[ranked[places]]:
            return ranked[:places], None
        edge = ranked[places - 1]
        if step["ties"] == "promote":
            return [key for key in ranked if before(key) < places or values[key] == values[edge]], "tied"
        if breaking:
            if before(edge) != before(ranked[places]):
                return ranked[:places], None
            return [key for key in ranked[:places] if before(key) != before(edge)], "unbroken"
        return [key for key in ranked[:places] if values[key] != values[edge]], "tied"

    def tell(self, step, name, values, placed, sizes, unbroken):
        def finding(code, grade, count, wanted):
            self.findings.append((code, name, step["name"], grade, str(count), str(wanted), str(len(values))))

        for index, (tier, own) in enumerate(zip(step["tiers"], sizes, strict=True)):
            count = sum(1 for one in placed.values() if one == index)
            if index in unbroken:
                wanted = own["target"] if own["target"] is not None else own["most"] if own["most"] is not None else 0
                finding("tie_unbroken", tier["grade"], count, wanted)
            if count < (own["least"] or 0):
                finding("quota_unmet", tier["grade"], count, own["least"])
            if own["most"] is not None and count > own["most"]:
                finding("soft_limit_exceeded" if tier.get("soft") else "limit_exceeded", tier["grade"], count, own["most"])
            if own["target"] is not None and count != own["target"]:
                finding("target_missed", tier["grade"], count, own["target"])
        nowhere = len(values) - len(placed)
        if nowhere:
            finding("in_no_tier", "", nowhere, 0)


__all__ = ["ABSENT", "Refused", "Twin"]
