"""Where the folders are that are no code: beside this package in a checkout, inside it when a wheel was installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def beside(name: str) -> Path:
    """The folder of this name (`static`, `migrations`)."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
