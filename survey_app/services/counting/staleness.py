"""Whether a report still tells of the evidence as it is.

Lives here: that one question. It is answered by comparing versions (`models.evidence_version`). Only where they differ, because
something changed, or changed and was changed back, or the report is older than versions are, is all evidence read and its digest
made: once in every state, and once in every process that serves.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey_app import bridge, earlier_digests
from survey_app.models import Campaign, StoredReport
from survey_app.services.counting import counting
from survey_app.services.counting.by_version import ByVersion

_DIFFERING = ByVersion[bool](256)


def is_stale(session: Session, campaign: Campaign, stored: StoredReport) -> bool:
    """Whether evidence, head-counts or roster of this campaign are others than this report of it saw.

    Raises NotCountedError, RefusedError for a damaged tally.
    """
    if stored.evidence_version is not None and stored.evidence_version == bridge.evidence_version(session, campaign):
        return False

    def differs() -> bool:
        evidence = bridge.evidence_of(session, campaign, counting.stored_opening(session, campaign).tally)
        return not earlier_digests.still(evidence, stored.evidence_digest)

    return _DIFFERING.get(session, campaign, differs, about=stored.evidence_digest)
