"""However a box is cut, whoever opens its parts and whatever befalls them, the same comes out; and nothing is lost on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject
from questionnaires.styles import build_styles
from survey_app.models import BallotStyle, Campaign
from survey_app.models.style import WHOLE
from survey_app.proof.digest_set import DigestSet
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.counting import counting, crews, key_ranges, opening, range_count
from survey_app.services.counting.ballot_box import BallotBox, StyleToOpen
from survey_app.services.counting.crews import Errand, Executing, Processes, WorkersDiedError
from survey_app.services.counting.key_ranges import BoxRow, KeyRange
from survey_app.services.counting.opening import BallotsLostError
from survey_app.services.counting.range_count import RangeCount
from survey_app.services.demo import full_box
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey
from survey_app.services.sealing.sealed_content import OpenedBallot
from tests.support.clock import NOON
from tests.survey_app.services.counting.test_counting import LATER, cast, closed, plant, sign, slip_key
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE, TEXT, build

NOBODY = DigestSet([])
RANDOMNESS = b"r" * 32


@cache
def guests() -> tuple[StyleToOpen, OpeningKey, bytes]:
    """The small town's guests' form, and a key; no database."""
    scheme = load_scheme(TEXT, "small.yml")
    roster = [RosterSubject(f"A{n}", f"张{n}", "T", {"rank": "first" if n == 1 else "other"}) for n in range(1, 6)]
    style = next(one for one in build_styles(scheme, roster, [("members", "T", "")]) if one.group == "guests")
    paper = BallotPaper(scheme, style.slots, style.limits, {})
    public, wrapped = custody.create_keys(PASSPHRASE, cost=custody.WrapCost(time=1, memory=64))
    row = BallotStyle(id="S", group_key="guests", leaf_version=WHOLE)
    return StyleToOpen(row, paper), custody.unwrap(wrapped, PASSPHRASE), public


def row(number: int, marks: Sequence[int], flaw: str) -> BoxRow:
    """A ballot of the guests as it lies in the box, with a flaw or none."""
    _, _, public = guests()
    key = bytes([number]) * 32
    content = sealed_content.write_content(OpenedBallot(tuple(marks), RANDOMNESS), wide=False)
    committed = sealed_content.commitment(RANDOMNESS, bytes(marks))
    leaf = sealed_content.leaf(campaign="K", style="S", key=key, committed=committed, version=WHOLE)
    match flaw:
        case "capitals":  # of as many bytes as an honest one, and not what we write
            content = content.replace(RANDOMNESS.hex().encode(), b"7" * 62 + b"7F")
        case "another word":
            content = content.replace(b'"marks"', b'"Marks"')
        case "leaf":
            leaf = b"L" * 32
    sealed = custody.seal(public, content)
    found = BoxRow(
        key, "S", "anonymous", None, None, superseded=False, sealed=sealed, leaf=leaf, slip_style="S", rater_style=None
    )
    match flaw:
        case "no slip":
            found = found._replace(slip_style=None)
        case "slip of another form":
            found = found._replace(slip_style="T")
        case "superseded":
            found = found._replace(superseded=True)
        case "not sealed":
            found = found._replace(sealed=b"x" * 200)
        case "stray":
            found = found._replace(style="T", slip_style="T")
    return found


FLAWS = ("", "", "", "capitals", "another word", "leaf", "no slip", "slip of another form", "superseded", "not sealed", "stray")
#: 1 to 4 on the grades, 0 for none; 9 is no code of theirs, and two "best" are one too many.
MARKS = st.one_of(
    st.just((0,) * 7),
    st.just(GOOD_MARKS),
    st.tuples(*[st.sampled_from([0, 1, 2, 3, 4, 9])] * 7),
    st.lists(st.integers(0, 4), max_size=9),
)


def told(count: RangeCount) -> tuple[object, ...]:
    """What a count says, comparable."""
    styles = {
        id_: (
            [line + [0] * (300 - len(line)) for line in one.table.tolist()],
            (one.valid, one.blank, one.invalid, one.superseded),
        )
        for id_, one in count.styles.items()
    }
    rows = {id_: range_count.joined(one).tolist() for id_, one in count.styles.items()}
    return styles, rows, sorted(count.remarks), count.read


@settings(max_examples=30, deadline=None)
@given(
    ballots=st.lists(st.tuples(MARKS, st.sampled_from(FLAWS)), min_size=1, max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_same_is_counted_however_the_box_is_cut_and_as_each_ballot_alone_would_be(
    ballots: list[tuple[Sequence[int], str]], cuts: list[int], order: object
) -> None:
    style, key, _ = guests()
    box = BallotBox(campaign=1, key="K", styles={"S": style}, keeps_rows=True)
    rows = [row(number, marks, flaw) for number, (marks, flaw) in enumerate(ballots)]

    def added(parts: list[list[BoxRow]]) -> RangeCount:
        order.shuffle(parts)  # type: ignore[attr-defined]  # a random.Random, which Hypothesis does not say
        return opening._added((range_count.count(box, key, part, lambda: NOBODY) for part in parts), len(rows), None)

    whole = added([rows])
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    cut = added([rows[start:end] for start, end in pairwise(edges)])
    with pytest.MonkeyPatch.context() as patch:  # the slow twin: nobody is looked at together with others
        patch.setattr("survey_app.services.counting.many_alike.WHOLE", 99)
        alone = added([[one] for one in rows])
    assert told(whole) == told(cut) == told(alone)
    assert (
        whole.read
        == len(rows)
        == sum(one.cast for one in whole.styles.values()) + sum(r.what == "foreign_style" for r in whole.remarks)
    )


def test_what_is_wrong_with_a_ballot_is_said_when_many_are_opened_together() -> None:
    style, key, _ = guests()
    box = BallotBox(campaign=1, key="K", styles={"S": style})
    flaws = ["", "capitals", "another word", "leaf", "no slip", "not sealed", "superseded"]
    found = range_count.count(box, key, [row(n, GOOD_MARKS, flaw) for n, flaw in enumerate(flaws)], lambda: NOBODY)
    assert sorted(one.what for one in found.remarks) == ["damaged", "damaged", "leaf_differs", "no_credential", "unopenable"]
    sums = found.styles["S"]
    assert (sums.valid, sums.blank, sums.invalid, sums.superseded) == (1, 0, 5, 1)


@given(
    held=st.sets(st.binary(min_size=32, max_size=32), max_size=5), asked=st.sets(st.binary(min_size=32, max_size=32), max_size=3)
)
def test_a_set_of_digests_is_a_set(held: set[bytes], asked: set[bytes]) -> None:
    zeros = {one[:-1] + b"\0" for one in held}  # a zero at the end is a byte like any other
    digests = DigestSet([b"".join(sorted(held)), *zeros])
    assert digests.holds(sorted(held)[:2])
    assert digests.holds(list(asked)) == (asked <= held | zeros)


def test_ranges_cover_every_key_once() -> None:
    for ballots in (0, 1, 9_000, 1_000_000):
        parts = key_ranges.ranges(ballots)
        assert parts[0].first == b""
        assert parts[-1].last > b"\xff" * 32
        assert all(one.last == after.first > one.first for one, after in pairwise(parts))
    assert len(key_ranges.ranges(1_000_000)) == 250


class Loses:
    """A crew that says nothing of half the ranges."""

    def count(self, session: Session, box: BallotBox, key: OpeningKey, parts: Sequence[KeyRange]) -> Iterator[RangeCount]:
        yield from crews.Alone().count(session, box, key, parts[: len(parts) // 2])


def test_a_count_that_loses_ballots_on_its_way_stops(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ranges, "BALLOTS", 2)
    campaign = full_box.make(session, 40, now=NOON)
    with pytest.raises(BallotsLostError):
        counting.open_and_count(session, campaign, passphrase=full_box.PASSPHRASE, account="a", now=LATER, crew=Loses())
    session.rollback()
    assert session.get_one(Campaign, campaign.id).state == "closed"


@pytest.mark.postgresql_later
def test_processes_count_what_one_process_counts_though_one_is_killed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ranges, "BALLOTS", 10)
    town = build(session, slips=4)
    for number in (0, 1):
        cast(session, town, number)
    sign(session, town, 0, 0)
    sign(session, town, 0, 1)
    plant(session, town, b"stuffed".ljust(32, b"!"), GOOD_MARKS)
    plant(session, town, slip_key(town, 2), GOOD_MARKS, leaf=b"L" * 32)
    closed(session, town)
    large = full_box.make(session, 150, now=NOON)
    pools, killed = list[ProcessPoolExecutor](), list[int]()
    two = Processes(2)

    @contextmanager
    def remembered() -> Iterator[Executor]:
        with two.start() as pool:
            assert isinstance(pool, ProcessPoolExecutor)
            pools.append(pool)
            yield pool

    def kill(step: str, done: int, _whole: int) -> None:
        if step == "opening" and done and not killed:
            secret = custody.unwrap(large.wrapped_key, full_box.PASSPHRASE).hand_on()
            for pid in pools[0]._processes:
                seen = b"".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in ("cmdline", "environ") if os.geteuid() == 0)
                assert secret not in seen
                assert secret.hex().encode() not in seen
            killed.append(next(iter(pools[0]._processes)))
            os.kill(killed[0], signal.SIGKILL)

    for campaign, phrase, progress in (
        (large, full_box.PASSPHRASE, kill),
        (session.get_one(Campaign, town.campaign_id), PASSPHRASE, None),
    ):
        alone = counting.open_and_count(session, campaign, passphrase=phrase, account="a", now=LATER, crew=crews.Alone())
        session.commit()
        # stored beside it: a count that differed in a number or a remark would be refused
        crew = Executing(remembered, 2)
        again = counting.open_and_count(
            session, campaign, passphrase=phrase, account="a", now=LATER, crew=crew, progress=progress
        )
        session.commit()
        assert again.digest == alone.digest
    assert len(pools) == 3  # the first was begun again
    assert {one.what for one in counting.stored_opening(session, campaign).remarks} == {"no_credential", "leaf_differs"}
    assert [book.valid for book in counting.stored_opening(session, large).tally.books] == [25] * 6


def test_workers_that_die_again_and_again_end_the_count(session: Session) -> None:
    campaign = full_box.make(session, 6, now=NOON)

    class Dying(ProcessPoolExecutor):
        def submit(self, *_arguments: object, **_named: object) -> object:  # type: ignore[override]  # whatever is asked for, the worker dies
            return super().submit(os._exit, 1)

    with pytest.raises(WorkersDiedError):
        counting.open_and_count(
            session, campaign, passphrase=full_box.PASSPHRASE, account="a", now=LATER, crew=Executing(lambda: Dying(1), 1)
        )


def test_an_errand_shows_neither_key_nor_address() -> None:
    shown = repr(Errand(KeyRange(b"", b"\xff"), b"box", b"secret key", "postgresql://u:password@h/d"))
    assert "secret" not in shown
    assert "password" not in shown


LONG = """
import sys, time
from survey_app.services.counting.crews import Processes
if __name__ == "__main__":
    with Processes(1).start() as pool:
        pool.submit(time.sleep, 0).result()
        print(*pool._processes, flush=True)
        time.sleep(600)
"""


def test_no_worker_is_left_with_the_key_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(LONG)
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert alive(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not alive(worker):
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
