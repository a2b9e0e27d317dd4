"""Codes on slips: what is printed can be read back, what is mistyped is noticed, what is stored is a digest."""

from __future__ import annotations

import hashlib

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given
from hypothesis import strategies as st

from survey_app.costs import AliasCost
from survey_app.services.sealing import tokens
from survey_app.services.sealing.tokens import Alias, Secret, TokenError

CHEAP = AliasCost(time=1, memory=8)


@given(st.binary(min_size=16, max_size=16))
def test_every_secret_is_read_back_from_its_26_characters(data: bytes) -> None:
    text = tokens.secret_text(Secret(data))
    assert len(text) == 26
    assert tokens.parse_secret(text) == data
    assert tokens.parse_secret(text.lower()) == data


def test_a_secret_is_written_most_significant_bits_first() -> None:
    # 16 bytes 00…01 = 127 zero bits, a one; two zero bits are appended: the last five bits are 00100 = 4.
    assert tokens.secret_text(Secret(bytes(15) + b"\x01")) == "0" * 25 + "4"


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "U" * 26, "0" * 25 + "1", "<script>"])
def test_a_text_that_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(TokenError):
        tokens.parse_secret(text)


def test_a_slip_tag_is_the_domain_separated_digest() -> None:
    assert tokens.slip_tag(Secret(bytes(16))) == hashlib.sha256(b"pingyi/slip/v1" + bytes(16)).digest()


@given(st.binary(min_size=8, max_size=8))
def test_every_alias_is_read_back_however_it_is_typed(data: bytes) -> None:
    alias = tokens.mint_alias(lambda _count: data)
    assert len(alias) == 16
    assert alias.count("-") == 3
    full_width = "".join(chr(ord(character) + 0xFEE0) if character != "-" else "－" for character in alias)
    for typed in (alias, alias.lower(), alias.replace("-", ""), alias.replace("-", " "), f" {alias} ", full_width):
        assert tokens.parse_alias(typed) == alias
    assert tokens.parse_alias(alias.replace("0", "o").replace("1", "l")) == alias


def test_an_alias_check_character_follows_the_written_calculation() -> None:
    # Body 000000000001: only the twelfth character is 1, its weight is x^12. With x^5 = x^2 + 1:
    # x^6 = x^3+x, x^7 = x^4+x^2, x^8 = x^5+x^3 = x^3+x^2+1, x^9 = x^4+x^3+x, x^10 = x^5+x^4+x^2 = x^4+1,
    # x^11 = x^5+x = x^2+x+1, x^12 = x^3+x^2+x = 8+4+2 = 14, and ALPHABET[14] = "E".
    assert tokens.mint_alias(lambda _count: (1 << 4).to_bytes(8, "big")) == "0000-0000-0001-E"


@given(st.binary(min_size=8, max_size=8), st.integers(0, 12), st.sampled_from(tokens.ALPHABET))
def test_every_single_mistyped_character_is_noticed(data: bytes, place: int, other: str) -> None:
    plain = tokens.mint_alias(lambda _count: data).replace("-", "")
    if plain[place] == other:
        return
    with pytest.raises(TokenError):
        tokens.parse_alias(plain[:place] + other + plain[place + 1 :])


@given(st.binary(min_size=8, max_size=8), st.integers(0, 11))
def test_every_swap_of_neighbours_is_noticed(data: bytes, place: int) -> None:
    plain = tokens.mint_alias(lambda _count: data).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped == plain:
        return
    with pytest.raises(TokenError):
        tokens.parse_alias(swapped)


def test_a_strange_character_is_named_with_its_place() -> None:
    with pytest.raises(TokenError, match="第 3 个字符“U”"):
        tokens.parse_alias("01U3-4567-89AB-C")


def test_a_short_alias_says_how_many_characters_are_missing() -> None:
    with pytest.raises(TokenError, match="应有 13 个字符，现在是 5 个"):
        tokens.parse_alias("ABC-DE")


def test_an_alias_digest_depends_on_the_campaigns_salt() -> None:
    alias = Alias("0000-0000-0001-E")
    here, there = tokens.alias_digest(alias, b"a" * 16, CHEAP), tokens.alias_digest(alias, b"b" * 16, CHEAP)
    assert here != there
    assert len(here) == 32
    assert here == tokens.alias_digest(alias, b"a" * 16, CHEAP)


def test_an_alias_digest_is_argon2id_as_the_reference_code_has_it() -> None:
    """Digests of slips printed before libsodium made them stay good."""
    alias, salt = Alias("0000-0000-0001-E"), b"0123456789abcdef"
    for passes, memory in ((1, 8), (2, 19_456), (3, 1000)):
        before = hash_secret_raw(b"pingyi/alias/v1" + alias.encode(), salt, passes, memory, 1, 32, Type.ID)
        assert tokens.alias_digest(alias, salt, AliasCost(time=passes, memory=memory)) == before


def test_style_ids_have_ten_characters_of_the_alphabet() -> None:
    minted = {tokens.style_id() for _ in range(200)}
    assert len(minted) == 200
    assert all(len(name) == 10 and set(name) <= set(tokens.ALPHABET) for name in minted)
