"""Whatever an office that holds the log's key changes in a bundle, the checker refuses it, or it is the office's word by nature.

The office signs bundle and log again; witnesses hold the digits that were printed at the close. Refused means: something is wrong
(exit 1), or a person has to answer for something that the honest bundle does not note (exit 3). `WORD` is what is left: what only
the office can say. docs/bundle.md has the same list, and each line of it is tried, so that the list is neither too short nor too
long.
"""

from __future__ import annotations

import functools
import random
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from sqlalchemy import select

from survey_app.database import make_engine, session_factory
from survey_app.models import Campaign
from survey_app.proof import checkpoints, verify
from survey_app.services.log import epochs
from tests.survey_app.proof.forger import Content, Honest, sign_bundle, sign_tree
from tests.survey_app.proof.forgeries import Forgery, forged, forgeries
from tests.survey_app.proof.test_bundle import auditors, content_of, public
from tests.survey_app.proof.test_dishonest_server import key_of
from tests.survey_app.proof.test_voids import void_second_batch
from tests.towns import hamlet

DOCUMENT = Path(__file__).parents[3] / "docs" / "bundle.md"


@dataclass(frozen=True)
class Lies:
    """The honest bundles with their keys, and what the checker notes on each."""

    honest: Honest
    notes: dict[str, frozenset[tuple[str, str]]]

    def are_accepted(self, bundle: Content, kind: str) -> bool:
        """Whether the checker finds nothing wrong and notes nothing that it did not note on the honest bundle."""
        try:
            checker = verify.Checker(bundle, self.honest.fingerprint, self.honest.root)
        except verify.BROKEN:
            return False
        return not checker.wrong and self.notes[kind] >= set(checker.told)


def row(b: Content, name: str) -> Any:
    """The villagers' row or line of a list."""
    return next(one for one in b[name] if (one["group"] if isinstance(one, dict) else one[0]) == "村民")


def more_entitled(b: Content) -> None:
    row(b, "heads")[2] = row(b, "reconciliation")["entitled"] = 41


def more_present(b: Content) -> None:  # 29 of 33 - 2 - 4 = 27 slips that were out: the slips bind, whoever came
    row(b, "heads")[3] = row(b, "reconciliation")["present"] = 30


def nobody_counted(b: Content) -> None:
    leaders = next(one for one in b["reconciliation"] if one["group"] == "镇领导")
    leaders["present"], leaders["uncounted"] = None, "各自在家填写"
    next(one for one in b["heads"] if one[0] == "镇领导")[3] = None


def spoiled_for_unused(b: Content) -> None:
    line = row(b, "reconciliation")
    line["spoiled"], line["unused"] = 3, 3


def blank_for_invalid(b: Content) -> None:
    row(b, "places")[3:] = row(b, "places")[:2:-1]


def other_target(b: Content) -> None:
    b["components"][0][2], b["tables"]["目标"][0][-1] = "96", ["num", "96"]


def withheld_though_nothing_rests_on_it(b: Content) -> None:
    b["decisions"] = None


def invented_ruling(b: Content) -> None:
    b["rulings"].append(["目标", "A", "目标", "", "confirmed", "2026-11-21"])


def other_minute(b: Content) -> None:
    b["epochs"][-1]["checkpoint"] = b["epochs"][-1]["checkpoint"].replace("made 2026", "made 2027")


#: What by its nature only the office can say: the words of docs/bundle.md, the bundle it is tried in, and the lie.
WORD: Sequence[tuple[str, str, Callable[[Content], None]]] = (
    ("entitled", "public", more_entitled),
    ("present", "public", more_present),
    ("spoiled against unused", "public", spoiled_for_unused),
    ("blank against invalid", "public", blank_for_invalid),
    ("other evidence", "auditors", other_target),
    ("evidence withheld", "public", withheld_though_nothing_rests_on_it),
    ("rulings", "public", invented_ruling),
    ("the minute of a checkpoint", "public", other_minute),
)
#: What of it one change alone does: nothing rests on these kinds of evidence here; the one blank ballot is called invalid.
BY_ONE_CHANGE = {("events", "null"), ("past", "null"), ("decisions", "null"), ("places.*", "swap 3")}


@pytest.fixture(scope="module")
def lies(hamlet_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Lies:
    """Both bundles of the hamlet in which three ballots came on slips that were declared void afterwards, and its keys."""
    path = tmp_path_factory.mktemp("forged") / "copy.db"
    shutil.copy(hamlet_file.with_name("voting.db"), path)
    engine = make_engine(f"sqlite:///{path}")
    with session_factory(engine)() as session:
        campaign = session.scalars(select(Campaign)).one()
        void_second_batch(session, campaign, come=3)
        hamlet.finish(session, campaign, present=29)
        log = epochs.log_of(session, campaign)
        assert log is not None
        both = content_of(public((session, campaign))), content_of(auditors((session, campaign)))
        honest = Honest(*both, key_of(session, campaign), log.epochs[-1].root.hex(), checkpoints.fingerprint(log.public))
    noted = [frozenset(verify.Checker(one, honest.fingerprint, honest.root).told) for one in both]
    return Lies(honest, dict(zip(("public", "auditors"), noted, strict=True)))


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checker works out from the same bytes again and again is remembered: thousands of bundles differ in one value."""
    monkeypatch.setattr(verify, "leaf_point", functools.lru_cache(None)(verify.leaf_point))
    monkeypatch.setattr(verify, "signed", functools.lru_cache(None)(by_libsodium))


def by_libsodium(public: bytes, signature: bytes, message: bytes) -> bool:
    """The checker's own Ed25519 says the same (test_ed25519), twenty times slower."""
    try:
        VerifyKey(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def tried(lies: Lies, kind: str, found: Sequence[Forgery]) -> list[str]:
    """Which of these the checker accepts."""
    content, accepted = lies.honest.copy(kind), []
    for one in found:
        for log in (False, True) if one.path[0] == "epochs" else (False,):
            try:
                bundle = forged(content, one, lies.honest.key, log=log)
            except (TypeError, AttributeError, ValueError, LookupError):
                continue  # of what is left no tree can be made
            same = all(bundle[name] == content[name] for name in content if name != "signature" and name in bundle)
            if same and bundle.keys() == content.keys() and verify.canonical(bundle) != verify.canonical(content):
                same = False  # true for 1
            if not same and lies.are_accepted(bundle, kind) and (one.where, one.way) not in BY_ONE_CHANGE:
                accepted.append(f"{one}{' (log signed again)' if log else ''}")
    return accepted


def strata(content: Content) -> dict[tuple[str, str], list[Forgery]]:
    """The forgeries by where (rows' numbers and digests left out; what a digest binds as one) and by way."""
    found: dict[tuple[str, str], list[Forgery]] = {}
    for one in forgeries(content):
        where = re.sub("[0-9a-f]{64}", "#", one.where)
        where = re.sub(r"^(plan|subjects|styles\.\*\.content)\..*", r"\1", where)
        found.setdefault((where, one.way.rstrip("0123456789")), []).append(one)
    return found


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_the_honest_bundle_is_accepted_also_when_all_is_signed_again(lies: Lies, kind: str) -> None:
    bundle = lies.honest.copy(kind)
    sign_tree(bundle, lies.honest.key)
    assert lies.are_accepted(bundle, kind)


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_a_few_dozen_forgeries_drawn_by_lot_are_refused(lies: Lies, kind: str) -> None:
    dice = random.Random(20261130)
    ways = strata(lies.honest.copy(kind))
    drawn = [dice.choice(ways[way]) for way in dice.sample(sorted(ways), 60)]
    assert tried(lies, kind, drawn) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_forgeries_every_way_at_every_field_are_refused(lies: Lies, kind: str) -> None:
    dice = random.Random(20261130)
    ways = strata(lies.honest.copy(kind))
    drawn = [one for some in ways.values() for one in dice.sample(some, 1)]
    assert len(drawn) > 600
    assert tried(lies, kind, drawn) == []


#: What was accepted until November 2026, each by the path to a row or value and the way.
ONCE_ACCEPTED = [
    *((kind, name, way) for kind in ("public", "auditors") for way in ("backwards", "last twice") for name in (
        "books", "places", "counts", "heads", "components", "leaves", "slips", "reconciliation", "tables.目标", "styles",
    )),
    ("public", "books.*.*", "drop"),
    ("public", "reconciliation.*.spoiled", "one more"),
    ("public", "reconciliation.*.spoiled", "null"),
    ("public", "reconciliation.*.unused", "one less"),
    ("public", "epochs.*.checkpoint", "text before"),
    ("public", "epochs.*.checkpoint", "text behind"),
    ("public", "heads.*.*", "one more"),
    ("public", "heads.*.*", "null"),
    ("auditors", "heads.*.*", "one less"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "where", "way"), ONCE_ACCEPTED)
def test_what_was_accepted_once_is_refused_everywhere(lies: Lies, kind: str, where: str, way: str) -> None:
    found = [one for one in forgeries(lies.honest.copy(kind)) if (one.where, one.way) == (where, way)]
    assert found
    assert tried(lies, kind, found[:3]) == []


@pytest.mark.parametrize(("kind", "name", "value"), [("public", "report", "a" * 64), ("auditors", "floor", 10)])
def test_what_nothing_binds_is_no_field_any_more(lies: Lies, kind: str, name: str, value: object) -> None:
    bundle = lies.honest.copy(kind)
    assert name not in bundle
    bundle[name] = value
    sign_bundle(bundle, lies.honest.key)
    assert not lies.are_accepted(bundle, kind)


@pytest.mark.parametrize(("words", "kind", "lie"), WORD, ids=[one[0] for one in WORD])
def test_what_only_the_office_can_say_is_accepted_and_named_in_the_document(
    lies: Lies, words: str, kind: str, lie: Callable[[Content], None]
) -> None:
    bundle = lies.honest.copy(kind)
    before = verify.canonical(bundle)
    lie(bundle)
    assert verify.canonical(bundle) != before
    sign_tree(bundle, lies.honest.key)
    assert lies.are_accepted(bundle, kind)
    assert f"| {words} |" in DOCUMENT.read_text()


def test_a_reason_in_place_of_attendance_is_the_offices_word_and_a_note(lies: Lies) -> None:
    bundle = lies.honest.copy("public")
    nobody_counted(bundle)
    sign_bundle(bundle, lies.honest.key)
    checker = verify.Checker(bundle, lies.honest.fingerprint, lies.honest.root)
    assert checker.wrong == []
    assert "('镇领导', ''): nobody counted who came: 各自在家填写" in [english for _, english in checker.told]


def test_two_plans_fixed_at_once_are_refused_whichever_is_shown(lies: Lies) -> None:
    """An office that logs two plans at the set-up, and prints the root over both, could show the one that suits it later."""
    bundle = lies.honest.copy("public")
    setup = bundle["epochs"][0]["entries"]
    setup.append({"record": "plan", "digest": "ab" * 32})
    setup.sort(key=verify.canonical)
    sign_tree(bundle, lies.honest.key)
    said = [english for _, english in verify.Checker(bundle, lies.honest.fingerprint, "").wrong]
    assert said == ["the log fixes plan 2 times, not once"]


def test_a_bundle_of_the_first_format_is_told_where_its_checker_is(
    lies: Lies, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "public.json"
    path.write_bytes(verify.canonical({**lies.honest.public, "format": "pingyi-bundle/1"}))
    assert verify.main([str(path)]) == 2
    assert "format 1: check it with the verify.py that came with it" in capsys.readouterr().out
