"""Evidence digests as they were made until November 2026: over sentences in the language of whoever had the count made.

Lives here: that one digest, so that a round counted before is not called changed because the program is newer. A round computed
again gets the digest of today (`bridge.evidence_digest`). The sentences stand here and not in a catalogue: a better translation
must not change what was digested.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analysis.canonical import canonical, digest
from analysis.evidence import Entered, Evidence
from survey_app.bridge import evidence_digest


@dataclass(frozen=True)
class _Tongue:
    comma: str
    origin: str
    entered: str

    def words(self, reason: str, entered: Entered) -> str:
        """The reason as it was digested: with origin, person and day (UTC) in one sentence."""
        day = dt.datetime.fromisoformat(entered.at).date().isoformat() if entered.at else ""
        origin = self.origin % dict(entered.origin) if entered.origin else ""
        return self.comma.join(part for part in (reason, origin, self.entered % {"who": entered.by, "day": day}) if part)


#: The languages office pages and the command line counted in.
_TONGUES = (
    _Tongue("，", "接自“%(title)s”（%(period)s）的“%(quantity)s”", "%(who)s %(day)s 录入"),
    _Tongue(", ", "taken over from “%(quantity)s” of “%(title)s” (%(period)s)", "entered by %(who)s on %(day)s"),
)


def still(evidence: Evidence, stored: str) -> bool:
    """Whether this evidence is what a report with this digest saw, whichever way the digest was made then."""
    return evidence_digest(evidence) == stored or any(_digest(evidence, tongue) == stored for tongue in _TONGUES)


def _digest(evidence: Evidence, tongue: _Tongue) -> str:
    parts = {
        "subjects": [[subject.id, dict(subject.facts)] for subject in evidence.subjects],
        "heads": [[h.group, h.unit, h.entitled, h.present, h.issued, h.returned] for h in evidence.heads],
        "components": sorted([c.subject, c.name, str(c.value)] for c in evidence.components),
        "events": sorted([e.subject, e.kind, e.on, str(e.amount), tongue.words(e.reason, e.entered)] for e in evidence.events),
        "past": sorted([p.period, p.subject, p.quantity, str(p.value)] for p in evidence.past),
        "decisions": sorted(
            [d.subject, d.name, d.choice, d.decider, tongue.words(d.reason, d.entered), d.on] for d in evidence.decisions
        ),
        "period": evidence.period,
    }
    return digest(canonical(parts))
