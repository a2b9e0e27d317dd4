"""A scheme's forms before there is any round: filled with made-up names, belonging to nothing, casting nothing."""

from __future__ import annotations

from questionnaires.model import Scheme, Style
from survey_app.models import BallotStyle, Campaign
from survey_app.services.casting.forms_at_hand import FormAtHand, SubjectIntroduced
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.scheme_desk import samples


def styles_of(scheme: Scheme) -> tuple[Style, ...]:
    """One form of each group that fills any, in the scheme's order."""
    return tuple(samples.styles_of(scheme))


def form_of(scheme: Scheme, style: Style) -> FormAtHand:
    """The form as the voters' pages show it."""
    roster = {one.id: one for one in samples.roster_of(scheme, 2)}
    subjects = {slot.subject: SubjectIntroduced(roster[slot.subject].name) for slot in style.slots}
    names = {code: one.name for code, one in subjects.items()}
    campaign = Campaign(
        key="specimen",
        title=scheme.title.in_(scheme.languages[0]),
        period="",
        asker="",
        purpose="",
        asks="",
        until="",
        wrapped_key=b"",
        public_key=b"",
        scheme_text=scheme.text,
        scheme_digest=scheme.digest,
    )
    paper = BallotPaper(scheme, style.slots, style.limits, names)
    group = scheme.groups[style.group]
    return FormAtHand(
        row=BallotStyle(id="specimen", campaign=campaign, group_key=style.group),
        paper=paper,
        group=group,
        subjects=subjects,
        asked=group.comment,
        open=False,
        wide=paper.wide(),
        unit=style.unit,
    )
