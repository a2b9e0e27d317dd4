"""What a tamperer does to cut ballots, to the release plan and to the custody record: as `tampering`, signing nothing.

Of the heads' three forms there are 6 mark leaves. Opened are A 优秀, B 称职, C 称职 and 基本称职 (codes 1 2 2 3); of the form
that A replaced, one on B and one on C are not.
"""

from __future__ import annotations

from typing import Any

from survey_app.proof import verify
from tests.survey_app.proof.forger import Content, commit, entries, entry, epoch_of, leaf_of, mark_leaf_of
from tests.survey_app.proof.tampering import count_row


def opened_mark(b: Content, subject: str, code: str) -> list[Any]:
    return next(row for row in b["marks"] if row[2] == subject and row[3][0] == code)


def relog_marks(b: Content) -> None:
    """The log holds the mark leaves as they are now told."""
    b["marks"].sort(key=lambda row: mark_leaf_of(b, row))
    b["epochs"][2]["marks"] = [mark_leaf_of(b, row) for row in b["marks"]]


def mark_changed(b: Content) -> None:
    opened_mark(b, "C", "03")[3][0] = "01"


def mark_exchanged_with_counts(b: Content) -> None:
    """C's 基本称职 becomes 优秀 in the log, in the opening and in the counts: all that auditors could add up agrees."""
    mark_changed(b)
    relog_marks(b)
    row = count_row(b, "C", "同级")
    row[3], row[1] = row[3] - 1, row[1] + 1
    del row[3:]  # nobody has a later code: a row ends with the last that somebody has


def marks_exchanged_between_subjects(b: Content) -> None:
    """The totals of marks stay: what was said of A is said of B, and the other way round."""
    one, other = opened_mark(b, "A", "01"), opened_mark(b, "B", "02")
    one[3], other[3] = other[3], one[3]
    relog_marks(b)


def mark_dropped(b: Content) -> None:
    b["marks"].remove(opened_mark(b, "C", "03"))
    relog_marks(b)


def mark_added(b: Content) -> None:
    b["marks"].append(["同级", "U", "A", ["01", "ab" * 32]])
    relog_marks(b)


def mark_leaf_added(b: Content) -> None:
    b["epochs"][2]["marks"].append("ab" * 32)
    b["epochs"][2]["marks"].sort()


def mark_leaf_early(b: Content) -> None:
    b["epochs"][1]["marks"].append(b["epochs"][2]["marks"].pop())


def mark_not_opened(b: Content) -> None:
    """One piece that counted is kept shut, as if its form had been invalid."""
    row = opened_mark(b, "C", "03")
    row[3] = commit(bytes.fromhex(row[3][0]), bytes.fromhex(row[3][1]))


def head_record(b: Content, version: int) -> Content:
    """A's first or second form."""
    changed = next(one for one in b["leaves"] if one["v"] == 2 and one["version"] == 2)
    return next(one for one in b["leaves"] if one.get("rater") == changed["rater"] and one["version"] == version)


def older_version_counts(b: Content) -> None:
    head_record(b, 1)["counts"], head_record(b, 2)["counts"] = True, False


def form_called_invalid(b: Content) -> None:
    head_record(b, 2)["counts"] = False


def blind_changed(b: Content) -> None:
    b["blinds"][0][2] = "01" + b["blinds"][0][2][2:]


def old_kind_of_commitment(b: Content) -> None:
    """A head's form with a commitment that nothing binds to the mark leaves."""
    record = head_record(b, 2)
    leaf = leaf_of(b, record)
    epoch = epoch_of(b, leaf)
    epoch.remove(leaf)
    record |= {"v": 1, "commitment": "ef" * 32}
    epoch.append(leaf_of(b, record))


def unknown_kind_of_commitment(b: Content) -> None:
    form = next(one for one in b["styles"] if one["group"] == "镇领导")
    form["v"] = 3
    next(one for one in entries(b) if one.get("style") == form["style"])["v"] = 3


# --- what approval froze


def widen_release_plan(b: Content) -> None:
    b["release"]["open"] = ["村民"]


def drop_release_plan(b: Content) -> None:
    b["release"] = None


def bundle_not_planned(b: Content) -> None:
    b["release"]["exits"].remove("bundle")
    entry(b, "release-plan")["digest"] = verify.sha(verify.canonical(b["release"])).hex()


def floor_under_the_plan(b: Content) -> None:
    b["release"]["floor"] = 20
    entry(b, "release-plan")["digest"] = verify.sha(verify.canonical(b["release"])).hex()


def change_custody(b: Content) -> None:
    b["custody"] = {"kind": "trustees", "needed": 2, "shares": ["ab" * 32] * 3}


def drop_custody(b: Content) -> None:
    b["custody"] = None
