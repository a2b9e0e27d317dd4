"""Trustees: the arithmetic by hand, any k shares open, fewer do not, and what is wrong with a share is said of that share."""

from __future__ import annotations

import hashlib
import json
from itertools import combinations

import pytest

from survey_app.services.sealing import custody, shamir, trustees
from survey_app.services.sealing.custody import DestroyedKeyError, HoldersError, NoKeyError, UnopenableError
from survey_app.services.sealing.trustees import Share, WrongSharesError

HOLDERS = ("赵一", "钱二", "孙三", "李四", "周五")
VALUE = bytes(range(32))


@pytest.fixture(scope="module")
def made() -> tuple[bytes, bytes, tuple[str, ...]]:
    """Five trustees, three of whom open."""
    return custody.create_shared_keys(HOLDERS, needed=3)


def refused(wrapped: bytes, *said: str) -> str:
    with pytest.raises(WrongSharesError) as caught:
        custody.unwrap(wrapped, *said)
    return str(caught.value)


def test_products_in_the_field_are_those_printed_in_fips_197() -> None:
    # FIPS 197 §4.2: {57}·{83} = {c1}, §4.2.1: {57}·{02} = {ae}, ·{04} = {47}, ·{08} = {8e}, ·{10} = {07}, ·{13} = {fe}
    printed = {0x83: 0xC1, 0x02: 0xAE, 0x04: 0x47, 0x08: 0x8E, 0x10: 0x07, 0x13: 0xFE}
    assert {other: shamir.times(0x57, other) for other in printed} == printed
    assert shamir.times(0xCA, 0x53) == 1  # the pair of inverses of AES's S-box example
    assert shamir.inverse(0x53) == 0xCA
    assert all(shamir.times(one, shamir.inverse(one)) == 1 for one in range(1, 256))


def test_shares_are_the_values_worked_out_by_hand() -> None:
    # f(x) = 42 + 57·x: f(1) = 42^57 = 15, f(2) = 42^ae = ec, f(3) = 42^(ae^57) = 42^f9 = bb
    line = shamir.split(b"\x42", needed=2, total=3, rng=lambda _: b"\x57")
    assert line == {1: b"\x15", 2: b"\xec", 3: b"\xbb"}
    # f(x) = 2a + 57·x + 83·x². Powers of two times 83: 1d, 3a, 74, e8. x² at 1, 2, 3, 4 is 1, 4, 5, 10 (hex).
    # f(1) = 2a^57^83 = fe; f(2) = 2a^ae^3a = be; f(3) = 2a^f9^(3a^83) = 2a^f9^b9 = 6a; f(4) = 2a^47^e8 = 85
    drawn = iter((b"\x57", b"\x83"))
    curve = shamir.split(b"\x2a", needed=3, total=4, rng=lambda _: next(drawn))
    assert curve == {1: b"\xfe", 2: b"\xbe", 3: b"\x6a", 4: b"\x85"}
    assert shamir.combine({4: b"\x85", 1: b"\xfe", 3: b"\x6a"}) == b"\x2a"
    assert shamir.combine({2: b"\xec", 3: b"\xbb"}) == b"\x42"


def test_one_share_too_few_fits_every_secret_equally_well() -> None:
    # 1 of 2: for each of the 256 secrets there is exactly one coefficient that makes share 1 what it is.
    def first(secret: int, coefficient: int) -> bytes:
        return shamir.split(bytes([secret]), needed=2, total=2, rng=lambda _: bytes([coefficient]))[1]

    fitting = {secret: sum(first(secret, one) == b"\x99" for one in range(256)) for secret in (0, 1, 0x42, 0xFF)}
    assert fitting == {0: 1, 1: 1, 0x42: 1, 0xFF: 1}


def test_a_share_is_written_as_laid_down() -> None:
    # version 1, needed 3 -> 13; number 2 of 5 -> 25; series ab cd; value 00 … 1f; four bytes of SHA-256 over all that.
    packed = bytes.fromhex("1325abcd") + VALUE
    data = packed + hashlib.sha256(b"pingyi/share-check/v1" + packed).digest()[:4]
    text = trustees.write(Share(2, 5, 3, b"\xab\xcd", VALUE))
    groups = text.split(" ")
    assert [len(group) for group in groups] == [5] * 16
    # 13 25 a|b cd 00: the first twenty bits 00010 01100 10010 11010 are 2 12 18 26 = 2 C J T
    assert groups[0][:4] == "2CJT"
    number = 0
    for character in "".join(group[:4] for group in groups):
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert number == int.from_bytes(data, "big")
    assert trustees.read(text.lower().replace(" ", "-").replace("0", "o")) == Share(2, 5, 3, b"\xab\xcd", VALUE)


def test_any_three_of_five_open_and_two_lost_sheets_lose_nothing(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    public, wrapped, shares = made
    sealed = custody.seal(public, b"answers")
    for kept in combinations(shares, 3):
        assert custody.unwrap(wrapped, *kept).open(sealed) == b"answers"
    assert custody.unwrap(wrapped, *reversed(shares)).open(sealed) == b"answers"  # more than needed, in any order
    assert custody.terms_of(wrapped) == custody.Terms("trustees", 3, HOLDERS)


def test_two_shares_open_nothing_and_a_blank_field_is_none(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    _, wrapped, shares = made
    assert "要 3 份密钥片，现在只有 2 份" in refused(wrapped, shares[0], " ", shares[4])
    assert "要 3 份密钥片，现在只有 0 份" in refused(wrapped, "")


def test_the_kept_key_holds_no_share_and_no_secret(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    _, wrapped, shares = made
    for text in shares:
        assert trustees.read(text).value.hex() not in wrapped.decode()
    assert set(json.loads(wrapped)) == {"v", "kdf", "needed", "holders", "series", "digests", "box"}


def test_every_wrong_share_is_named_at_once_with_what_is_wrong(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    _, wrapped, shares = made
    other = custody.create_shared_keys(HOLDERS, needed=3)[2]
    groups = shares[1].split()
    swapped = " ".join([*groups[:2], groups[3], groups[2], *groups[4:]])
    mistyped = " ".join([*groups[:6], groups[6][:-1] + ("7" if groups[6][-1] != "7" else "8"), *groups[7:]])
    told = refused(wrapped, shares[0], mistyped, other[2])
    assert "第 1 份" not in told
    assert "第 2 份密钥片：第 7 组抄错了" in told
    assert "第 3 份密钥片：属于另一次评议" in told
    assert "第 2 份密钥片：第 3、4 组抄错了" in refused(wrapped, shares[0], swapped, shares[2])
    assert "第 3 份密钥片：和第 1 份是同一份" in refused(wrapped, shares[0], shares[1], shares[0])
    assert "第 1 份密钥片：应有 16 组、80 个字符，现在是 75 个" in refused(wrapped, " ".join(groups[:15]))
    assert "不会出现在密钥片上的字符“叶”" in refused(wrapped, "叶" + shares[0])
    mixed = " ".join([*groups[:8], *shares[2].split()[8:]])
    assert "总校验不对" in refused(wrapped, mixed, shares[0], shares[3])


def test_a_share_forged_with_all_its_checks_right_is_named_too(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    _, wrapped, shares = made
    true = trustees.read(shares[3])
    forged = trustees.write(Share(true.number, true.total, true.needed, true.series, bytes(32)))
    assert "第 3 份密钥片：不是当时印出的那一份（4 号）" in refused(wrapped, shares[0], shares[1], forged)
    renumbered = trustees.write(Share(9, 15, 3, true.series, true.value))
    assert "不是当时印出的那一份（9 号）" in refused(wrapped, renumbered)


@pytest.mark.parametrize(
    ("names", "needed", "why"),
    [
        (("甲", "乙"), 2, "3 到 15 位"),
        (tuple("一二三四五六七八九十甲乙丙丁戊己"), 2, "3 到 15 位"),
        (("甲", "乙", " 甲 "), 2, "不能重复"),
        (("甲", "乙", "丙"), 1, "一位不能独自打开"),
        (("甲", "乙", "丙"), 3, "丢一份也还打得开"),
        (("甲", "乙", "丙" * 41), 2, "最多 40 个字"),
    ],
)
def test_trustees_that_would_lock_out_or_open_alone_are_refused(names: tuple[str, ...], needed: int, why: str) -> None:
    with pytest.raises(HoldersError, match=why):
        custody.create_shared_keys(names, needed=needed)


def test_no_key_a_destroyed_and_a_damaged_one_are_told_apart(made: tuple[bytes, bytes, tuple[str, ...]]) -> None:
    _, wrapped, shares = made
    with pytest.raises(NoKeyError):
        custody.unwrap(b"", *shares)
    with pytest.raises(DestroyedKeyError):
        custody.unwrap(custody.DESTROYED, *shares)
    blob = json.loads(wrapped)
    for change in ({"box": blob["box"][:-2] + ("00" if blob["box"][-2:] != "00" else "01")}, {"needed": 1}, {"digests": ["x"]}):
        with pytest.raises(UnopenableError):
            custody.unwrap(json.dumps({**blob, **change}).encode(), *shares)
