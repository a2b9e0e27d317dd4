"""Who last changed which field of a form of the office, so that whoever changes it too can be told."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class FieldChange(Base):
    """The last change of one field: by whom and when. The value stands where the form's service keeps it."""

    __tablename__ = "field_change"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(String(20), primary_key=True)
    field: Mapped[str] = mapped_column(String(200), primary_key=True)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed: Mapped[dt.datetime]
