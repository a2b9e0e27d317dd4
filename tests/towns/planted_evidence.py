"""Slips in names, scales, events, earlier years, other evidence, roster, quotas, decisions and files of the planted town."""

from __future__ import annotations

from tests.towns.planted_town import TABLES

Slip = tuple[str, str, str, str, str]

EVIDENCE_SLIPS: tuple[Slip, ...] = (
    # --- names
    ("names", "a quantity compared with itself", "scheme", "当: 折后 < 60,", "当: 折后 < 折后,"),
    (
        "names",
        "a fact named like its value",
        "scheme",
        "类别: {属于: 单位, 取值: [大村, 小村]}",
        "大村: {属于: 单位, 取值: [大村, 小村]}",
    ),
    ("names", "a name misspelled", "scheme", "折后: 总分 × 系数", "折后: 总份 × 系数"),
    ("names", "one name for two things", "scheme", "  折后: 总分 × 系数", "  名次: 总分 × 系数\n  折后: 总分 × 系数"),
    # --- keys and scales
    ("keys", "a step misspelled", "scheme", "{形式: 打分, 从: 0, 到: 10}", "{形式: 打分, 从: 0, 到: 10, 间格: 0.5}"),
    ("keys", "a key misspelled in a rule", "scheme", "{名次: 折后, 范围: [职务]}", "{名次: 折后, 范圈: [职务]}"),
    ("keys", "a scale from high to low", "scheme", "从: 0, 到: 10}", "从: 10, 到: 0}"),
    ("keys", "grades in the wrong order", "scheme", "优秀: 100, 称职: 80", "称职: 80, 优秀: 100"),
    ("keys", "a range from high to low", "scheme", "目标得分: {从: 0, 到: 100}", "目标得分: {从: 100, 到: 0}"),
    ("keys", "an empty cell beyond the range", "scheme", "到: 5, 空缺作: 0", "到: 5, 空缺作: 50"),
    ("keys", "a key of items under groups", "scheme", "职工: {只评本单位: 是}", "职工: {只评本单位: 是, 满分: 10}"),
    ("keys", "two grades of the same points", "scheme", "基本称职: 60", "基本称职: 80"),
    ("keys", "a range too narrow for the numbers", "scheme", "目标得分: {从: 0, 到: 100}", "目标得分: {从: 0, 到: 10}"),
    # --- events and dates
    ("events", "an event in 1999", "events", "A,立功,2026-05-20", "A,立功,1999-05-20"),
    ("events", "an event in 2099", "events", "A,立功,2026-05-20", "A,立功,2099-05-20"),
    ("events", "an event of the year before", "events", "A,立功,2026-05-20", "A,立功,2025-05-20"),
    ("events", "an event outside its window", "events", "D,通报批评,2026-03-01", "D,通报批评,2025-03-01"),
    ("events", "how often written as an amount", "events", "D,通报批评,2026-03-01,,", "D,通报批评,2026-03-01,3,"),
    ("events", "an amount below nought", "events", "C,信访,2026-06-10,4", "C,信访,2026-06-10,-4"),
    (
        "events",
        "a window from its end to its beginning",
        "scheme",
        "自: 2026-01-01, 至: 2026-12-31",
        "自: 2026-12-31, 至: 2026-01-01",
    ),
    ("events", "a kind nobody knows", "events", "A,立功,2026", "A,立攻,2026"),
    ("events", "a window of last year", "scheme", "自: 2026-01-01, 至: 2026-12-31", "自: 2025-01-01, 至: 2025-12-31"),
    (
        "events",
        "the table without rows",
        "events",
        "D,通报批评,2026-03-01,,迟报\nA,立功,2026-05-20,,抢险\nC,信访,2026-06-10,4,积案\n",
        "",
    ),
    ("events", "a day of a month that has none", "events", "2026-05-20", "2026-02-30"),
    # --- earlier years
    (
        "past",
        "a whole year forgotten",
        "history",
        "".join(line + "\n" for line in TABLES["history"].splitlines() if line.startswith("2024")),
        "",
    ),
    ("past", "a year of the future", "history", "2025,A,总分,90", "2052,A,总分,90"),
    ("past", "a year written otherwise", "history", "2025,A,总分,90", "2025年,A,总分,90"),
    ("past", "a year with a letter in it", "history", "2025,A,总分,90", "2O25,A,总分,90"),
    ("past", "an old year more", "history", "2025,A,总分,90", "2025,A,总分,90\n2015,A,总分,60"),
    ("past", "last year twice", "history", "2025,A,总分,90", "2025,A,总分,90\n2025,A,总分,80"),
    ("past", "a grade nobody knows", "history", "2025,A,定等,好", "2025,A,定等,优"),
    ("past", "a number where a grade belongs", "history", "2025,A,定等,好", "2025,A,定等,90"),
    ("past", "a grade where a number belongs", "history", "2025,A,总分,90", "2025,A,总分,好"),
    ("past", "headings alone", "history", TABLES["history"].split("\n", 1)[1], ""),
    # --- other evidence
    ("other", "a number beyond its range", "components", "A,92,", "A,920,"),
    ("other", "a number with a unit", "components", "A,92,", "A,92分,"),
    ("other", "points typed as a share", "components", "A,92,", "A,0.92,"),
    ("other", "one person's number forgotten", "components", "B,85,1", "B,,1"),
    ("other", "one person's row forgotten", "components", "B,85,1,考核办\n", ""),
    ("other", "somebody nobody knows", "components", "B,85,1", "E,85,1"),
    ("other", "one person twice", "components", "B,85,1,考核办\n", "B,85,1,考核办\nB,58,1,考核办\n"),
    ("other", "two columns changed about", "components", "对象,目标得分,加分", "对象,加分,目标得分"),
    ("other", "a column nobody reads", "components", "对象,目标得分,加分,来源", "对象,目标得分,附加分,来源"),
    ("other", "headings alone", "components", TABLES["components"].split("\n", 1)[1], ""),
    # --- roster, relations, pools
    ("roster", "a team nobody knows", "subjects", "A,甲,东村,正职,T1", "A,甲,东村,正职,T9"),
    ("roster", "a person as a team", "subjects", "B,乙,东村,副职,T1", "B,乙,东村,副职,A"),
    ("roster", "somebody's own team is themselves", "subjects", "B,乙,东村,副职,T1", "B,乙,东村,副职,B"),
    ("roster", "the other village's team", "subjects", "B,乙,东村,副职,T1", "B,乙,东村,副职,T2"),
    ("roster", "no team", "subjects", "B,乙,东村,副职,T1", "B,乙,东村,副职,"),
    ("roster", "a village misspelled", "subjects", "B,乙,东村,副职", "B,乙,车村,副职"),
    ("roster", "the other village", "subjects", "B,乙,东村,副职", "B,乙,西村,副职"),
    ("roster", "a class nobody knows", "units", "西村,小村", "西村,中村"),
    ("roster", "a class forgotten", "units", "西村,小村\n", ""),
    ("roster", "one code twice", "subjects", "B,乙,东村", "A,乙,东村"),
    ("roster", "a post the other has", "subjects", "B,乙,东村,副职", "B,乙,东村,正职"),
    # --- ties and quotas
    ("quotas", "quotas that hold nobody", "scheme", "中: 其余, 差: 至多 50%", "中: 至多 10%, 差: 至多 10%"),
    ("quotas", "a least above the most", "scheme", "好: 至多 50%, 中", "好: [至多 10%, 至少 90%], 中"),
    (
        "quotas",
        "low first, and ties by what",
        "scheme",
        "{名次: 折后, 范围: [职务]}",
        "{名次: 折后, 范围: [职务], 次序: 低者在前, 并列看: [民主得分]}",
    ),
    ("quotas", "two level at the border", "components", "T2,82,,", "T2,140,,"),
    (
        "quotas",
        "equal remainders",
        "scheme",
        "好: 至多 50%, 中: 其余, 差: 至多 50%}",
        "好: 约 1/4, 中: 约 1/2, 差: 约 1/4}, 名额舍入: 最大余数",
    ),
    # --- decisions
    ("decisions", "about nobody", "decisions", "D,党委研究", "E,党委研究"),
    ("decisions", "a choice nobody has", "decisions", "降一等", "降两等"),
    ("decisions", "in 1996", "decisions", "2026-12-05", "1996-12-05"),
    ("decisions", "by nobody", "decisions", "党委会", ""),
    # --- files
    ("files", "ballots forgotten", "ballots", "", "(gone)"),
    ("files", "head-counts forgotten", "heads", "", "(gone)"),
    ("files", "events forgotten", "events", "", "(gone)"),
    ("files", "earlier results forgotten", "history", "", "(gone)"),
    ("files", "other numbers forgotten", "components", "", "(gone)"),
    ("files", "decisions forgotten", "decisions", "", "(gone)"),
    ("files", "units forgotten", "units", "", "(gone)"),
    ("files", "a character nobody sees", "components", "A,92,", "A,9\u200b2,"),
    ("files", "a formula that came to nothing", "components", "A,92,", "A,#REF!,"),
)
