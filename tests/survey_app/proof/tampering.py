"""What a tamperer does to a bundle: each function changes the content in one way, and signs nothing."""

from __future__ import annotations

from survey_app.proof import verify
from tests.survey_app.proof.forger import Content, cell, commit, entry, epoch_of, leaf_of, style_of


def nothing(_: Content) -> None:
    """The honest bundle."""


# --- the log


def duplicate_leaf(b: Content) -> None:
    leaves = b["epochs"][1]["ballots"]
    leaves.append(leaves[0])
    leaves.sort()


def drop_leaf(b: Content) -> None:
    b["epochs"][1]["ballots"].pop(0)


def add_leaf(b: Content) -> None:
    b["epochs"][1]["ballots"].append("ab" * 32)


def move_leaf(b: Content) -> None:
    b["epochs"][2]["ballots"].append(b["epochs"][1]["ballots"].pop(0))


def drop_meeting(b: Content) -> None:
    meeting, close = b["epochs"][1:]
    close["ballots"] += meeting["ballots"]
    close["entries"] += meeting["entries"]
    b["epochs"].remove(meeting)


def no_close(b: Content) -> None:
    b["epochs"][2]["kind"] = "meeting"


def old_checkpoint(b: Content) -> None:
    b["epochs"][2]["checkpoint"] = b["epochs"][1]["checkpoint"]


def other_time(b: Content) -> None:
    b["epochs"][1]["checkpoint"] = b["epochs"][1]["checkpoint"].replace("made 2026", "made 2025")


# --- ballots


def slip_record(b: Content) -> Content:
    return next(one for one in b["leaves"] if one["style"] == style_of(b, "村民"))


def drop_record(b: Content) -> None:
    b["leaves"].remove(slip_record(b))


def drop_ballot_whole(b: Content) -> None:
    record = slip_record(b)
    leaf = leaf_of(b, record)
    epoch_of(b, leaf).remove(leaf)
    b["leaves"].remove(record)


def stuff_without_slip(b: Content) -> None:
    record = {"style": style_of(b, "村民"), "slip": "cd" * 32, "commitment": "ef" * 32, "v": 1}
    b["leaves"].append(record)
    b["epochs"][2]["ballots"].append(leaf_of(b, record))


def use_slip_twice(b: Content) -> None:
    record = {**slip_record(b), "commitment": "ef" * 32}
    b["leaves"].append(record)
    b["epochs"][2]["ballots"].append(leaf_of(b, record))


def list_record_twice(b: Content) -> None:
    b["leaves"].append(slip_record(b))


def change_commitment(b: Content) -> None:
    slip_record(b)["commitment"] = "ef" * 32


def move_to_another_form(b: Content) -> None:
    record = slip_record(b)
    leaf = leaf_of(b, record)
    epoch = epoch_of(b, leaf)
    epoch.remove(leaf)
    record["style"] = style_of(b, "镇领导")
    epoch.append(leaf_of(b, record))


# --- openings (auditors)


def openings_of(b: Content, marks: bytes) -> list[str]:
    return [leaf for leaf, (said, _) in b["openings"].items() if said == marks.hex()]


def swap_with_equal_totals(b: Content) -> None:
    one, other = openings_of(b, b"\2\1\3")[0], openings_of(b, b"\1\2\4")[0]
    b["openings"][one][0], b["openings"][other][0] = b["openings"][other][0], b["openings"][one][0]


def swap_whole_openings(b: Content) -> None:
    one, other = openings_of(b, b"\2\1\3")[0], openings_of(b, b"\1\2\4")[0]
    b["openings"][one], b["openings"][other] = b["openings"][other], b["openings"][one]


def change_one_mark(b: Content) -> None:
    b["openings"][openings_of(b, b"\2\1\3")[0]][0] = b"\1\1\3".hex()


def drop_opening(b: Content) -> None:
    del b["openings"][openings_of(b, b"\2\1\3")[0]]


def rewrite(b: Content, marks: bytes) -> None:
    """Another ballot in place of an honest one, leaf, commitment and all."""
    leaf = openings_of(b, b"\2\1\3")[0]
    record = next(one for one in b["leaves"] if leaf_of(b, one) == leaf)
    record["commitment"] = commit(marks)
    epoch = epoch_of(b, leaf)
    epoch.remove(leaf)
    epoch.append(leaf_of(b, record))
    del b["openings"][leaf]
    b["openings"][leaf_of(b, record)] = [marks.hex(), (b"f" * 32).hex()]


def two_best_counted_valid(b: Content) -> None:
    rewrite(b, b"\1\1\3")  # the form allows one 优秀


def strange_code_counted_valid(b: Content) -> None:
    rewrite(b, b"\7\1\3")


def changed_mark_throughout(b: Content) -> None:
    rewrite(b, b"\4\1\3")


def blank_made_valid(b: Content) -> None:
    leaf = openings_of(b, b"\0\0\0")[0]
    b["openings"][leaf][0] = b"\1\2\3".hex()


# --- revisions (auditors)


def signed(b: Content, version: int) -> Content:
    revised = next(one["rater"] for one in b["leaves"] if one.get("version") == 2 and one["v"] == 1)
    return next(one for one in b["leaves"] if one.get("rater") == revised and one["version"] == version)


def drop_revision_from_count(b: Content) -> None:
    old, new = signed(b, 1), signed(b, 2)
    old["version"], new["version"] = 2, 1


def drop_first_version(b: Content) -> None:
    record = signed(b, 1)
    leaf = leaf_of(b, record)
    epoch_of(b, leaf).remove(leaf)
    b["leaves"].remove(record)


def drop_last_version(b: Content) -> None:
    record = signed(b, 2)
    leaf = leaf_of(b, record)
    epoch_of(b, leaf).remove(leaf)
    b["leaves"].remove(record)
    del b["openings"][leaf]


# --- what approval froze


def change_weight(b: Content) -> None:
    weights = next(step for step in b["plan"]["steps"] if step["name"] == "民主得分·1")
    assert weights["rows"][0] == ["村民", ["num", "60"]]
    weights["rows"][0] = ["村民", ["num", "80"]]


def change_scheme_text(b: Content) -> None:
    b["scheme"]["text"] = b["scheme"]["text"].replace("村民: 60", "村民: 80")


def change_plan_and_log(b: Content) -> None:
    change_weight(b)
    entry(b, "plan")["digest"] = verify.sha(verify.canonical(b["plan"])).hex()


def change_title(b: Content) -> None:
    b["campaign"]["title"] = "大村年度评议"


def change_fact(b: Content) -> None:
    b["subjects"][0][1]["职务"] = "副职"


def drop_subject(b: Content) -> None:
    b["subjects"].pop()


def loosen_limit(b: Content) -> None:
    form = next(one for one in b["styles"] if one["group"] == "村民")
    form["content"]["limits"] = []


def drop_form(b: Content) -> None:
    b["styles"] = [one for one in b["styles"] if one["style"] != style_of(b, "同级")]


def rated_as_unrated(b: Content) -> None:
    next(one for one in b["styles"] if one["group"] == "同级")["rated"] = False


# --- slips


def more_slips(b: Content) -> None:
    b["slips"][0]["tags"].append("ff" * 32)


def change_issued(b: Content) -> None:
    entry(b, "slips")["issued"] = 31


def drop_batch(b: Content) -> None:
    b["slips"].clear()


# --- books, counts, figures


def hide_a_blank(b: Content) -> None:
    place = next(row for row in b["places"] if row[0] == "村民")
    place[2], place[4] = 24, 0


def cast_one_more(b: Content) -> None:
    next(row for row in b["books"] if row[0] == style_of(b, "村民"))[1] += 1


def count_row(b: Content, subject: str, group: str) -> list[int]:
    return next(row[3] for row in b["counts"] if row[:2] == [subject, group])


def one_more_mark(b: Content) -> None:
    count_row(b, "A", "村民")[1] += 1


def shift_counts_with_scores(b: Content) -> None:
    row = count_row(b, "A", "村民")  # one 不称职 becomes 优秀, and every figure follows: (1760 + 100)/23
    row[4], row[1] = row[4] - 1, row[1] + 1
    cell(b, "主体均分", "A", "村民")[-1] = ["num", "1860/23"]
    cell(b, "主体优秀率", "A", "村民")[-1] = ["num", "9/23"]
    cell(b, "优秀率", "A")[-1] = ["num", "11/26"]
    cell(b, "民主得分", "A")[-1] = ["num", "1990/23"]
    for name, place in (("A", "1"), ("B", "2")):  # 1990/23 is now before B's 1984/23
        cell(b, "名次", name)[-1] = ["num", place]


def alter_score(b: Content) -> None:
    cell(b, "主体均分", "A", "村民")[-1] = ["num", "1761/23"]


def alter_score_with_trace(b: Content) -> None:
    cell(b, "主体均分", "A", "村民")[-1] = ["num", "1860/23"]
    cell(b, "民主得分", "A")[-1] = ["num", "1990/23"]
    cell(b, "名次", "A")[-1], cell(b, "名次", "B")[-1] = ["num", "1"], ["num", "2"]


def alter_rank(b: Content) -> None:
    cell(b, "名次", "A")[-1], cell(b, "名次", "B")[-1] = ["num", "1"], ["num", "2"]


def drop_figure(b: Content) -> None:
    b["tables"]["主体均分"].remove(cell(b, "主体均分", "A", "村民"))


def invent_figure(b: Content) -> None:
    b["tables"]["名次"].append(["D", ["num", "4"]])


def missing_into_zero(b: Content) -> None:
    cell(b, "目标", "C")[-1] = ["num", "0"]


def change_component(b: Content) -> None:
    b["components"][0][2] = "99"


# --- withholding (public)


def show_small_cell(b: Content) -> None:
    next(row for row in b["counts"] if row[:2] == ["A", "镇领导"])[3] = [0, 1, 1]


def hide_large_cell(b: Content) -> None:
    next(row for row in b["counts"] if row[:2] == ["A", "村民"])[3] = None


def lower_floor(b: Content) -> None:
    b["floor"] = 2


def slip_in_composite(b: Content) -> None:
    cell(b, "民主得分", "A")[-1] = ["num", "1930/23"]


# --- reconciliation


def line(b: Content) -> Content:
    return next(one for one in b["reconciliation"] if one["group"] == "村民")


def fewer_issued(b: Content) -> None:
    line(b)["issued"] = 29


def another_room(b: Content) -> None:
    line(b)["unused"] = 0
    line(b)["present"] = 28


def hide_room(b: Content) -> None:
    line(b)["present"] = 40  # then four slips more were out than forms came in


def drop_line(b: Content) -> None:
    b["reconciliation"].remove(line(b))
