"""That the opening was rehearsed, and which trustees have answered for it: without the first no campaign is approved."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class Rehearsal(Base):
    """Who last opened the test box, and of which key: a key made anew since has not been rehearsed."""

    __tablename__ = "rehearsal"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    made: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(String(80))


class TrusteeAnswer(Base):
    """That a trustee opened the share sealed to them: for which key, and who wrote it down. The answer itself is not kept."""

    __tablename__ = "trustee_answer"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    given: Mapped[dt.datetime]
    taken_by: Mapped[str] = mapped_column(String(80))
