"""Plans and evidence drawn from a seed. Every op of docs/plan.md is drawn, with the ends it can meet: ties, empty pools,
missing values, division by zero, exact thirds and halves. The tests count what was drawn and fail on a zero."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypedDict, TypeVar

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Marks, Past, RatedSubject, Slot

T = TypeVar("T")
Step = dict[str, Any]  # as the plan's JSON has it: what its keys hold is another thing for each op
Expr = list["str | Expr"]  # a formula, and a literal too: an op or a tag, and what it is of

NUMBERS = ["0", "1", "2", "3", "1/3", "1/2", "2/3", "0.2", "-1", "40", "60", "100"]
GRADES = ["A", "B", "C"]
AXES = ["subject", "group", "item", "period", "rater", "rival"]
GROUPS, ITEMS = ["g1", "g2", "g3"], ["i1", "i2", "i3", "i4"]


class Header(TypedDict):
    """What a plan says before its steps."""

    format: str
    groups: list[str]
    group_parents: dict[str, str]
    items: list[str]
    item_parents: dict[str, str]
    scales: dict[str, list[dict[str, object]]]
    item_scale: dict[str, str]


def head(rng: random.Random) -> Header:
    scales: dict[str, list[dict[str, object]]] = {}
    for name in ("s1", "s2"):
        values = [rng.choice(NUMBERS) for _ in range(rng.randint(1, 3))]
        choices: list[dict[str, object]] = [
            {"code": code, "key": f"k{code}", "value": value, "kind": rng.choice(["grade", "number"])}
            for code, value in enumerate(values, start=1)
        ]
        if rng.random() < 0.6:
            choices.append({"code": len(choices) + 1, "key": "dk", "value": None, "kind": "unknown"})
        scales[name] = choices
    return {
        "format": "pingyi-plan/1",
        "groups": GROUPS,
        "group_parents": rng.choice([{}, {"g1": "p", "g2": "p"}, {"g1": "p", "g2": "p", "p": "q", "g3": "q"}]),
        "items": ITEMS,
        "item_parents": rng.choice([{}, {"i1": "m", "i2": "m"}, {"i1": "m", "i2": "m", "m": "t", "i3": "t", "i4": "t"}]),
        "scales": scales,
        "item_scale": {item: rng.choice(["s1", "s2"]) for item in ITEMS},
    }


def evidence(rng: random.Random, header: Header) -> Evidence:
    ids = [f"S{n}" for n in range(1, rng.randint(1, 6) + 1)]
    rng.shuffle(ids)
    facts = {"class": ["x", "y", ""], "team": [*ids, "", "nobody"], "age": ["1/3", "7", "0.5", "old", ""], "unit": ["u"]}
    subjects = tuple(RatedSubject(one, {name: rng.choice(values) for name, values in facts.items()}) for one in ids)
    batches, heads = [], []
    for group in GROUPS:
        for unit in ("u1", "u2")[: rng.randint(0, 2)]:
            for version in range(rng.choice([1, 1, 2])):
                slots = [Slot(one, item) for one in ids for item in ITEMS if rng.random() < 0.75]
                if slots:
                    batches.append(BallotBatch(f"{group}{unit}{version}", group, unit, tuple(slots), marks(rng, header, slots)))
            if rng.random() < 0.85:
                numbers = [rng.choice([None, 0, 3, 9]) if rng.random() < 0.3 else rng.randint(1, 12) for _ in range(4)]
                heads.append(
                    Heads(
                        group=group, unit=unit, **dict(zip(("entitled", "present", "issued", "returned"), numbers, strict=True))
                    )
                )
    periods = rng.sample(["2023", "2024", "2025"], rng.randint(0, 3))
    return Evidence(
        period=rng.choice(["2025", "2025-H2", "2025-Q3", "2025-09"]),
        subjects=subjects,
        batches=tuple(batches),
        heads=tuple(heads),
        components=tuple(
            Component(subject=one, name=name, value=Fraction(rng.choice(NUMBERS)))
            for one in ids
            for name in ("target", "coef")
            if rng.random() < 0.8
        ),
        events=tuple(
            Event(
                subject=rng.choice(ids),
                kind=rng.choice(["merit", "demerit"]),
                on=f"2025-0{rng.randint(1, 9)}-01",
                amount=Fraction(rng.choice(NUMBERS)),
            )
            for _ in range(rng.randint(0, 5))
        ),
        past=tuple(
            Past(
                period=period,
                subject=one,
                quantity=name,
                value=Fraction(rng.choice(NUMBERS)) if name == "score" else rng.choice(GRADES),
            )
            for one in ids
            for period in periods
            for name in ("score", "tier")
            if rng.random() < 0.8
        ),
        decisions=tuple(
            Decision(
                subject=one, name="verified", choice=rng.choice(GRADES), decider="somebody", reason="because", on="2025-12-01"
            )
            for one in ids
            if rng.random() < 0.7
        ),
    )


def marks(rng: random.Random, header: Header, slots: list[Slot]) -> Marks:
    sizes = [len(header["scales"][header["item_scale"][slot.item]]) for slot in slots]
    ballots = rng.choice([0, 1, 2, 3, 3, 4, 6, 12])
    blank = rng.choice([0.05, 0.3, 0.9])
    rows = [[0 if rng.random() < blank else rng.randint(1, size) for size in sizes] for _ in range(ballots)]
    return np.array(rows, dtype=rng.choice([np.uint8, np.uint16])).reshape(ballots, len(sizes))


class Draw:
    """Draws steps one by one; `made` maps a step's name to its axes and the kind of its values."""

    def __init__(self, seed: int, want: Iterable[str]) -> None:
        self.rng = random.Random(seed)
        header = head(self.rng)
        self.evidence = evidence(self.rng, header)
        self.steps: list[Step] = []
        self.made: dict[str, tuple[list[str], str]] = {}
        for op in ["tally", "tally", "fact", "table", *self.rng.choices(SOURCES, k=5), *self.rng.choices(list(want), k=28)]:
            for _ in range(3):
                maker: Callable[[], bool] = getattr(self, "add_" + op)
                if maker():
                    break
        self.plan: dict[str, object] = {**header, "steps": self.steps, "outputs": []}

    def add(self, op: str, over_axes: Iterable[str], kind: str, /, **params: object) -> bool:
        name = f"n{len(self.steps) + 1}"
        line: dict[str, object] = {"line": len(self.steps) + 1, "source": "art. 1"} if self.rng.random() < 0.5 else {}
        self.steps.append({"name": name, "op": op, **params, **line})
        self.made[name] = ([axis for axis in AXES if axis in over_axes], kind)
        return True

    def pick(
        self,
        kind: str | None = None,
        within: Iterable[str] | None = None,
        has: str | None = None,
        axes: list[str] | None = None,
        *,
        light: bool = False,
    ) -> str | None:
        """A step of this kind, its axes within some, with one, or exactly some; None when there is none."""
        found = [
            name
            for name, (have, what) in self.made.items()
            if (kind is None or what in kind.split())
            and (within is None or set(have) <= set(within))
            and (has is None or has in have)
            and (axes is None or have == axes)
            and not (light and ("rater" in have or "rival" in have))
        ]
        return self.rng.choice(found[-8:] if self.rng.random() < 0.6 else found) if found else None

    def maybe(self, share: float, value: T) -> T | None:
        return value if self.rng.random() < share else None

    def number(self) -> Expr:
        return ["num", self.rng.choice(NUMBERS)]

    def axes_of(self, *names: object) -> list[str]:
        return [axis for axis in AXES if any(axis in self.made[name][0] for name in names if isinstance(name, str))]

    # --- sources
    def add_tally(self) -> bool:
        what = self.rng.choice(["count", "answered", "points"])
        more = {"choices": self.rng.sample(["k1", "k2", "k3", "dk", "blank"], self.rng.randint(1, 3))} if what == "count" else {}
        if self.rng.random() < 0.2:
            more["items"] = self.rng.sample(ITEMS, 2)
        return self.add("tally", ["subject", "group", "item"], "number", what=what, groups=self.maybe(0.2, GROUPS[:2]), **more)

    def add_heads(self) -> bool:
        what = self.rng.choice(["entitled", "present", "issued", "returned", "cast", "valid", "blank", "invalid", "superseded"])
        return self.add("heads", ["subject", "group"], "number", what=what)

    def add_mark(self) -> bool:
        kind = self.rng.choice(["number", "number", "text"])
        return self.add("mark", ["subject", "group", "item", "rater"], kind, items=self.maybe(0.5, ITEMS[:2]), **{"as": kind})

    def add_fact(self) -> bool:
        if self.rng.random() < 0.4:
            return self.add("fact", ["subject"], "number", fact="age", **{"as": "number"})
        return self.add("fact", ["subject"], "text", fact=self.rng.choice(["class", "unit"]))

    def add_component(self) -> bool:
        return self.add("component", ["subject"], "number", component=self.rng.choice(["target", "coef", "other"]))

    def add_event(self) -> bool:
        span: dict[str, object] = {"since": "2025-03-01", "until": "2025-06-01"} if self.rng.random() < 0.5 else {}
        if self.rng.random() < 0.2:
            span = {"months": self.rng.choice([3, 12])}
        return self.add(
            "event",
            ["subject"],
            "number",
            kinds=self.rng.choice([["merit"], ["merit", "demerit"]]),
            what=self.rng.choice(["count", "amount"]),
            **span,
        )

    def add_past(self) -> bool:
        quantity = self.rng.choice(["score", "tier", "nothing"])
        spans: list[dict[str, object]] = [{}, {"last": 2}, {"periods": ["2024", "2022"]}, {"back": 3}]
        more = self.rng.choice(spans)
        return self.add("past", ["subject", "period"], "grade" if quantity == "tier" else "number", quantity=quantity, **more)

    def add_decision(self) -> bool:
        return self.add("decision", ["subject"], "grade", decision="verified", choices=self.maybe(0.5, GRADES))

    def add_table(self) -> bool:
        axes = self.rng.choice([[], ["group"], ["item"], ["group", "item"], ["item", "group"]])
        labels = {"group": [*GROUPS, "p"], "item": [*ITEMS, "m", "t"]}
        rows: list[list[object]] = [[]]
        for axis in axes:
            rows = [[*row, one] for row in rows for one in labels[axis]]
        rows = [[*row, self.number()] for row in rows if not axes or self.rng.random() < 0.9]
        if axes and self.rng.random() < 0.2:
            rows = [[*row[:-1], ["missing", "not counted"]] if self.rng.random() < 0.3 else row for row in rows]
        return self.add("table", axes, "number", axes=axes, rows=rows)

    # --- cell by cell
    def add_lookup(self) -> bool:
        keys = [
            name
            for name in (
                self.pick("text grade truth", light=True),
                self.maybe(0.3, "@group"),
                self.maybe(0.3, "@item"),
                self.maybe(0.1, "@subject"),
            )
            if name
        ]
        if (timed := self.maybe(0.15, self.pick(has="period", light=True))) is not None:
            keys += [timed, "@period"]
        values = ["x", "y", "u", "A", "B", "true", "k1", "*", "g1", "i1", "S1", "2024"]
        rows = [[*[self.rng.choice(values) for _ in keys], self.number()] for _ in range(self.rng.randint(1, 6))]
        axes = [key[1:] for key in keys if key.startswith("@")] + self.axes_of(*[key for key in keys if not key.startswith("@")])
        return bool(keys) and self.add("lookup", axes, "number", keys=keys, rows=rows, otherwise=self.maybe(0.5, self.number()))

    def add_calc(self) -> bool:
        names = [name for name in (self.pick(light=True), self.pick(light=True), self.pick("number")) if name]
        if self.rng.random() < 0.3:  # one and the same axes, so that counts meet counts
            same = self.pick("number", axes=self.made[names[-1]][0]) if names else None
            names = [*names[-1:], same] if same else names
        truthful = self.rng.random() < 0.4
        expr = (self.truth if truthful else self.arithmetic)(names, 2)
        refs: list[object] = []

        def collect(one: Expr) -> None:
            if one[0] == "ref":
                refs.append(one[1])
            for arg in one[1:]:
                if isinstance(arg, list):
                    collect(arg)

        collect(expr)
        return self.add("calc", self.axes_of(*refs), "truth" if truthful else "number", expr=expr)

    def arithmetic(self, names: list[str], depth: int) -> Expr:
        numbers = [name for name in names if name and self.made[name][1] == "number"]
        if depth == 0 or self.rng.random() < 0.15:
            return ["ref", self.rng.choice(numbers)] if numbers and self.rng.random() < 0.8 else self.number()
        op = self.rng.choice(["+", "-", "*", "/", "/", "min", "max", "abs", "neg", "if"])
        if op == "if":
            return ["if", self.truth(names, depth - 1), self.arithmetic(names, depth - 1), self.arithmetic(names, depth - 1)]
        many = {"abs": 1, "neg": 1, "-": self.rng.randint(2, 3), "/": self.rng.randint(2, 3)}.get(op, self.rng.randint(1, 3))
        return [op, *[self.arithmetic(names, depth - 1) for _ in range(many)]]

    def truth(self, names: list[str], depth: int) -> Expr:
        truths = [name for name in names if name and self.made[name][1] == "truth"]
        if truths and self.rng.random() < 0.4:
            return ["ref", self.rng.choice(truths)]
        op = self.rng.choice(["=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "is_missing"])
        if op in ("and", "or", "not") and depth > 0:
            return [op, *[self.truth(names, depth - 1) for _ in range(1 if op == "not" else self.rng.randint(1, 3))]]
        if op == "is_missing":
            return [op, ["ref", self.rng.choice(names)] if names else self.number()]
        texts = [name for name in names if name and self.made[name][1] in ("text", "grade")]
        if op in ("=", "!=") and texts:
            left: Expr = ["ref", self.rng.choice(texts)]
            right: list[Expr] = [["text", "x"], ["text", "A"], self.number()]
            return [op, left, self.rng.choice(right)]
        op = op if op in ("=", "!=", "<", "<=", ">", ">=") else ">="
        return [op, self.arithmetic(names, 0), self.arithmetic(names, depth - 1 if depth else 0)]

    def add_bands(self) -> bool:
        of = self.pick("number", light=True)
        ends = sorted(self.rng.sample(NUMBERS, 3), key=Fraction)
        rows: list[dict[str, object]] = [
            {"from": None, "to": ends[0], "value": ["text", "C"]},
            {
                "from": ends[0],
                "to": ends[1],
                "to_in": self.rng.random() < 0.5,
                "from_in": self.rng.random() < 0.7,
                "value": ["text", "B"],
            },
            {"from": ends[1], "from_in": self.rng.random() < 0.8, "to": self.rng.choice([None, ends[2]]), "value": ["text", "A"]},
        ]
        kind = "number" if self.rng.random() < 0.3 else "grade"
        if kind == "number":
            rows = [{**row, "value": self.number()} for row in rows]
        return of is not None and self.add("bands", self.made[of][0], kind, of=of, rows=rows)

    def add_choose(self) -> bool:
        kind = self.rng.choice(["number", "grade"])
        cases = []
        for _ in range(self.rng.randint(1, 3)):
            condition, value = self.pick("truth", light=True), self.pick(kind, light=True)
            if condition is None:
                return False
            cases.append([condition, value if value and self.rng.random() < 0.6 else self.value(kind)])
        other = self.maybe(0.7, self.pick(kind, light=True) if self.rng.random() < 0.5 else self.value(kind))
        names = [name for case in cases for name in case] + [other]
        return self.add(
            "choose", self.axes_of(*[name for name in names if isinstance(name, str)]), kind, cases=cases, otherwise=other
        )

    def value(self, kind: str) -> Expr:
        return self.number() if kind == "number" else ["text", self.rng.choice(GRADES)]

    def add_bound(self) -> bool:
        of = self.pick("grade")
        if of is None:
            return False
        axes, name = self.made[of][0], self.rng.choice(["at_most", "at_least", "at_most_of", "at_least_of"])
        limit = self.pick("grade", within=axes) if name.endswith("_of") else self.rng.choice(GRADES)
        return self.add(
            "bound", axes, "grade", of=of, order=GRADES, when=self.maybe(0.6, self.pick("truth", within=axes)), **{name: limit}
        )

    def add_test(self) -> bool:
        left = self.pick("number", light=True)
        if left is None:
            return False
        right = (
            self.pick("number", within=self.made[left][0])
            if self.rng.random() < 0.3
            else ["num", self.rng.choice(["1/3", "1/2", "2/3", "0", "1"])]
        )
        axes = self.axes_of(left, right)
        books = {"numerator": self.pick("number", within=axes), "denominator": self.pick("number", within=axes)}
        return self.add(
            "test",
            axes,
            "truth",
            left=left,
            right=right,
            cmp=self.rng.choice([">=", ">", "<=", "<", "="]),
            **(books if self.rng.random() < 0.6 else {}),
        )

    def add_fill(self) -> bool:
        of = self.pick("number grade", light=True)
        if of is None:
            return False
        axes, kind = self.made[of]
        other = self.pick(kind, within=axes) if self.rng.random() < 0.5 else self.value(kind)
        reasons = self.maybe(0.4, ["no values", "divided by zero", "no evidence", "not counted"])
        return self.add("fill", axes, kind, of=of, reasons=reasons, **{"with": other})

    def add_round(self) -> bool:
        of = self.pick("number", light=True)
        return of is not None and self.add(
            "round",
            self.made[of][0],
            "number",
            of=of,
            mode=self.rng.choice(["half_up", "half_even", "down", "up"]),
            step=self.rng.choice(["0.01", "1", "1/2", "5"]),
        )

    def add_power(self) -> bool:
        of = self.pick("number", light=True)
        if of is None:
            return False
        exponent = self.rng.choice(["1/2", "1/2", "1/3", "2", "-1/2", "3/2", "181/100"])
        other = self.pick("number", within=self.made[of][0]) if self.rng.random() < 0.3 else None
        return self.add(
            "power",
            self.made[of][0],
            "number",
            of=of,
            exponent={"step": other} if other else exponent,
            mode=self.rng.choice(["half_up", "half_even", "down", "up"]),
            step=self.rng.choice(["0.01", "1", "1/2", "5"]),
        )

    def add_this_period(self) -> bool:
        of = self.pick("number grade", light=True)
        if of is None or "period" in self.made[of][0]:
            return False
        axes, kind = self.made[of]
        return self.add("this_period", [axis for axis in AXES if axis in (*axes, "period")], kind, of=of)

    # --- across cells
    def collapsing(self, of: str, result: list[str]) -> tuple[Step, str]:
        axes, kind = self.made[of]
        hows = {
            "number": ["sum", "product", "mean", "mean", "median", "least", "most", "count", "kth", "last"],
            "truth": ["all", "any", "count"],
        }
        how = self.rng.choice(hows.get(kind, ["count", "last"]))
        more: Step = {"of": of, "how": how, "missing": self.rng.choice(["skip", "skip", "fail", None])}
        if kind in ("number", "truth") and self.rng.random() < 0.25:
            more["missing"] = "zero"
        if how in ("sum", "mean"):
            more["weights"] = self.maybe(0.5, self.pick("number", within=axes))
        more["where"] = self.maybe(0.3, self.pick("truth", within=axes))
        if how == "kth":
            step = self.maybe(0.3, self.pick("number", within=result))
            more |= {"k": {"step": step} if step else self.rng.randint(1, 3), "from": self.rng.choice(["top", "bottom"])}
        if kind == "number" and how not in ("last",) and self.rng.random() < 0.45:
            more["trim"] = {
                "low": self.rng.choice(["1", "0", "0.2", "1/3"]),
                "high": self.rng.choice(["1", "0", "0.2"]),
                "unit": self.rng.choice(["count", "share"]),
                "rounding": self.rng.choice(["down", "up", "half_up", "half_even"]),
                "when_more_than": self.rng.choice([None, "2", "4"]),
            }
            if self.rng.random() < 0.4:
                more["trim"]["of"] = self.heads_or_answered(result)
        return more, ("number" if how == "count" else kind)

    def heads_or_answered(self, result: list[str]) -> str:
        heads: list[str] = [
            step["name"] for step in self.steps if step["op"] == "heads" and set(self.made[step["name"]][0]) <= set(result)
        ]
        return self.rng.choice([*heads, "answered"])

    def add_reduce(self) -> bool:
        of = self.pick("number truth grade", has=self.rng.choice(AXES)) or self.pick("number truth")
        if of is None or not self.made[of][0]:
            return False
        axes = self.made[of][0]
        over = "rater" if "rater" in axes else self.rng.choice(axes)
        into = over in ("group", "item") and self.rng.random() < 0.35
        result = axes if into else [axis for axis in axes if axis != over]
        more, kind = self.collapsing(of, result)
        return self.add("reduce", result, kind, over=over, **({"into": "parent"} if into else {}), **more)

    def add_gather(self) -> bool:
        of = self.pick("number truth grade", has="subject", light=True)
        if of is None:
            return False
        more, kind = self.collapsing(of, self.made[of][0])
        return self.add("gather", self.made[of][0], kind, relation="team", **more)

    def add_follow(self) -> bool:
        of = self.pick("number truth grade", has="subject", light=True)
        return of is not None and self.add("follow", *self.made[of], of=of, relation="team")

    # --- pools
    def pool(self) -> list[str]:
        return [name for name in (self.maybe(0.6, self.pick("text grade truth", axes=["subject"])),) if name]

    def add_relate(self) -> bool:
        over = self.rng.choice(["subject", "subject", "subject", "period", "item", "group", None])
        of = self.pick("number", has=over or "subject", light=True)
        if of is None:
            return False
        how = self.rng.choice(
            ["share", "ratio_best", "ratio_mean", "minmax", "mean", "best", "worst", "sum", "count", "recency"] + ["rank"] * 3
        )
        ties = self.rng.choice(["share", "dense", "last", "break"])
        by = [
            name for name in (self.pick("number", within=self.made[of][0]), self.pick("number", within=self.made[of][0])) if name
        ]
        return self.add(
            "relate",
            self.made[of][0],
            "number",
            of=of,
            over=over,
            pool=self.pool() if over in (None, "subject") else [],
            how=how,
            ties=ties,
            order=self.rng.choice(["high", "low"]),
            by=by if ties == "break" else [],
        )

    def add_versus(self) -> bool:
        of = self.pick("number truth grade", has="subject", light=True)
        return of is not None and self.add("versus", [*self.made[of][0], "rival"], self.made[of][1], of=of, pool=self.pool())

    def amount(self, share: float) -> dict[str, str] | None:
        if self.rng.random() > share:
            return None
        step = self.maybe(0.15, self.pick("number", axes=[]))
        return self.rng.choice(
            [
                {"share": self.rng.choice(["1/5", "1/3", "1/2", "2/3", "0.1"])},
                {"count": str(self.rng.randint(0, 3))},
                {"step": step} if step else {"share": "1/4"},
            ]
        )

    def add_allocate(self) -> bool:
        of = self.pick("number", axes=["subject"])
        if of is None:
            return False
        ties = self.rng.choice(["promote", "demote", "share_worst", "break"])
        by = [name for name in (self.pick("number", axes=["subject"]),) if name]
        if ties == "break" and not by:
            ties = "demote"

        def limits() -> dict[str, object]:
            return {"least": self.amount(0.3), "most": self.amount(0.4), "target": self.amount(0.3)}

        tiers = [
            {
                "grade": grade,
                "when": self.maybe(0.25, self.pick("truth", axes=["subject"])),
                "soft": self.rng.random() < 0.2,
                **limits(),
            }
            for grade in GRADES
        ]
        small = [{"up_to": str(self.rng.randint(1, 3)), "tiers": [limits() for _ in tiers]}] if self.rng.random() < 0.3 else []
        return self.add(
            "allocate",
            ["subject"],
            "grade",
            of=of,
            pool=self.pool(),
            order=self.rng.choice(["high", "low"]),
            tiers=tiers,
            rounding=self.rng.choice(["down", "up", "half_up", "half_even", "largest_remainder"]),
            ties=ties,
            by=by if ties == "break" else [],
            eligible=self.maybe(0.2, self.pick("truth", axes=["subject"])),
            small=small,
        )


SOURCES = ["tally", "heads", "mark", "fact", "component", "event", "past", "decision", "table"]
OTHERS = [
    "lookup",
    "calc",
    "calc",
    "calc",
    "bands",
    "choose",
    "bound",
    "test",
    "test",
    "fill",
    "round",
    "power",
    "this_period",
    "reduce",
    "reduce",
    "reduce",
    "gather",
    "follow",
    "relate",
    "relate",
    "versus",
    "allocate",
    "allocate",
]
