"""Canonical JSON: one way to write it. What was stored, signed or digested before there was one keeps its bytes."""

from __future__ import annotations

import pytest

from analysis.canonical import InexactError, canonical, canonical_ascii, canonical_bytes, digest

CONTENT = {"z": [1, True, None, "1/3"], "评": '甲\u2028"\\/\n\x7f', "a": {"é": "", "B": -7}, "😀": []}
#: As all of the former writers wrote it.
WRITTEN = '{"a":{"B":-7,"é":""},"z":[1,true,null,"1/3"],"评":"甲\u2028\\"\\\\/\\n\x7f","😀":[]}'


def test_keys_are_sorted_without_spaces_and_characters_stay() -> None:
    assert canonical(CONTENT) == WRITTEN
    assert canonical_bytes(CONTENT) == WRITTEN.encode("utf-8")
    assert canonical((1, 2)) == "[1,2]"
    assert canonical_bytes(["raised"]) == b'["raised"]'
    assert canonical_ascii({"评": ["陈㛃"], "b": 1}) == b'{"b":1,"\\u8bc4":["\\u9648\\u36c3"]}'


def test_a_digest_is_of_the_utf8_text() -> None:
    # printf 评 | sha256sum
    assert digest("评") == "b1c007fb1d115a47cc391f59e91fadb56d29694c074f209dbe911d6c8371fc95"


@pytest.mark.parametrize("content", [0.5, [1, [2.0]], {"a": {"b": float("nan")}}, (float("inf"),), {1.5: "a"}])
def test_a_float_is_refused_wherever_it_stands(content: object) -> None:
    for write in (canonical, canonical_bytes, canonical_ascii):
        with pytest.raises(InexactError, match="is a float"):
            write(content)


def test_what_has_no_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_bytes("\ud800")
    with pytest.raises(TypeError):
        canonical({"a": {1, 2}})
