"""Tables. Lives here: SQLAlchemy models and their constraints. May not live here: what is done with them (services)."""

from survey_app.models.account import Account, AccountRole, AccountUnit, Attempts, OneTimeLink, SignInSession, UnboundCode
from survey_app.models.ask import Ask, AskStanding, OfficeSize
from survey_app.models.audit import AuditEvent, RefusalCount
from survey_app.models.ballot import Ballot
from survey_app.models.base import Base
from survey_app.models.campaign import REHEARSAL_MARK, Campaign, CampaignState
from survey_app.models.comment import CommentBox, CommentRuling, ReleasedComments
from survey_app.models.custody import Rehearsal, TrusteeAnswer
from survey_app.models.edit import FieldChange
from survey_app.models.evidence import EvidenceEntry
from survey_app.models.evidence_version import EvidenceVersion
from survey_app.models.factor import OfficeStatement, OwnerNotice, Passkey, RecoveryCode, SpentChallenge, TotpSecret
from survey_app.models.keeping import KeepingTerm, LegalHold, PurgeCertificate, RoundArchive
from survey_app.models.late_change import LateChange
from survey_app.models.mailed import MailedReminder
from survey_app.models.matter import Matter, MatterEntry
from survey_app.models.paper import PaperStack, PaperTyping
from survey_app.models.paper_template import PaperTemplate
from survey_app.models.proof import Appeal, LogEpoch, LogKey, MarkLeaf
from survey_app.models.publication import Publication
from survey_app.models.reading import FormReading
from survey_app.models.result import StoredReport, StoredTally
from survey_app.models.room import HallOpening, Room
from survey_app.models.roster import Headcount, Rater, Subject, Uncounted, Unit
from survey_app.models.roster_draft import RosterDraft
from survey_app.models.ruling import Ruling
from survey_app.models.scheme_draft import SchemeDraft, SchemeDraftText
from survey_app.models.slip import Slip, SlipBatch
from survey_app.models.style import BallotStyle
from survey_app.models.subject_link import SubjectLink
from survey_app.models.viewing_link import ViewingLink

__all__ = [
    "REHEARSAL_MARK",
    "Account",
    "AccountRole",
    "AccountUnit",
    "Appeal",
    "Ask",
    "AskStanding",
    "Attempts",
    "AuditEvent",
    "Ballot",
    "BallotStyle",
    "Base",
    "Campaign",
    "CampaignState",
    "CommentBox",
    "CommentRuling",
    "EvidenceEntry",
    "EvidenceVersion",
    "FieldChange",
    "FormReading",
    "HallOpening",
    "Headcount",
    "KeepingTerm",
    "LateChange",
    "LegalHold",
    "LogEpoch",
    "LogKey",
    "MailedReminder",
    "MarkLeaf",
    "Matter",
    "MatterEntry",
    "OfficeSize",
    "OfficeStatement",
    "OneTimeLink",
    "OwnerNotice",
    "PaperStack",
    "PaperTemplate",
    "PaperTyping",
    "Passkey",
    "Publication",
    "PurgeCertificate",
    "Rater",
    "RecoveryCode",
    "RefusalCount",
    "Rehearsal",
    "ReleasedComments",
    "Room",
    "RosterDraft",
    "RoundArchive",
    "Ruling",
    "SchemeDraft",
    "SchemeDraftText",
    "SignInSession",
    "Slip",
    "SlipBatch",
    "SpentChallenge",
    "StoredReport",
    "StoredTally",
    "Subject",
    "SubjectLink",
    "TotpSecret",
    "TrusteeAnswer",
    "UnboundCode",
    "Uncounted",
    "Unit",
    "ViewingLink",
]
