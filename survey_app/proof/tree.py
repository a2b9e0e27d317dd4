"""The hash tree of RFC 9162 over leaf digests: its root, and the path that proves one leaf stands in it.

Leaves come as digests (`SHA-256(0x00 || entry)`, made where the entry is made), so the tree never sees an entry. The two
prefix bytes keep a leaf from being passed off as an inner node, and the other way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The digest of one entry of the log."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The digest of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf digests in this order; of no leaves, the digest of nothing."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    # Pairing from the left and lifting an odd last node unchanged splits every tree at the largest power of two, as the
    # RFC does, without recursion.
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The neighbours of leaf `index` on its way up, lowest first. IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, path = list(leaves), []
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        index //= 2
    return tuple(path)


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this path leads to, to be compared with the checkpoint's; None for a path of the wrong length."""
    if not 0 <= index < size:
        return None
    here, last, rest = leaf, size - 1, list(path)
    while last:
        if index % 2 or index < last:
            if not rest:
                return None
            neighbour = rest.pop(0)
            here = node_hash(neighbour, here) if index % 2 else node_hash(here, neighbour)
        index, last = index // 2, last // 2
    return None if rest else here
