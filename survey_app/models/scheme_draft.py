"""A scheme in the making, as every text it ever had: nothing that was saved is lost, and two clerks can be told apart."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class SchemeDraft(Base):
    """A draft at the scheme desk. `number` is that of its newest text; `trial` the key of its trial round, "" without one."""

    __tablename__ = "scheme_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)  # random, goes into addresses
    title: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(200))  # what it began from: a kind, then a name
    number: Mapped[int] = mapped_column(default=1)
    trial: Mapped[str] = mapped_column(String(16), default="")
    created: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class SchemeDraftText(Base):
    """One text of a draft, as it was saved: by whom, when, and the SHA-256 that whoever has the file can compare."""

    __tablename__ = "scheme_draft_text"

    draft_id: Mapped[int] = mapped_column(ForeignKey("scheme_draft.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    saved: Mapped[dt.datetime]
    saved_by: Mapped[str] = mapped_column(String(80))
