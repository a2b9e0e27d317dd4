"""Links by which people who were rated read their own results, without an account."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class SubjectLink(Base):
    """The link in force of one subject; a reprint takes its place. `used`: when it was spent, and the visit it opened.

    Only digests of both secrets are stored: a copied database opens nobody's page.
    """

    __tablename__ = "subject_link"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires: Mapped[dt.datetime]
    printed: Mapped[dt.datetime]
    printed_by: Mapped[str] = mapped_column(String(80))
    used: Mapped[dt.datetime | None]
    visit: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
