"""Casting: one slip one ballot, the same submission the same receipt, and every refusal changes nothing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from survey_app.database import session_factory
from survey_app.errors import UserError
from survey_app.models import Ballot, Campaign, CampaignState, Rater, SlipBatch
from survey_app.services.campaign import campaigns
from survey_app.services.casting import cast
from survey_app.services.casting.alias_gate import AliasGate
from survey_app.services.casting.cast import Credential, Receipt
from survey_app.services.casting.refusals import (
    ClosedCampaignError,
    FormError,
    LimitBrokenError,
    MissingItemError,
    NotOpenError,
    SpentSlipError,
    StaleVersionError,
    UnknownSlipError,
    VoidSlipError,
    WrongStyleError,
)
from survey_app.services.sealing import custody, tokens
from survey_app.services.sealing.sealed_content import SignatureError
from tests.support.clock import NOON
from tests.support.sending import SIGNED, link, send, set_state, sign, slip
from tests.towns.small_scheme import GOOD_MARKS, GUEST_SLOTS, MEMBER_MARKS, PASSPHRASE, QUICK, build

OTHER_MARKS = (2, 1, 0, 2, 3, 4, 2)


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Ballot)) or 0


def test_a_ballot_is_stored_sealed_and_opens_to_what_was_marked(session: Session) -> None:
    town = build(session)
    receipt = send(session, town)
    row = session.scalars(select(Ballot)).one()
    wrapped = session.get_one(Campaign, town.campaign_id).wrapped_key
    opened = cast.read_sealed(custody.open_sealed(custody.unwrap(wrapped, PASSPHRASE), row.sealed))
    assert opened.marks == GOOD_MARKS
    assert opened.signature is None
    assert (row.kind, row.rater_id, row.version, row.superseded) == ("anonymous", None, None, False)
    assert row.key == tokens.slip_tag(town.slips[0][0])
    # The leaf as design §5 writes it, worked out here from the opened content and nothing else.
    committed = hashlib.sha256(opened.randomness + bytes(GOOD_MARKS)).hexdigest()
    record = {"campaign": town.key, "commitment": committed, "slip": row.key.hex(), "style": town.guests, "v": 1}
    leaf = hashlib.sha256(b"\x00" + json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).digest()
    assert receipt.leaf == row.leaf == leaf
    # The code: 20 groups of five bits from the left, in fives.
    bits = "".join(f"{byte:08b}" for byte in leaf)[:100]
    plain = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(bits[at : at + 5], 2)] for at in range(0, 100, 5))
    assert receipt.code == f"{plain[:5]}-{plain[5:10]}-{plain[10:15]}-{plain[15:]}"


def test_a_typed_alias_is_as_good_as_the_scanned_code_and_both_are_one_slip(session: Session) -> None:
    town = build(session)
    alias = Credential(alias=tokens.parse_alias(town.slips[0][1].lower().replace("-", " ")))
    first = send(session, town, alias)
    assert send(session, town, slip(town)) == first
    with pytest.raises(SpentSlipError):
        send(session, town, slip(town), submission=b"t" * 16)
    assert stored(session) == 1


@pytest.mark.parametrize("marks", [GOOD_MARKS, OTHER_MARKS, (9,) * 7, (), (1, 1, 0, 1, 1, 4, 2)])
def test_a_repeat_is_known_by_slip_and_id_alone_and_changes_nothing(session: Session, marks: Sequence[int]) -> None:
    town = build(session)
    first = send(session, town)
    before = session.scalars(select(Ballot)).one().sealed
    again = send(session, town, marks=marks)
    assert (again, again.repeated, first.repeated) == (first, True, False)
    assert session.scalars(select(Ballot.sealed)).one() == before


@pytest.mark.parametrize("marks", [GOOD_MARKS, OTHER_MARKS, (9,) * 7, (), (1, 1, 0, 1, 1, 4, 2)])
def test_another_id_on_a_used_slip_is_refused_alike_whatever_it_holds(session: Session, marks: Sequence[int]) -> None:
    town = build(session)
    first = send(session, town)
    before = session.scalars(select(Ballot)).one().sealed
    for other in (b"t" * 16, b"", b"short"):
        with pytest.raises(SpentSlipError) as refused:
            send(session, town, marks=marks, submission=other)
        assert refused.value.code == first.code
    assert session.scalars(select(Ballot.sealed)).one() == before


def test_after_the_close_nothing_knows_a_repeat_and_the_slip_still_tells_its_receipt(session: Session) -> None:
    """Who lost the answer in the last minutes learns by the slip that it is in, and what its code is."""
    town = build(session)
    first, signed = send(session, town), sign(session, town, version=0, submission=b"1" * 16)
    sign(session, town, version=1, submission=b"2" * 16)
    campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
    session.commit()
    assert session.scalars(select(Ballot.submission)).all() == [None, None, None]
    for submission in (b"s" * 16, b"t" * 16):
        with pytest.raises(SpentSlipError) as spent:
            send(session, town, submission=submission)
        assert spent.value.code == first.code
    newest = cast.find_standing(session, style_id=town.members, credential=link(town), alias_cost=QUICK)
    assert newest.code != signed.code
    for submission in (b"1" * 16, b"2" * 16, b"3" * 16):
        with pytest.raises(ClosedCampaignError, match="第 2 版") as shut:
            sign(session, town, version=2, submission=submission)
        assert shut.value.code == newest.code
    with pytest.raises(ClosedCampaignError, match="没有送进去"):
        send(session, town, slip(town, 1))
    assert stored(session) == 3


def test_closing_one_campaign_leaves_the_repeats_of_another_known(session: Session) -> None:
    here, there = build(session), build(session, key="FAR")
    send(session, here)
    first = send(session, there)
    campaigns.close(session, session.get_one(Campaign, here.campaign_id), now=NOON)
    session.commit()
    assert send(session, there) == first


def test_one_id_with_two_slips_is_two_ballots_and_their_digests_do_not_show_it(session: Session) -> None:
    town = build(session)
    assert send(session, town) != send(session, town, slip(town, 1))
    assert len(set(session.scalars(select(Ballot.submission)))) == 2


def test_a_closed_or_unopened_campaign_takes_no_ballot(session: Session) -> None:
    town = build(session, state="draft")
    with pytest.raises(NotOpenError):
        send(session, town)
    for state in ("closed", "counted"):
        set_state(session, town, state)
        with pytest.raises(ClosedCampaignError):
            send(session, town)
    assert stored(session) == 0


def test_a_void_batch_takes_no_ballot(session: Session) -> None:
    town = build(session)
    session.execute(update(SlipBatch).values(void=True))
    session.commit()
    with pytest.raises(VoidSlipError, match="作废"):
        send(session, town)
    assert stored(session) == 0


def test_a_spent_slip_of_a_batch_voided_later_is_spent_and_not_exchanged(session: Session) -> None:
    # "Void, take a new one" would give whoever voted already a second vote.
    town = build(session)
    send(session, town)
    session.execute(update(SlipBatch).values(void=True))
    session.commit()
    with pytest.raises(SpentSlipError):
        send(session, town, submission=b"t" * 16)


def test_unknown_codes_are_refused(session: Session) -> None:
    town = build(session)
    for unknown in (Credential(secret=tokens.mint_secret()), Credential(alias=tokens.mint_alias())):
        with pytest.raises(UnknownSlipError):
            send(session, town, unknown)
    assert stored(session) == 0


def test_another_forms_or_campaigns_slip_is_told_apart_without_saying_whose_it_is(session: Session) -> None:
    here, there = build(session), build(session, key="FAR")
    for foreign in (link(here), slip(there), link(there)):
        with pytest.raises(WrongStyleError, match="另一张表") as refused:
            send(session, here, foreign)
        assert "FAR" not in str(refused.value)
        assert there.guests not in str(refused.value)
    with pytest.raises(UnknownSlipError):  # the alias' digest has the other campaign's salt: it cannot even be found
        send(session, here, Credential(alias=there.slips[0][1]))
    assert stored(session) == 0


def test_missing_required_items_are_named_by_subject_and_item(session: Session) -> None:
    town = build(session)
    with pytest.raises(MissingItemError, match=r"2 项没有填：张1 · 您了解他吗？、张4 · 总的来看怎么样？") as refused:
        send(session, town, marks=(1, 0, 0, 2, 3, 0, 2))
    assert refused.value.slots == (1, 5)
    assert stored(session) == 0


@pytest.mark.parametrize(
    "marks", [(1, 1, 0), (*GOOD_MARKS, 1), (9, 1, 0, 2, 3, 4, 2), (1, 4, 0, 2, 3, 4, 2), (1, 1, 102, 2, 3, 4, 2)]
)
def test_marks_that_are_not_on_the_form_are_refused(session: Session, marks: Sequence[int]) -> None:
    town = build(session)
    with pytest.raises(FormError):
        send(session, town, marks=marks)
    assert stored(session) == 0


def test_a_broken_hard_limit_says_what_to_change(session: Session) -> None:
    town = build(session)
    # 20 % of 5 people is 1; three were given "best": two too many.
    with pytest.raises(LimitBrokenError, match="最多给 1 个，现在给了 3 个；请把其中至少 2 个改为") as refused:
        send(session, town, marks=(1, 1, 0, 1, 1, 4, 2))
    assert not refused.value.soft
    assert stored(session) == 0


def test_a_soft_limit_passes_only_when_its_warning_was_confirmed(session: Session) -> None:
    town = build(session)
    arguments = {"style_id": town.members, "credential": link(town), "submission_id": b"s" * 16, "marks": (1, 1, 2, 3, 3)}
    with pytest.raises(LimitBrokenError, match="至少给 1 个，现在给了 0 个") as refused:
        cast.cast(session, **arguments, signature=SIGNED, alias_cost=QUICK)  # type: ignore[arg-type] # one set of arguments, twice
    assert refused.value.soft
    with pytest.raises(LimitBrokenError):
        cast.cast(session, **arguments, signature=SIGNED, confirmed={"few best"}, alias_cost=QUICK)  # type: ignore[arg-type] # as above
    cast.cast(session, **arguments, signature=SIGNED, confirmed={"some low"}, alias_cost=QUICK)  # type: ignore[arg-type] # as above
    assert stored(session) == 1


def test_a_signed_ballot_is_replaced_version_by_version_and_a_stale_one_is_refused(session: Session) -> None:
    town = build(session)
    first = sign(session, town, version=0, submission=b"1" * 16)
    second = sign(session, town, version=1, submission=b"2" * 16, marks=(4, 4, 4, 4, 4))
    assert (first.version, second.version) == (1, 2)
    assert first.code != second.code
    with pytest.raises(StaleVersionError) as refused:
        sign(session, town, version=1, submission=b"3" * 16)
    assert refused.value.current == 2
    assert sign(session, town, version=0, submission=b"1" * 16) == first  # the lost answer of the first sending
    rows = session.scalars(select(Ballot).order_by(Ballot.version)).all()
    assert [(row.version, row.superseded, row.kind) for row in rows] == [(1, True, "signed"), (2, False, "signed")]


def test_a_signed_ballot_needs_a_name_and_an_anonymous_one_may_not_have_one(session: Session) -> None:
    town = build(session)
    with pytest.raises(SignatureError):
        cast.cast(
            session, style_id=town.members, credential=link(town), submission_id=b"s" * 16, marks=MEMBER_MARKS, alias_cost=QUICK
        )
    with pytest.raises(FormError):
        cast.cast(
            session,
            style_id=town.guests,
            credential=slip(town),
            submission_id=b"s" * 16,
            marks=GOOD_MARKS,
            signature=SIGNED,
            alias_cost=QUICK,
        )
    assert stored(session) == 0


def test_a_reprinted_invitation_continues_the_versions(session: Session) -> None:
    town = build(session)
    sign(session, town, version=0, submission=b"1" * 16)
    fresh = tokens.mint_secret()
    session.execute(update(Rater).where(Rater.code == "M1").values(tag=tokens.slip_tag(fresh), alias_digest=None))
    session.commit()
    with pytest.raises(UnknownSlipError):
        sign(session, town, version=1, submission=b"2" * 16)
    again = cast.cast(
        session,
        style_id=town.members,
        credential=Credential(secret=fresh),
        submission_id=b"2" * 16,
        marks=MEMBER_MARKS,
        signature=SIGNED,
        version=1,
        alias_cost=QUICK,
    )
    assert again.version == 2


def in_parallel(engine: Engine, count: int, work: Callable[[Session, int], object]) -> list[object]:
    """Run `work(session, number)` in so many threads at once; results or the UserError each got, in order."""
    results: list[object] = [None] * count
    barrier = threading.Barrier(count)

    def one(number: int) -> None:
        barrier.wait()
        with session_factory(engine)() as own:
            try:
                results[number] = work(own, number)
            except UserError as refused:
                results[number] = refused

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_hundred_parallel_sends_of_one_slip_leave_one_ballot(session: Session, engine: Engine) -> None:
    town = build(session)
    session.close()
    results = in_parallel(engine, 100, lambda own, number: send(own, town, submission=number.to_bytes(16, "big")))
    assert Counter(type(result) for result in results) == {Receipt: 1, SpentSlipError: 99}
    with session_factory(engine)() as look:
        assert stored(look) == 1


def test_a_hundred_parallel_resends_of_one_submission_get_one_receipt(session: Session, engine: Engine) -> None:
    town = build(session)
    session.close()
    results = in_parallel(engine, 100, lambda own, _number: send(own, town))
    assert len({result.leaf for result in results if isinstance(result, Receipt)}) == 1
    assert all(isinstance(result, Receipt) for result in results)


def test_of_parallel_signed_versions_exactly_one_wins(session: Session, engine: Engine) -> None:
    town = build(session)
    session.close()
    results = in_parallel(engine, 12, lambda own, number: sign(own, town, version=0, submission=number.to_bytes(16, "big")))
    assert Counter(type(result) for result in results) == {Receipt: 1, StaleVersionError: 11}


def test_no_ballot_is_admitted_after_the_close_commits(session: Session, engine: Engine) -> None:
    town = build(session, slips=40)
    session.close()
    at_close: list[int] = []

    def work(own: Session, number: int) -> object:
        if number == 20:
            campaign = own.get_one(Campaign, town.campaign_id)
            campaign.state = CampaignState.CLOSED
            own.flush()
            at_close.append(stored(own))  # with the campaign's row held: what is in now is all that will ever be in
            own.commit()
            return None
        return send(own, town, slip(town, number))

    results = in_parallel(engine, 40, work)
    kinds = Counter(type(result) for result in results if result is not None)
    assert set(kinds) <= {Receipt, ClosedCampaignError}
    assert kinds.total() == 39
    with session_factory(engine)() as look:
        assert stored(look) == kinds[Receipt] == at_close[0]


def test_three_hundred_typed_aliases_pass_after_a_flood_of_wrong_ones(session: Session) -> None:
    town = build(session, slips=300)
    gate = AliasGate(burst=50, drain=0.0)

    def typed(alias: tokens.Alias, number: int) -> Receipt:
        return cast.cast(
            session,
            style_id=town.guests,
            credential=Credential(alias=alias),
            submission_id=number.to_bytes(16, "big"),
            marks=GOOD_MARKS,
            alias_cost=QUICK,
            gate=gate,
        )

    for number in range(60):
        with pytest.raises(UnknownSlipError):
            typed(tokens.mint_alias(), number)
    assert gate.strained()
    for number, (_secret, alias) in enumerate(town.slips):
        typed(alias, number)
    assert stored(session) == 300


def test_the_slots_are_the_ones_this_file_counts_on(session: Session) -> None:
    town = build(session)
    assert cast.paper_of(session, town.guests)[1].slots == GUEST_SLOTS
