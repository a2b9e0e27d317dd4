"""The schemes that come with the product: one folder per system, one per version, each with its sources beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from questionnaires.loader import load_scheme
from questionnaires.model import Scheme, Text

HOME = Path(__file__).parent


@dataclass(frozen=True)
class ShippedScheme:
    """One shipped scheme: `key` is `system/version`, `path` its file."""

    key: str
    title: Text
    path: Path


def shipped() -> tuple[ShippedScheme, ...]:
    """Every shipped scheme, by system and version."""
    found = []
    for path in sorted(HOME.glob("*/[0-9]*-[0-9]*-[0-9]*/scheme.yml")):
        scheme = load_scheme(path.read_text(encoding="utf-8"), path.name)
        found.append(ShippedScheme(f"{path.parent.parent.name}/{path.parent.name}", scheme.title, path))
    return tuple(found)


def load_shipped(key: str) -> Scheme:
    """The shipped scheme `system/version`, or the newest version of `system`. KeyError when there is none."""
    for one in reversed(shipped()):
        if key in {one.key, one.key.split("/", maxsplit=1)[0]}:
            return load_scheme(one.path.read_text(encoding="utf-8"), f"{one.key}/scheme.yml")
    raise KeyError(key)
