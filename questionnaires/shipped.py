"""The schemes that come with the product: one folder per system, one per version, each with its sources beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from questionnaires.loader import load_scheme
from questionnaires.model import Scheme, Text

HOME = Path(__file__).parent / "schemes"


@dataclass(frozen=True)
class ShippedScheme:
    """One shipped scheme: `key` is `system/version`, `path` its file."""

    key: str
    title: Text
    path: Path


def shipped() -> tuple[ShippedScheme, ...]:
    """Every shipped scheme, by system and version."""
    return tuple(ShippedScheme(key, _loaded(path.read_text(encoding="utf-8"), key).title, path) for key, path in _files().items())


def load_shipped(key: str) -> Scheme:
    """The shipped scheme `system/version`, or the newest version of `system`. KeyError when there is none."""
    for one, path in reversed(_files().items()):
        if key in {one, one.split("/", maxsplit=1)[0]}:
            return _loaded(path.read_text(encoding="utf-8"), one)
    raise KeyError(key)


def shipped_as(name: str, version: str) -> Scheme | None:
    """The shipped scheme that goes by this name and version in its own file; None when there is none."""
    loaded = (_loaded(path.read_text(encoding="utf-8"), key) for key, path in _files().items())
    return next((one for one in loaded if (one.key, one.version) == (name, version)), None)


def _files() -> dict[str, Path]:
    """The scheme files by `system/version`, in order; none of them opened."""
    paths = sorted(HOME.glob("*/[0-9]*-[0-9]*-[0-9]*/scheme.yml"))
    return {f"{path.parent.parent.name}/{path.parent.name}": path for path in paths}


def _loaded(text: str, key: str) -> Scheme:
    return load_scheme(text, f"{key}/scheme.yml")
