"""Folders that are right, each a change of the planted town: the count must find nothing to say of them."""

from __future__ import annotations

from tests.towns.planted_town import SCHEME, TABLES

#: Other folders that are right, each a change of the town in several files: (what, {file: ((old, new), …)}).
CLEAN: tuple[tuple[str, dict[str, tuple[tuple[str, str], ...]]], ...] = (
    (
        "head-counts of those entitled alone",
        {"heads": (("领导,,2,2,2,2\n职工,东村,6,5,5,4\n职工,西村,5,5,4,4", "领导,,2,,,\n职工,东村,6,,,\n职工,西村,5,,,"),)},
    ),
    ("a head-count that nobody took", {"heads": (("领导,,2,2,2,2", "领导,,,,,"),)}),
    ("as many everywhere", {"heads": (("职工,东村,6,5,5,4\n职工,西村,5,5,4,4", "职工,东村,4,4,4,4\n职工,西村,4,4,4,4"),)}),
    (
        "ballots laid aside",
        {
            "heads": (
                (
                    "收回\n领导,,2,2,2,2\n职工,东村,6,5,5,4\n职工,西村,5,5,4,4",
                    "收回,空白票,无效票\n领导,,2,2,2,2,,\n职工,东村,6,6,6,6,1,1\n职工,西村,5,5,4,4,,",
                ),
            )
        },
    ),
    ("the base of those who answered", {"scheme": (("基数: 应到人数", "基数: 有效作答"),)}),
    ("the base of what came back", {"scheme": (("基数: 应到人数", "基数: 收回票"),)}),
    ("no events, and so said", {"events": ((TABLES["events"].split("\n", 1)[1], "无,,,,\n"),)}),
    ("no earlier results, and so said", {"history": ((TABLES["history"].split("\n", 1)[1], "无,,,\n"),)}),
    ("nothing decided yet", {"decisions": ((TABLES["decisions"].split("\n", 1)[1], ""),)}),
    ("one event more", {"events": (("A,立功,2026-05-20,,抢险\n", "A,立功,2026-05-20,,抢险\nA,立功,2026-11-02,,救灾\n"),)}),
    ("an amount that is a fraction", {"events": (("C,信访,2026-06-10,4,", "C,信访,2026-06-10,1/2,"),)}),
    (
        "two years looked at",
        {
            "scheme": (("取: 总分, 最近: 3", "取: 总分, 最近: 2"),),
            "history": (
                (
                    "".join(
                        f"2023,{who},总分,{score}\n"
                        for who, score in zip(("T1", "A", "B", "T2", "C", "D"), (90, 88, 80, 75, 70, 50), strict=True)
                    ),
                    "",
                ),
            ),
        },
    ),
    ("the years listed, one of them left out", {"scheme": (("取: 总分, 最近: 3", "取: 总分, 时期: ['2023', '2024', '2025']"),)}),
    ("a group that has no weight, and so said", {"scheme": (("领导: 60, 职工: 40", "领导: 100, 职工: 0"),)}),
    (
        "cases in their order",
        {
            "scheme": (
                (
                    "      - {当: 折后 >= 60 且 折后 < 90, 取: 1}\n      - {当: 折后 < 60, 取: 0}\n",
                    "      - {当: 折后 >= 60, 取: 1}\n      - {其余: 0}\n    规则先后: 先中先定\n",
                ),
            )
        },
    ),
    ("thresholds as per cent of a share", {"scheme": (("整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 >= 33%}"),)}),
    (
        "a grade with a plus",
        {"scheme": (("90 以上: 好, 60 以上: 中, 其余: 差", "90 以上: A, 80 以上: B+, 60 以上: B-, 其余: C"),)},
    ),
    (
        "low first, and ties said",
        {
            "scheme": (
                (
                    "{名次: 折后, 范围: [职务]}",
                    "{名次: 折后, 范围: [职务], 次序: 低者在前, 并列看: [民主得分], 并列看次序: 低者在前}",
                ),
            )
        },
    ),
    ("points typed for grades", {"ballots": (("领导,,1,T1,优秀,", "领导,,1,T1,100,"),)}),
    ("ballots without a mark", {"ballots": (("职工,西村,4,D,称职,", "职工,西村,4,D,,"),)}),
    (
        "everybody the same in one village",
        {
            "ballots": (
                (
                    "职工,西村,1,T2,称职,\n职工,西村,1,C,称职,\n职工,西村,1,D,不称职,",
                    "职工,西村,1,T2,称职,\n职工,西村,1,C,称职,\n职工,西村,1,D,称职,",
                ),
            )
        },
    ),
    (
        "nobody of the village came, and so said",
        {
            "heads": (("职工,西村,5,5,4,4", "职工,西村,5,0,0,0"),),
            "ballots": ((TABLES["ballots"][TABLES["ballots"].index("职工,西村,1,T2") :], ""),),
            "scheme": (
                (
                    "不称职率: {占比: 不称职, 项目: 总体评价, 主体: 职工, 基数: 应到人数}",
                    "不称职率: {占比: 不称职, 项目: 总体评价, 主体: [领导, 职工], 基数: 有效票}",
                ),
            ),
        },
    ),
    ("a number of nought", {"components": (("D,55,,", "D,0,,"),)}),
    (
        "a team without a village of its own kind",
        {"scheme": (("{类别: 大村, 值: 1}, {类别: 小村, 值: 0.9}", "{类别: [大村, 小村], 值: 0.95}"),)},
    ),
)


def clean(changes: dict[str, tuple[tuple[str, str], ...]]) -> tuple[str, dict[str, str]]:
    """The scheme and the tables with some changes that are right."""
    files = {"scheme": SCHEME, **TABLES}
    for file, pairs in changes.items():
        for old, new in pairs:
            changed = files[file].replace(old, new, 1)
            if changed == files[file]:
                raise ValueError(f"nothing changed: {file}: {old!r}")
            files[file] = changed
    scheme = files.pop("scheme")
    return scheme, files
