"""A hall in which forms are handed out against the code on the wall."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class Room(Base):
    """One batch whose slips are handed out by code, `handed` of them so far.

    From `seed` and the server's secret together come the batch's slips and the hall's codes; the database alone yields neither.
    """

    __tablename__ = "room"

    batch_id: Mapped[int] = mapped_column(ForeignKey("slip_batch.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    handed: Mapped[int] = mapped_column(default=0)


class HallOpening(Base):
    """Until when the code of one form is accepted and shown. No row: the hall is closed, as it is at first."""

    __tablename__ = "hall_opening"

    style_id: Mapped[str] = mapped_column(ForeignKey("ballot_style.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[dt.datetime]
