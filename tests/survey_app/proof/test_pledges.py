"""Pledges bind the mark leaves of a place together and show none of them; two arithmetics that share nothing agree on them.

The server adds points with libsodium. Here they are added with the checker's own integers, which are held to RFC 8032 by
test_ed25519, so neither vouches for itself.
"""

from __future__ import annotations

import hashlib
from functools import reduce

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.models import LogEpoch, MarkLeaf
from survey_app.proof import pledges, verify
from survey_app.services.counting import counting, opening
from survey_app.services.sealing import custody
from tests.survey_app.proof.test_bundle import Hamlet, auditors, content_of
from tests.towns import hamlet

LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(6)]
SEEDS = [hashlib.sha256(b"seed" + bytes([number])).digest() for number in range(3)]


def plainly(leaf: bytes) -> verify.Point:
    """docs/bundle.md, word for word: SHA-256 of the name, the leaf and 0, 1, 2 … until it is a point; eight times that point."""
    for number in range(256):
        found = verify.point(hashlib.sha256(b"pingyi/mark-point/v2" + leaf + bytes([number])).digest())
        if found:
            return reduce(lambda have, _: verify.add(have, found), range(7), found)
    raise AssertionError(leaf)


def scalar(data: bytes) -> int:
    return int.from_bytes(data, "little")


def test_a_pledge_is_the_sum_of_its_leaves_points_and_of_its_blind() -> None:
    blind = pledges.blind_of(SEEDS[0])
    assert scalar(blind) == scalar(hashlib.sha512(b"pingyi/blind/v2" + SEEDS[0]).digest()) % verify.L
    base = plainly(hashlib.sha256(b"pingyi/blind-base/v2").digest())
    expected = reduce(verify.add, map(plainly, LEAVES), verify.times(scalar(blind), base))
    found = verify.point(pledges.pledge(LEAVES, blind))
    assert found
    assert verify.same_point(found, expected)


def test_pledges_of_many_hands_add_up_to_all_their_leaves_and_to_no_others() -> None:
    hands = (LEAVES[:2], LEAVES[2:4], LEAVES[4:])
    blinds = [pledges.blind_of(seed) for seed in SEEDS]
    promised = [verify.point(pledges.pledge(hand, blind)) for hand, blind in zip(hands, blinds, strict=True)]
    total = reduce(verify.add, [one for one in promised if one])
    told = pledges.sum_of_blinds(blinds)
    assert scalar(told) == sum(map(scalar, blinds)) % verify.L

    def opened(leaves: list[bytes]) -> verify.Point:
        base = plainly(hashlib.sha256(b"pingyi/blind-base/v2").digest())
        return reduce(verify.add, map(plainly, leaves), verify.times(scalar(told), base))

    assert verify.same_point(total, opened(LEAVES))
    assert verify.same_point(total, opened(LEAVES[::-1]))  # whose is whose does not matter, and is not told
    assert not verify.same_point(total, opened([*LEAVES[:5], b"x" * 32]))
    assert not verify.same_point(total, opened(LEAVES[:5]))
    assert not verify.same_point(total, opened([*LEAVES, LEAVES[0]]))


def test_the_same_leaves_under_another_blind_make_another_pledge() -> None:
    assert len({pledges.pledge(LEAVES[:2], pledges.blind_of(seed)) for seed in SEEDS}) == 3
    assert pledges.sum_of_blinds([]) == bytes(32)


def test_nothing_kept_or_told_joins_the_leaves_of_one_hand(counted: Hamlet) -> None:
    """Of A's second form, its mark leaves on B and C: no value stands with both, in the bundle, the log or the database."""
    session, campaign = counted
    assert session.scalar(select(func.count()).select_from(MarkLeaf)) == 0  # gone from the table once they are in the log
    assert set(MarkLeaf.__table__.columns.keys()) == {"digest", "campaign_id"}
    content = content_of(auditors(counted))
    values = [value for *_, shown in content["marks"] for value in (shown[1:] if isinstance(shown, list) else [shown])]
    assert len(values) == len(set(values)) == 6
    # They came in one epoch with those of everybody else, in digest order.
    assert [len(epoch["marks"]) for epoch in content["epochs"]] == [0, 0, 6]
    assert content["epochs"][2]["marks"] == sorted(content["epochs"][2]["marks"])
    # The heads' own forms name their raters, so what is told of a mark leaf names the place and not the form.
    forms = {one["style"] for one in content["styles"]}
    assert not any(form in str(content["marks"]) for form in forms)
    assert campaign.state == "counted"


def test_a_form_whose_mark_leaf_is_not_in_the_log_is_named_at_the_count(session: Session) -> None:
    campaign = hamlet.build(session, count=False)
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    styles = counting.styles_to_open(session, campaign)
    last = session.scalars(select(LogEpoch).where(LogEpoch.kind == "close")).one()
    whole, named = last.marks, []
    for at in range(0, 6 * 32, 32):
        last.marks = whole[:at] + whole[at + 32 :]
        remarks = opening.open_box(session, campaign, key, styles).remarks
        named.append([one.what for one in remarks])
    # Four of the six leaves are of the two forms that count, two are of the form that was replaced and is not judged.
    assert sorted(named) == [[], [], ["leaf_differs"], ["leaf_differs"], ["leaf_differs"], ["leaf_differs"]]
