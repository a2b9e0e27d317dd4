"""Ballot styles: who rates what. Derived from scheme and roster at approval, frozen with them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Base
from survey_app.models.campaign import Campaign
from survey_app.models.roster import Subject, Unit

#: Versions of a leaf, by what auditors may open of a ballot: the whole of it, or its pieces per subject.
WHOLE, CUT = 1, 2


class BallotStyle(Base):
    """One list of subject × item slots for one rater group of one unit. `id` is random and stands in the QR address.

    `content` is canonical JSON: {"slots": [[subject code, item key], …], "limits": [limit tables …]} as compiled by
    `questionnaires.styles`; `digest` its SHA-256, so that a form altered after approval is noticed. `leaf_version`: what kind of
    commitment its ballots' leaves carry (`services.commitments`).
    """

    __tablename__ = "ballot_style"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    group_key: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    excluded_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    leaf_version: Mapped[int] = mapped_column(default=WHOLE)

    campaign: Mapped[Campaign] = relationship()
    unit: Mapped[Unit | None] = relationship()
    excluded: Mapped[Subject | None] = relationship()
