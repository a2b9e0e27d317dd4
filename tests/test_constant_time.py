"""What is secret, or opens something, is compared in constant time or looked up by its digest; held by reading the source.

`==` stops at the first byte that differs, and how long it took tells a guesser how many were right. Looking up a row by the
digest of what was sent is safe: nobody can steer a digest byte by byte.
"""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.house import ROOT, sources

#: Names of values that nobody may find out, or that stand for one: digests and tags of secrets, MACs, codes typed to get in.
SECRET = re.compile(
    r"(^|_)(secret|secrets|passphrase|password|token|alias|share|shares|mac|hmac|tag|digest|checksum|signature|fingerprint"
    r"|commitment|submission|sha256|hexdigest|tell|typed|credential|randomness|csrf\w*)($|_)"
)
#: File -> why whatever it compares may stop at the first difference. The rooms of counting and of schemes hold no secret at all.
PUBLIC = {
    "survey_app/proof/verify.py": "the checker: everything in a bundle is public, and it holds no secret",
    "survey_app/assets.py": "the digest in the address of a style sheet",
    "survey_app/i18n.py": "tags of languages",
}
INTEGRITY = "whether stored text still fits its stored digest: nobody sends either of them"
SHOWN = "of what the office's own page showed and sends back"
OPEN_TEXT = "of scheme files, which everybody may read"
A_PART = "a part of the answers, no share of a key"
#: (file, comparison as written) -> why it may stay.
ALLOWED = {
    ("survey_app/services/office/audit.py", "digest(line) != line.digest"): INTEGRITY,
    ("survey_app/services/counting/many_alike.py", "sha256(text.encode('ascii')).digest() == row.leaf"): INTEGRITY,
    ("survey_app/services/campaign/campaigns.py", "hashlib.sha256(text.encode()).hexdigest() != digest"): INTEGRITY,
    ("survey_app/services/counting/counting.py", "digest(row.content) != row.digest"): INTEGRITY,
    ("survey_app/services/campaign/styles.py", "hashlib.sha256(content.encode()).hexdigest() != digest"): INTEGRITY,
    ("survey_app/earlier_digests.py", "evidence_digest(evidence) == stored"): INTEGRITY,
    ("survey_app/earlier_digests.py", "_digest(evidence, tongue) == stored"): INTEGRITY,
    ("survey_app/services/publishing/audience.py", "said[0].report == self.ruled.digest"): INTEGRITY,
    ("survey_app/services/campaign/campaigns.py", "ours.digest != scheme.digest"): OPEN_TEXT,
    ("survey_app/services/demo/removal.py", "seen != demo.digest"): SHOWN,
    ("survey_app/services/campaign/removal.py", "seen != going.digest"): SHOWN,
    (
        "survey_app/views/office/account_endings.py",
        "request.form.get('seen', '') == account_ends.find_standing(db_session(), account, now=now()).digest",
    ): SHOWN,
    ("survey_app/services/counting/comments.py", "digest(stored.content) != stored.digest"): INTEGRITY,
    ("survey_app/services/counting/counting.py", "digest(stored.content) != stored.digest"): INTEGRITY,
    ("survey_app/services/results/answering.py", "share == line"): A_PART,
    ("survey_app/services/results/satisfaction.py", "best.share == worst.share"): A_PART,
    ("survey_app/services/results/other_scheme.py", "one.scheme_digest != campaign.scheme_digest"): OPEN_TEXT,
    ("survey_app/services/results/yearly.py", "earlier.loaded.scheme.digest != loaded.scheme.digest"): OPEN_TEXT,
    ("survey_app/services/results/years.py", "earlier.campaign.scheme_digest != loaded.campaign.scheme_digest"): OPEN_TEXT,
    ("survey_app/services/scheme_desk/into_round.py", "scheme.digest == campaign.scheme_digest"): OPEN_TEXT,
    ("survey_app/services/scheme_desk/into_round.py", "found.digest != seen"): SHOWN,
    ("survey_app/cli/copy.py", "''.join(key.split()).lower() != checkpoints.fingerprint(copy.key)"): "of a public key",
    ("survey_app/services/release/kept.py", "stored.plan != plan.digest()"): INTEGRITY,
    ("survey_app/services/results/earlier.py", "digest != seen.digest"): "of the office's own file, shown to it before",
    ("survey_app/services/backups/archive.py", "_digest(place) != told.sha256"): "of a file in the hand of whoever restores it",
    (
        "survey_app/views/office/custody.py",
        "passphrase != request.form.get('again', '')",
    ): "typed twice by one hand in one request",
}


def names(node: ast.expr) -> set[str]:
    """The last names of what stands on one side: a variable, an attribute, a called function."""
    if isinstance(node, ast.Call):
        return names(node.func)
    if isinstance(node, ast.Attribute):
        return {node.attr} | (names(node.value) if isinstance(node.value, ast.Call) else set())
    if isinstance(node, ast.Subscript):
        key = {node.slice.value} if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else set()
        return names(node.value) | key
    return {node.id} if isinstance(node, ast.Name) else set()


def is_column(node: ast.expr) -> bool:
    """A column of a table, as in `Slip.tag == digest`: the database compares, by its index."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(owner, ast.Name | ast.Attribute) and all(name[:1].isupper() for name in names(owner))


def careless(text: str) -> list[str]:
    """Comparisons for equality in which a secret takes part."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        sides = [node.left, *node.comparators]
        if any(is_column(side) or isinstance(side, ast.Constant) for side in sides):
            continue
        if any(SECRET.search(name) for side in sides for name in names(side)):
            found.append(ast.unparse(node))
    return found


def test_nothing_secret_is_compared_by_equality() -> None:
    wrong: dict[str, list[str]] = {}
    for path in sources("survey_app"):
        file = str(path.relative_to(ROOT))
        if file not in PUBLIC:
            bad = [one for one in careless(path.read_text(encoding="utf-8")) if (file, one) not in ALLOWED]
            wrong |= {file: bad} if bad else {}
    assert wrong == {}


def test_every_exception_still_stands_in_the_source() -> None:
    for file, comparison in ALLOWED:
        assert comparison in careless((ROOT / file).read_text(encoding="utf-8")), (file, comparison)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("if digest_of(share) != known: pass", True),
        ("return row.submission == ready.submission", True),
        ("return said['mac'] == mine", True),
        ("return hashlib.sha256(text).hexdigest() == expected", True),
        ("return secret_text(a) == b", True),
        ("return hmac.compare_digest(tag, holder.tag)", False),
        ("select(Slip).where(Slip.tag == by_tag)", False),
        ("select(x).where(models.Rater.tag == by_tag)", False),
        ("if code == '': pass", False),
        ("if count == most: pass", False),
        ("if stage != other_stage: pass", False),
    ],
)
def test_the_check_finds_planted_comparisons_and_only_those(source: str, found: bool) -> None:
    assert bool(careless(source)) is found
