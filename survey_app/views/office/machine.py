"""The operator's page: how the machine under the vote stands, in sentences with what to do."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.log import audit_heads
from survey_app.services.office import audit_check
from survey_app.services.operating import points, standing
from survey_app.views.watching import measures, readiness

blueprint = Blueprint("machine", __name__, url_prefix="/office/machine")

#: Longer logs of acts are gone through on their own page, when somebody asks.
CHECKED_AT_ONCE = 5_000


@blueprint.get("")
@access.may(Capability.SEE_LOG)
def index() -> str:
    """Disk, queues, memory, backups, the log of acts, and how fast pages were answered."""
    db, counted = db_session(), measures()
    stands = standing.stand(db, current_config(), now=now())
    reading = counted.read() if counted else None
    told = points.points(readiness(), stands, reading, _faults(stands.acts))
    return render_template(
        "office/machine.html",
        points=told,
        states={state: _(title) for state, title in points.STATES.items()},
        worst=next((state for state in (points.BAD, points.WARN) if any(one.state == state for one in told)), points.GOOD),
        speed=points.speed(reading) if reading else [],
        at=now(),
    )


def _faults(acts: int) -> Sequence[str] | None:
    """What is wrong with the log of acts, a key file that cannot be read included; None for one too long to go through here."""
    if acts > CHECKED_AT_ONCE:
        return None
    try:
        return audit_check.check(db_session(), heads=audit_heads.printed(db_session())).faults
    except UserError as error:
        return [_(error.sentence, **error.parts)]
