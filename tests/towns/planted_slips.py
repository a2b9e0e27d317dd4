"""Slips of a clerk's hand in the scheme, the ballots and the head-counts of the planted town; the others stand beside."""

from __future__ import annotations

from tests.towns.planted_evidence import EVIDENCE_SLIPS, Slip
from tests.towns.planted_town import SCHEME, TABLES

#: (kind, what slipped, file, what stands there, what was written instead). `(gone)`: there is no such file.
SLIPS: tuple[Slip, ...] = (
    # --- head-counts
    ("heads", "fewer entitled than came", "heads", "职工,东村,6,5,5,4", "职工,东村,4,5,5,4"),
    ("heads", "more issued than entitled", "heads", "职工,西村,5,5,4,4", "职工,西村,5,5,44,4"),
    ("heads", "more came back than were issued", "heads", "职工,东村,6,5,5,4", "职工,东村,6,5,3,4"),
    ("heads", "returned is not what lies in the table", "heads", "职工,西村,5,5,4,4", "职工,西村,5,5,4,3"),
    (
        "heads",
        "two villages changed about",
        "heads",
        "职工,东村,6,5,5,4\n职工,西村,5,5,4,4",
        "职工,东村,5,5,4,4\n职工,西村,3,3,3,4",
    ),
    ("heads", "a row forgotten", "heads", "职工,西村,5,5,4,4\n", ""),
    ("heads", "entitled fewer than ballots, nothing else counted", "heads", "职工,东村,6,5,5,4", "职工,东村,3,,,"),
    ("heads", "columns changed about", "heads", "应参加,到会", "到会,应参加"),
    ("heads", "no head-count of the ones the base wants", "heads", "职工,东村,6,5,5,4\n职工,西村,5,5,4,4\n", ""),
    ("heads", "headings alone", "heads", "领导,,2,2,2,2\n职工,东村,6,5,5,4\n职工,西村,5,5,4,4\n", ""),
    # --- ballots
    ("ballots", "headings alone", "ballots", TABLES["ballots"].split("\n", 1)[1], ""),
    (
        "ballots",
        "one ballot of a village lost",
        "ballots",
        "职工,西村,4,T2,称职,\n职工,西村,4,C,称职,\n职工,西村,4,D,称职,\n",
        "",
    ),
    ("ballots", "all ballots of a village lost", "ballots", TABLES["ballots"][TABLES["ballots"].index("职工,西村,1,T2") :], ""),
    (
        "ballots",
        "one ballot typed twice",
        "ballots",
        "职工,西村,4,D,称职,\n",
        "职工,西村,4,D,称职,\n职工,西村,5,T2,称职,\n职工,西村,5,C,称职,\n职工,西村,5,D,称职,\n",
    ),
    ("ballots", "two ballots under one number", "ballots", "职工,东村,2,T1,优秀,", "职工,东村,1,T1,优秀,"),
    ("ballots", "a mark off the scale", "ballots", "领导,,1,A,优秀,9", "领导,,1,A,优秀,11"),
    ("ballots", "a grade misspelled", "ballots", "领导,,1,B,称职,8", "领导,,1,B,称职 职,8"),
    ("ballots", "a subject of the other village", "ballots", "职工,东村,1,B,称职,", "职工,东村,1,D,称职,"),
    ("ballots", "a subject nobody knows", "ballots", "职工,东村,1,B,称职,", "职工,东村,1,E,称职,"),
    ("ballots", "a village nobody knows", "ballots", "职工,东村,1,T1,优秀,", "职工,车村,1,T1,优秀,"),
    (
        "ballots",
        "a leader's ballot lost",
        "ballots",
        TABLES["ballots"][TABLES["ballots"].index("领导,,2,T1") : TABLES["ballots"].index("职工,东村,1,T1")],
        "",
    ),
    ("ballots", "the column of an item left out", "ballots", "总体评价,实绩", "总体评价,实迹"),
    # --- shares, bases, percent signs
    ("shares", "a third written as 33", "scheme", "整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 >= 33}"),
    ("shares", "a per cent sign left out in a test", "scheme", "整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 > 30}"),
    ("shares", "a per cent sign left out in a limit", "scheme", "当: 不称职率 >= 1/3 或", "当: 不称职率 >= 33.3 或"),
    ("shares", "points with a per cent sign in a band", "scheme", "90 以上: 好, 60 以上: 中", "90% 以上: 好, 60% 以上: 中"),
    ("shares", "one band of points with a per cent sign", "scheme", "60 以上: 中", "60% 以上: 中"),
    ("shares", "points with a per cent sign in a case", "scheme", "当: 折后 >= 90,", "当: 折后 >= 90%,"),
    ("shares", "points with a per cent sign below", "scheme", "当: 折后 < 60,", "当: 折后 < 60%,"),
    ("shares", "a share against a count", "scheme", "整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 >= 3}"),
    ("shares", "a share turned over", "scheme", "整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 >= 3/1}"),
    ("shares", "a quota above one", "scheme", "好: 至多 50%, 中", "好: 至多 500%, 中"),
    (
        "shares",
        "a base that nobody counted",
        "scheme",
        "基数: 应到人数",
        "基数: 到场人数",
    ),
    ("shares", "a share below nought", "scheme", "整改: {判断: 不称职率 >= 1/3}", "整改: {判断: 不称职率 < -1/3}"),
    # --- weights, full marks, groups
    ("weights", "weights of 90", "scheme", "领导: 60, 职工: 40", "领导: 50, 职工: 40"),
    ("weights", "a group left out", "scheme", "领导: 60, 职工: 40", "领导: 100"),
    ("weights", "a group given nothing", "scheme", "领导: 60, 职工: 40", "领导: 100, 职工: 0"),
    ("weights", "parts of 150", "scheme", "民主得分: 50, 目标得分: 50", "民主得分: 100, 目标得分: 50"),
    ("weights", "a part left out", "scheme", "民主得分: 50, 目标得分: 50", "民主得分: 100"),
    ("weights", "a cap of ten times", "scheme", "保底: 0, 封顶: 100", "保底: 0, 封顶: 1000"),
    ("weights", "a floor above the cap", "scheme", "保底: 0, 封顶: 100", "保底: 100, 封顶: 0"),
    ("weights", "full marks of ten in bands of a hundred", "scheme", "等级: {分段: 总分", "等级: {分段: 实绩均分"),
    ("weights", "points of the best grade a digit short", "scheme", "优秀: 100, 称职: 80", "优秀: 10, 称职: 80"),
    ("weights", "points of a grade with a digit too many", "scheme", "称职: 80, 基本称职: 60", "称职: 80, 基本称职: 600"),
    ("weights", "a group of another scheme", "scheme", "主体: 职工, 基数", "主体: 群众, 基数"),
    ("weights", "the same weight twice", "scheme", "领导: 60, 职工: 40", "领导: 60, 领导: 40"),
    # --- cases, bands, tables, ballot rules
    ("cases", "a gap between two cases", "scheme", "当: 折后 < 60,", "当: 折后 < 50,"),
    ("cases", "an overlap of two cases", "scheme", "当: 折后 < 60,", "当: 折后 <= 60,"),
    ("cases", "a border nobody claims", "scheme", "当: 折后 >= 90,", "当: 折后 > 90,"),
    ("cases", "a border two claim", "scheme", "当: 折后 >= 60 且 折后 < 90,", "当: 折后 >= 60 且 折后 <= 90,"),
    ("cases", "the last case forgotten", "scheme", "      - {当: 折后 < 60, 取: 0}\n", ""),
    ("cases", "a case over another quantity", "scheme", "当: 折后 < 60,", "当: 总分 < 60,"),
    ("cases", "a bound with a digit too many", "scheme", "当: 折后 >= 90,", "当: 折后 >= 900,"),
    ("cases", "a band with a digit too many", "scheme", "90 以上: 好", "900 以上: 好"),
    ("cases", "bands in the wrong order", "scheme", "90 以上: 好, 60 以上: 中", "60 以上: 好, 90 以上: 中"),
    ("cases", "the rest forgotten", "scheme", "60 以上: 中, 其余: 差", "60 以上: 中"),
    ("cases", "a class forgotten in a table", "scheme", "{类别: 大村, 值: 1}, {类别: 小村, 值: 0.9}", "{类别: 大村, 值: 1}"),
    ("cases", "a class twice in a table", "scheme", "{类别: 小村, 值: 0.9}", "{类别: 大村, 值: 0.9}"),
    ("cases", "a ballot rule for another group", "scheme", "评优限额: {主体: 职工", "评优限额: {主体: 领导们"),
    ("cases", "a ballot rule that never binds", "scheme", "至多: 2, 超出时: 作废", "至多: 20, 超出时: 作废"),
    ("cases", "a ballot rule on a grade nobody has", "scheme", "等次: 优秀, 至多", "等次: 良好, 至多"),
    ("cases", "two cases that meet in the evidence", "scheme", "当: 折后 < 60,", "当: 目标得分 < 80,"),
    *EVIDENCE_SLIPS,
)


def planted(file: str, old: str, new: str) -> tuple[str, dict[str, str]]:
    """The scheme and the tables with one slip in them."""
    tables = dict(TABLES)
    if new == "(gone)":
        del tables[file]
        return SCHEME, tables
    text = SCHEME if file == "scheme" else tables[file]
    changed = text.replace(old, new, 1)
    if changed == text:
        raise ValueError(f"nothing changed: {file}: {old!r}")
    if file == "scheme":
        return changed, tables
    return SCHEME, tables | {file: changed}
