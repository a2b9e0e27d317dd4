"""Scheme files drawn from a seed: every rule form of the rule table is written, with operands of fitting kinds, and the ends it
can meet: groups without ballots, ties, missing material, exact thirds and halves."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from questionnaires.rules.table import RULES
from tests.analysis.drawn_world import AXIS_WORDS, BASES, GRADES, GROUPS, HEAD, MISSING, NUMBERS, words

Labels = dict[str, list[str]]
Drawn = tuple[set[str], str, Labels]  # a quantity's axes, the kind of its values, its labels by axis
# What a form's maker hands back: its text and what it makes; labels where later steps may ask for them.
BY = ", 并列看: [目标], 并列看次序: 高者在前"
Made = tuple[str, set[str], str] | tuple[str, set[str], str, Labels]


class Written:
    """One drawn scheme: `text`, and what it made in `quantities`: name -> (axes, kind, labels by axis)."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        c = self.rng.choice
        self.lines: list[str] = []
        self.used: set[str] = set()
        self.rules: list[str] = []
        self.quantities: dict[str, Drawn] = {
            "类别": ({"subject"}, "fact", {}),
            "年龄": ({"subject"}, "number", {}),
            "目标": ({"subject"}, "number", {}),
            "加分": ({"subject"}, "number", {}),
            "批评": ({"subject"}, "number", {}),
            "往年分": ({"subject", "period"}, "number", {}),
            "往年等": ({"subject", "period"}, "grade", {}),
            "核定": ({"subject"}, "grade", {}),
        }
        values = sorted({c([100, 90, 80]), c([70, 60]), c([50, 0])}, reverse=True)
        head = HEAD.format(
            group=c(MISSING),
            item=c(MISSING),
            part=c(MISSING),
            ties=c(["同名次", "连续名次", "取末位"]),
            tier_ties=c(["就高", "就低", "同取末位"]),
            rounding=c(["四舍五入", "四舍六入五成双", "舍去", "进一", "最大余数"]),
            base=c(BASES),
            a=values[0],
            b=values[1],
            c=values[2],
            last=c([1, 2, 3]),
        )
        wanted = ["grade_points", "grade_points", "share_of", *self.rng.sample([rule.id for rule in RULES], 30)]
        for rule in wanted:
            for _ in range(3):
                if self.write(rule):
                    break
        shown = [name for name in self.quantities if name not in self.used and name.startswith("量")]
        self.text = head + "\n".join(self.lines) + f"\n结果: {{等次: [{', '.join(shown)}]}}\n"

    # --- choosing
    def some(self, kind: str, within: set[str] | None = None, has: str | None = None, *, heavy: bool = False) -> str | None:
        """A quantity of this kind, its axes within some, with one; None when there is none. `heavy`: single ballots too."""
        found = [
            name
            for name, (axes, what, _) in self.quantities.items()
            if what in kind.split()
            and (within is None or axes <= within)
            and (has is None or has in axes)
            and (heavy or not axes & {"rater", "rival"})
        ]
        return self.rng.choice(found[-10:] if self.rng.random() < 0.6 else found) if found else None

    def one(self, kind: str, within: set[str] | None = None, has: str | None = None, *, heavy: bool = False) -> str:
        """The same where there always is one: what every drawn file declares is among them."""
        found = self.some(kind, within, has, heavy=heavy)
        assert found is not None, kind
        return found

    def maybe(self, share: float, text: str) -> str:
        return text if self.rng.random() < share else ""

    def write(self, rule: str) -> bool:
        maker: Callable[[], Made | None] = getattr(self, "of_" + rule)
        made = maker()
        if made is None:
            return False
        body, axes, kind, labels = made if len(made) == 4 else (*made, Labels())
        name = f"量{len(self.lines) + 1}"
        self.lines.append(f"  {name}: {body}" if body[0] == "{" else f"  {name}: {{{body}}}")
        self.quantities[name] = (set(axes), kind, labels)
        self.used |= set(words(body)) - {name}
        self.rules.append(rule)
        return True

    def about(self, name: str) -> Drawn:
        return self.quantities[name]

    def condition(self, within: set[str] | None) -> tuple[str, set[str]]:
        """A condition over a quantity whose axes are within some."""
        of = self.some("number share", within=within)
        sign = self.rng.choice([">=", ">", "<=", "<", "="])
        if of is None or self.rng.random() < 0.3:
            return f"类别 = {self.rng.choice(['大', '小'])}", {"subject"}
        return f"{of} {sign} {self.rng.choice(NUMBERS)}", self.about(of)[0]

    # --- from the ballots
    def items(self) -> list[str]:
        return self.rng.choice([["总评"], ["总评"], ["德", "能"], ["德"]])

    def tallied(self, main: str, items: list[str], *, pooled: bool, extra: str = "") -> tuple[str, set[str], Labels]:
        groups = [group for group in GROUPS[items[0]] if self.rng.random() < 0.8] or GROUPS[items[0]][:1]
        axes = {"subject", *(() if pooled else ("group",)), *(("item",) if len(items) > 1 else ())}
        named = f", 主体: [{', '.join(groups)}]" if groups != GROUPS[items[0]] else ""
        return f"{main}{named}{extra}", axes, {"group": groups, "item": items}

    def of_grade_points(self) -> Made:
        items, pooled = self.items(), self.rng.random() < 0.3
        extra = ", 合并主体: 是" if pooled else ""
        if self.rng.random() < 0.4:
            extra += self.trim() + self.maybe(0.3, f", 去分基数: {self.rng.choice(BASES)}")
        elif self.rng.random() < 0.3:
            extra += f", 基数: {self.rng.choice(BASES)}"
        body, axes, labels = self.tallied(f"平均分: [{', '.join(items)}]", items, pooled=pooled, extra=extra)
        return body, axes, "number", labels

    def trim(self) -> str:
        amounts = self.rng.choice([["1", "1"], ["1", "0"], ["20%", "20%"], ["1/3", "0%"]])
        rounding = f", 去分舍入: {self.rng.choice(['舍去', '进一', '四舍五入'])}"
        return f", 去低: {amounts[0]}, 去高: {amounts[1]}{self.maybe(0.5, ', 多于: 2')}{rounding}"

    def of_share_of(self) -> Made:
        by = self.rng.random() < 0.4
        grade = self.rng.choice(["优秀", "不称职", "[称职, 不称职]", "不了解"])
        extra = (", 分主体: 是" if by else "") + self.maybe(0.6, f", 基数: {self.rng.choice(BASES)}")
        body, axes, labels = self.tallied(f"占比: {grade}, 项目: 总评", ["总评"], pooled=not by, extra=extra)
        return body, axes, "share", labels

    def of_votes(self) -> Made:
        by = self.rng.random() < 0.5
        body, axes, labels = self.tallied(
            f"票数: {self.rng.choice(['优秀', '空白', '[优秀, 称职]'])}, 项目: 总评",
            ["总评"],
            pooled=not by,
            extra=", 分主体: 是" if by else "",
        )
        return body, axes, "number", labels

    def of_answers(self) -> Made:
        items, by = self.items(), self.rng.random() < 0.5
        body, axes, labels = self.tallied(
            f"作答数: [{', '.join(items)}]", items, pooled=not by, extra=", 分主体: 是" if by else ""
        )
        return body, axes, "number", labels

    def of_heads(self) -> Made:
        by = self.rng.random() < 0.5
        what = self.rng.choice(["应到", "到场", "发出", "收回", "投出", "有效", "空白", "无效"])
        return (
            f"人数: {what}{', 分主体: 是' if by else ''}",
            {"subject", "group"} if by else {"subject"},
            "number",
            {"group": GROUPS["总评"]},
        )

    def of_marks(self) -> Made:
        items = self.items()
        body, axes, labels = self.tallied(f"单票: [{', '.join(items)}]", items, pooled=False)
        return body, axes | {"rater"}, "number", labels

    def of_happened(self) -> Made:
        span = self.maybe(0.5, ", 自: 2025-03-01, 至: 2025-06-01")
        what = self.rng.choice(["次数", "数额"])
        return f"发生: {self.rng.choice(['[批评]', '[批评, 立功]'])}, 计: {what}{span}", {"subject"}, "number"

    def of_constant_table(self) -> Made:
        axis = self.rng.choice(["group", "item", "period"])
        labels = {"group": ["领导", "同事", "群众"], "item": ["总评", "德", "能"], "period": ["'2023'", "'2024'", "'2025'"]}[axis]
        rows = ", ".join(f"{label}: {self.rng.choice(NUMBERS)}" for label in labels)
        return f"数表: {{{rows}}}, 沿: {AXIS_WORDS[axis]}", {axis}, "number", {axis: labels}

    # --- combining
    def of_formula(self) -> Made:
        a, b = self.one("number share"), self.one("number share")
        op = self.rng.choice(["+", "−", "×", "÷"])
        branch = f"若({a} >= {self.rng.choice(NUMBERS)}, {b}, 0)"
        body = self.rng.choice([f"{a} {op} {b}", branch, f"较大({a}, {b}) − 绝对值({a})"])
        return f'算式: "{body}"', self.about(a)[0] | self.about(b)[0], "number"

    def weights(self, labels: Sequence[str]) -> str:
        shares = {1: [100], 2: [self.rng.choice([50, 60]), 0], 3: [20, 50, 0]}[len(labels)]
        shares[-1] = 100 - sum(shares[:-1])
        return ", ".join(f"{label}: {share}" for label, share in zip(labels, shares, strict=True))

    def along_labels(self, axis: str, title: str) -> Made | None:
        found = [
            name
            for name, (axes, kind, labels) in self.quantities.items()
            if kind in {"number", "share"}
            and axis in axes
            and labels.get(axis)
            and not axes & {"rater", "rival"}
            and "subject" in axes
        ]
        if not found:
            return None
        of = self.rng.choice(found)
        axes, _, labels = self.about(of)
        listed = labels[axis]
        weights = f"{{{self.weights(listed)}}}"
        if self.rng.random() < 0.3:
            weights = f"[{{类别: 大, {self.weights(listed)}}}, {{类别: 小, {self.weights(listed[::-1])}}}]"
        extra = self.maybe(0.5, f", 缺者: {self.rng.choice(MISSING)}")
        return f"{title}: {of}, 权重: {weights}{extra}", axes - {axis}, "number", {k: v for k, v in labels.items() if k != axis}

    def of_by_group(self) -> Made | None:
        return self.along_labels("group", "按主体加权")

    def of_by_item(self) -> Made | None:
        return self.along_labels("item", "按内容加权")

    def of_by_period(self) -> Made:
        of = self.one("number", has="period")
        rows = self.rng.choice(["'2023': 20, '2024': 30, '2025': 50", "'2024': 40, '2025': 60"])
        return f"按时期加权: {of}, 权重: {{{rows}}}, 缺者: {self.rng.choice(MISSING)}", self.about(of)[0] - {"period"}, "number"

    def of_parts(self) -> Made:
        parts = sorted({self.one("number", within={"subject"}), self.one("number", within={"subject"})})
        if self.rng.random() < 0.3:
            rows = f"[{{类别: 大, {self.weights(parts)}}}, {{类别: 小, {parts[0]}: 100}}]"
        else:
            rows = f"{{{self.weights(parts)}}}"
        return f"加权合成: {rows}{self.maybe(0.6, f', 缺者: {self.rng.choice(MISSING)}')}", {"subject"}, "number"

    def reduced(
        self, title: str, kind: str, made: str | None, more: str = "", axis: str | None = None, *, climbs: bool = True
    ) -> Made | None:
        of = self.some(kind, has=axis or self.rng.choice(["group", "item", "period", "subject", "rater", "rival"]), heavy=True)
        if of is None:
            return None
        axes, what, labels = self.about(of)
        over = axis or ("rater" if "rater" in axes else self.rng.choice(sorted(axes)))
        climbs = climbs and over in {"group", "item"} and "rater" not in axes
        into = climbs and self.rng.random() < 0.2 and kind == "number share"
        extra = f", 沿: {AXIS_WORDS[over]}" + (", 归入上级: 是" if into else "") + more
        extra += self.maybe(0.5, f", 缺者: {self.rng.choice(MISSING)}")
        if self.rng.random() < 0.3:
            condition, reach = self.condition(axes)
            extra += f', 只取: "{condition}"' if reach <= axes else ""
        if title in {"平均", "合计"} and "subject" in axes:
            extra += self.maybe(0.3, ", 权重: 加分")
        rest = {key: value for key, value in labels.items() if key != over}
        return f"{title}: {of}{extra}", axes if into else axes - {over}, made or what, rest

    def of_sum(self) -> Made | None:
        return self.reduced("合计", "number share", "number", self.maybe(0.4, self.trim()))

    def of_mean(self) -> Made | None:
        return self.reduced("平均", "number share", "number", self.maybe(0.4, self.trim()))

    def of_median(self) -> Made | None:
        return self.reduced("中位数", "number share", "number", self.maybe(0.3, self.trim()))

    def of_least(self) -> Made | None:
        return self.reduced("最小", "number share", "number")

    def of_most(self) -> Made | None:
        return self.reduced("最大", "number share", "number")

    def of_count(self) -> Made | None:
        return self.reduced("个数", "number share grade", "number")

    def of_all(self) -> Made | None:
        return self.reduced("全部", "truth", "truth")

    def of_any(self) -> Made | None:
        return self.reduced("任一", "truth", "truth")

    def of_kth(self) -> Made | None:
        place = self.rng.choice(["1", "2", "3", self.some("number", within=set()) or "2"])
        return self.reduced("第几", "number share", "number", f", 第: {place}, 数起: {self.rng.choice(['从高', '从低'])}")

    def of_last(self) -> Made | None:
        return self.reduced("最近", "number grade", None, axis="period")

    # --- deciding
    def of_look_up(self) -> Made:
        if self.rng.random() < 0.3:
            return "查表: [{类别: 大, 值: 好}, {类别: 小, 值: 差}], 等次: [好, 中, 差]", {"subject"}, "grade"
        a, b = self.rng.choice(NUMBERS), self.rng.choice(NUMBERS)
        return f"查表: [{{类别: 大, 值: {a}}}, {{类别: 小, 值: {b}}}]", {"subject"}, "number"

    def of_convert_by(self) -> Made:
        if self.rng.random() < 0.5 and (of := self.some("grade")):
            return f"对照表: {of}, 表: {{好: 10, 中: 5, 差: 0}}", self.about(of)[0], "number"
        of = self.one("number")
        return f"对照表: {of}, 表: {{1: 10, 2: 8, 1/2: 3, 其余: 5}}", self.about(of)[0], "number"

    def of_bands(self) -> Made:
        if self.rng.random() < 0.4 and (of := self.some("share")):
            return f"分段: {of}, 各段: {{2/3 以上: 好, 1/3 以上: 中, 其余: 差}}", self.about(of)[0], "grade"
        of = self.one("number")
        rungs = self.rng.choice(["80 以上: 好, 60 以上: 中, 其余: 差", "超过 60: 好, 不超过 60: 差"])
        return f"分段: {of}, 各段: {{{rungs}}}, 等次: [好, 中, 差]", self.about(of)[0], "grade"

    def of_cases(self) -> Made:
        kind = self.rng.choice(["number", "grade"])
        of = self.one(kind)
        condition, axes = self.condition(None)
        other = self.rng.choice(NUMBERS if kind == "number" else GRADES)
        rest = self.maybe(0.8, f", {{其余: {other}}}")
        return (
            f'分情况: [{{当: "{condition}", 取: {of}}}{rest}], 规则先后: 先中先定'
            + (", 等次: [好, 中, 差]" if kind == "grade" else ""),
            self.about(of)[0] | axes,
            kind,
        )

    def bounded(self, title: str) -> Made:
        of = self.one("grade")
        limit = self.rng.choice([*GRADES, self.one("grade", within=self.about(of)[0]) if of.startswith("量") else "中"])
        condition, axes = self.condition(self.about(of)[0])
        when = f', 当: "{condition}"' if axes <= self.about(of)[0] and self.rng.random() < 0.7 else ""
        limit = limit if limit in GRADES or limit.startswith("量") else "中"
        return f"{title}: {of}, 限度: {limit}{when}", self.about(of)[0], "grade"

    def of_at_most(self) -> Made:
        return self.bounded("不高于")

    def of_at_least(self) -> Made:
        return self.bounded("不低于")

    def of_test(self) -> Made:
        of = self.some("share") or self.one("number")
        if self.rng.random() < 0.3:
            condition, axes = self.condition(None)
            return f'判断: "{condition} 且 非 缺({of})"', axes | self.about(of)[0], "truth"
        sign, line = self.rng.choice([">=", ">", "<=", "<"]), self.rng.choice(["1/3", "1/2", "2/3", "60%"])
        return f'判断: "{of} {sign} {line}"', self.about(of)[0], "truth"

    def of_only_for(self) -> Made:
        of = self.one("number grade")
        condition, axes = self.condition(None)
        return f'仅对: {of}, 当: "{condition}"', self.about(of)[0] | axes, self.about(of)[1]

    def of_withheld(self) -> Made:
        of = self.one("number grade share")
        condition, axes = self.condition(None)
        return f'不出结果: {of}, 当: "{condition}"', self.about(of)[0] | axes, self.about(of)[1]

    def of_most_of_all(self) -> Made:
        grades = self.rng.choice([GRADES, ["好", "差"]])
        found = [self.one("number share") for _ in grades]
        rows = ", ".join(f"{grade}: {of}" for grade, of in zip(grades, found, strict=True))
        axes = {axis for of in found for axis in self.about(of)[0]}
        return f"最大者: {{{rows}}}, 等次并列: {self.rng.choice(['就高', '就低'])}", axes, "grade"

    def of_filled(self) -> Made:
        of = self.one("number grade")
        with_ = self.rng.choice(NUMBERS if self.about(of)[1] == "number" else GRADES)
        return f"补缺: {of}, 以: {with_}", self.about(of)[0], self.about(of)[1]

    def rounding(self) -> str:
        mode = self.rng.choice(["四舍五入", "四舍六入五成双", "舍去", "进一"])
        return f", 方式: {mode}, 精度: {self.rng.choice(['0.01', '1', '0.5'])}"

    def of_rounded(self) -> Made:
        of = self.one("number share")
        return f"取整: {of}{self.rounding()}", self.about(of)[0], "number"

    def of_power(self) -> Made:
        of = self.one("number share")
        return f"乘方: {of}, 次: {self.rng.choice(['2', '1/2', '1/3', '1.81'])}{self.rounding()}", self.about(of)[0], "number"

    def of_geometric_mean(self) -> Made | None:
        return self.reduced("几何平均", "number share", "number", self.rounding(), climbs=False)

    def of_deviation(self) -> Made | None:
        return self.related("标准差", "number", self.maybe(0.4, ", 样本: 是") + self.rounding())

    def of_within(self) -> Made:
        of = self.one("number")
        ends = self.rng.choice(["保底: 10, 封顶: 90", "封顶: 加分", "保底: 0"])
        return f"限定在: {of}, {ends}", self.about(of)[0] | {"subject"}, "number"

    def of_deducted(self) -> Made:
        of = self.one("number", within={"subject"})
        body = f"扣分: {of}, 满分: 10, 每单位: {self.rng.choice(NUMBERS)}{self.maybe(0.5, ', 保底: 0')}"
        return body, self.about(of)[0], "number"

    def of_proportional(self) -> Made:
        of = self.one("number")
        body = f"按基准折算: {of}, 满分: 30, 基准: {self.rng.choice(['0', '60', '目标'])}{self.maybe(0.5, ', 封顶: 30')}"
        return body, self.about(of)[0] | {"subject"}, "number"

    def of_shortfall(self) -> Made:
        of = self.one("number")
        body = f"差额扣分: {of}, 满分: 10, 基准: {self.rng.choice(['60', '目标'])}, 每单位: 0.5{self.maybe(0.5, ', 保底: 1')}"
        return body, self.about(of)[0] | {"subject"}, "number"

    # --- pools
    def related(self, title: str, kind: str = "number", more: str = "", *, subjects: bool = False) -> Made | None:
        over = "subject" if subjects or self.rng.random() < 0.7 else self.rng.choice(["group", "item", "period"])
        of = self.some("number share", has=over)
        if of is None:
            return None
        scope = self.maybe(0.5, ", 范围: [类别]") if over == "subject" else f", 沿: {AXIS_WORDS[over]}"
        return f"{title}: {of}{scope}{more}", self.about(of)[0], kind

    def order(self) -> str:
        return self.maybe(0.4, ", 次序: 低者在前")

    def of_rank(self) -> Made | None:
        ties = self.rng.choice([BY, ", 并列: 同名次", ", 并列: 取末位", ", 并列: 连续名次", ""])
        return self.related("名次", "number", ties + self.order(), subjects=True)

    def of_ratio_best(self) -> Made | None:
        return self.related("与最好之比", "share", self.order())

    def of_ratio_mean(self) -> Made | None:
        return self.related("与平均之比", "share")

    def of_pool_mean(self) -> Made | None:
        return self.related("同类平均")

    def of_pool_best(self) -> Made | None:
        return self.related("同类最好", "number", self.order())

    def of_minmax(self) -> Made | None:
        return self.related("极差标准化")

    def of_pool_share(self) -> Made | None:
        return self.related("占同类合计", "share")

    def of_compared(self) -> Made | None:
        to = self.rng.choice([", 对照: 同类平均", ", 对照: 同类最好", ""])
        return self.related("比例折算", "number", ", 满分: 20" + to + self.maybe(0.5, ", 封顶: 20"), subjects=True)

    def of_recency(self) -> Made:
        of = self.one("number", has="period")
        return f"先后: {of}{self.maybe(0.4, ', 数起: 最早')}", self.about(of)[0], "number"

    def of_versus(self) -> Made | None:
        of = self.one("number share", has="subject", heavy=self.rng.random() < 0.3)
        axes, kind, labels = self.about(of)
        if "rival" in axes:
            return None
        return f"对手之值: {of}{self.maybe(0.3, ', 范围: [类别]')}", axes | {"rival"}, kind, labels

    def of_with_this_period(self) -> Made | None:
        of = self.rng.choice(["往年分", self.one("number", has="period")])
        now = self.some("number", within=self.about(of)[0] - {"period"})
        return None if now is None else (f"连同本期: {of}, 本期: {now}", self.about(of)[0], "number", self.about(of)[2])

    def of_counted_period(self) -> Made:
        named = self.rng.choice(["['2026']", "['2024', '2025']", "'*-Q1'"])
        return f"本期是: {named}", set(), "truth"

    def of_taken_from(self) -> Made:
        of = self.one("number grade", has="subject")
        return f"取自: {of}, 经由: 班子编号", self.about(of)[0], self.about(of)[1]

    def of_gathered(self) -> Made:
        of = self.one("number", has="subject")
        how = self.rng.choice(["合计", "平均", "中位数", "最小", "最大", "个数", "最近"])
        extra = self.maybe(0.5, f", 缺者: {self.rng.choice(MISSING)}")
        if self.rng.random() < 0.3:
            condition, reach = self.condition(self.about(of)[0])
            extra += f', 只取: "{condition}"' if reach <= self.about(of)[0] else ""
        return f"汇自: {of}, 经由: 班子编号, 怎样合: {how}{extra}", self.about(of)[0], "number"

    def of_tiers(self) -> Made:
        of = self.one("number", within={"subject"}, has="subject")
        quotas = self.rng.choice(
            [
                "好: 至多 20%, 中: 约 60%, 差: 其余",
                "好: 至多 1/3, 中: 其余, 差: 至少 10%",
                "好: 至多 1, 中: 至多 50%, 差: 其余",
                "好: 约 1/3, 中: 约 1/3, 差: 约 1/3",
            ]
        )
        more = self.maybe(0.5, ", 范围: [类别]") + self.order() + self.maybe(0.2, ", 宽松: 是")
        more += self.maybe(0.3, BY)
        more += self.maybe(0.3, ", 人少时: {3: {好: 至多 1, 中: 其余}}")
        more += self.maybe(0.3, f', {self.rng.choice(["可评最高等次", "限于"])}: "类别 = 大"')
        return f"分等次: {of}, 名额: {{{quotas}}}{more}", {"subject"}, "grade"
