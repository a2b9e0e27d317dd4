"""The reference as a page: every keyword of every section and every rule form, in Chinese and English, from the tables.

`make reference` writes it (`tests.support.reference`); a test holds the page to the tables.
"""

from __future__ import annotations

from pathlib import Path

from analysis.saying import N_, Say, in_source
from questionnaires.language.words import KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.sections.policy import PRESETS
from questionnaires.teaching.english import in_english
from questionnaires.teaching.entries import ReferenceEntry, of_key, of_rule
from questionnaires.teaching.tables import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
HEAD = """<!-- made from the tables of the language by `make reference`; do not edit by hand -->
# 全部写法 · Reference

每一条：两种写法（用哪一种都行），写什么，不写是什么意思，一句说明，一个例子。例子放进最下面的方案里就能用。
基数、维度、缺失、自评、往期、引号和嵌套，各有一张小表，见[基数和维度](counting.md)；
原文的话怎样写，见[句子集](recipes.md)；从头学，见[课程](lessons/zh.md)。
在终端上：`pingyi reference 署名`。

Each entry: its two spellings (either will do), what stands behind it, what leaving it out means, one line, one example.
An example goes into the file at the end of the page. Bases, axes, missing values, self-rating, history, quoting and nesting
have a small table each in [bases and axes](counting.md); sentences of regulations in [recipes](recipes.md); lessons
[in English](lessons/en.md). On a terminal: `pingyi reference signed`.
"""


def page(other: Say, whole: str) -> str:
    """The reference as Markdown. `other`: the language beside Chinese; `whole`: the file into which every example goes."""
    lines = [HEAD]
    for name, table in TABLES.items():
        lines += [f"## {in_source(table.of)} · {other(table.of)}", ""]
        if table.section and name != "anywhere":
            chinese, english = KEYWORDS[table.section]
            lines += [f"`{chinese}` · `{english}`", ""]
        for key in table.keys:
            lines += _entry(of_key(name, table, key), other, "###")
        if name == "policy":
            lines += _presets()
    lines += [f"## {in_source(RULES_ARE)} · {other(RULES_ARE)}", ""]
    for rule in RULES:
        lines += _entry(of_rule(rule), other, "###")
    lines += ["## 例子放在哪里 · The file of the examples", "", "```yaml", *whole.strip().splitlines(), "```", ""]
    lines += ["规则的例子写成 `计算` 里的一个量。The example of a rule is one quantity of its own.", ""]
    return "\n".join(lines)


RULES_ARE = N_("规则：计算里每个量用一条")


def _presets() -> list[str]:
    lines: list[str] = []
    for chinese, english, settings in PRESETS.values():
        told = "；".join(f"{KEYWORDS[key][0]} {word}" for key, word in settings.items())
        lines += [f"`{chinese}`（`{english}`）= {told}。", ""]
    return lines


def _entry(entry: ReferenceEntry, other: Say, heading: str) -> list[str]:
    lines = [f"{heading} {entry.words[0]} · {entry.words[1]}", ""]
    for say in (in_source, other):
        stop = "。" if say is in_source else "."
        left_out = f" {entry.left_out(say)}{stop}" if entry.table != "rules" else ""
        lines += [f"{say(entry.says)} *{entry.answers(say)}{stop}*{left_out}  "]
    lines.append("")
    for one in entry.below:
        must = "，必须写 needed" if one.needed else ""
        lines.append(f"- `{one.words[0]}` · `{one.words[1]}`{must}: {in_source(one.says)}。{other(one.says)}.")
        lines.append(f"  *{one.answers(in_source)} · {one.answers(other)}*" + (f" `{one.example}`" if one.example else ""))
    lines += [""] if entry.below else []
    english = [in_english(entry.example)] if entry.table == "rules" else []
    return [*lines, "```yaml", *entry.example.splitlines(), *english, "```", ""]
