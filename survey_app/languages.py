"""Which languages there are: Chinese in the source, and each that has a catalogue in `locale/`. A new one is a file, no code.

A catalogue's header says what its readers call the language (`X-Own-Name`) and which pages are kept in it (`X-Pages`: `voters`,
`office` or both). Lives here: finding the catalogues. May not live here: sentences, the language of a request (`i18n`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale

LOCALE = Path(__file__).resolve().parent / "locale"
SOURCE = "zh-Hans"
_FIELD = re.compile(r'"(X-[\w-]+): *(.*?) *\\n"')


@dataclass(frozen=True)
class Language:
    """A language by its BCP 47 tag. `catalogue`: its sentences; None for the language of the source itself."""

    tag: str
    own_name: str
    pages: frozenset[str]
    catalogue: Path | None

    @property
    def locale(self) -> Locale:
        """What Babel knows of it."""
        return Locale.parse(self.tag, sep="-")

    @property
    def direction(self) -> str:
        """`rtl` where it is written from right to left, else `ltr`."""
        return self.locale.text_direction


def languages() -> Mapping[str, Language]:
    """Every language by its tag: the source's own, its other scripts, the rest by tag."""
    return _found(LOCALE)


def languages_of(pages: str) -> tuple[str, ...]:
    """The tags of the languages in which these pages, `voters` or `office`, are kept."""
    return tuple(tag for tag, one in languages().items() if pages in one.pages)


def fields_of(catalogue: Path) -> dict[str, str]:
    """The fields of our own in a catalogue's header, which Babel does not keep."""
    header, _blank, _sentences = catalogue.read_text(encoding="utf-8").partition("\n\n")
    return dict(_FIELD.findall(header))


@lru_cache(maxsize=4)
def _found(locale: Path) -> Mapping[str, Language]:
    source = Language(SOURCE, "简体中文", frozenset({"voters", "office"}), None)
    found = [_read(path) for path in locale.glob("*/LC_MESSAGES/messages.po")]
    same = source.locale.language
    return {one.tag: one for one in (source, *sorted(found, key=lambda one: (one.locale.language != same, one.tag)))}


def _read(catalogue: Path) -> Language:
    """The language of a catalogue. KeyError when its header does not say what is needed."""
    fields = fields_of(catalogue)
    tag = catalogue.parent.parent.name.replace("_", "-")
    return Language(tag, fields["X-Own-Name"], frozenset(fields["X-Pages"].split()), catalogue)
