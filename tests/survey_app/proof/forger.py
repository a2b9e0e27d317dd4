"""A dishonest server: it holds the log's key, and signs whatever it has made up. For the mutation tests only."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nacl.signing import SigningKey

from analysis.canonical import canonical_bytes
from survey_app.proof import tree

Content = dict[str, Any]


@dataclass(frozen=True)
class Honest:
    """What the mutations start from, and what stands on the printed sheets."""

    public: Content
    auditors: Content
    key: SigningKey
    root: str  # of the close
    fingerprint: str

    def copy(self, kind: str) -> Content:
        return copy.deepcopy(self.public if kind == "public" else self.auditors)


def sign_bundle(content: Content, key: SigningKey) -> None:
    """Put the bundle's signature right."""
    content["key"] = key.verify_key.encode().hex()
    content.pop("signature", None)
    content["signature"] = key.sign(b"pingyi/bundle/v1\n" + canonical_bytes(content)).signature.hex()


def sign_tree(content: Content, key: SigningKey) -> None:
    """Make every checkpoint fit its leaves again, and sign it: log and bundle then agree in themselves."""
    leaves: list[bytes] = []
    name, public = f"pingyi/{content['campaign']['campaign']}", key.verify_key.encode()
    for entry in entries(content):
        if entry["record"] == "log-key":
            entry["public"] = public.hex()
    for number, epoch in enumerate(content["epochs"]):
        own = [tree.leaf_hash(canonical_bytes(entry)) for entry in epoch["entries"]]
        leaves += sorted([*own, *(bytes.fromhex(leaf) for leaf in (*epoch["ballots"], *epoch["marks"]))])
        made = epoch["checkpoint"].split("\n")[4]
        root = base64.b64encode(tree.root(leaves)).decode()
        body = f"{name}\n{len(leaves)}\n{root}\nepoch {number} {epoch['kind']}\n{made}\n"
        mark = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        epoch["checkpoint"] = f"{body}\n— {name} {base64.b64encode(mark + key.sign(body.encode()).signature).decode()}\n"
    sign_bundle(content, key)


def entries(content: Content) -> Iterator[Content]:
    """Every entry of the log."""
    for epoch in content["epochs"]:
        yield from epoch["entries"]


def entry(content: Content, record: str) -> Content:
    """The first entry of this kind."""
    return next(one for one in entries(content) if one["record"] == record)


def leaf_of(content: Content, record: Content) -> str:
    """The leaf of a ballot's record."""
    said = {name: record[name] for name in ("style", "slip", "commitment", "v")}
    return tree.leaf_hash(canonical_bytes({"campaign": content["campaign"]["campaign"], **said})).hex()


def mark_leaf_of(content: Content, row: list[Any]) -> str:
    """The mark leaf of a row of `marks`."""
    group, unit, subject, shown = row
    committed = shown if isinstance(shown, str) else commit(bytes.fromhex(shown[0]), bytes.fromhex(shown[1]))
    said = {"commitment": committed, "group": group, "subject": subject, "unit": unit, "v": 2}
    return tree.leaf_hash(canonical_bytes({"campaign": content["campaign"]["campaign"], **said})).hex()


def style_of(content: Content, group: str) -> str:
    """The (first) form of this group."""
    return next(str(one["style"]) for one in content["styles"] if one["group"] == group)


def cell(content: Content, table: str, *labels: str) -> list[Any]:
    """A row of a released table."""
    return next(row for row in content["tables"][table] if row[:-1] == list(labels))


def epoch_of(content: Content, leaf: str) -> list[str]:
    """The list of ballots that holds this leaf."""
    return next(epoch["ballots"] for epoch in content["epochs"] if leaf in epoch["ballots"])


def commit(marks: bytes, randomness: bytes = b"f" * 32) -> str:
    """The commitment of made-up marks."""
    return hashlib.sha256(randomness + marks).hexdigest()
