"""The Word templates an office brought in place of ours: one for the letters of a round, one for its report."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class PaperTemplate(Base):
    """A template as it was uploaded. `kind`: what is made of it; `name`: what the file was called."""

    __tablename__ = "paper_template"
    __table_args__ = (CheckConstraint("kind IN ('letter', 'report')", name="kind"), UniqueConstraint("campaign_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    brought: Mapped[dt.datetime]
    brought_by: Mapped[str] = mapped_column(String(80))
