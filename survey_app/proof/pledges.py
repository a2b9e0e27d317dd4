"""Pledges: one hidden point that stands for all mark leaves of one ballot, so that the leaves of a whole place add up to the
pledges in its voters' receipts, and nobody learns which leaves came from one hand.

    pledge = point(leaf 1) + point(leaf 2) + … + blind · H

`point` maps a leaf into the prime-order group of Ed25519 by hashing until a hash is a point; H is made the same way, so that
nobody knows how it is related to any other point. The blind is uniform, so a pledge alone says nothing whatever (Pedersen). Of
many ballots only the *sum* of the blinds is told. Whoever then wants other leaves to fit the same pledges must find a relation
between points that hashing made, which is the discrete logarithm problem.

Pure, with libsodium underneath; the checker has an arithmetic of its own.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable

from nacl import bindings
from nacl.exceptions import RuntimeError as NotAPointError

_POINT = b"pingyi/mark-point/v2"
_BLIND = b"pingyi/blind/v2"
_ORDER_BYTES = 32


def blind_of(seed: bytes) -> bytes:
    """The blind that belongs to a ballot's secret seed: a scalar, 32 bytes, least first."""
    return bindings.crypto_core_ed25519_scalar_reduce(hashlib.sha512(_BLIND + seed).digest())


def pledge(leaves: Iterable[bytes], blind: bytes) -> bytes:
    """The point that binds these mark leaves and shows none of them."""
    hidden = bindings.crypto_scalarmult_ed25519_noclamp(blind, _base())
    return functools.reduce(bindings.crypto_core_ed25519_add, map(point_of, leaves), hidden)


def sum_of_blinds(blinds: Iterable[bytes]) -> bytes:
    """What is told of many blinds; of none, zero."""
    return functools.reduce(bindings.crypto_core_ed25519_scalar_add, blinds, bytes(_ORDER_BYTES))


def point_of(leaf: bytes) -> bytes:
    """The leaf's point: the first hash that is one, taken eight times so that it lies in the prime-order group."""
    tried = 0
    while True:  # every second hash is a point
        point = hashlib.sha256(_POINT + leaf + bytes([tried])).digest()
        try:
            for _ in range(3):
                point = bindings.crypto_core_ed25519_add(point, point)
        except NotAPointError:
            tried += 1
        else:
            return point


@functools.cache
def _base() -> bytes:
    return point_of(hashlib.sha256(b"pingyi/blind-base/v2").digest())
