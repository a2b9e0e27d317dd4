"""What the count remarked (a quota exceeded): facts that people rule on, and the sentences that they read."""

from __future__ import annotations

from analysis.canonical import canonical
from analysis.context import Finding
from survey_app.i18n import speaking
from survey_app.languages import languages_of
from survey_app.services.results import words
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.rulings import RuledFact, Spot

#: Findings that a rule tolerates only with a reason.
NEEDS_REASON = frozenset({"soft_limit_exceeded"})


def sentences(loaded: Loaded, code: str | None = None) -> list[str]:
    """The count's findings as sentences, about one subject or (None) all; staff read only those of their own subjects.

    A finding about a pool names the pool by its facts: that a quota was missed is no secret, but only the office acts on it.
    """
    return [with_reason(loaded, one, said) for one, said in tell(loaded) if code is None or one.subject == code]


def with_reason(loaded: Loaded, finding: Finding, sentence: str) -> str:
    """The sentence with the reason a person recorded for it, while it still reads as it did then."""
    said = found_of(loaded, finding).standing(loaded.rulings.get(spot_of(finding), ()))
    return f"{sentence}（{said.sentence()}）" if said else sentence


def spot_of(finding: Finding) -> Spot:
    """Where reasons for a finding are kept."""
    return Spot("·".join((finding.code, finding.step, finding.parts.get("grade", ""))), finding.subject)


def found_of(loaded: Loaded, finding: Finding) -> RuledFact:
    """What a reason for this finding is about. Older reasons hold its sentence, in the language of whoever gave them."""
    fact = canonical([finding.code, dict(finding.parts)])
    if spot_of(finding) not in loaded.rulings:
        return RuledFact(fact)
    before = set()
    for tag in languages_of("office"):
        with speaking(tag):
            before.add(_sentence(loaded, finding, tag))
    return RuledFact(fact, frozenset(before))


def tell(loaded: Loaded) -> list[tuple[Finding, str]]:
    """The findings the caller may see, each with its sentence."""
    found = []
    for one in loaded.report.findings:
        about_subject = one.subject in loaded.people
        if loaded.allowed is not None and not (about_subject and loaded.may_see(one.subject)):
            continue
        if loaded.sections is None or _may_leave(loaded, one):
            found.append((one, _sentence(loaded, one, loaded.view.language)))
    return found


def _may_leave(loaded: Loaded, finding: Finding) -> bool:
    """Outside the office: with the scores, and what a rule tolerates only with a reason once the reason stands."""
    known = found_of(loaded, finding).standing(loaded.rulings.get(spot_of(finding), ()))
    explained = known is not None and known.number <= (loaded.rulings_until or 0)
    return loaded.lets("scores") and (finding.code not in NEEDS_REASON or explained)


def _sentence(loaded: Loaded, one: Finding, language: str) -> str:
    who = loaded.people[one.subject].name if one.subject in loaded.people else one.subject
    parts, info = dict(one.parts), loaded.scheme.quantities.get(one.step)
    if info and parts.get("grade") in info.labels:
        parts["grade"] = info.labels[parts["grade"]].in_(language)
    sentence = words.finding(one.code, parts)
    return f"{who}：{sentence}" if who else sentence
