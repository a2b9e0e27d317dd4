"""Links by which somebody without an account reads what was published, until a day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class ViewingLink(Base):
    """One link of a campaign. `reader`: for whom, in words; `units`: canonical JSON of the codes of the units it shows.

    Only a digest of the secret is stored: a copied database opens nothing. `views`: how many pages were opened with it.
    """

    __tablename__ = "viewing_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    reader: Mapped[str] = mapped_column(String(120))
    units: Mapped[str] = mapped_column(Text)
    expires: Mapped[dt.datetime]
    made: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    ended: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    ended_why: Mapped[str] = mapped_column(Text, default="")
    views: Mapped[int] = mapped_column(default=0)
    viewed: Mapped[dt.datetime | None]
