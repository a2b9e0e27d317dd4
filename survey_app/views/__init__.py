"""Pages. Lives here: parsing a request, calling a service, rendering. May not live here: rules or queries.

Each module exposes `blueprint`; one line in `BLUEPRINTS` puts it on the map.
"""

from __future__ import annotations

from flask import Blueprint

from survey_app.views import room
from survey_app.views.office import (
    account_endings,
    account_units,
    accounts,
    campaigns,
    comments,
    counting,
    custody,
    demo_removal,
    destruction,
    earlier,
    evidence,
    factors,
    forms_table,
    headcounts,
    notice,
    outcomes,
    own_account,
    printing,
    proof_log,
    proving,
    publishing,
    readings,
    release,
    removal,
    reprinting,
    results,
    rosters,
)
from survey_app.views.voter import ballot, home, privacy, public_log, signed_forms

BLUEPRINTS: tuple[Blueprint, ...] = (
    account_endings.blueprint,
    account_units.blueprint,
    accounts.blueprint,
    ballot.blueprint,
    campaigns.blueprint,
    comments.blueprint,
    counting.blueprint,
    custody.blueprint,
    demo_removal.blueprint,
    destruction.blueprint,
    earlier.blueprint,
    evidence.blueprint,
    factors.blueprint,
    forms_table.blueprint,
    headcounts.blueprint,
    home.blueprint,
    notice.blueprint,
    outcomes.blueprint,
    own_account.blueprint,
    printing.blueprint,
    privacy.blueprint,
    proof_log.blueprint,
    proving.blueprint,
    public_log.blueprint,
    publishing.blueprint,
    readings.blueprint,
    release.blueprint,
    removal.blueprint,
    reprinting.blueprint,
    results.blueprint,
    room.blueprint,
    rosters.blueprint,
    signed_forms.blueprint,
)
