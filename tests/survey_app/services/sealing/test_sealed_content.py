"""The bytes inside a sealed ballot, and the gate before slow hashes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.services.casting.alias_gate import AliasGate
from survey_app.services.casting.refusals import BusyError
from survey_app.services.sealing import sealed_content
from survey_app.services.sealing.sealed_content import DamagedContentError, OpenedBallot, Signature, SignatureError


@given(
    st.lists(st.integers(0, 65_535), max_size=80),
    st.binary(min_size=32, max_size=32),
    st.none() | st.builds(Signature, st.text(min_size=1, max_size=20), st.sampled_from(["", "1 2", "1 2 3 4;5 6"])),
)
def test_what_is_written_is_read_back(marks: list[int], randomness: bytes, signature: Signature | None) -> None:
    ballot = OpenedBallot(tuple(marks), randomness, signature)
    wide = max(marks, default=0) > 255
    assert sealed_content.read_sealed(sealed_content.write_content(ballot, wide=wide)) == ballot


def test_the_format_is_the_documented_one() -> None:
    content = sealed_content.write_content(OpenedBallot((1, 0, 4), b"\x07" * 32), wide=False)
    assert content == b'{"marks":"010004","r":"' + b"07" * 32 + b'","v":1}'
    wide = sealed_content.write_content(OpenedBallot((1, 300), b"\x07" * 32, Signature("王", "1 2")), wide=True)
    assert json.loads(wide)["marks"] == "0001012c"  # 300 = 0x012c
    assert json.loads(wide)["signature"] == {"name": "王", "ink": "1 2"}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"null", b"{}", b'{"v":1}', b"\xff",
        b'{"marks":"01","r":"' + b"07" * 31 + b'","v":1}',
        b'{"marks":"01","r":"' + b"07" * 32 + b'","v":2}',
        b'{"v":1,"marks":"01","r":"' + b"07" * 32 + b'"}',
        b'{"extra":1,"marks":"01","r":"' + b"07" * 32 + b'","v":1}',
    ],
)  # fmt: skip
def test_content_of_another_format_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedContentError):
        sealed_content.read_sealed(content)


@given(st.text(alphabet="0123456789 ;.-M", max_size=60))
def test_ink_is_either_refused_or_points_on_the_sheet(ink: str) -> None:
    try:
        signature = sealed_content.check_signature("王", ink)
    except SignatureError:
        return
    strokes = sealed_content.ink_strokes(signature.ink)
    assert all(0 <= x <= 1000 and 0 <= y <= 400 for stroke in strokes for x, y in stroke)


def test_a_strained_gate_admits_one_at_a_time_and_recovers_with_time() -> None:
    clock = [0.0]
    gate = AliasGate(wide=2, burst=3, drain=1.0, patience=0.01, clock=lambda: clock[0])
    with gate.admitted(), gate.admitted(), pytest.raises(BusyError), gate.admitted():
        pass
    for _ in range(4):
        gate.failed()
    assert gate.strained()
    with gate.admitted(), pytest.raises(BusyError), gate.admitted():
        pass
    clock[0] = 1.0  # one failure forgotten: three are left, which are free
    assert not gate.strained()
