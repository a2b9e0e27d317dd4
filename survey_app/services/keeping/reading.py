"""Reading an archive on a machine that has nothing but the file: every byte, the log in it, the bundle in it; in sentences.

No database and no secret. Whether the key is the office's own only the printed checkpoint can tell; that is said, not assumed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.canonical import canonical_bytes
from survey_app.i18n import gettext as _
from survey_app.proof import checking, checkpoints, round_archive, tree
from survey_app.proof.round_archive import ArchiveManifest, OpenedArchive
from survey_app.services.bundle import shelf


@dataclass(frozen=True)
class ArchiveReading:
    """What was found: faults, and what holds but has to be compared or answered for by a person; all in sentences."""

    opened: OpenedArchive
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def looks_like_one(path: Path) -> bool:
    """Whether the file says that it is an archive of a round. Raises OSError."""
    with path.open("rb") as file:
        return round_archive.is_archive(file.read(64))


def examine(data: bytes, *, key: str = "", root: str = "") -> ArchiveReading:
    """Check everything an archive lets one check.

    Parameters
    ----------
    data
        The file.
    key, root
        The fingerprint of the log's key and the root of its last epoch, as printed; "" where nobody has them.

    Returns
    -------
    ArchiveReading
        What does not hold, and what a person has to look at.

    Raises
    ------
    ArchiveError
        When it is none, or any byte of it does not fit.
    """
    opened = round_archive.read(data)
    faults, notes = list[str](), list[str]()
    _printed(opened.manifest, key, root, faults, notes)
    for check in (_scheme, _log, _bundle):
        try:
            check(opened, faults, notes)
        except (KeyError, ValueError, TypeError, AttributeError):
            faults.append(_("档案里的材料读不出来：做档案的程序没有写对；请让主办单位重做一份。"))
    return ArchiveReading(opened, tuple(faults), tuple(notes))


def _printed(manifest: ArchiveManifest, key: str, root: str, faults: list[str], notes: list[str]) -> None:
    mark = checkpoints.fingerprint(bytes(manifest.key))
    if not key:
        notes.append(_("签名公钥的指纹是 %(mark)s；请与当年印出的存证单核对，一样才是那个办公室做的。", mark=mark))
    elif not hmac.compare_digest("".join(key.split()).lower().encode(), mark.encode()):
        faults.append(_("签名公钥的指纹是 %(mark)s，与给出的不同：不是那把密钥签的。", mark=mark))
    if root and not hmac.compare_digest("".join(root.split()).lower().encode(), manifest.root.encode()):
        faults.append(_("存证日志最后的根是 %(root)s，与给出的不同：不是那一份日志。", root=manifest.root))


def _scheme(opened: OpenedArchive, faults: list[str], _notes: list[str]) -> None:
    if not hmac.compare_digest(hashlib.sha256(opened.members["scheme.yml"]).hexdigest(), opened.manifest.scheme_digest):
        faults.append(_("方案原文与清单上的摘要不同。"))


def _log(opened: OpenedArchive, faults: list[str], _notes: list[str]) -> None:
    """Every checkpoint is signed, and its root is that of the leaves until then."""
    leaves = list[bytes]()
    public, last = bytes(opened.manifest.key), ""
    for number, epoch in enumerate(json.loads(opened.members["log.json"])["epochs"]):
        leaves += _leaves_of(epoch)
        said = checkpoints.read(epoch["checkpoint"], public)
        if said is None or said.epoch != number or said.size != len(leaves) or said.root != tree.root(leaves):
            faults.append(_("存证日志第 %(n)s 节的存证单与它的叶子对不上，或不是这把密钥签的。", n=number))
            return
        last = said.root.hex()
    if last != opened.manifest.root:
        faults.append(_("存证日志最后的根与清单上的不同。"))


def _leaves_of(epoch: dict[str, Any]) -> list[bytes]:
    entries = [tree.leaf_hash(canonical_bytes(entry)) for entry in epoch["entries"]]
    return sorted([*entries, *map(bytes.fromhex, epoch["ballots"]), *map(bytes.fromhex, epoch["marks"])])


def _bundle(opened: OpenedArchive, faults: list[str], notes: list[str]) -> None:
    """The bundle in it holds by the checker's own word, and is of the same round."""
    packed = opened.members.get("bundle.zip")
    if packed is None:
        notes.append(_("这份档案里没有公开核对包：那一轮没有公布过；公布的数不能靠它重算。"))
        return
    content = shelf.content_of(packed)
    if content["key"] != bytes(opened.manifest.key).hex() or content["campaign"]["campaign"] != opened.manifest.campaign:
        faults.append(_("档案里的核对包不是这一轮的。"))
    wrong, told = checking.findings(content)
    faults += [_("核对包：%(what)s", what=_told(one)) for one in wrong]
    notes += [_("核对包：%(what)s", what=_told(one)) for one in told]


def _told(sentence: tuple[str, str]) -> str:
    """The checker's sentence as it is, in both its languages."""
    return f"{sentence[0]}。{sentence[1]}."
