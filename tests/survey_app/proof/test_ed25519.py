"""The checker's own Ed25519 says what RFC 8032 and libsodium say."""

from __future__ import annotations

import random

import pytest
from nacl.signing import SigningKey

from survey_app.proof.verify import L, signed

# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_rfcs_vectors(public: str, message: str, signature: str) -> None:
    key, said, seal = (bytes.fromhex(text) for text in (public, message, signature))
    assert signed(key, seal, said)
    assert not signed(key, seal, said + b"!")


def test_libsodiums_signatures_pass_and_no_changed_bit_does() -> None:
    dice = random.Random(8032)
    for number in range(6):
        key, message = SigningKey(bytes([number]) * 32), dice.randbytes(number * 7)
        seal = key.sign(message).signature
        public = key.verify_key.encode()
        assert signed(public, seal, message)
        for at in dice.sample(range(512), 4):
            bent = bytearray(seal)
            bent[at // 8] ^= 1 << at % 8
            assert not signed(public, bytes(bent), message)
        bent = bytearray(public)
        bent[number] ^= 1
        assert not signed(bytes(bent), seal, message)


def test_a_signature_whose_number_is_too_large_is_refused() -> None:
    """s + L signs the same; to accept it would let anybody make a second signature out of a first (RFC 8032 §5.1.7)."""
    key = SigningKey(b"k" * 32)
    seal = key.sign(b"m").signature
    larger = int.from_bytes(seal[32:], "little") + L
    assert not signed(key.verify_key.encode(), seal[:32] + larger.to_bytes(32, "little"), b"m")
    assert not signed(key.verify_key.encode(), seal[:63], b"m")
