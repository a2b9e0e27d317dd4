"""Who is rated and who rates: units, subjects, signed raters, head-counts of anonymous groups.

`absent`: the last roster file did not have this row, and nobody has said yet whether it stays. A campaign with such a row is not
approved, so that none stays, and none goes, without a word.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Base


class Unit(Base):
    """A place or office whose team and people are rated; `facts` are the scheme's facts of units (class, kind …)."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[int]  # neutral order of the roster
    facts: Mapped[dict[str, str]]
    absent: Mapped[bool] = mapped_column(default=False)


class Subject(Base):
    """A person or team rated. `code` is the id the scheme and the count use; `facts` hold the subject's own facts."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    duty: Mapped[str] = mapped_column(String(120), default="")  # the post's title as printed
    place: Mapped[int]
    facts: Mapped[dict[str, str]]
    absent: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()


class Rater(Base):
    """A signed rater with a personal link. Anonymous raters have no row anywhere.

    `subject_id`: the subject this rater is, so that nobody rates themselves. `tag` is the digest of the link's secret,
    `alias_digest` the slow digest of the printed alias; both None until the invitation is printed. `printings`: how often it
    was, the last time at `printed` by `printed_by` (None and "" where that was not kept yet). `mail`: where
    reminders go, None for nowhere.
    """

    __tablename__ = "rater"
    __table_args__ = (UniqueConstraint("campaign_id", "code"), UniqueConstraint("tag"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    group_key: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id", ondelete="SET NULL"))
    style_id: Mapped[str | None] = mapped_column(ForeignKey("ballot_style.id", ondelete="SET NULL"))
    tag: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    alias_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    printings: Mapped[int] = mapped_column(default=0)
    printed: Mapped[dt.datetime | None]
    printed_by: Mapped[str] = mapped_column(String(80), default="")
    mail: Mapped[str | None] = mapped_column(String(254))
    absent: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit | None] = relationship()
    subject: Mapped[Subject | None] = relationship()


class Headcount(Base):
    """Head-counts and box-counts of one rater group in one unit, each typed by a person; None until somebody counted.

    `entitled` comes with the roster; `present`, `spoiled`, `unused` are counted at the meeting and typed in after the
    close. Nothing in here is ever computed from ballots: that is what makes a surplus or a shortage visible.
    """

    __tablename__ = "headcount"
    __table_args__ = (UniqueConstraint("campaign_id", "unit_id", "group_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    group_key: Mapped[str] = mapped_column(String(80))
    entitled: Mapped[int | None]
    present: Mapped[int | None]
    spoiled: Mapped[int | None]
    unused: Mapped[int | None]
    absent: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit | None] = relationship()


class Uncounted(Base):
    """Why nobody counted the people present of one rater group in one unit, in the office's words; gone when somebody did.

    A table of its own, because no figure rests on it: a reason put in better words makes no result out of date.
    """

    __tablename__ = "uncounted"
    __table_args__ = (UniqueConstraint("campaign_id", "unit_id", "group_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    group_key: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
