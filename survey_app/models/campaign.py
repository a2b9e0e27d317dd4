"""A campaign: one round on a frozen scheme. Its state only ever moves forward."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base

#: The one-way road. `counted` may be recounted when other evidence arrives; it never goes back.
STATES = ("draft", "open", "closed", "counted")


class Campaign(Base):
    """One round. `scheme_text` and `scheme_digest` are frozen with approval; the opening key exists only wrapped.

    `wrapped_key`: the private opening key encrypted under the office's passphrase (argon2id + secretbox). Nothing here
    can open a ballot without that passphrase. `salt` feeds the slow hash of typed aliases, so that a stolen database
    cannot be searched with one table for all campaigns.
    """

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("state IN ('draft', 'open', 'closed', 'counted')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)  # random, goes into addresses
    title: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))  # as the scheme names periods, e.g. "2026"
    asker: Mapped[str] = mapped_column(String(120), default="")  # who asks, why, and what happens with the result:
    purpose: Mapped[str] = mapped_column(Text, default="")  # shown on every form and receipt
    asks: Mapped[str] = mapped_column(Text, default="")  # what happens with the result; without an asker it says who asks too
    until: Mapped[str] = mapped_column(String(40), default="")  # announced end: ISO date or words; never compared with a clock
    state: Mapped[str] = mapped_column(String(10), default="draft")
    scheme_key: Mapped[str] = mapped_column(String(80))
    scheme_version: Mapped[str] = mapped_column(String(20))
    scheme_text: Mapped[str] = mapped_column(Text)
    scheme_digest: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[dt.datetime]
    opened: Mapped[dt.datetime | None]
    closed: Mapped[dt.datetime | None]
    counted: Mapped[dt.datetime | None]
