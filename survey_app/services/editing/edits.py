"""Two people at one form: what each of them changed, compared field by field with what they had in front of them. Pure.

Lives here: the comparison. May not live here: who changed a field (`field_changes`), what a form looks like (views).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class FieldDifference:
    """One field: as the form was rendered, as this person sent it, as it stands now."""

    field: str
    base: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Settled:
    """What is to be done with a form that was sent.

    `write`: what this person changed and nobody else did, or what the person chose to change all the same. `kept`: changed by
    others meanwhile and not touched here, or given up by choice: stays, and is told. `conflicts`: changed by both, to different
    values, and not chosen: while there is one, nothing at all is written.
    """

    write: Mapping[str, str]
    kept: tuple[FieldDifference, ...]
    conflicts: tuple[FieldDifference, ...]

    def over(self, current: Mapping[str, str]) -> dict[str, str]:
        """The form as it will stand: what is now, and what is written."""
        return {**current, **self.write}

    def to_show(self, current: Mapping[str, str]) -> dict[str, str]:
        """The form to give back while there are conflicts: what is now, with everything this person changed on top."""
        return {**current, **self.write, **{one.field: one.mine for one in self.conflicts}}


def settle(
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    *,
    asked: Collection[str] = (),
    chosen: Mapping[str, str] | None = None,
) -> Settled:
    """Compare what was sent with what was shown and with what stands now.

    Parameters
    ----------
    base
        The fields as shown; one that is missing was shown empty.
    mine
        The fields as sent; one that is missing was not touched.
    theirs
        The fields as they stand now, which says which fields there are.
    asked
        Fields in conflict on the form that was sent.
    chosen
        For each of these "mine" or "theirs"; without a choice it stays a conflict.

    Returns
    -------
    Settled
        What to write, what others changed, and what both changed.
    """
    write: dict[str, str] = {}
    kept, conflicts = [], []
    for field, now in theirs.items():
        was = base.get(field, "")
        one = FieldDifference(field, was, mine.get(field, was), now)
        choice = (chosen or {}).get(field) if field in asked else None
        if one.mine == now:
            continue  # as it stands already, whoever wrote it
        if choice == THEIRS or (field not in asked and one.mine == was):
            kept.append(one)
        elif now == was and (field not in asked or choice == MINE):
            write[field] = one.mine
        else:
            conflicts.append(one)
    return Settled(write, tuple(kept), tuple(conflicts))
