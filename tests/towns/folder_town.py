"""A small scheme and its folder, built by hand so that these tests hold whatever the grammar of scheme files is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from questionnaires.folder.reader import Folder, read_evidence
from questionnaires.language.problems import SchemeProblems
from questionnaires.model import (
    Admission,
    Amount,
    BallotRule,
    BallotTest,
    Choice,
    ComponentField,
    Fact,
    FormLine,
    Group,
    Item,
    ResultLayout,
    Scale,
    Scheme,
    Text,
)


def words(zh: str, en: str = "") -> Text:
    return Text({"zh-Hans": zh, "en": en or zh})


def choice(code: int, key: str, en: str, value: str) -> Choice:
    return Choice(code, key, words(key, en), Fraction(value))


GRADES = Scale(
    "等次",
    "grades",
    (
        choice(1, "优秀", "excellent", "100"),
        choice(2, "称职", "competent", "80"),
        choice(3, "不称职", "incompetent", "0"),
        Choice(4, "不了解", words("不了解", "do not know"), None, "unknown"),
    ),
)
NUMBERS = Scale(
    "打分",
    "numbers",
    tuple(Choice(code, str(10 - code), words(str(10 - code)), Fraction(10 - code), "number") for code in range(1, 11)),
)

TOWN = Scheme(
    key="town",
    version="2026-01-01",
    title=words("镇测评", "Town"),
    languages=("zh-Hans", "en"),
    text="",
    digest="",
    facts=(
        Fact(
            key="职务",
            title=words("职务", "position"),
            values={"正职": words("正职", "principal"), "副职": words("副职", "deputy")},
        ),
        Fact(key="班子", title=words("班子", "team"), relation=True, required=False),
        Fact(key="人口", title=words("人口", "population"), of="unit", number=True, required=False),
    ),
    scales={"等次": GRADES, "打分": NUMBERS},
    items={
        "总评": Item(key="总评", text=words("总评", "overall"), scale="等次"),
        "纪律": Item(key="纪律", text=words("纪律", "discipline"), scale="打分"),
    },
    indicators={},
    groups={
        "职工": Group(key="职工", title=words("职工", "staff"), signed=False, admission=Admission.SLIP, own_unit=True),
        "代表": Group(key="代表", title=words("代表", "delegates"), signed=True, admission=Admission.LINK, own_unit=False),
    },
    forms=(FormLine("职工", {}, ("总评", "纪律")), FormLine("代表", {"职务": ("正职",)}, ("总评",))),
    ballot_rules=(
        BallotRule(
            key="优秀名额",
            text=words("优秀名额"),
            groups=("职工",),
            effect="void",
            test=BallotTest(kind="count", items=("总评",), choices=("优秀",), most=Amount(count=1)),
        ),
    ),
    components=(
        ComponentField(key="目标分", title=words("目标分", "targets"), where={}, least=Fraction(0), most=Fraction(100)),
        ComponentField(key="分管分", title=words("分管分", "portfolio"), where={"职务": ("副职",)}),
    ),
    event_kinds={"表彰": words("表彰", "award")},
    quantities={},
    layout=ResultLayout(columns=(), by_group=(), by_item=(), tiers=(), flags=(), pools=()),
    policy=(),
    plan="",
    decisions={"核实": ("属实", "不属实")},
    earlier=("年度等次",),
)

SUBJECTS = "编号,名称,单位,职务\nA,甲,一村,正职\nB,乙,一村,副职\nC,丙,二村,正职\n"


def folder_of(path: Path, scheme: Scheme = TOWN, **tables: str) -> Folder:
    """Write csv tables into `path` and read them; `subjects` stands there unless given."""
    for name, text in ({"subjects": SUBJECTS} | tables).items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_evidence(scheme, path)


def problems_of(path: Path, **tables: str) -> list[tuple[str, int, int, str]]:
    """The problems of such a folder as (file, row, column, code)."""
    try:
        folder_of(path, TOWN, **tables)
    except SchemeProblems as bad:
        return [(one.origin, one.line, one.column, one.code) for one in bad.problems]
    return []


def without_rules() -> Scheme:
    """The same scheme without ballot rules."""
    return replace(TOWN, ballot_rules=())
