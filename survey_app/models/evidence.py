"""Other evidence the office enters or imports: every entry with origin, date, and who entered it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Base
from survey_app.models.roster import Subject


class EvidenceEntry(Base):
    """One entry about one subject. `kind`: "component" (a number), "event", "past" or "decision".

    `name` is the scheme's key; `value` is the number or choice as text, exactly as entered; `on` the entry's own date or
    period; `decider` who decided, where it is a decision. `origin` names the count an earlier result was taken over from.
    `absent`: the last sheet did not have this entry, and nobody has said yet whether it stays.
    No row is ever changed or deleted: one that was corrected or withdrawn stays with `replaced` set (`withdrawn` when nothing
    took its place), and with who ended it, when and why.
    """

    __tablename__ = "evidence_entry"
    __table_args__ = (
        # One live value a subject and component or decision; events and past periods may repeat.
        Index("ix_evidence_subject_name", "subject_id", "kind", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(80))
    on: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[str] = mapped_column(String(80))
    entered: Mapped[dt.datetime]
    replaced: Mapped[bool] = mapped_column(default=False)
    decider: Mapped[str] = mapped_column(String(80), default="")
    origin: Mapped[dict[str, str]] = mapped_column(default=dict)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    ended_why: Mapped[str] = mapped_column(Text, default="")
    ended: Mapped[dt.datetime | None]
    absent: Mapped[bool] = mapped_column(default=False)

    subject: Mapped[Subject] = relationship()
