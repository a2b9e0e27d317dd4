"""What is stored, digested, sealed, signed or sent keeps its bytes: each example was written by the code of before
records had one reader (commit f2cedf9), is read as what it was made of, and is written again byte for byte."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from fractions import Fraction

import msgspec
import pytest

from analysis import AnalysisError, parse_plan
from analysis.canonical import canonical
from analysis.context import Finding
from analysis.disclosure.leaks import Cell, Leak
from analysis.evidence import Entered, RatedSubject, Slot, StyleBooks, Tally
from analysis.limits import LimitTable
from analysis.notes import Note
from analysis.reasons import Reason
from analysis.records import Record, Row, plain, read
from analysis.report import Report
from analysis.values import Missing, Table
from questionnaires.model import Style
from questionnaires.shipped import load_shipped
from survey_app import bridge
from survey_app.cli import bundle
from survey_app.costs import AliasCost
from survey_app.errors import RefusedError
from survey_app.services.backups import archive, keys
from survey_app.services.campaign import styles
from survey_app.services.casting import comment_text
from survey_app.services.casting.comment_text import Comment
from survey_app.services.release import kept
from survey_app.services.release.deciding import HeldBack
from survey_app.services.release.figure import Figure
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.sealed_content import OpenedBallot, Signature
from survey_app.services.signed import copy
from survey_app.services.slips import offline
from tests.analysis.cases import HEAD

TALLY = Tally(
    {("王1", "g", "q1"): (0, 2, 1), ("乙", "g", "q1"): (1, 2)},
    (
        StyleBooks(style="A", group="g", unit="", slots=(Slot("王1", "q1"),), cast=3, valid=3, blank=0, invalid=0, superseded=0),
        StyleBooks(style="B", group="g", unit="u", slots=(Slot("乙", "q1"),), cast=5, valid=3, blank=1, invalid=1, superseded=0),
    ),
)
TALLY_TEXT = (
    '{"books":[{"blank":0,"cast":3,"group":"g","invalid":0,"slots":[["王1","q1"]],"style":"A","superseded":0,"unit":"","valid":3},'
    '{"blank":1,"cast":5,"group":"g","invalid":1,"slots":[["乙","q1"]],"style":"B","superseded":0,"unit":"u","valid":3}],'
    '"counts":[["乙","g","q1",[1,2]],["王1","g","q1",[0,2,1]]]}'
)
STEPS = [
    {"name": "n", "op": "table", "axes": ["subject"], "rows": [["a", ["num", "1/2"]]]},
    {"name": "k", "op": "table", "axes": [], "rows": [[["truth", True]]]},
]
PLAN = parse_plan(canonical({**HEAD, "steps": STEPS, "outputs": ["n"]}))
REPORT = Report(
    plan=PLAN,
    subjects=(RatedSubject("甲", {"unit": "u"}),),
    tally=TALLY,
    tables={
        "n": Table("n", ("subject",), {("b",): Missing(Reason.NO_EVIDENCE), ("a",): Fraction(1, 2), ("c",): "文"}),
        "k": Table("k", (), {(): True}),
    },
    findings=(Finding("quota", "a", "n", {"grade": "x"}), Finding("few", "b")),
    notes={
        ("n", ("a",)): (
            Note(
                on="2026-01-01",
                decider="王",
                reason="r",
                amount="1/2",
                entered=Entered("clerk", "2026-01-02T00:00:00+00:00", (("from", "2025"),)),
            ),
        ),
        ("n", ("b",)): (Note(said="句"),),
    },
)
REPORT_TEXT = (
    '{"books":[["A","g","",[["王1","q1"]],3,3,0,0,0],["B","g","u",[["乙","q1"]],5,3,1,1,0]],'
    '"counts":[["乙","g","q1",[1,2]],["王1","g","q1",[0,2,1]]],'
    '"findings":[["quota","a","n",{"grade":"x"}],["few","b","",{}]],"format":"pingyi-report/2",'
    '"notes":[["n",["a"],[{"amount":"1/2","at":"2026-01-02T00:00:00+00:00","by":"clerk","decider":"王","on":"2026-01-01",'
    '"origin":{"from":"2025"},"reason":"r"}]],["n",["b"],[{"said":"句"}]]],"plan":' + PLAN.text + ","
    '"subjects":[["甲",{"unit":"u"}]],'
    '"tables":{"k":[[["truth",true]]],"n":[["a",["num","1/2"]],["b",["missing","no evidence"]],["c",["text","文"]]]}}'
)
LEAK = Leak(
    kind="unanimous",
    cells=(Cell(("a", "g", "q"), "g·u", 3, ("1", "2")), Cell(("a", "h", "q"), "h", 2)),
    raters=3,
    combo=((Figure("score", "x", ("a",)), -2), (Figure("flag", "y·1", ("a", "g")), 1)),
    choice="1",
    bodies=("g·u", "h"),
)
DECIDED = {
    "a": HeldBack(frozenset({("b", "g", "q"), ("a", "g", "q")}), frozenset({("score", "a"), ("by", "a", "g")}), (LEAK,)),
    "b": HeldBack(),
}
KEPT_TEXT = (
    '{"format":"pingyi-held/2","plan":"0963825eedd475776fe12b93251c92deaabef24a3b4acf7b6bbfe0d349094c9b","subjects":{"a":{"cells":'
    '[["a","g","q"],["b","g","q"]],"leaks":[{"bodies":["g·u","h"],"cells":[[["a","g","q"],"g·u",3,["1","2"],true],'
    '[["a","h","q"],"h",2,["low","high"],true]],"choice":"1","combo":[["score","x",["a"],-2],["flag","y·1",["a","g"],1]],"kind":"unanimous","raters":3}],'
    '"values":[["by","a","g"],["score","a"]]},"b":{"cells":[],"leaks":[],"values":[]}}}'
)
SCHEME = load_shipped("yinzhou")  # nothing of it is looked at where decisions are only read
R = bytes(range(32))
R_TEXT = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
FORM = copy.SignedForm(
    campaign="c",
    title="题",
    period="2026",
    form="s",
    group="g",
    rater="r1",
    invited="王",
    version=2,
    leaf="ab" * 32,
    marks="0102",
    answers=(("a", "甲", (("问", "答"), ("q", ""))),),
    name="王 芳",
    ink="",
)
COPY_TEXT = (
    '{"answers":[["a","甲",[["问","答"],["q",""]]]],"campaign":"c","form":"s","format":"pingyi-signed-form/1","group":"g","ink":"",'
    f'"invited":"王","key":"{"01" * 32}","leaf":"{"ab" * 32}","marks":"0102","name":"王 芳","period":"2026","rater":"r1",'
    f'"seal":"{"02" * 64}","title":"题","version":2}}'
)
LIMITS = (
    LimitTable(rule="r", kind="count", effect="refuse", slots=(0, 1), codes=(1,), bounds=((0, 1), (0, 2)), per_answered=True),
    LimitTable(rule="s", kind="sum", effect="warn", slots=(0,), codes=(), bounds=((0, 9),), weights=(0, 5)),
)
STYLE_TEXT = (
    '{"limits":[{"bounds":[[0,1],[0,2]],"codes":[1],"effect":"refuse","kind":"count","per_answered":true,"rule":"r","slots":[0,1],'
    '"weights":[]},{"bounds":[[0,9]],"codes":[],"effect":"warn","kind":"sum","per_answered":false,"rule":"s","slots":[0],'
    '"weights":[0,5]}],"slots":[["甲","q"],["b","q"]]}'
)
DIGESTS_TEXT = (
    '{"campaign":"c","cost":[1,8],"format":"pingyi-slip-digests/1","meeting":"会","salt":"03030303030303030303030303030303","slips":'
    '[["7e9bd6a3659668c86dee4c16c179e363166d0d10f269f3ab70bf8d2fa29515b2",'
    '"cb65bd25099c185f6c8283780c28dad334230ab221bdeb15a34e63d3423f2bba"],'
    '["abeea3e99f2aafcbddfcaa7923e3b837a14e032152c1949804996dfe251f1f40",'
    '"c329d89e88f69e22f378965ecf50f64b4941576002cc2e1266e40e049dc0d7c1"]],"style":"s"}'
)
PHRASE_KEY = bytes.fromhex("95a70af9153cd11b97d531635ceb39248fb7a623f62ef2ccd4b54f073a7ca037")
BY_PASSPHRASE = (
    b'{"box":"99f71dff4c1578ce63469841f75cf8322fb754b34e3403a1ef031c1d47a45824d2e7aa4ea21128e8baeef815cc8c9ee260c19d521689bf3f78f87c1c'
    b'2d9222aae3affabfb6b4d03c","kdf":"argon2id","memory":8,"salt":"78d8a078578512aa3fef4e7ea3542be0","time":1,"v":1}'
)
SHARES_KEY = bytes.fromhex("9147344c6b3e65b522752c2f2b740cb5e50198154280042317eecdbaf2a14200")
BY_SHARES = (
    b'{"box":"962b961fa1b1e4a319be16904a58a7f187d4696f2e89ca61bc0eb4e7440752f46bd39e90586c210e29f7be7656d91c33c96d6d70fabd7cf879086e1c'
    b'3413893b4b9653b1c8a2ae90","digests":["d5c866e12f698c6d9f89ee78d206f333ecf1f5004ca6e1eb4661f57fc28826a3",'
    b'"ddecac5be863eb61a0c1c1cf1dece24be45976f04595faff97ce689a2810390e",'
    b'"1ffc91429b9d2b38e706b6ac4e4bace8c770fb8943926882632665793dc9ac01"],"holders":["\\u7532","B","C"],"kdf":"shares","needed":2,'
    b'"series":"1870","v":2}'
)
SHARES = (
    "289HS GW2VE 1F29T RVZ84 0M1SV 7S4M4 KDAFA 2TXTP G6DY8 PQBAF 179GK 4N6ZW ZS6CB C3J4B 070CR Y2CFH",
    "28SHM GW0CA CEDCS F3M3F F8R3D M6G37 QCQCY WYWQ8 SDT5H EPTF4 NPCCC J7B1D 6VXQ4 CBBT1 Y4FW6 7RP1V",
)


def test_a_report_keeps_its_bytes_and_one_with_sentences_for_notes_is_still_read() -> None:
    assert REPORT.to_json() == REPORT_TEXT
    again = Report.from_json(REPORT_TEXT)
    assert (again.subjects, again.tally, again.tables) == (REPORT.subjects, REPORT.tally, REPORT.tables)
    assert (again.findings, again.notes) == (REPORT.findings, REPORT.notes)
    old = REPORT_TEXT.replace("pingyi-report/2", "pingyi-report/1").replace('[{"said":"句"}]', '"句"')
    assert Report.from_json(old).notes == REPORT.notes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("pingyi-report/2", "pingyi-report/9"), "pingyi-report/9"),
        (('"books":[["A"', '"books":[["A",1'), r"\$\.books\[0\]"),
        (('"subjects"', '"more":1,"subjects"'), "unknown field `more`"),
        (("[1,2]", "[1.5,2]"), r"Expected `int`, got `float` - at `\$\.counts\[0\]\[3\]\[0\]`"),
        (('["a",["num","1/2"]],["b"', '["a","x",["num","1/2"]],["b"'), "a row of 'n' has not one label"),
    ],
)
def test_what_is_no_report_is_refused_by_its_place(change: tuple[str, str], says: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        Report.from_json(REPORT_TEXT.replace(*change))
    assert re.search(says, f"{refused.value} {refused.value.__cause__}")


def test_a_tally_keeps_its_bytes() -> None:
    assert canonical(plain(bridge.tally_record(TALLY))) == TALLY_TEXT
    assert bridge.tally_of_record(read(TALLY_TEXT, bridge.TallyRecord)) == TALLY


def test_decisions_kept_with_a_report_keep_their_bytes() -> None:
    assert kept.written(DECIDED, ReleasePlan()) == KEPT_TEXT.replace("held/2", "held/4")
    assert kept.load_held(KEPT_TEXT, REPORT, SCHEME, ReleasePlan()).decided == DECIDED
    coarse = {"a": HeldBack(digits={("x", "a"): 1})}
    public = kept.written(coarse, ReleasePlan(), [("a", "g", "i")])
    assert public.endswith(
        '"public":{"a":[["g","i"]]},"subjects":{"a":{"cells":[],"digits":[[["x","a"],1]],"leaks":[],"values":[]}}}'
    )
    again = kept.load_held(public, REPORT, SCHEME, ReleasePlan())
    assert again.decided == coarse
    assert again.kept_public == {("a", "g", "i")}
    before = KEPT_TEXT.replace("held/2", "held/1").replace('["score","x",["a"],-2]', '["score·x·a",-2]')
    before = before.replace('["flag","y·1",["a","g"],1]', '["flag·y·1·a·g",1]')
    assert kept.load_held(before, REPORT, SCHEME, ReleasePlan()).decided == DECIDED


def test_decisions_that_cannot_be_read_are_not_made_anew() -> None:
    assert kept.load_held(None, REPORT, SCHEME, ReleasePlan()).kept is None
    for damaged in ("{}", KEPT_TEXT.replace('"raters":3', '"raters":"3"'), KEPT_TEXT[:-1]):
        with pytest.raises(RefusedError, match="保留决定读不懂"):
            kept.load_held(damaged, REPORT, SCHEME, ReleasePlan())


def test_a_release_plan_keeps_its_bytes() -> None:
    assert ReleasePlan().text() == (
        '{"exits":["answers","bundle","comments","files","groups","log","rulings","satisfaction","scores"],"floor":5,'
        '"format":"pingyi-release/1","open":[]}'
    )
    plan = ReleasePlan(7, frozenset({"z", "a"}), frozenset({"scores", "log"}), {"g": 9, "b": 6})
    text = '{"exits":["log","scores"],"floor":7,"floors":{"b":6,"g":9},"format":"pingyi-release/1","open":["a","z"]}'
    assert plan.text() == text


@pytest.mark.parametrize(
    ("ballot", "wide", "text"),
    [
        (OpenedBallot((1, 2, 0), R), False, f'{{"marks":"010200","r":"{R_TEXT}","v":1}}'),
        (OpenedBallot((1, 2, 0), R), True, f'{{"marks":"000100020000","r":"{R_TEXT}","v":1,"wide":true}}'),
        (
            OpenedBallot((1, 2, 0), R, Signature("王 芳", "1 2 3 4")),
            False,
            f'{{"marks":"010200","r":"{R_TEXT}","signature":{{"ink":"1 2 3 4","name":"王 芳"}},"v":1}}',
        ),
        (
            OpenedBallot((1, 2, 0), R, Signature("Li")),
            True,
            f'{{"marks":"000100020000","r":"{R_TEXT}","signature":{{"ink":"","name":"Li"}},"v":1,"wide":true}}',
        ),
    ],
)
def test_a_sealed_ballot_keeps_its_bytes(ballot: OpenedBallot, wide: bool, text: str) -> None:
    assert sealed_content.write_content(ballot, wide=wide) == text.encode()
    assert sealed_content.read_sealed(text.encode()) == ballot


def test_a_sealed_comment_keeps_its_bytes() -> None:
    for comment, text in (
        (Comment("g", "u", "好\n“x”"), '{"group":"g","text":"好\\n“x”","unit":"u","v":1}'),
        (Comment("g", "u", "x", 7, 2), '{"group":"g","rater":7,"text":"x","unit":"u","v":1,"version":2}'),
    ):
        content = text.encode().ljust(80)
        assert comment_text.write(comment, 80) == content
        assert comment_text.read(content) == comment


def test_the_copy_of_a_signed_form_keeps_its_bytes() -> None:
    made = copy.Copy(FORM, b"\1" * 32, b"\2" * 64)
    assert made.text() == COPY_TEXT
    assert copy.read(COPY_TEXT) == made


def test_a_ballot_style_keeps_its_bytes() -> None:
    style = Style(group="g", unit="u", slots=(Slot("甲", "q"), Slot("b", "q")), limits=LIMITS, excluded="")
    assert styles.written(style) == STYLE_TEXT
    digest = hashlib.sha256(STYLE_TEXT.encode()).hexdigest()
    assert styles._read(STYLE_TEXT, digest) == (style.slots, style.limits)


def test_a_file_of_slips_digests_keeps_its_bytes() -> None:
    order = offline.Order(
        campaign="c",
        title="题 1",
        until="until",
        style="s",
        unit="u",
        group="g",
        address="http://x/v/s",
        salt=b"\3" * 16,
        cost=AliasCost(1, 8),
    )
    _, data = offline.make(order, count=2, meeting=" 会 ", rng=random.Random(1).randbytes)
    assert data == DIGESTS_TEXT.encode()


def test_wrapped_keys_of_before_open_and_say_how_they_are_kept() -> None:
    assert custody.unwrap(BY_PASSPHRASE, "correct horse battery").public() == PHRASE_KEY
    assert custody.unwrap(BY_SHARES, *SHARES).public() == SHARES_KEY
    assert custody.terms_of(BY_PASSPHRASE) == custody.Terms("passphrase")
    assert custody.terms_of(BY_SHARES) == custody.Terms("trustees", 2, ("甲", "B", "C"))


def test_wrapped_keys_are_written_as_before() -> None:
    _, phrase = custody.create_keys("correct horse battery", cost=custody.WrapCost(1, 8))
    _, shares, _ = custody.create_shared_keys(["甲", "B", "C"], needed=2)
    for made, model in ((phrase, BY_PASSPHRASE), (shares, BY_SHARES)):
        assert re.sub(rb"[0-9a-f]{4,}", b"x", made) == re.sub(rb"[0-9a-f]{4,}", b"x", model)


def shapes(of: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Every shape of the house that its programs load."""
    for one in of.__subclasses__():
        if one.__module__.startswith(("analysis.", "questionnaires.", "survey_app.")):
            yield one
        yield from shapes(one)


def held(kind: object) -> Iterator[object]:
    """The kinds a kind of msgspec is made of, to the bottom."""
    yield kind
    for name in getattr(kind, "__struct_fields__", ()):
        inner = getattr(kind, name)
        several: tuple[object, ...] = inner if isinstance(inner, tuple) else (inner,)
        for one in several:
            if isinstance(one, (msgspec.inspect.Type, msgspec.inspect.Field)):
                yield from held(one)


def test_every_shape_is_frozen_and_none_holds_what_reads_past_unknown_keys() -> None:
    every: set[type[msgspec.Struct]] = {*shapes(Record), *shapes(Row), bundle._KeyFile, keys._BackupKeyFile, archive.Manifest}
    assert len(every) > 35
    assert [one for one in every if not one.__struct_config__.frozen] == []
    loose = (msgspec.inspect.DataclassType, msgspec.inspect.TypedDictType, msgspec.inspect.NamedTupleType)
    assert [one for one in every for kind in held(msgspec.inspect.type_info(one)) if isinstance(kind, loose)] == []
    heads = {one.__qualname__ for one in every if not one.__struct_config__.forbid_unknown_fields}
    assert heads == {"_AnyFormat", "_Format", "_Head"}  # what says which file it is, and is read before the file
