"""Shares dealt to trustees' own keys: nothing unsealed comes out, k letters open, and what is wrong is said in a sentence."""

from __future__ import annotations

import hashlib
import hmac
import json
from itertools import combinations

import pytest

from survey_app.errors import UserError
from survey_app.services.sealing import custody, share_letters, tokens, trustees
from survey_app.services.sealing.age_files import AgeError, PrivateKeyShownError
from survey_app.services.sealing.custody import BySealedShares, HoldersError
from survey_app.services.sealing.share_letters import KeyHolder, LetterError
from survey_app.services.sealing.trustees import Share, WrongAnswerError
from tests.support import age_by_hand
from tests.support.trustees import NAMES, SECRETS, dealt, holders, letters, spellings


@pytest.fixture(scope="module")
def made() -> tuple[bytes, bytes]:
    """Three trustees, two of whom open."""
    return dealt("K3Y")


def kept(wrapped: bytes) -> BySealedShares:
    found = custody.sealed_shares(wrapped)
    assert found is not None
    return found


def test_each_letter_opens_with_its_trustees_key_alone_and_says_whose_it_is(made: tuple[bytes, bytes]) -> None:
    public, wrapped = made
    for number, (name, secret) in enumerate(zip(NAMES, SECRETS, strict=True), 1):
        letter = json.loads(age_by_hand.open_sealed(kept(wrapped).sealed[number - 1].encode(), secret))
        assert set(letter) == {
            *("format", "campaign", "title", "opening_key", "holder", "number", "needed", "holders", "digests", "answer", "share")
        }
        assert (letter["format"], letter["campaign"], letter["title"]) == ("pingyi-share/1", "K3Y", "小镇年度评议")
        assert (letter["holder"], letter["number"], letter["needed"], letter["holders"]) == (name, number, 2, list(NAMES))
        assert letter["opening_key"] == public.hex()
        assert share_letters.open_letter(secret, kept(wrapped).sealed[number - 1].encode()).share == letter["share"]
    for at, other in ((0, 1), (1, 2), (2, 0)):
        with pytest.raises(LetterError, match="不是封给您这把钥匙的"):
            share_letters.open_letter(SECRETS[at], kept(wrapped).sealed[other].encode())


def test_any_two_of_three_letters_open_the_box_and_one_does_not(made: tuple[bytes, bytes]) -> None:
    public, wrapped = made
    sealed = custody.seal(public, b"answers")
    shares = [letter["share"] for letter in letters(wrapped)]
    for two in combinations(shares, 2):
        assert custody.unwrap(wrapped, *two).open(sealed) == b"answers"
    with pytest.raises(trustees.WrongSharesError, match="只有 1 份"):
        custody.unwrap(wrapped, shares[0])


def test_what_is_stored_and_told_holds_no_share_in_any_spelling(made: tuple[bytes, bytes]) -> None:
    _, wrapped = made
    for letter in letters(wrapped):
        for spelling in spellings(letter["share"]):
            assert spelling not in wrapped
        assert letter["answer"].encode() not in wrapped
    assert custody.terms_of(wrapped) == custody.Terms("trustees", 2, NAMES, tuple(one.key for one in holders()))
    assert repr(custody.deal(NAMES, needed=2)) == "Dealt(…)"


def test_the_set_up_epoch_tells_keys_from_paper(made: tuple[bytes, bytes]) -> None:
    said = custody.public_record(made[1])
    # printf %s age1… | sha256sum | cut -c1-32
    fingerprints = [hashlib.sha256(one.key.encode()).hexdigest()[:32] for one in holders()]
    assert (said["kind"], said["dealt"], said["needed"], said["keys"]) == ("trustees", "own keys", 2, fingerprints)
    on_paper = custody.public_record(custody.create_shared_keys(NAMES, needed=2)[1])
    assert (on_paper["kind"], on_paper["dealt"], "keys" in on_paper) == ("trustees", "paper", False)
    assert not any(name in json.dumps(one, ensure_ascii=False) for name in NAMES for one in (said, on_paper))


def test_an_answer_is_what_the_specification_says_and_recognises_its_trustee(made: tuple[bytes, bytes]) -> None:
    public, wrapped = made
    for number, letter in enumerate(letters(wrapped), 1):
        # 115 bits of HMAC-SHA256 under the share's 36 bytes: version 1 and needed 2, number and total, series, value
        share = trustees.read(letter["share"])
        packed = bytes([0x12, number << 4 | 3]) + share.series + share.value
        mac = int.from_bytes(hmac.digest(packed, b"pingyi/trustee-answer/v1" + public, "sha256"), "big") >> (256 - 115)
        body = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[mac >> 5 * at & 31] for at in range(22, -1, -1))
        whole = body + tokens.check_character(body)
        assert letter["answer"] == "-".join(whole[at : at + 4] for at in range(0, 24, 4))
        for spelt in (letter["answer"], whole.lower(), whole.replace("0", "o")):
            assert share_letters.number_answering(kept(wrapped), spelt) == number


def test_a_wrong_answer_is_mistyped_or_of_another_dealing(made: tuple[bytes, bytes]) -> None:
    answer = letters(made[1])[0]["answer"]
    mistyped = answer[:-1] + ("7" if answer[-1] != "7" else "8")
    for wrong in ("", mistyped, answer[:-1], answer + "0", answer[5:], "叶" * 24):
        with pytest.raises(WrongAnswerError, match="抄错或抄漏"):
            share_letters.number_answering(kept(made[1]), wrong)
    with pytest.raises(WrongAnswerError, match="重新分发以前"):
        share_letters.number_answering(kept(made[1]), letters(dealt("K3Y")[1])[0]["answer"])


def test_a_letter_whose_share_is_not_the_promised_one_is_not_answered(made: tuple[bytes, bytes]) -> None:
    letter = letters(made[1])[0]
    true = trustees.read(letter["share"])
    forged = trustees.write(Share(1, 3, 2, true.series, bytes(32)))
    for change in ({"share": forged}, {"number": 2}, {"number": 9}, {"digests": letter["digests"][1:]}):
        sealed = age_by_hand.seal(holders()[0].key, json.dumps({**letter, **change}).encode())
        with pytest.raises(LetterError, match="对不上"):
            share_letters.open_letter(SECRETS[0], sealed)
    for other in (b"a letter to mother", json.dumps({**letter, "more": 1}).encode()):
        with pytest.raises(LetterError, match="不是一份完好的"):
            share_letters.open_letter(SECRETS[0], age_by_hand.seal(holders()[0].key, other))
    with pytest.raises(LetterError, match="不是一份完好的"):
        share_letters.open_letter(SECRETS[0], b"nothing")


def test_what_is_handed_on_opens_for_the_one_time_key_only(made: tuple[bytes, bytes]) -> None:
    public, secret = age_by_hand.identity()
    letter = share_letters.open_letter(SECRETS[0], kept(made[1]).sealed[0].encode())
    released = share_letters.hand_on(letter, public)
    assert json.loads(age_by_hand.open_sealed(released, secret))["share"] == letter.share
    assert not any(spelling in released for spelling in spellings(letter.share))
    assert share_letters.share_released(secret, released, "K3Y") == letter.share
    by_stock_age = age_by_hand.seal(public, age_by_hand.open_sealed(kept(made[1]).sealed[1].encode(), SECRETS[1]))
    assert share_letters.share_released(secret, by_stock_age, "K3Y") == letters(made[1])[1]["share"]
    for sealed, campaign, why in (
        (released, "0THER", "属于另一次评议“小镇年度评议”"),
        (share_letters.hand_on(letter, age_by_hand.identity()[0]), "K3Y", "不是封给现在这把一次性公钥的"),
        (kept(made[1]).sealed[0].encode(), "K3Y", "还没有转封"),
        (b"-----BEGIN AGE", "K3Y", "不是一份完好的"),
        (json.dumps(letters(made[1])[0]).encode(), "K3Y", "没有封"),
    ):
        with pytest.raises(LetterError, match=why):
            share_letters.share_released(secret, sealed, campaign)


@pytest.mark.parametrize(
    ("people", "needed", "kind", "why"),
    [
        ([*holders()[:2], KeyHolder("孙三", holders()[0].key)], 2, HoldersError, "赵一 和 孙三 交来的是同一把公钥"),
        ([*holders()[:2], KeyHolder("孙三", "age1qqqq")], 2, AgeError, "孙三：这不是一把 age 公钥"),
        ([*holders()[:2], KeyHolder("孙三", SECRETS[2])], 2, PrivateKeyShownError, "孙三：这里收到的是私钥"),
        (holders()[:2], 2, HoldersError, "3 到 15 位"),
        (holders(), 3, HoldersError, "丢一份也还打得开"),
        (holders(), 1, HoldersError, "一位不能独自打开"),
    ],
)
def test_trustees_and_keys_that_cannot_be_are_refused(
    people: list[KeyHolder], needed: int, kind: type[UserError], why: str
) -> None:
    with pytest.raises(kind, match=why) as caught:
        share_letters.deal_to_keys(people, needed=needed, campaign="K3Y", title="t")
    assert not any(secret in str(caught.value) for secret in SECRETS)
