"""Packages that are loaded where they are first needed, and not by everybody who might need them.

SciPy, pandas, the type-setter and the readers and writers of workbooks take seconds and a hundred megabytes together; a server
that waits for voters needs none of them. A module says so at its top, where a reader looks for imports:

    if TYPE_CHECKING:
        from scipy import stats
    else:
        stats = late("scipy.stats")

What is late is only ever a whole package of somebody else; our own modules import each other as usual.
"""

from __future__ import annotations

from importlib import import_module


class Late:
    """Stands for a module that is imported when something of it is first asked for; the interpreter's own lock guards that."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        found: object = getattr(import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found


def late(name: str) -> Late:
    """A stand-in for the module of this name."""
    return Late(name)
