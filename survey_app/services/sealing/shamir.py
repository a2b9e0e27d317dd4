"""Shamir's sharing of a secret, byte by byte over GF(256): any `needed` shares give it back, fewer say nothing about it.

Lives here: the field and the polynomials, nothing of texts or campaigns. The field is GF(2)[x] / (x⁸ + x⁴ + x³ + x + 1), the one
AES uses, because its products are printed in FIPS 197 and can be compared. A byte of the secret is a polynomial's value at 0;
share number x is its value at x. The other coefficients are random and may be zero: forcing the highest to differ from zero
would tell `needed - 1` trustees which bytes the secret has not.

No table is looked up with a secret index and nothing branches on a secret bit, so that time and cache tell little. Python's
integers promise no more than that; the opening runs once, in a process nobody else measures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

MOST_SHARES = 15
_POLYNOMIAL = 0x11B


def times(left: int, right: int) -> int:
    """The product in the field."""
    product = 0
    for place in range(8):
        product ^= left & -(right >> place & 1)
        left = left << 1 ^ (_POLYNOMIAL & -(left >> 7))
    return product


def inverse(element: int) -> int:
    """The element's inverse, its 254th power; 0 for 0."""
    return reduce(times, [power(element, exponent) for exponent in (128, 64, 32, 16, 8, 4, 2)])


def power(element: int, exponent: int) -> int:
    """The element to a power that is itself a power of two."""
    while exponent > 1:
        element, exponent = times(element, element), exponent // 2
    return element


def split(secret: bytes, *, needed: int, total: int, rng: Callable[[int], bytes]) -> dict[int, bytes]:
    """Share number (1 to `total`) -> share, each as long as the secret. Raises ValueError for numbers that make no sense."""
    if not 1 < needed <= total <= MOST_SHARES:
        raise ValueError("a secret is split for 2 to 15 holders")
    rows = [secret, *(rng(len(secret)) for _ in range(needed - 1))]  # constant terms first, highest coefficients last
    return {at: bytes(_value(coefficients, at) for coefficients in zip(*rows, strict=True)) for at in range(1, total + 1)}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret of these shares, by Lagrange's formula at 0. That they belong together and suffice is the caller's to know."""
    weights = {at: _weight(at, shares) for at in shares}
    columns = zip(*([(at, byte) for byte in share] for at, share in shares.items()), strict=True)
    return bytes(reduce(int.__xor__, (times(weights[at], byte) for at, byte in column)) for column in columns)


def _value(coefficients: tuple[int, ...], at: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = times(value, at) ^ coefficient
    return value


def _weight(at: int, shares: Mapping[int, bytes]) -> int:
    """The product of x / (x - at) over the other shares' numbers x; minus is plus here, and both are XOR."""
    return reduce(times, (times(other, inverse(other ^ at)) for other in shares if other != at), 1)
