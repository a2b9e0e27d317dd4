"""Campaigns: one round on a frozen scheme."""

from __future__ import annotations

from functools import lru_cache

from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from survey_app.models import Campaign


def scheme_of(campaign: Campaign) -> Scheme:
    """The campaign's scheme, read from the text frozen with it; kept in memory by that text."""
    return _scheme(campaign.scheme_text, campaign.scheme_key)


@lru_cache(maxsize=32)
def _scheme(text: str, origin: str) -> Scheme:
    return load_scheme(text, origin)
