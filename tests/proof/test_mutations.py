"""Bundles somebody tampered with, each in one way: the checker rejects every one and names what is wrong; the honest pass.

`how` says what the tamperer could sign again: nothing (an outsider), the bundle (the office, after the log was read out), or
bundle and log (the office, everything it can): then only what the printed sheets or the arithmetic say is left to catch it.
Each line's expected words are the sentence's, typed here; a rejection for another reason alone does not pass.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.secret import SecretBox
from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.database import make_engine, session_factory
from survey_app.models import Campaign, LogKey
from survey_app.proof import checkpoints, verify
from survey_app.services import bundle, custody
from tests.proof import hamlet
from tests.proof.forger import (
    Content,
    Honest,
    cell,
    commit,
    entry,
    epoch_of,
    leaf_of,
    sign_bundle,
    sign_tree,
    style_of,
)
from tests.proof.test_bundle import content_of
from tests.support.clock import NOON

Mutation = Callable[[Content], None]
OTHER_KEY = SigningKey(b"another key, of nobody we know !")


@pytest.fixture(scope="module")
def honest(hamlet_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Honest:
    """Both bundles of the hamlet, and the keys of its server."""
    path = tmp_path_factory.mktemp("honest") / "copy.db"
    shutil.copy(hamlet_file, path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        return _honest(session)


def _honest(session: Session) -> Honest:
    campaign = session.scalars(select(Campaign)).one()
    opening = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    public = content_of(bundle.public_bundle(session, campaign, opening, secret=hamlet.SECRET))
    auditors = content_of(bundle.auditors_bundle(session, campaign, opening, secret=hamlet.SECRET, now=NOON))
    stored = session.get_one(LogKey, campaign.id)
    key = SigningKey(SecretBox(checkpoints._box_key(hamlet.SECRET)).decrypt(stored.sealed))
    root = verify.Checker(public, "", "").roots[-1]
    return Honest(public, auditors, key, root, checkpoints.fingerprint(stored.public))


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
    record = {"style": style_of(b, "村民"), "slip": "cd" * 32, "commitment": "ef" * 32}
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


def cut_piece_changed(b: Content) -> None:
    b["cut"][2][4][0] = [1]


def cut_piece_dropped(b: Content) -> None:
    b["cut"][2][4].pop()


# --- revisions (auditors)


def signed(b: Content, version: int) -> Content:
    revised = next(one["rater"] for one in b["leaves"] if one.get("version") == 2)
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


MUTATIONS: list[tuple[str, str, str, Mutation, str]] = [
    # class, kind, signed again, mutation, words of the sentence
    ("edited by an outsider", "public", "nothing", change_component, "the bundle's signature is wrong"),
    ("edited by an outsider", "auditors", "nothing", alter_score, "the bundle's signature is wrong"),
    ("edited by an outsider", "public", "nothing", other_time, "the signature of checkpoint 1 is wrong"),
    ("log: leaves", "public", "bundle", duplicate_leaf, "a leaf stands in the log twice"),
    ("log: leaves", "public", "log", duplicate_leaf, "a leaf stands in the log twice"),
    ("log: leaves", "public", "bundle", drop_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: leaves", "public", "bundle", add_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: leaves", "public", "bundle", move_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: epochs", "public", "log", no_close, "the log does not run from set-up to close"),
    ("log: epochs", "public", "bundle", old_checkpoint, "checkpoint 2 tells another epoch or number of leaves"),
    ("log: epochs", "public", "bundle", other_time, "the signature of checkpoint 1 is wrong"),
    ("re-signed tree", "public", "log", drop_meeting, "no epoch has the root printed on the sheet"),
    ("re-signed tree", "public", "log", move_leaf, "no epoch has the root printed on the sheet"),
    ("re-signed tree", "auditors", "log", changed_mark_throughout, "no epoch has the root printed on the sheet"),
    ("another key", "public", "other key", lambda b: None, "the signing key is not the one printed"),
    ("another key", "auditors", "other key", lambda b: None, "no epoch has the root printed on the sheet"),
    ("dropped ballot", "public", "bundle", drop_record, "1 ballots of the log are missing here: dropped"),
    ("dropped ballot", "public", "log", drop_ballot_whole, "24 cast in the books, 23 in the log"),
    ("dropped ballot", "auditors", "bundle", drop_opening, "is not opened"),
    ("added ballot", "public", "log", stuff_without_slip, "was not issued for this form"),
    ("added ballot", "public", "log", use_slip_twice, "one slip cast two ballots"),
    ("added ballot", "public", "bundle", list_record_twice, "a ballot is listed twice"),
    ("changed ballot", "public", "bundle", change_commitment, "is not in the log: added or changed"),
    ("changed ballot", "public", "log", move_to_another_form, "24 cast in the books, 23 in the log"),
    ("changed ballot", "auditors", "bundle", change_one_mark, "does not fit its commitment"),
    ("changed ballot", "auditors", "log", changed_mark_throughout, "are not those of the opened ballots"),
    ("changed ballot", "auditors", "bundle", blank_made_valid, "does not fit its commitment"),
    ("swapped, totals equal", "auditors", "bundle", swap_with_equal_totals, "does not fit its commitment"),
    ("swapped, totals equal", "auditors", "bundle", swap_whole_openings, "does not fit its commitment"),
    ("whole-ballot rules", "auditors", "log", two_best_counted_valid, "[0, 23, 1, 0] in the books, [0, 22, 1, 1] counted"),
    ("whole-ballot rules", "auditors", "log", strange_code_counted_valid, "[0, 23, 1, 0] in the books, [0, 22, 1, 1] counted"),
    ("cut ballots", "auditors", "bundle", cut_piece_changed, "('C', '同级', '总体评价') are not those of the opened ballots"),
    ("cut ballots", "auditors", "bundle", cut_piece_dropped, "('C', '同级', '总体评价') are not those of the opened ballots"),
    ("dropped revision", "auditors", "bundle", drop_revision_from_count, "is not of the rater and version it names"),
    ("dropped revision", "auditors", "log", drop_first_version, "a revision is missing"),
    ("dropped revision", "auditors", "log", drop_last_version, "3 cast in the books, 2 in the log"),
    ("altered plan", "public", "bundle", change_weight, "the plan is not what was logged at approval"),
    ("altered plan", "auditors", "log", change_plan_and_log, "no epoch has the root printed on the sheet"),
    # 80 : 20 : 20 for A: (80·1760/23 + 20·100 + 20·90)/120 = (140800 + 87400)/(23·120) = 228200/2760 = 5705/69
    ("changed weight", "auditors", "log", change_plan_and_log, "民主得分 ('A',) is 1930/23 in the bundle, 5705/69 when computed"),
    ("altered scheme", "public", "bundle", change_scheme_text, "the scheme file is not what was logged at approval"),
    ("altered scheme", "public", "bundle", change_title, "the campaign's title or period is not what was logged"),
    ("altered roster", "public", "bundle", change_fact, "the roster is not what was logged at approval"),
    ("altered roster", "public", "bundle", drop_subject, "the roster is not what was logged at approval"),
    ("altered form", "auditors", "bundle", loosen_limit, "is not what was logged at approval"),
    ("altered form", "public", "bundle", drop_form, "more or fewer forms than were logged"),
    ("altered form", "auditors", "bundle", rated_as_unrated, "is not what was logged at approval"),
    ("slips", "public", "bundle", more_slips, "of slips is not what was logged"),
    ("slips", "public", "log", change_issued, "of slips is not what was logged"),
    ("slips", "public", "bundle", drop_batch, "batches of slips are missing or added"),
    ("books", "public", "bundle", hide_a_blank, "counts 23 marks for 24 ballots"),
    ("books", "public", "bundle", cast_one_more, "25 cast in the books, 24 in the log"),
    ("books", "public", "bundle", one_more_mark, "counts 24 marks for 23 ballots"),
    ("altered counts", "auditors", "bundle", shift_counts_with_scores, "are not those of the opened ballots"),
    ("altered score", "public", "bundle", alter_score, "is 1761/23 in the bundle, 1760/23 when computed"),
    ("altered score, consistent trace", "auditors", "bundle", alter_score_with_trace, "is 1860/23 in the bundle, 1760/23 when"),
    ("altered score", "auditors", "bundle", alter_rank, "名次 ('A',) is 1 in the bundle, 2 when computed"),
    ("altered score", "public", "bundle", drop_figure, "is not applicable in the bundle, 1760/23 when computed"),
    ("altered score", "auditors", "bundle", invent_figure, "名次 ('D',) is 4 in the bundle, not applicable when computed"),
    ("altered score", "public", "bundle", missing_into_zero, "目标 ('C',) is 0 in the bundle, no evidence when computed"),
    ("altered evidence", "public", "bundle", change_component, "目标 ('A',) is 95 in the bundle, 99 when computed"),
    ("withholding", "public", "bundle", show_small_cell, "is withheld or shown against the rule"),
    ("withholding", "public", "bundle", hide_large_cell, "is withheld or shown against the rule"),
    ("withholding", "public", "bundle", lower_floor, "the floor is below 10 ballots"),
    ("withholding", "public", "bundle", slip_in_composite, "民主得分 ('A',) is 1930/23 in the bundle"),
    ("reconciliation", "public", "bundle", fewer_issued, "issued says 29, not 30"),
    ("reconciliation", "public", "bundle", another_room, "unnoticed says 0, not 4"),
    ("reconciliation", "public", "bundle", hide_room, "other head-counts than the count used"),
    ("reconciliation", "public", "bundle", drop_line, "the reconciliation is incomplete"),
]


def faults(honest: Honest, kind: str, how: str, mutation: Mutation) -> list[str]:
    content = honest.copy(kind)
    mutation(content)
    for epoch in content["epochs"] if how in ("log", "other key") else []:
        epoch["ballots"].sort()
    if how == "bundle":
        sign_bundle(content, honest.key)
    elif how in ("log", "other key"):
        sign_tree(content, honest.key if how == "log" else OTHER_KEY)
    checker = verify.Checker(content, honest.fingerprint, honest.root)
    assert all(chinese and english for chinese, english in checker.wrong)
    return [english for _, english in checker.wrong]


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_the_honest_bundle_passes_also_when_signed_once_more(honest: Honest, kind: str) -> None:
    assert faults(honest, kind, "nothing", lambda b: None) == []
    assert faults(honest, kind, "bundle", lambda b: None) == []
    assert faults(honest, kind, "log", lambda b: None) == []


@pytest.mark.parametrize(
    ("kind", "how", "mutation", "words"), [row[1:] for row in MUTATIONS], ids=[f"{row[0]}-{n}" for n, row in enumerate(MUTATIONS)]
)
def test_a_mutated_bundle_is_rejected_with_the_right_sentence(
    honest: Honest, kind: str, how: str, mutation: Mutation, words: str
) -> None:
    said = faults(honest, kind, how, mutation)
    assert any(words in sentence for sentence in said), said


def test_there_are_forty_mutations_and_more_from_twelve_classes_and_more() -> None:
    assert len(MUTATIONS) >= 40
    assert len({row[0] for row in MUTATIONS}) >= 12


def test_what_is_not_written_canonically_is_named(
    honest: Honest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "public.json"
    raw = verify.canonical(honest.public)
    path.write_bytes(raw)
    assert verify.main([str(path), "--root", honest.root, "--key", honest.fingerprint]) == 0
    assert honest.root in capsys.readouterr().out
    path.write_bytes(raw.replace(b'"floor":10', b'"floor":2,"floor":10'))  # another reader might take the first
    assert verify.main([str(path)]) == 1
    assert "a key twice" in capsys.readouterr().out
    path.write_bytes(raw[:-100])
    assert verify.main([str(path)]) == 2
