"""A roster changed after the approval: what was fixed then stays fixed, and the checker of the bundle says so."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import Subject
from survey_app.proof import verify
from survey_app.services.roster import late_wishes
from tests.support.clock import NOON
from tests.survey_app.proof.test_bundle import Hamlet, auditors, content_of, public
from tests.towns import hamlet


def test_a_name_put_right_and_a_subject_who_left_are_in_the_log_and_break_nothing_that_was_fixed(voting: Hamlet) -> None:
    session, campaign = voting
    one = session.scalars(select(Subject).where(Subject.campaign_id == campaign.id).order_by(Subject.id)).all()[0]
    for wish in ({"act": "respelt", "name": f"{one.name}甲", "duty": one.duty}, {"act": "left"}):
        given = {"row": f"subject-{one.id}", "reason": "写错了，后来调离", **wish}
        late_wishes.make(session, campaign, given, asked_by="王", made_by="李", now=NOON)
    session.commit()
    hamlet.finish(session, campaign)
    for made in (public(voting), auditors(voting)):
        content = content_of(made)
        assert made.faults == ()
        logged = [entry for epoch in content["epochs"] for entry in epoch["entries"] if entry["record"] == "late"]
        assert sorted((entry["number"], entry["kind"]) for entry in logged) == [(1, "respelt"), (2, "left")]
        assert verify.Checker(content, "", "").wrong == []
