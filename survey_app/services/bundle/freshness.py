"""What a bundle says beside the count, and whether one made earlier still says what is so now.

Lives here: the lines of the books, what people said to outcomes, and the mark that tells a bundle made before a correction.
May not live here: what is withheld of them (`bundle`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from analysis.report import Report
from survey_app.models import Campaign, Ruling
from survey_app.proof.books import measure_slack
from survey_app.services.books import headcounts
from survey_app.services.counting import counting
from survey_app.services.release import plan
from survey_app.services.results import findings


def reconciliation(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    """The books of every group at every unit, with the room for stuffing they leave."""
    lines: list[dict[str, Any]] = []
    for line in headcounts.reconcile(session, campaign):
        spoiled, unused = (None, None) if line.group.signed else (line.spoiled, line.unused)  # they draw no slips
        found = measure_slack(issued=line.issued, cast=line.cast, present=line.present, spoiled=spoiled, unused=unused)
        lines.append(
            {
                "group": line.group.key,
                "unit": line.unit_code,
                "entitled": line.entitled,
                "present": line.present,
                "uncounted": "" if line.present is not None else line.reason,
                "issued": line.issued,
                "voided": line.voided,
                "cast": line.cast,
                "spoiled": spoiled,
                "unused": unused,
                "unnoticed": found.unnoticed,
                "surplus": found.surplus,
            }
        )
    return sorted(lines, key=lambda line: (line["group"], line["unit"]))


def rulings(session: Session, campaign: Campaign, report: Report) -> list[list[str]]:
    """The newest ruling on each outcome and finding: [table, subject, what, place, verdict, day].

    `table` is the quantity whose figures it speaks of. Reasons and names of deciders stay with the office: they are prose.
    """
    tables = {findings.spot_of(one).about: one.step for one in report.findings}
    tables |= {name: name for name in report.plan.outputs}
    newest = {(row.about, row.subject, row.place): row for row in _rows(session, campaign)}
    return sorted(
        [tables[about], subject, about, place, row.verdict, row.ruled.date().isoformat()]
        for (about, subject, place), row in newest.items()
        if tables.get(about)  # of what the newest report no longer finds, nothing is said
    )


def state_of(session: Session, campaign: Campaign) -> str:
    """Changes with the newest report, the books and the rulings: a bundle with another mark was made before a correction."""
    seen = [
        counting.newest_report(session, campaign).digest,
        reconciliation(session, campaign),
        [row.id for row in _rows(session, campaign)] if plan.plan_of(session, campaign).lets("rulings") else [],
    ]
    return digest(canonical(seen))


def _rows(session: Session, campaign: Campaign) -> list[Ruling]:
    """Oldest first, so that the newest of each place wins."""
    return list(session.scalars(select(Ruling).where(Ruling.campaign_id == campaign.id).order_by(Ruling.id)))
