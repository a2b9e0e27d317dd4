"""A sheet somebody brought, on its way to becoming the roster: kept, so that another clerk can go on with it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class RosterDraft(Base):
    """The sheets as they were read, what their columns are, and which remedies were applied; gone with the import.

    `content`: JSON as `services.roster.draft` writes it. Nothing in it is part of the roster yet.
    """

    __tablename__ = "roster_draft"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(String(80))
