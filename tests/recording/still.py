"""A clock that stands and dice that fall the same way each time, for a process whose secrets protect nobody.

The dice: every request for n random bytes is answered from a stream of its own for this n, so that one draw more of sixteen bytes
does not change the names of forms, which are drawn with seven. Sealed boxes of libsodium, whose throw-away key is drawn in C, are
sealed here by the same construction with a throw-away key from these dice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import threading
from collections import Counter
from typing import Any

import nacl.bindings

START = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
_real = dt.datetime
_moment = [START]


def hold(seed: int) -> None:
    """Stop the clock and load the dice for the rest of this process. Before the product is imported."""
    dice = _Dice(seed)
    os.urandom = dice.roll
    random._urandom = dice.roll  # type: ignore[attr-defined]  # what SystemRandom and `secrets` draw from
    nacl.bindings.randombytes = dice.roll
    nacl.bindings.crypto_box_seal = dice.seal  # type: ignore[assignment]  # the same call with names of ours
    dt.datetime = _Still  # type: ignore[misc]  # the class itself is put in its place


def move_to(moment: dt.datetime) -> None:
    """Set the standing clock to another moment."""
    _moment[0] = moment


class _Dice:
    def __init__(self, seed: int) -> None:
        self.seed, self.drawn, self.lock = seed, Counter[int](), threading.Lock()

    def roll(self, size: int) -> bytes:
        with self.lock:
            self.drawn[size] += 1
            number = self.drawn[size]
        return hashlib.shake_256(f"{self.seed}/{size}/{number}".encode()).digest(size)

    def seal(self, message: bytes, public: bytes) -> bytes:
        """crypto_box_seal, to the letter: throw-away public key, then the box under BLAKE2b(throw-away key, key) as nonce."""
        own, secret = nacl.bindings.crypto_box_seed_keypair(self.roll(nacl.bindings.crypto_box_SEEDBYTES))
        nonce = hashlib.blake2b(own + public, digest_size=nacl.bindings.crypto_box_NONCEBYTES).digest()
        return own + nacl.bindings.crypto_box(message, nonce, public, secret)


class _IsTime(type(_real)):  # type: ignore[misc]  # whatever kind of class the real one is
    """Whatever the real class made is an instance of the standing one too."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _real)


class _Still(_real, metaclass=_IsTime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _moment[0].astimezone(tz) if tz else _moment[0].replace(tzinfo=None)

    @classmethod
    def utcnow(cls) -> Any:
        return _moment[0].replace(tzinfo=None)
