"""Three trustees with keys of their own, and what can be known of their shares by opening the letters by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from survey_app.cli import cli
from survey_app.services.sealing import custody, share_letters, trustees
from survey_app.services.sealing.share_letters import KeyHolder
from tests.support import age_by_hand

PHRASE = "我自己的一句话 one two"
NAMES = ("赵一", "钱二", "孙三")
_PAIRS = tuple(age_by_hand.identity(name) for name in NAMES)  # always the same: they stand in the names of tests
KEYS = tuple(public for public, _ in _PAIRS)
SECRETS = tuple(secret for _, secret in _PAIRS)
#: As an office types them.
LINES = "\n".join(f"{name} {key}" for name, key in zip(NAMES, KEYS, strict=True))


class Machine:
    """A trustee's own machine: a folder with a key file, and the command line."""

    def __init__(self, folder: Path, at: int) -> None:
        folder.mkdir()
        self.folder, self.key = folder, folder / "key.age"
        self.key.write_bytes(age_by_hand.lock(SECRETS[at], PHRASE))

    def put(self, name: str, content: bytes) -> Path:
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def run(self, *arguments: object, typed: str = f"{PHRASE}\n") -> Result:
        return CliRunner().invoke(cli, ["trustee", *map(str, arguments), "--key", str(self.key)], input=typed)


def holders() -> tuple[KeyHolder, ...]:
    """The three with their public keys."""
    return tuple(KeyHolder(name, key) for name, key in zip(NAMES, KEYS, strict=True))


def dealt(campaign: str) -> tuple[bytes, bytes]:
    """(public key, wrapped key) of a campaign of this key, two of the three open."""
    return share_letters.deal_to_keys(holders(), needed=2, campaign=campaign, title="小镇年度评议")


def letters(wrapped: bytes) -> list[dict[str, Any]]:
    """What stands in the letters, opened by the specification of age alone."""
    pairs = zip(kept_in(wrapped).sealed, SECRETS, strict=True)
    return [json.loads(age_by_hand.open_sealed(sealed.encode(), secret)) for sealed, secret in pairs]


def spellings(share: str) -> tuple[bytes, ...]:
    """The ways a share could stand in the clear: as printed, run together, its middle alone, its value raw and in hex."""
    value, groups = trustees.read(share).value, share.split()
    together = "".join(groups)
    texts = (share, together, together.lower(), " ".join(groups[4:8]), "".join(groups[4:8]), value.hex(), value.hex().upper())
    return (*(text.encode() for text in texts), value)


def kept_in(wrapped: bytes) -> custody.BySealedShares:
    """The wrapped key of trustees who have keys of their own."""
    found = custody.sealed_shares(wrapped)
    assert found is not None
    return found


def files_in(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())
