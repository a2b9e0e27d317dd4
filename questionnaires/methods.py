"""The published methods: each a scheme of the world, with one paragraph on what it does and what it is good for."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from questionnaires.editing.places import place
from questionnaires.model import Text
from questionnaires.shipped import HOME

PUBLISHED = HOME / "published"
_ABOUT = PUBLISHED / "about.csv"


@dataclass(frozen=True)
class PublishedMethod:
    """A method: `key` is its folder's name, `about` the paragraph, `path` its scheme file."""

    key: str
    title: Text
    about: Text
    path: Path

    @property
    def text(self) -> str:
        """The scheme as written."""
        return self.path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def methods() -> tuple[PublishedMethod, ...]:
    """Every published method, in the order of their keys: they are part of the program."""
    with _ABOUT.open(encoding="utf-8", newline="") as file:
        rows = {row.pop("method"): row for row in csv.DictReader(file)}
    return tuple(
        PublishedMethod(path.parent.name, _title(path), Text(rows[path.parent.name]), path)
        for path in sorted(PUBLISHED.glob("*/scheme.yml"))
    )


def _title(path: Path) -> Text:
    """The title as the file has it, without the whole file being checked."""
    spot = place(path.read_text(encoding="utf-8")).under("title")
    if spot is not None and spot.kind == "map":
        return Text({name.text: value.text for name, value in spot.pairs})
    return Text({"zh-Hans": spot.text if spot is not None else path.parent.name})
