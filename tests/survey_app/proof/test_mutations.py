"""Bundles somebody tampered with, each in one way: the checker rejects every one and names what is wrong; the honest pass.

`how` says what the tamperer could sign again: nothing (an outsider), the bundle (the office, after the log was read out), or
bundle and log (the office, everything it can): then only what the printed sheets or the arithmetic say is left to catch it.
Each line's expected words are the sentence's, typed here; a rejection for another reason alone does not pass.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.secret import SecretBox
from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.database import make_engine, session_factory
from survey_app.models import Campaign, LogKey
from survey_app.proof import checkpoints, verify
from survey_app.services.bundle import making
from survey_app.services.sealing import custody
from tests.support.clock import NOON
from tests.survey_app.proof import tampering as do
from tests.survey_app.proof import tampering_cut as cut
from tests.survey_app.proof.forger import Content, Honest, sign_bundle, sign_tree
from tests.survey_app.proof.test_bundle import content_of
from tests.towns import hamlet

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
    public = content_of(making.public_bundle(session, campaign, opening, secret=hamlet.SECRET))
    auditors = content_of(making.auditors_bundle(session, campaign, opening, secret=hamlet.SECRET, now=NOON))
    stored = session.get_one(LogKey, campaign.id)
    key = SigningKey(SecretBox(checkpoints._box_key(hamlet.SECRET)).decrypt(stored.sealed))
    root = verify.Checker(public, "", "").roots[-1]
    return Honest(public, auditors, key, root, checkpoints.fingerprint(stored.public))


MUTATIONS: list[tuple[str, str, str, Mutation, str]] = [
    # class, kind, signed again, mutation, words of the sentence
    ("edited by an outsider", "public", "nothing", do.change_component, "the bundle's signature is wrong"),
    ("edited by an outsider", "auditors", "nothing", do.alter_score, "the bundle's signature is wrong"),
    ("edited by an outsider", "public", "nothing", do.other_time, "the signature of checkpoint 1 is wrong"),
    ("log: leaves", "public", "bundle", do.duplicate_leaf, "a leaf stands in the log twice"),
    ("log: leaves", "public", "log", do.duplicate_leaf, "a leaf stands in the log twice"),
    ("log: leaves", "public", "bundle", do.drop_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: leaves", "public", "bundle", do.add_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: leaves", "public", "bundle", do.move_leaf, "the root of epoch 1 is not that of its leaves"),
    ("log: epochs", "public", "log", do.no_close, "the log does not run from set-up to close"),
    ("log: epochs", "public", "bundle", do.old_checkpoint, "checkpoint 2 tells another epoch or number of leaves"),
    ("log: epochs", "public", "bundle", do.other_time, "the signature of checkpoint 1 is wrong"),
    ("re-signed tree", "public", "log", do.drop_meeting, "no epoch has the root printed on the sheet"),
    ("re-signed tree", "public", "log", do.move_leaf, "no epoch has the root printed on the sheet"),
    ("re-signed tree", "auditors", "log", do.changed_mark_throughout, "no epoch has the root printed on the sheet"),
    ("another key", "public", "other key", do.nothing, "the signing key is not the one printed"),
    ("another key", "auditors", "other key", do.nothing, "no epoch has the root printed on the sheet"),
    ("dropped ballot", "public", "bundle", do.drop_record, "1 ballots of the log are missing here: dropped"),
    ("dropped ballot", "public", "log", do.drop_ballot_whole, "24 cast in the books, 23 in the log"),
    ("dropped ballot", "auditors", "bundle", do.drop_opening, "is not opened"),
    ("added ballot", "public", "log", do.stuff_without_slip, "was not issued for this form"),
    ("added ballot", "public", "log", do.use_slip_twice, "one slip cast two ballots"),
    ("added ballot", "public", "bundle", do.list_record_twice, "a ballot is listed twice"),
    ("changed ballot", "public", "bundle", do.change_commitment, "is not in the log: added or changed"),
    ("changed ballot", "public", "log", do.move_to_another_form, "24 cast in the books, 23 in the log"),
    ("changed ballot", "auditors", "bundle", do.change_one_mark, "does not fit its commitment"),
    ("changed ballot", "auditors", "log", do.changed_mark_throughout, "are not those of the opened ballots"),
    ("changed ballot", "auditors", "bundle", do.blank_made_valid, "does not fit its commitment"),
    ("swapped, totals equal", "auditors", "bundle", do.swap_with_equal_totals, "does not fit its commitment"),
    ("swapped, totals equal", "auditors", "bundle", do.swap_whole_openings, "does not fit its commitment"),
    ("whole-ballot rules", "auditors", "log", do.two_best_counted_valid, "23, 1, 0] in the books, [0, 22, 1, 1] counted"),
    ("whole-ballot rules", "auditors", "log", do.strange_code_counted_valid, "23, 1, 0] in the books, [0, 22, 1, 1] counted"),
    ("mark leaves", "auditors", "bundle", cut.mark_changed, "the mark leaves opened are not those of the log"),
    ("mark leaves", "auditors", "bundle", cut.mark_dropped, "the root of epoch 2 is not that of its leaves"),
    ("mark leaves", "auditors", "log", cut.mark_dropped, "the epochs hold [0, 0, 5] mark leaves: all 6 belong into the last"),
    ("mark leaves", "auditors", "log", cut.mark_dropped, "('同级', 'U') has 1 opened marks on C for 2 ballots"),
    ("mark leaves", "auditors", "log", cut.mark_added, "('同级', 'U') has 2 opened marks on A for 1 ballots"),
    ("mark leaves", "public", "log", cut.mark_leaf_added, "the epochs hold [0, 0, 7] mark leaves: all 6 belong into the last"),
    ("mark leaves", "public", "log", cut.mark_leaf_early, "the epochs hold [0, 1, 5] mark leaves: all 6 belong into the last"),
    ("mark leaves", "auditors", "bundle", cut.mark_not_opened, "('同级', 'U') has 1 opened marks on C for 2 ballots"),
    ("marks exchanged", "auditors", "log", cut.mark_exchanged_with_counts, "('同级', 'U') do not add up to what the receipts"),
    ("marks exchanged", "auditors", "log", cut.marks_exchanged_between_subjects, "do not add up to what the receipts promised"),
    ("marks exchanged", "auditors", "bundle", cut.blind_changed, "('同级', 'U') do not add up to what the receipts promised"),
    ("dropped revision", "auditors", "bundle", cut.older_version_counts, "was replaced by a newer version and counts all the"),
    ("whole-ballot rules", "auditors", "bundle", cut.form_called_invalid, "1, 0, 0] in the books, [1, 0, 0, 1] counted"),
    ("kind of commitment", "auditors", "log", cut.old_kind_of_commitment, "has another kind of commitment than its form"),
    ("kind of commitment", "public", "log", cut.unknown_kind_of_commitment, "of version 3, which this checker does not know"),
    ("release plan", "public", "bundle", cut.widen_release_plan, "the release plan is not what was logged at approval"),
    ("release plan", "public", "bundle", cut.drop_release_plan, "more or fewer release plans than were logged"),
    ("release plan", "public", "log", cut.bundle_not_planned, "the release plan has no public bundle"),
    ("release plan", "public", "log", cut.floor_under_the_plan, "the floor is below 10 ballots or the release plan's"),
    ("custody", "public", "bundle", cut.change_custody, "the custody of the opening key is not what was logged at approval"),
    ("custody", "public", "bundle", cut.drop_custody, "more or fewer custodies than were logged"),
    ("dropped revision", "auditors", "bundle", do.drop_revision_from_count, "is not of the rater and version it names"),
    ("dropped revision", "auditors", "log", do.drop_first_version, "a revision is missing"),
    ("dropped revision", "auditors", "log", do.drop_last_version, "3 cast in the books, 2 in the log"),
    ("altered plan", "public", "bundle", do.change_weight, "the plan is not what was logged at approval"),
    ("altered plan", "auditors", "log", do.change_plan_and_log, "no epoch has the root printed on the sheet"),
    # 80 : 20 : 20 for A: (80·1760/23 + 20·100 + 20·90)/120 = (140800 + 87400)/(23·120) = 228200/2760 = 5705/69
    ("changed weight", "auditors", "log", do.change_plan_and_log, "民主得分 ('A',) is 1930/23 in the bundle, 5705/69 when"),
    ("altered scheme", "public", "bundle", do.change_scheme_text, "the scheme file is not what was logged at approval"),
    ("altered scheme", "public", "bundle", do.change_title, "the campaign's title or period is not what was logged"),
    ("altered roster", "public", "bundle", do.change_fact, "the roster is not what was logged at approval"),
    ("altered roster", "public", "bundle", do.drop_subject, "the roster is not what was logged at approval"),
    ("altered form", "auditors", "bundle", do.loosen_limit, "is not what was logged at approval"),
    ("altered form", "public", "bundle", do.drop_form, "more or fewer forms than were logged"),
    ("altered form", "auditors", "bundle", do.rated_as_unrated, "is not what was logged at approval"),
    ("slips", "public", "bundle", do.more_slips, "of slips is not what was logged"),
    ("slips", "public", "log", do.change_issued, "of slips is not what was logged"),
    ("slips", "public", "bundle", do.drop_batch, "batches of slips are missing or added"),
    ("books", "public", "bundle", do.hide_a_blank, "counts 23 marks for 24 ballots"),
    ("books", "public", "bundle", do.cast_one_more, "25 cast in the books, 24 in the log"),
    ("books", "public", "bundle", do.one_more_mark, "counts 24 marks for 23 ballots"),
    ("altered counts", "auditors", "bundle", do.shift_counts_with_scores, "are not those of the opened ballots"),
    ("altered score", "public", "bundle", do.alter_score, "is 1761/23 in the bundle, 1760/23 when computed"),
    ("altered score, consistent trace", "auditors", "bundle", do.alter_score_with_trace, "is 1860/23 in the bundle, 1760/23"),
    ("altered score", "auditors", "bundle", do.alter_rank, "名次 ('A',) is 1 in the bundle, 2 when computed"),
    ("altered score", "public", "bundle", do.drop_figure, "is not applicable in the bundle, 1760/23 when computed"),
    ("altered score", "auditors", "bundle", do.invent_figure, "名次 ('D',) is 4 in the bundle, not applicable when computed"),
    ("altered score", "public", "bundle", do.missing_into_zero, "目标 ('C',) is 0 in the bundle, no evidence when computed"),
    ("altered evidence", "public", "bundle", do.change_component, "目标 ('A',) is 95 in the bundle, 99 when computed"),
    ("withholding", "public", "bundle", do.show_small_cell, "is withheld or shown against the rule"),
    ("withholding", "public", "bundle", do.hide_large_cell, "is withheld or shown against the rule"),
    ("withholding", "public", "bundle", do.lower_floor, "the floor is below 10 ballots"),
    ("withholding", "public", "bundle", do.slip_in_composite, "民主得分 ('A',) is 1930/23 in the bundle"),
    ("reconciliation", "public", "bundle", do.fewer_issued, "issued says 29, not 30"),
    ("reconciliation", "public", "bundle", do.another_room, "unnoticed says 0, not 4"),
    ("reconciliation", "public", "bundle", do.hide_room, "other head-counts than the count used"),
    ("reconciliation", "public", "bundle", do.drop_line, "the reconciliation is incomplete"),
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
    assert faults(honest, kind, "nothing", do.nothing) == []
    assert faults(honest, kind, "bundle", do.nothing) == []
    assert faults(honest, kind, "log", do.nothing) == []


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


def test_what_is_not_written_canonically_is_named(honest: Honest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


JUNK: list[object] = [None, 0, -1, "", [], {}, "x", [[]], True, "1/0", 10**30, ["num", "1/0"], ["text", 3]]


def places_of(content: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something stands in the content."""
    yield path
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inner:
        yield from places_of(value, (*path, key))


def test_whatever_is_put_or_missing_anywhere_the_checker_says_so_and_does_not_stumble(honest: Honest, tmp_path: Path) -> None:
    dice = random.Random(20261121)
    path = tmp_path / "odd.json"
    for number in range(50):
        content = honest.copy("public" if number % 2 else "auditors")
        room = dice.choice(sorted(content))
        *way, last = dice.choice([one for one in places_of(content[room], (room,)) if one])
        here: Any = content
        for step in way:
            here = here[step]
        junk = dice.choice(JUNK)
        if dice.random() < 0.3:
            del here[last]
        elif here[last] == junk:
            continue
        else:
            here[last] = junk
        path.write_bytes(verify.canonical(content))
        assert verify.main([str(path)]) in (1, 2), (way, last, junk)
