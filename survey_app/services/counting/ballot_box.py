"""What has to be known of a box to judge its ballots: the campaign's forms, without any database, so that it can be handed on.

Lives here: plain values that a worker process or another machine is given. May not live here: the opening key, ballots.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.evidence import Slot
from analysis.limits import LimitTable
from questionnaires.model import Scheme
from survey_app.models import BallotStyle, Campaign, Unit
from survey_app.services.casting.rules import BallotPaper


@dataclass(frozen=True)
class StyleToOpen:
    """A ballot style as the opening needs it: its row and the paper it is judged by."""

    row: BallotStyle
    paper: BallotPaper


@dataclass(frozen=True, kw_only=True)
class _PlainStyle:
    """A style without its row."""

    id: str
    group: str
    unit: str
    leaf_version: int
    slots: tuple[Slot, ...]
    limits: tuple[LimitTable, ...]


@dataclass(frozen=True, kw_only=True)
class BallotBox:
    """The campaign's number and key, and its styles by id. `keeps_rows`: the count looks at single ballots, so marks are kept."""

    campaign: int
    key: str
    styles: Mapping[str, StyleToOpen]
    keeps_rows: bool = False


def box_of(campaign: Campaign, styles: Sequence[StyleToOpen], *, keeps_rows: bool) -> BallotBox:
    """The box of a campaign with these styles, in one order."""
    found = {style.row.id: style for style in sorted(styles, key=lambda one: one.row.id)}
    return BallotBox(campaign=campaign.id, key=campaign.key, styles=found, keeps_rows=keeps_rows)


def unit_of(style: StyleToOpen) -> str:
    """The code of the unit whose raters fill this form, "" where the group belongs to none."""
    return style.row.unit.code if style.row.unit else ""


def pack(box: BallotBox) -> bytes:
    """The box to be handed to a worker. Rows of the database stay here: a style's row hangs on its campaign's, and on that the
    wrapped opening key."""
    scheme = next((one.paper.scheme for one in box.styles.values()), None)
    plain = [
        _PlainStyle(
            id=one.row.id,
            group=one.row.group_key,
            unit=unit_of(one),
            leaf_version=one.row.leaf_version,
            slots=one.paper.slots,
            limits=one.paper.limits,
        )
        for one in box.styles.values()
    ]
    return pickle.dumps((box.campaign, box.key, scheme, plain, box.keeps_rows))


@lru_cache(maxsize=1)
def unpack(packed: bytes) -> BallotBox:
    """The box as `pack` packed it; a worker unpacks it once, however many ranges it counts."""
    campaign, key, scheme, plain, keeps_rows = pickle.loads(packed)  # noqa: S301 - comes from ourselves by pipe, or over TLS
    return BallotBox(campaign=campaign, key=key, styles={one.id: _opened(one, scheme) for one in plain}, keeps_rows=keeps_rows)


def _opened(plain: _PlainStyle, scheme: Scheme) -> StyleToOpen:
    unit = Unit(code=plain.unit) if plain.unit else None
    row = BallotStyle(id=plain.id, group_key=plain.group, leaf_version=plain.leaf_version, unit=unit)
    return StyleToOpen(row, BallotPaper(scheme, plain.slots, plain.limits, {}))
