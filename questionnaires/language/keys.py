"""What one keyword of a scheme file is: a row of the tables that the readers read by, and the reference is printed from.

May not live here: the tables (`sections`), the spellings (`words`).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.saying import N_

#: What may stand behind a keyword, in words of the reference; a word of the tables that is not here is told as it stands.
TYPES: dict[str, str] = {
    "text": N_("文字"),
    "words": N_("一个或几个词"),
    "name: words": N_("词: 几个词"),
    "yes/no": N_("是或否"),
    "facts: values": N_("栏目: 取值"),
    "number": N_("数"),
    "numbers": N_("几个数"),
    "number or numbers": N_("一个或几个数"),
    "yes/no or word": N_("是、否、抽取、全体"),
    "yes/no or more": N_("是、否，或提问与字数"),
    "names with settings": N_("名称: 各项设定"),
    "count": N_("整数"),
    "name": N_("名称"),
    "date": N_("日期"),
    "groups": N_("评议主体的名称"),
    "items": N_("内容、指标或清单的名称"),
    "amount": N_("个数，或 20%、1/3 这样的份额"),
    "facts": N_("名册栏目的名称"),
    "yes/no or grades": N_("是、否，或等次"),
    "grades": N_("等次"),
    "rounding and digits": N_("取整方式和位数"),
    "quantities": N_("量的名称"),
    "quantity": N_("量、算式或规则"),
    "rows": N_("几行"),
    "item": N_("一项内容的名称"),
    "name: text": N_("名称: 文字"),
    "policy": N_("一份约定的名称，或各项约定"),
    "name: items": N_("名称: 内容"),
    "names": N_("名称"),
    "name: rule": N_("名称: 规则或算式"),
    "results": N_("各项结果"),
    "language: word: text": N_("语言: 名称: 文字"),
    "grade: text": N_("等次: 文字"),
    "count or share": N_("个数或份额"),
    "axis": N_("一维"),
    "condition": N_("条件"),
    "count or quantity": N_("整数或量"),
    "weights": N_("名称: 权重，可分行；或一个量"),
    "quantity: weight": N_("量: 权重"),
    "label: number": N_("名称: 数"),
    "value: value": N_("值: 结果"),
    "band: value": N_("分数段: 结果"),
    "cases": N_("几行，每行“当”和“取”"),
    "graded quantity": N_("有等次的量"),
    "grade": N_("等次，或有等次的量"),
    "quantity or value": N_("量、数或等次"),
    "rounding": N_("取整方式"),
    "order": N_("次序"),
    "ties": N_("并列的办法"),
    "fact": N_("一个名册栏目"),
    "how": N_("怎样合"),
    "grade: quantity": N_("等次: 量"),
    "grade: quota": N_("等次: 名额"),
    "size: quotas": N_("人数: 各等次名额"),
    "events": N_("事项的名称"),
    "head-count": N_("一种人数"),
    "formula": N_("算式"),
    "count/amount": N_("次数或数额"),
    "rule order": N_("规则先后"),
    "reference": N_("对照什么"),
    "base": N_("基数"),
    "missing": N_("缺时怎么办"),
    "end": N_("从哪头数起"),
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One keyword. `name` is what the code calls it; its two spellings stand in `words.KEYWORDS`.

    `type` is a key of `TYPES`; with `family` it is one of the words of `words.CHOICES[family]`. `default` is what leaving it out
    means, as it would be written; `unwritten` the same as a clause where it depends on something else. `example` is a part of a
    file that uses the keyword. `silent`: read by people only, it changes nothing.
    """

    name: str
    says: str
    example: str
    type: str = ""
    family: str = ""
    default: str = ""
    unwritten: str = ""
    needed: bool = False
    silent: bool = False


@dataclass(frozen=True, kw_only=True)
class KeyTable:
    """The keywords of one kind of entry: `of` is what the entry is, `section` the section it stands in ("" for the file)."""

    section: str
    of: str
    keys: tuple[Key, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What may be written, in order."""
        return tuple(key.name for key in self.keys)

    @property
    def needed(self) -> tuple[str, ...]:
        """What must be written."""
        return tuple(key.name for key in self.keys if key.needed)
