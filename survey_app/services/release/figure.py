"""What a shown number is called while nobody reads it: which kind of number, by which step of the plan, and where it stands.

The disclosure test looks at figures under these names (`withholding`), what it found is kept under them (`kept`), and the result
view asks under them whether it looked (`results.gate`).
"""

from __future__ import annotations

from typing import NamedTuple

from analysis.step_names import quantity_of

#: A quantity and its labels, in the order of the table's axes; or a distribution: subject, group, item.
Place = tuple[str, ...]


class Figure(NamedTuple):
    """A number on a page. `step`: the step it is the value of, which for the books of a flag is not the flag itself."""

    kind: str
    step: str
    place: Place

    @property
    def quantity(self) -> str:
        """The scheme's quantity that `step` was made for: the compiler calls its own steps `quantity·1`, `quantity·2`."""
        return quantity_of(self.step)

    def __str__(self) -> str:
        """As a developer reads it in a leak."""
        return " ".join((self.kind, self.step, *self.place))


class SideOf(NamedTuple):
    """One of the inequalities that a figure stands on, by its number: what a rank, a tier or a flag says without a number."""

    figure: Figure
    at: int


def named(name: object) -> Figure | None:
    """The figure of this report that a name of the analysis means; None for what left with an earlier one."""
    return name if isinstance(name, Figure) else name.figure if isinstance(name, SideOf) else None
