"""Slips declared void: the log says how many ballots had come, the books have a line for them, and none may come after.

On the hamlet's open vote a second batch is printed and declared void. Its first batch: 30 slips, 24 forms, 2 spoiled, 4 left.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from survey_app.database import session_factory
from survey_app.models import Ballot, BallotStyle, Campaign, Slip, SlipBatch
from survey_app.proof import verify
from survey_app.services.books import headcounts
from survey_app.services.casting.credentials import Holder
from survey_app.services.casting.settled import BallotPlace, recorded
from survey_app.services.log import entries, epochs, voids
from survey_app.services.log.epochs import Epoch
from survey_app.services.slips import slips
from tests.support.clock import NOON
from tests.survey_app.proof.forger import Content, sign_tree
from tests.survey_app.proof.test_bundle import Hamlet, auditors, content_of, public
from tests.survey_app.proof.test_dishonest_server import form_of, key_of, stuffed
from tests.towns import hamlet, small_scheme

COME = 3
STUFFED = 30


def void_second_batch(session: Session, campaign: Campaign, *, come: int) -> tuple[int, Epoch]:
    """Thirty more slips, `come` of them used, and all declared void: the batch, and the epoch that says so."""
    villagers = form_of(session, "村民")
    printed = slips.issue(session, style=villagers, count=STUFFED, meeting="村民大会", cost=hamlet.QUICK)
    session.commit()
    for secret, _alias in printed.slips[:come]:
        hamlet.cast(session, villagers.id, secret, (2, 1, 3))
    epoch = voids.void_batch(session, session.get_one(SlipBatch, printed.batch_id), secret=hamlet.SECRET, now=NOON)
    session.commit()
    return printed.batch_id, epoch


def entry_of(epoch: Epoch) -> Content:
    return next(one for one in map(json.loads, epoch.entries) if one["record"] == "void")


def line(content: Content) -> Content:
    return next(one for one in content["reconciliation"] if one["group"] == "村民")


def wrong(content: Content, root: str = "") -> list[str]:
    return [english for _, english in verify.Checker(content, "", root).wrong]


def notes(content: Content) -> list[str]:
    return [english for _, english in verify.Checker(content, "", "").told]


def test_a_void_is_an_epoch_of_its_own_with_the_number_cast_until_then(voting: Hamlet) -> None:
    session, campaign = voting
    batch, epoch = void_second_batch(session, campaign, come=COME)
    said = entry_of(epoch)
    assert (epoch.kind, epoch.ballots, epoch.marks) == ("void", (), ())
    assert (said["batch"], said["cast"], len(said["random"])) == (batch, COME, 64)
    assert said.keys() == {"record", "batch", "cast", "leaves", "random"}


def test_ballots_of_before_a_void_are_a_line_of_the_books_and_a_note_of_the_checker(voting: Hamlet, tmp_path: Path) -> None:
    """30 + 3 slips were out of the printer and count; 24 + 3 forms, 2 spoiled and 4 left make 33. 29 people came."""
    session, campaign = voting
    void_second_batch(session, campaign, come=COME)
    hamlet.finish(session, campaign, present=29)
    shown = next(one for one in headcounts.reconcile(session, campaign) if one.group.key == "村民")
    assert (shown.issued, shown.voided, shown.cast, shown.difference) == (33, 3, 27, 0)
    for made in (public(voting), auditors(voting)):
        content = content_of(made)
        assert made.faults == ()
        assert [line(content)[name] for name in ("issued", "voided", "cast", "unnoticed", "surplus")] == [33, 3, 27, 0, 0]
        told = "('村民', 'U'): 3 ballots were cast with slips that were declared void afterwards"
        assert [english for _, english in made.notes] == [told]
    path = tmp_path / "public.json"
    path.write_bytes(verify.canonical(content_of(public(voting))))
    assert verify.main([str(path)]) == 3


def test_thirty_ballots_written_on_the_tags_of_a_void_batch_fail_every_check(voting: Hamlet) -> None:
    """S5. The batch died unused, and the office types in as many people as it needs: 24 + 30 = 54."""
    session, campaign = voting
    batch, _ = void_second_batch(session, campaign, come=0)
    for tag in session.scalars(select(Slip.tag).where(Slip.batch_id == batch)).all():
        stuffed(session, campaign, tag)
    hamlet.finish(session, campaign, present=24 + STUFFED)
    told = f"{STUFFED} ballots came on batch {batch} after it was declared void, when none can have come"
    for made in (public(voting), auditors(voting)):
        assert told in [english for _, english in made.faults]


def rebuilt(session: Session, campaign: Campaign, content: Content) -> Content:
    """The same log with a void that says that all the ballots had come before it, and every checkpoint signed again."""
    checker = verify.Checker(content, "", "")
    (void,) = (one for epoch in content["epochs"] for one in epoch["entries"] if one["record"] == "void")
    came = checker.on_slips_of(void["batch"])
    void["cast"], void["leaves"] = len(came), verify.sha(*came).hex()
    for one in content["epochs"]:
        one["entries"].sort(key=verify.canonical)
    line(content)["voided"], line(content)["issued"] = len(came), 30 + len(came)
    most = min(30 + len(came) - 2 - 4, line(content)["present"])
    line(content)["surplus"], line(content)["unnoticed"] = max(0, 24 + len(came) - most), 0
    sign_tree(content, key_of(session, campaign))
    return content


def test_a_log_rebuilt_around_them_is_caught_by_any_sheet_printed_after_the_void(voting: Hamlet) -> None:
    session, campaign = voting
    batch, epoch = void_second_batch(session, campaign, come=0)
    for tag in session.scalars(select(Slip.tag).where(Slip.batch_id == batch)).all():
        stuffed(session, campaign, tag)
    hamlet.finish(session, campaign)  # 26 people came, as the minutes of the meeting say
    log = epochs.log_of(session, campaign)
    assert log is not None
    content = rebuilt(session, campaign, content_of(public(voting)))
    for printed in (epoch, log.epochs[-1]):
        assert wrong(content, printed.root.hex()) == [
            "no epoch has the root printed on the sheet: this is not the log that was read out"
        ]
    # Where nobody kept a sheet, the books say it: 54 forms, 26 people. No exit of the checker says that all is well.
    assert wrong(content) == []
    assert notes(content)[0] == "('村民', 'U'): 28 ballots too many"
    assert "('村民', 'U'): 30 ballots were cast with slips that were declared void afterwards" in notes(content)


def test_a_ballot_of_before_a_void_that_vanishes_is_missed(voting: Hamlet) -> None:
    session, campaign = voting
    batch, _ = void_second_batch(session, campaign, come=COME)
    gone = session.scalars(select(Ballot).join(Slip, Slip.tag == Ballot.key).where(Slip.batch_id == batch)).first()
    session.delete(gone)
    session.commit()
    hamlet.finish(session, campaign, present=29)
    told = f"ballots that had come on batch {batch} before it was declared void are missing or were exchanged"
    assert told in [english for _, english in public(voting).faults]


def test_a_log_of_before_says_no_number_and_the_checker_says_that_it_cannot_tell(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = entries.fixed
    monkeypatch.setattr(entries, "fixed", lambda *given: [one for one in honest(*given) if one["record"] != "log"])
    monkeypatch.setattr(entries, "void_entry", lambda _session, batch: {"record": "void", "batch": batch})
    campaign = hamlet.vote(session)
    batch, _ = void_second_batch(session, campaign, come=COME)
    hamlet.finish(session, campaign, present=29)
    made = public((session, campaign))
    assert made.faults == ()
    assert made.notes[0][1] == f"of void batch {batch} the log has no number; its 3 ballots may have come later"


def test_a_cast_under_way_is_in_the_number_or_is_refused(session: Session, engine: Engine) -> None:
    """A cast holds the campaign while it is stored; the void waits, counts it, and what comes after finds the batch void."""
    town = small_scheme.build(session, slips=2)
    batch = session.scalars(select(SlipBatch)).one()
    tag = session.scalars(select(Slip.tag)).first()
    assert tag is not None
    style = session.get_one(BallotStyle, town.guests)
    place = BallotPlace(town.campaign_id, town.key, style.id, Holder(tag, None))
    session.commit()
    assert not recorded(session, place, lock=True).void  # the cast has asked, and holds what it asked about
    found: list[Epoch] = []

    def void() -> None:
        with session_factory(engine)() as other:
            mine = other.get_one(SlipBatch, batch.id)
            found.append(voids.void_batch(other, mine, secret=hamlet.SECRET, now=NOON))
            other.commit()

    waiting = threading.Thread(target=void)
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    row = {"key": tag, "campaign_id": town.campaign_id, "style_id": style.id, "kind": "anonymous", "superseded": False}
    session.execute(insert(Ballot).values(row | {"sealed": b"s", "submission": b"p" * 32, "leaf": b"l" * 32}))
    session.commit()
    waiting.join(10)
    assert entry_of(found[0])["cast"] == 1
    session.expire_all()
    assert recorded(session, place, lock=False).void
