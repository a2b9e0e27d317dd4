"""One tester for each revision: rows before, rows after. A revision without one stops the collection of tests.

`before` is called at the revision just below, `after` at the revision itself, both with an open connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.absent_evidence import AbsentEvidence
from tests.migrations.after_results import Matters, PaperTemplates, ViewingLinks
from tests.migrations.asks import Asks
from tests.migrations.books import BooksComplete
from tests.migrations.comments import Comments
from tests.migrations.evidence_versions import EvidenceVersions
from tests.migrations.factors import Factors
from tests.migrations.field_changes import FieldChanges
from tests.migrations.form_readings import FormReadings
from tests.migrations.held import HeldKept
from tests.migrations.keeping import Keeping
from tests.migrations.lanes_and_halls import LanesAndHalls
from tests.migrations.late_changes import LateChanges
from tests.migrations.mark_leaves import MarkLeaves
from tests.migrations.paper_forms import PaperForms
from tests.migrations.printings import Printings
from tests.migrations.proof_log import ProofLog
from tests.migrations.publications import Publications
from tests.migrations.rehearsal import Rehearsals
from tests.migrations.release_plan import ReleasePlans
from tests.migrations.roles import RolesOfAccounts
from tests.migrations.rooms import Rooms
from tests.migrations.round_hours import RoundHours
from tests.migrations.scheme_drafts import SchemeDrafts
from tests.migrations.signed_acts import SignedActs
from tests.migrations.subject_links import SubjectLinks
from tests.migrations.submissions import Submissions
from tests.migrations.trustee_answers import TrusteeAnswers
from tests.migrations.units_of_accounts import UnitsOfAccounts
from tests.migrations.who_asks import WhoAsks

NOW = "2026-11-01 08:00:00"
ANONYMOUS_WITH_RATER = text(
    "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
    " VALUES (:key, 1, 's', 'anonymous', 1, 1, false, :key, :key, :key)"
)


@dataclass(frozen=True)
class FirstTables:
    """The first revision: nothing before, every table after, and the schema itself forbids a name on an anonymous ballot."""

    def before(self, connection: Connection) -> None:
        """An empty database."""
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}

    def after(self, connection: Connection) -> None:
        """The tables take rows, and refuse the row that would break the promise."""
        assert {"campaign", "ballot", "slip", "account", "audit_event"} <= set(inspect(connection).get_table_names())
        columns = {column["name"] for column in inspect(connection).get_columns("ballot")}
        assert columns == {
            *("key", "campaign_id", "style_id", "kind", "rater_id", "version", "superseded", "sealed", "submission", "leaf"),
        }
        with pytest.raises(IntegrityError, match="signed_has_rater"):
            connection.execute(ANONYMOUS_WITH_RATER, {"key": b"k" * 32})


@dataclass(frozen=True)
class Rulings:
    """Entries of before stay as they were, still in force or replaced; a decision's decider is whoever had entered it."""

    def before(self, connection: Connection) -> None:
        """A campaign with a corrected number and a decision."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (1, 'k', 't', '2026', '', '', 'draft', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": NOW},
        )
        connection.execute(text("INSERT INTO unit (id, campaign_id, code, name, place, facts) VALUES (1, 1, 'U', 'u', 1, '{}')"))
        subject = "INSERT INTO subject (id, campaign_id, unit_id, code, name, duty, place, facts)"
        connection.execute(text(f"{subject} VALUES (1, 1, 1, 'P', 'p', '', 1, '{{}}')"))
        entries = (("component", "80", True), ("component", "90", False), ("decision", "yes", False))
        for number, (kind, value, replaced) in enumerate(entries):
            connection.execute(
                text(
                    "INSERT INTO evidence_entry"
                    ' (id, campaign_id, subject_id, kind, name, value, "on", reason, entered_by, entered, replaced)'
                    " VALUES (:id, 1, 1, :kind, 'n', :value, '', 'why', 'office', :now, :replaced)"
                ),
                {"id": number + 1, "kind": kind, "value": value, "now": NOW, "replaced": replaced},
            )

    def after(self, connection: Connection) -> None:
        """Nothing lost, nothing withdrawn; a ruling takes only the three verdicts."""
        rows = connection.execute(
            text("SELECT value, replaced, withdrawn, decider, ended_by, ended FROM evidence_entry ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [
            ("80", True, False, "", "", None),
            ("90", False, False, "", "", None),
            ("yes", False, False, "office", "", None),
        ]
        rule = text(
            "INSERT INTO ruling (campaign_id, about, subject, place, found, report_digest, verdict, reason, ruled_by, ruled)"
            " VALUES (1, 'q', 'P', '', 'x', 'd', :verdict, '', 'office', :now)"
        )
        connection.execute(rule, {"verdict": "confirmed", "now": NOW})
        with pytest.raises(IntegrityError, match="verdict"):
            connection.execute(rule, {"verdict": "changed", "now": NOW})


class Tester(Protocol):
    """What a revision must keep and change."""

    def before(self, connection: Connection) -> None:
        """Rows as they stood at the revision below."""

    def after(self, connection: Connection) -> None:
        """What has to stand afterwards."""


#: Revision -> its tester.
TESTERS: dict[str, Tester] = {
    "860066172b4a": FirstTables(),
    "5d2c9a71e3f8": Rulings(),
    "3d5b7a1c9e42": ProofLog(),
    "7c41d0b85e2a": Rehearsals(),
    "9e2f4c6a8b17": ReleasePlans(),
    "b3e85f20c714": Rooms(),
    "f06d3b9a72c1": HeldKept(),
    "c4a17f9e2d60": MarkLeaves(),
    "4e7a19c3d6f2": FormReadings(),
    "a41c7be09d35": Comments(),
    "a8d20c5e7b43": WhoAsks(),
    "6a1e93d4c07b": UnitsOfAccounts(),
    "d27f50b8e61c": Publications(),
    "c5e81a7f3b06": Printings(),
    "2b7e94d1c05a": FieldChanges(),
    "9d3f6b2a8e14": AbsentEvidence(),
    "e1b85c0a37d4": EvidenceVersions(),
    "f3a96c1d7e28": LanesAndHalls(),
    "a7c3f1e95b28": Submissions(),
    "c8d4e2b7905f": TrusteeAnswers(),
    "b84d0e6f2a19": BooksComplete(),
    "d4b8e61f2a97": RolesOfAccounts(),
    "e7c02b95d418": Asks(),
    "5f19ac30e7b6": SubjectLinks(),
    "d4b8e02f7a61": SignedActs(),
    "c91e5d7a30b4": Factors(),
    "5be0c1d7f294": SchemeDrafts(),
    "b7d3f0a94c16": RoundHours(),
    "a3f5d20c71e8": PaperTemplates(),
    "b7c64e91d2a0": Matters(),
    "c4d81f2e6a90": PaperForms(),
    "d19a7b53e0c8": LateChanges(),
    "e26f40c9b7d1": Keeping(),
    "f3b8125da6e4": ViewingLinks(),
}
