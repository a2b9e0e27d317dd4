"""Keys for one opening: shared by the processes of a server, for one act, gone from memory when used, replaced or old."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from survey_app.services.sealing import custody, one_time_keys, share_letters
from survey_app.services.sealing.one_time_keys import LIFE, NoOneTimeKeyError, OneTimeKeys, OpeningAct
from survey_app.services.sealing.share_letters import LetterError
from tests.support.clock import NOON
from tests.support.trustees import SECRETS, dealt, letters


def memory_of(keys: OneTimeKeys) -> bytes:
    """All that is in the shared page."""
    return bytes(keys._memory[:])


def released(wrapped: bytes, at: int, recipient: str) -> bytes:
    kept = custody.sealed_shares(wrapped)
    assert kept is not None
    return share_letters.hand_on(share_letters.open_letter(SECRETS[at], kept.sealed[at].encode()), recipient)


def test_what_is_handed_on_gives_the_shares_for_that_act_until_the_key_is_forgotten() -> None:
    keys, (_, wrapped) = OneTimeKeys(), dealt("K3Y")
    made = keys.make(7, OpeningAct.COUNT, now=NOON)
    assert keys.find(7, OpeningAct.COUNT, now=NOON) == made == keys.waiting(7, now=NOON)
    files = [released(wrapped, at, made.recipient) for at in (2, 0)]
    shares = [one["share"] for one in letters(wrapped)]
    assert keys.shares(7, "K3Y", OpeningAct.COUNT, files, now=NOON) == [shares[2], shares[0]]
    for campaign, act in ((7, OpeningAct.READING), (7, OpeningAct.BUNDLE), (8, OpeningAct.COUNT)):
        assert keys.find(campaign, act, now=NOON) is None
        with pytest.raises(NoOneTimeKeyError, match="没有为这一步准备好的一次性公钥"):
            keys.shares(campaign, "K3Y", act, files, now=NOON)
    assert memory_of(keys).count(b"AGE-SECRET-KEY-1") == 1
    keys.forget(7)
    assert memory_of(keys) == bytes(len(memory_of(keys)))
    with pytest.raises(NoOneTimeKeyError):
        keys.shares(7, "K3Y", OpeningAct.COUNT, files, now=NOON)


def test_a_new_key_overwrites_the_one_before_and_what_was_sealed_to_it_is_named() -> None:
    keys, (_, wrapped) = OneTimeKeys(), dealt("K3Y")
    stale = released(wrapped, 0, keys.make(7, OpeningAct.COUNT, now=NOON).recipient)
    fresh = released(wrapped, 1, keys.make(7, OpeningAct.COUNT, now=NOON).recipient)
    assert memory_of(keys).count(b"AGE-SECRET-KEY-1") == 1
    with pytest.raises(LetterError, match=r"第 2 份：不是封给现在这把一次性公钥的") as caught:
        keys.shares(7, "K3Y", OpeningAct.COUNT, [fresh, stale], now=NOON)
    assert "第 1 份" not in str(caught.value)
    keys.make(7, OpeningAct.READING, now=NOON)  # for another act: still one key a campaign
    assert keys.find(7, OpeningAct.COUNT, now=NOON) is None


def test_a_key_too_old_is_overwritten_when_it_is_looked_for() -> None:
    keys = OneTimeKeys()
    keys.make(7, OpeningAct.COUNT, now=NOON)
    assert keys.find(7, OpeningAct.COUNT, now=NOON + LIFE - dt.timedelta(seconds=1)) is not None
    assert keys.find(7, OpeningAct.COUNT, now=NOON + LIFE) is None
    assert memory_of(keys) == bytes(len(memory_of(keys)))


def test_when_all_places_are_taken_the_key_that_ends_first_gives_way() -> None:
    keys, places = OneTimeKeys(), one_time_keys._SLOTS
    assert places >= 30
    for campaign in range(1, places + 1):
        keys.make(campaign, OpeningAct.COUNT, now=NOON + dt.timedelta(seconds=campaign))
    assert all(keys.find(campaign, OpeningAct.COUNT, now=NOON) for campaign in (1, 2, places))
    keys.make(1000, OpeningAct.COUNT, now=NOON + dt.timedelta(minutes=5))
    assert keys.find(1, OpeningAct.COUNT, now=NOON) is None
    assert keys.find(2, OpeningAct.COUNT, now=NOON) is not None
    assert keys.find(1000, OpeningAct.COUNT, now=NOON) is not None


def test_processes_forked_later_share_the_keys() -> None:
    keys = OneTimeKeys()
    mine = keys.make(1, OpeningAct.COUNT, now=NOON)
    child = os.fork()
    if not child:  # a worker: it finds the first process's key, makes one of its own and forgets the first
        found = keys.find(1, OpeningAct.COUNT, now=NOON) == mine
        keys.make(2, OpeningAct.BUNDLE, now=NOON)
        keys.forget(1)
        os._exit(0 if found else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert keys.find(2, OpeningAct.BUNDLE, now=NOON) is not None
    assert keys.find(1, OpeningAct.COUNT, now=NOON) is None
    assert memory_of(keys).count(b"AGE-SECRET-KEY-1") == 1
