"""Ballot styles as stored: read back, checked against their digest, and kept in memory by it.

Lives here: from a style's row to slots and limit tables. May not live here: how styles are derived (`questionnaires.styles`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from analysis.evidence import Slot
from analysis.limits import LimitTable
from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_
from survey_app.models import BallotStyle


@dataclass(frozen=True)
class LoadedStyle:
    """A style's row with its slots in the order shown and its whole-ballot rules."""

    row: BallotStyle
    slots: tuple[Slot, ...]
    limits: tuple[LimitTable, ...]


class AlteredStyleError(RefusedError):
    """The stored form is not the one that was approved."""


def style_of(session: Session, style_id: str) -> LoadedStyle:
    """The style with this id. Raises NotFoundError, or AlteredStyleError when its content does not match its digest."""
    row = session.get(BallotStyle, style_id)
    if row is None:
        raise NotFoundError(N_("没有这张评议表；请核对网址。"))
    slots, limits = _content(row.content, row.digest)
    return LoadedStyle(row, slots, limits)


def write_content(slots: tuple[Slot, ...], limits: tuple[LimitTable, ...]) -> tuple[str, str]:
    """(content, digest) of a style, as its row stores them: canonical JSON and the SHA-256 of its bytes."""
    record = {
        "slots": [[slot.subject, slot.item] for slot in slots],
        "limits": [
            {
                "rule": table.rule,
                "kind": table.kind,
                "effect": table.effect,
                "slots": table.slots,
                "codes": table.codes,
                "bounds": table.bounds,
                "per_answered": table.per_answered,
                "weights": table.weights,
            }
            for table in limits
        ],
    }
    content = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return content, hashlib.sha256(content.encode("utf-8")).hexdigest()


@lru_cache(maxsize=512)
def _content(content: str, digest: str) -> tuple[tuple[Slot, ...], tuple[LimitTable, ...]]:
    if hashlib.sha256(content.encode("utf-8")).hexdigest() != digest:
        raise AlteredStyleError(N_("这张评议表与批准时的不一致，已停止使用；请通知主办单位从备份核对数据库。"))
    record = json.loads(content)
    limits = tuple(
        LimitTable(
            rule=table["rule"],
            kind=table["kind"],
            effect=table["effect"],
            slots=tuple(table["slots"]),
            codes=tuple(table["codes"]),
            bounds=tuple((least, most) for least, most in table["bounds"]),
            per_answered=table["per_answered"],
            weights=tuple(table["weights"]),
        )
        for table in record["limits"]
    )
    return tuple(Slot(subject, item) for subject, item in record["slots"]), limits
