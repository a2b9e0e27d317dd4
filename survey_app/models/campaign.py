"""A campaign: one round on a frozen scheme. Its state only ever moves forward."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from survey_app.models.base import Base, Word

#: What stands before a rehearsal's title, on every sheet and screen. A sign of the house, read by voters of every language.
REHEARSAL_MARK = "【演练 TEST】"


class CampaignState(StrEnum):
    """The one-way road, in its order. A counted campaign may be recounted when other evidence arrives; it never goes back.

    Inside `open` the voting may wait for its hour or be paused: `Campaign.halted`.
    """

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"

    def at_least(self, least: CampaignState) -> bool:
        """Whether a campaign in this state has come as far as that one."""
        road = list(CampaignState)
        return road.index(self) >= road.index(least)


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
    state: Mapped[CampaignState] = mapped_column(Word(CampaignState, 10), default=CampaignState.DRAFT)
    scheme_key: Mapped[str] = mapped_column(String(80))
    scheme_version: Mapped[str] = mapped_column(String(20))
    scheme_text: Mapped[str] = mapped_column(Text)
    scheme_digest: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    demo: Mapped[bool] = mapped_column(default=False)
    opens: Mapped[dt.datetime | None]  # when the clock opens and closes the voting; None: by hand
    closes: Mapped[dt.datetime | None]
    halted: Mapped[str | None] = mapped_column(
        String(200)
    )  # of an approved round: None it runs, "" its hour has not come, else why
    created: Mapped[dt.datetime]
    opened: Mapped[dt.datetime | None]
    closed: Mapped[dt.datetime | None]
    counted: Mapped[dt.datetime | None]

    @property
    def is_rehearsal(self) -> bool:
        """Whether it is a round made to try another one: it counts for nothing, and its title says so."""
        return self.demo and self.title.startswith(REHEARSAL_MARK)

    @validates("state")
    def _state(self, _name: str, state: str) -> CampaignState:
        """No word but the four, also before it reaches the database."""
        return CampaignState(state)
