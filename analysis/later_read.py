"""Tables and notes of a stored report, read when somebody asks for them: a page looks at a few tables, a report holds hundreds.

Only of a text that is known to be what was written, because its digest was found right: what is wrong with it would be found too
late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping

from msgspec import Raw

from analysis.axes import Axes
from analysis.notes import NoteRecord, Notes, notes_of
from analysis.records import Record, read
from analysis.values import Key, Table, Value

NotePlace = tuple[str, Key]


class LateTable(Table):
    """A table whose cells are made by `make` when they are first looked at."""

    def __init__(self, name: str, axes: Axes, make: Callable[[], Mapping[Key, Value]]) -> None:
        for field, value in (("name", name), ("axes", axes), ("_make", make)):
            object.__setattr__(self, field, value)

    def __getattr__(self, name: str) -> Mapping[Key, Value]:
        """Only asked for what is not there yet. Two who look at once both make it; it is the same."""
        if name != "cells":
            raise AttributeError(name)
        cells: Mapping[Key, Value] = object.__getattribute__(self, "_make")()
        object.__setattr__(self, "cells", cells)
        return cells


class _Places(Record, frozen=True):
    """Where the notes of a report begin, each as it was written."""

    notes: tuple[tuple[str, Key, Raw], ...]


class LateNotes(MutableMapping[NotePlace, Notes]):
    """The notes of a report by step and key: found when first asked for, each read when it is looked at."""

    def __init__(self, text: bytes) -> None:
        """`text`: the list of them, as a report holds it."""
        self._text = text
        self._written: dict[NotePlace, Notes | Raw] | None = None

    @property
    def _found(self) -> dict[NotePlace, Notes | Raw]:
        if self._written is None:
            places = read(b'{"notes":' + self._text + b"}", _Places).notes
            self._written = {(step, key): raw for step, key, raw in places}
        return self._written

    def __getitem__(self, place: NotePlace) -> Notes:
        """The notes of one cell. Raises KeyError where there are none."""
        found = self._found[place]
        if isinstance(found, Raw):
            found = self._found[place] = notes_of(read(bytes(found), str | tuple[NoteRecord, ...]))  # type: ignore[arg-type]  # a union is no class to mypy
        return found

    def __setitem__(self, place: NotePlace, notes: Notes) -> None:
        self._found[place] = notes

    def __delitem__(self, place: NotePlace) -> None:
        del self._found[place]

    def __iter__(self) -> Iterator[NotePlace]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
