"""The hospital of the walk: its regulation, its staff list as it is kept, who marks what, and what must come out."""

from __future__ import annotations

import io

import xlsxwriter

REGULATION = """市第二医院中层干部年度评议办法
第一条 为客观评价中层干部，制定本办法。
一、医德医风（４０分）
1．廉洁行医（20分）
2．尊重患者（20分）
二、能力（60分）
1. 业务水平（30分）
（2）科室管理（30分）
第二条 评议权重：上级评议占40%，同级评议占20%，下级占20%，服务对象占20%。
第三条 得分90分以上为优秀，75分以上为良好，60分以上为合格，60分以下为不合格。
"""
STAFF = {"内科": ("滕安芳", "邬博光", "沙承海"), "外科": ("鞠德佳", "巢恩君", "殷安兰")}
SUPERIORS = ("蒯院长", "羿书记", "宓院长")
#: How many are expected: superiors sign, the others take a slip each. Two units of juniors.
HEADS = (("", "同级", 12), ("内科", "下级", 12), ("外科", "下级", 12), ("", "服务对象", 12))
#: The marks of ballot 0 to 11 on anybody at the same place of his unit (first, second, third), on every item but the last;
#: 1 is the best of four grades. On the last item each of them is one grade worse, 4 staying 4. So of twelve:
#:   place   every item but the last          the last item
#:   first   1: 7, 2: 5                       2: 7, 3: 5
#:   second  2: 6, 3: 6                       3: 6, 4: 6
#:   third   1: 4, 3: 4, 4: 4                 2: 4, 4: 8
MARKS = ([1] * 7 + [2] * 5, [2] * 6 + [3] * 6, [1] * 4 + [3] * 4 + [4] * 4)
#: By place: how often each of the four grades was given, on the other items and on the last one.
COUNTS = (((7, 5, 0, 0), (0, 7, 5, 0)), ((0, 6, 6, 0), (0, 0, 6, 6)), ((4, 0, 4, 4), (0, 4, 0, 8)))
#: Points are 20 + 20 + 30 and 30 for the last item; the grades are worth 1, 0.85, 0.70 and 0.50 of them. The three superiors are
#: ballots 0 to 2: on the three places 1, 2, 1, and one worse on the last item. They weigh 0.4, the groups of twelve 0.6 together:
#:   first   70·(7 + 5·0.85)/12 + 30·(7·0.85 + 5·0.7)/12 = 65.625 + 23.625 = 89.25; superiors 70 + 25.5 = 95.5: 91.75
#:   second  70·(6·0.85 + 6·0.7)/12 + 30·(6·0.7 + 6·0.5)/12 = 54.25 + 18 = 72.25; superiors 59.5 + 21 = 80.5: 75.55
#:   third   70·(4 + 4·0.7 + 4·0.5)/12 + 30·(4·0.85 + 8·0.5)/12 = 51.333 + 18.5 = 69.833; superiors 95.5: 80.10
SCORES = (("91.75", "优秀"), ("75.55", "良好"), ("80.10", "良好"))
LAST = "科室管理"


def messy() -> bytes:
    """The staff list as the personnel office has it: titles, merged cells, full-width numbers, blanks in names, a sum below."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    bold = book.add_format({"bold": True, "align": "center"})
    page = book.add_worksheet("中层干部")
    page.merge_range(0, 0, 0, 3, "市第二医院中层干部名册", bold)
    page.merge_range(1, 0, 1, 3, "二〇二六年十一月　人事科制")
    for column, head in enumerate(("序号", "科室", "姓　名", "职务")):
        page.write_string(2, column, head, bold)
    row = 3
    for unit, names in STAFF.items():
        page.merge_range(row, 1, row + 2, 1, unit)
        for at, name in enumerate(names):
            page.write_string(row, 0, "１２３４５６"[row - 3])
            page.write_string(row, 2, f"{name[0]}　{name[1:]} " if at == 0 else name)
            page.write_string(row, 3, ("主任", "副主任", "护士长")[at])
            row += 1
    page.merge_range(row, 0, row, 2, "合计")
    page.write_string(row, 3, "６人")
    signed = book.add_worksheet("院领导")
    signed.merge_range(0, 0, 0, 2, "署名评议人员", bold)
    for at, line in enumerate((("编号", "姓名", "身份"), *((f"０{n}", name, "上级") for n, name in enumerate(SUPERIORS, 1)))):
        for column, cell in enumerate(line):
            signed.write_string(1 + at, column, cell)
    heads = book.add_worksheet("到会")
    heads.merge_range(0, 0, 0, 2, "应到人数", bold)
    for at, line in enumerate((("科室", "类别", "人数"), *((unit, group, f"{n}人") for unit, group, n in HEADS))):
        for column, cell in enumerate(line):
            heads.write_string(1 + at, column, cell.translate({48 + n: 0xFF10 + n for n in range(10)}))
    book.close()
    return target.getvalue()
