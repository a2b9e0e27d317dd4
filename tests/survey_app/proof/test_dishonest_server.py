"""A deliberately dishonest server, cheating on the hamlet's real database, and who catches it: one test for each cheat.

Who can catch it: the *receipt* in the voter's hand, the *printed sheet*, the *books* of the box, the *count* by whoever holds the
key, the *checker* run on a bundle. Where one of them alone does, the test says that the others see nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from nacl.secret import SecretBox
from nacl.signing import SigningKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.models import Ballot, BallotStyle, Campaign, LogKey, MarkLeaf, Slip, SlipBatch
from survey_app.proof import checkpoints, verify
from survey_app.services.casting import cast, commitments
from survey_app.services.casting.alias_gate import GATE
from survey_app.services.casting.commitments import Commitment
from survey_app.services.counting import counting
from survey_app.services.counting.counting import NotClosedError
from survey_app.services.log import epochs
from survey_app.services.log.lookup import Answer, look_up
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.sealed_content import OpenedBallot
from survey_app.services.sealing.trustees import WrongSharesError
from tests.support.clock import NOON
from tests.survey_app.proof import tampering_cut as cut
from tests.survey_app.proof.forger import Content, cell, sign_tree
from tests.survey_app.proof.test_bundle import Hamlet, auditors, content_of, public
from tests.towns import hamlet

HOLDERS = ("赵一", "钱二", "孙三", "李四", "周五")


def form_of(session: Session, group: str, excluded: str = "") -> BallotStyle:
    """The form of a group; of the heads', the one from which this subject is missing."""
    styles = session.scalars(select(BallotStyle).where(BallotStyle.group_key == group)).all()
    return next(one for one in styles if (one.excluded.code if one.excluded else "") == excluded)


def late_ballot(session: Session, campaign: Campaign) -> Ballot:
    """A villager's ballot that no printed sheet binds yet; the first in the order of leaves."""
    log = epochs.log_of(session, campaign)
    assert log is not None
    rows = session.scalars(select(Ballot).where(Ballot.kind == "anonymous").order_by(Ballot.leaf)).all()
    return next(row for row in rows if row.leaf not in log.epochs[1].ballots)


def rewrite(session: Session, ballot: Ballot, marks: Sequence[int], *, leaf: bool) -> Commitment:
    """Seal other marks in place of the cast ones, which takes the public key alone; `leaf`: also put a leaf that fits them."""
    form, paper = cast.paper_of(session, ballot.style_id)
    other = OpenedBallot(tuple(marks), b"x" * 32)
    said = commitments.commit(form.campaign.key, form, paper, other)
    ballot.sealed = custody.seal(form.campaign.public_key, sealed_content.write_content(other, wide=paper.wide()))
    if leaf:
        ballot.leaf = sealed_content.leaf(
            campaign=form.campaign.key, style=form.id, key=ballot.key, committed=said.value, version=said.version
        )
    session.commit()
    return said


def asked(session: Session, campaign: Campaign, receipt: str) -> Answer:
    """What the public page answers to a receipt code."""
    log = epochs.log_of(session, campaign)
    assert log is not None
    return look_up(session, campaign, log, receipt, cost=hamlet.QUICK, gate=GATE)


def surplus(session: Session, campaign: Campaign) -> dict[str, tuple[int, int]]:
    """From the published books: (`unnoticed`, `surplus`) of each group."""
    lines = content_of(public((session, campaign)))["reconciliation"]
    return {line["group"]: (line["unnoticed"], line["surplus"]) for line in lines}


def faults(session: Session, campaign: Campaign) -> list[str]:
    return [english for _, english in public((session, campaign)).faults]


def test_one_mark_changed_after_the_receipt_is_named_by_the_count_and_by_the_checker(voting: Hamlet) -> None:
    session, campaign = voting
    ballot = late_ballot(session, campaign)
    receipt = sealed_content.receipt_code(ballot.leaf)
    rewrite(session, ballot, (1, 2, 2), leaf=False)
    hamlet.finish(session, campaign)
    remarks = counting.stored_opening(session, campaign).remarks
    assert [(one.what, one.receipt) for one in remarks] == [("leaf_differs", receipt)]
    said = faults(session, campaign)
    assert any("is not in the log: added or changed" in one for one in said)
    assert "1 ballots of the log are missing here: dropped" in said
    assert asked(session, campaign, receipt).found  # the voter sees nothing wrong: their leaf is still there


def test_one_mark_changed_together_with_its_leaf_is_caught_by_the_voters_receipt_alone(voting: Hamlet) -> None:
    """Before its epoch is printed, nothing else could know of the leaf."""
    session, campaign = voting
    ballot = late_ballot(session, campaign)
    receipt = sealed_content.receipt_code(ballot.leaf)
    rewrite(session, ballot, (1, 2, 2), leaf=True)
    hamlet.finish(session, campaign)
    answer = asked(session, campaign, receipt)
    assert (answer.found, answer.recorded) == (None, False)
    assert faults(session, campaign) == []


def test_one_mark_changed_after_the_sheet_was_printed_is_caught_by_the_sheet(voting: Hamlet) -> None:
    session, campaign = voting
    log = epochs.log_of(session, campaign)
    assert log is not None
    printed = log.epochs[1].root.hex()
    ballot = session.scalars(select(Ballot).where(Ballot.leaf == log.epochs[1].ballots[0])).one()
    rewrite(session, ballot, (1, 2, 2), leaf=True)
    hamlet.finish(session, campaign)
    assert epochs.missing(session, campaign) == (1, 0)  # the new leaf went into the close
    content = content_of(public((session, campaign)))
    assert "1 ballots of the log are missing here: dropped" in faults(session, campaign)
    # It could leave the old leaf out and sign the tree again; then the root is not the one that was read out.
    new = next(leaf for leaf in content["epochs"][2]["ballots"] if leaf == ballot.leaf.hex())
    content["epochs"][2]["ballots"].remove(new)
    content["epochs"][1]["ballots"] = sorted([*(one.hex() for one in log.epochs[1].ballots[1:]), new])
    sign_tree(content, key_of(session, campaign))
    assert verify.Checker(content, "", "").wrong == []
    assert [english for _, english in verify.Checker(content, "", printed).wrong] == [
        "no epoch has the root printed on the sheet: this is not the log that was read out"
    ]


def test_a_mark_of_a_rater_who_is_rated_exchanged_after_his_receipt_is_caught_by_the_auditors_checker_alone(
    voting: Hamlet,
) -> None:
    """B's form says 优秀 of A. The server puts another piece in its place, and keeps the leaf of the receipt."""
    session, campaign = voting
    ballot = session.scalars(select(Ballot).where(Ballot.style_id == form_of(session, "同级", "B").id)).one()
    form, paper = cast.paper_of(session, ballot.style_id)
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)  # it has noted what it saw while B was casting
    honest = commitments.commit(campaign.key, form, paper, sealed_content.read_sealed(key.open(ballot.sealed)))
    receipt = sealed_content.receipt_code(ballot.leaf)
    said = rewrite(session, ballot, (4, 3), leaf=False)
    session.execute(delete(MarkLeaf).where(MarkLeaf.digest.in_(honest.leaves())))
    session.add_all(MarkLeaf(digest=leaf, campaign_id=campaign.id) for leaf in said.leaves())
    session.commit()
    hamlet.finish(session, campaign)
    assert [one.what for one in counting.stored_opening(session, campaign).remarks] == ["leaf_differs"]
    assert asked(session, campaign, receipt).found
    assert any("is not in the log: added or changed" in one for one in faults_for_auditors(session, campaign))


def test_a_server_that_lies_in_the_bundle_too_about_such_a_mark_is_caught_by_the_pledges_alone(counted: Hamlet) -> None:
    """C's 基本称职 from a head becomes 优秀 in the log, the opening, the counts and every figure, and every sheet is its own.

    C among the heads (80 + 100)/2 = 90; composite 0.6·36 + 0.2·90 + 0.2·40 = 21.6 + 18 + 8 = 47.6 = 238/5, still third;
    优秀 from one of 2 heads, and of 23 + 2 + 2 = 27 in all.
    """
    session, campaign = counted
    content = content_of(auditors(counted))
    cut.mark_exchanged_with_counts(content)
    cell(content, "主体均分", "C", "同级")[-1] = ["num", "90"]
    cell(content, "主体优秀率", "C", "同级")[-1] = ["num", "1/2"]
    cell(content, "优秀率", "C")[-1] = ["num", "1/27"]
    cell(content, "民主得分", "C")[-1] = ["num", "238/5"]
    sign_tree(content, key_of(session, campaign))
    assert [english for _, english in verify.Checker(content, "", "").wrong] == [
        "the marks of ('同级', 'U') do not add up to what the receipts promised: some were exchanged"
    ]


def test_a_ballot_dropped_before_its_sheet_is_caught_by_the_receipt_and_shows_in_the_books(voting: Hamlet) -> None:
    session, campaign = voting
    ballot = late_ballot(session, campaign)
    receipt = sealed_content.receipt_code(ballot.leaf)
    session.delete(ballot)
    session.commit()
    hamlet.finish(session, campaign)
    assert not asked(session, campaign, receipt).recorded
    # 30 printed, 2 spoiled, 4 in the box: 24 slips were out, 26 people came, 23 forms are in. Honest, it would be 0.
    assert surplus(session, campaign)["村民"] == (1, 0)
    assert faults(session, campaign) == []  # the checker alone knows of nothing that was never logged


def test_a_ballot_dropped_afterwards_is_caught_by_the_checker_and_on_the_public_page(counted: Hamlet) -> None:
    session, campaign = counted
    ballot = session.scalars(select(Ballot).where(Ballot.kind == "anonymous")).first()
    assert ballot
    receipt = sealed_content.receipt_code(ballot.leaf)
    session.delete(ballot)
    session.commit()
    assert "1 ballots of the log are missing here: dropped" in faults(session, campaign)
    answer = asked(session, campaign, receipt)
    assert answer.found  # "it is in the list, but no longer in the box"
    assert not answer.recorded


def stuffed(session: Session, campaign: Campaign, tag: bytes) -> None:
    """One more villager's ballot, as somebody with the database makes it, on a slip with this tag."""
    form, paper = cast.paper_of(session, form_of(session, "村民").id)
    marks = OpenedBallot((4, 1, 4), b"y" * 32)
    said = commitments.commit(campaign.key, form, paper, marks)
    leaf = sealed_content.leaf(campaign=campaign.key, style=form.id, key=tag, committed=said.value, version=said.version)
    sealed = custody.seal(campaign.public_key, sealed_content.write_content(marks, wide=False))
    session.add(
        Ballot(
            key=tag, campaign_id=campaign.id, style_id=form.id, kind="anonymous", superseded=False, sealed=sealed,
            submission=b"s" * 32, leaf=leaf,
        )
    )  # fmt: skip
    session.commit()


def test_a_ballot_added_on_a_slip_left_in_the_box_is_caught_by_the_books(voting: Hamlet) -> None:
    session, campaign = voting
    used = select(Ballot.key)
    left = session.scalars(select(Slip.tag).where(Slip.tag.not_in(used))).first()
    assert left
    stuffed(session, campaign, left)
    hamlet.finish(session, campaign)
    # 24 slips were out of the box, and 25 forms are in.
    assert surplus(session, campaign)["村民"] == (0, 1)
    content = content_of(public(voting))
    checker = verify.Checker(content, "", "")
    assert checker.wrong == []
    assert [english for _, english in checker.told] == [
        "('村民', 'U'): 1 ballots too many",
        "('村民', 'U'): slips cast, spoiled and unused differ from those issued by +1",
    ]


def test_a_ballot_added_on_a_slip_of_its_own_making_is_caught_by_the_checker(voting: Hamlet) -> None:
    session, campaign = voting
    batch = session.scalars(select(SlipBatch)).one()
    session.add(Slip(tag=b"t" * 32, batch_id=batch.id, style_id=batch.style_id, alias_digest=b"a" * 32))
    stuffed(session, campaign, b"t" * 32)
    hamlet.finish(session, campaign)
    assert "batch 1 of slips is not what was logged" in faults(session, campaign)


def test_a_ballot_added_after_the_count_is_caught_by_the_checker(counted: Hamlet) -> None:
    session, campaign = counted
    left = session.scalars(select(Slip.tag).where(Slip.tag.not_in(select(Ballot.key)))).first()
    assert left
    stuffed(session, campaign, left)
    assert any("is not in the log: added or changed" in one for one in faults(session, campaign))
    assert epochs.missing(session, campaign) == (0, 1)


def test_opening_early_is_refused_and_takes_the_trustees_themselves(voting: Hamlet) -> None:
    """What is in the database, the server's secret and the sheets of all trustees but as many as are needed open nothing."""
    session, campaign = voting
    with pytest.raises(NotClosedError):
        counting.open_and_count(session, campaign, passphrase=hamlet.PASSPHRASE, account="评议办", now=NOON)
    public_key, wrapped, shares = custody.create_shared_keys(HOLDERS, needed=3)
    sealed = custody.seal(public_key, b"marks")
    with pytest.raises(WrongSharesError, match="要 3 份密钥片，现在只有 2 份"):
        custody.unwrap(wrapped, *shares[3:])
    with pytest.raises(WrongSharesError):
        custody.unwrap(wrapped, *shares[3:], hamlet.SECRET)
    assert custody.unwrap(wrapped, *shares[2:]).open(sealed) == b"marks"
    # The set-up sheet says for good how many that takes, and which sheets they are; of one passphrase, that it takes one person.
    assert custody.public_record(wrapped)["needed"] == 3
    assert custody.public_record(campaign.wrapped_key) == {"kind": "passphrase", "needed": 0, "shares": []}


def test_a_custody_put_in_place_of_the_trustees_later_is_caught_by_the_checker(session: Session) -> None:
    """To read early after all, the server seals to a key of its own, and would have to open the count with it."""

    def five_trustees(session: Session, campaign: Campaign) -> None:
        campaign.public_key, campaign.wrapped_key, _ = custody.create_shared_keys(HOLDERS, needed=3)
        session.flush()

    def its_own(session: Session, campaign: Campaign) -> None:
        campaign.public_key, campaign.wrapped_key = own
        session.commit()

    own = custody.create_keys(hamlet.PASSPHRASE, cost=custody.WrapCost(time=1, memory=64))
    campaign = hamlet.vote(session, approved=five_trustees, printed=its_own)
    hamlet.finish(session, campaign)
    assert "the custody of the opening key is not what was logged at approval" in faults(session, campaign)


def test_reading_early_with_the_passphrase_is_caught_by_nothing_and_what_is_changed_afterwards_is(voting: Hamlet) -> None:
    """Said as it is in docs/bundle.md: one passphrase is a matter of trust. Reading leaves no trace; changing does."""
    session, campaign = voting
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    read = [sealed_content.read_sealed(key.open(one)).marks for one in session.scalars(select(Ballot.sealed))]
    assert read.count((2, 1, 3)) == 12
    disliked = next(
        one
        for one in session.scalars(select(Ballot).where(Ballot.kind == "anonymous"))
        if sealed_content.read_sealed(key.open(one.sealed)).marks == (4, 2, 0)
    )
    rewrite(session, disliked, (1, 2, 2), leaf=False)
    hamlet.finish(session, campaign)
    assert [one.what for one in counting.stored_opening(session, campaign).remarks] == ["leaf_differs"]
    assert any("is not in the log: added or changed" in one for one in faults(session, campaign))


def test_a_log_signed_anew_is_caught_by_the_printed_root(counted: Hamlet) -> None:
    session, campaign = counted
    log = epochs.log_of(session, campaign)
    assert log is not None
    content = content_of(public(counted))
    content["epochs"][1]["ballots"], moved = content["epochs"][1]["ballots"][1:], content["epochs"][1]["ballots"][0]
    content["epochs"][2]["ballots"] = sorted([*content["epochs"][2]["ballots"], moved])
    sign_tree(content, key_of(session, campaign))
    fingerprint = checkpoints.fingerprint(log.public)
    assert verify.Checker(content, fingerprint, "").wrong == []
    for epoch in log.epochs[1:]:
        assert len(verify.Checker(content, fingerprint, epoch.root.hex()).wrong) == 1


def test_a_second_log_for_other_eyes_is_proven_by_two_sheets_side_by_side(counted: Hamlet) -> None:
    """Both sheets of the last epoch bear a good signature of the one printed key, and different roots."""
    session, campaign = counted
    log = epochs.log_of(session, campaign)
    assert log is not None
    shown: Content = content_of(public(counted))
    shown["epochs"][1]["ballots"].pop()
    sign_tree(shown, key_of(session, campaign))
    one, other = (checkpoints.read(text, log.public) for text in (log.epochs[2].text, shown["epochs"][2]["checkpoint"]))
    assert one
    assert other
    assert (one.origin, one.epoch, one.made) == (other.origin, other.epoch, other.made)
    assert one.root != other.root


def key_of(session: Session, campaign: Campaign) -> SigningKey:
    """The log's signing key, which the server's owner has."""
    return SigningKey(SecretBox(checkpoints._box_key(hamlet.SECRET)).decrypt(session.get_one(LogKey, campaign.id).sealed))


def faults_for_auditors(session: Session, campaign: Campaign) -> list[str]:
    return [english for _, english in auditors((session, campaign)).faults]
