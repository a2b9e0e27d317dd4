"""The log's tree is the tree of RFC 9162, worked out here by the RFC's own recursion and by published digests."""

from __future__ import annotations

import hashlib

import pytest

from survey_app.proof import tree

# Entries and roots of the test vectors published with Certificate Transparency (RFC 6962/9162 hash the same way).
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_the_rfc(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_the_rfc(leaves[:k]) + by_the_rfc(leaves[k:])).digest()


def digests(count: int) -> list[bytes]:
    return [hashlib.sha256(bytes([number % 251, number // 251])).digest() for number in range(count)]


def test_roots_are_the_published_ones() -> None:
    leaves = [tree.leaf_hash(entry) for entry in ENTRIES]
    assert [tree.root(leaves[:size]).hex() for size in range(1, 9)] == ROOTS
    assert tree.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


def test_roots_are_those_of_the_recursion_at_every_size() -> None:
    leaves = digests(70)
    for size in range(71):
        assert tree.root(leaves[:size]) == by_the_rfc(leaves[:size])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 33])
def test_a_path_proves_its_leaf_and_no_other_place_leaf_or_size(size: int) -> None:
    leaves = digests(size)
    root = tree.root(leaves)
    for index, leaf in enumerate(leaves):
        path = tree.inclusion_path(leaves, index)
        assert tree.root_of_path(leaf, index, size, path) == root
        assert tree.root_of_path(b"x" * 32, index, size, path) != root
        assert tree.root_of_path(leaf, index, size, (*path, leaf)) is None
        if path:
            assert tree.root_of_path(leaf, index, size, path[:-1]) is None
            assert tree.root_of_path(leaf, index ^ 1, size, path) != root
    assert tree.root_of_path(leaves[0], size, size, ()) is None


def test_there_is_no_path_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        tree.inclusion_path(digests(3), 3)
