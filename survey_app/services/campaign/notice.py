"""What a campaign tells whoever is asked, under which names: one list for forms, receipts, invitations and posters."""

from __future__ import annotations

from survey_app.i18n import N_
from survey_app.models import Campaign


def reasons(campaign: Campaign) -> list[tuple[str, str]]:
    """Who asks, why, and what happens with the result: what each is called, to be translated, and what the office wrote."""
    use = N_("结果怎么用") if campaign.asker else N_("谁在问，结果怎么用")
    told = [(N_("谁在问"), campaign.asker), (N_("为什么问"), campaign.purpose), (use, campaign.asks)]
    return [(name, said) for name, said in told if said]
