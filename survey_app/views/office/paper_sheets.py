"""A form on paper, as its page hands it out: what is printed, from the form at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.disclosure import floors
from survey_app.extensions import db_session
from survey_app.forms import ballot_page, paper_form
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import BallotStyle, Campaign
from survey_app.printing.paper_form import PaperForm
from survey_app.services.casting.forms_at_hand import FormAtHand, form_at_hand
from survey_app.views.office.printing_acts import name_place, tell_reasons


def sheet_of(campaign: Campaign, style: BallotStyle) -> PaperForm:
    """What stands on the sheet, in the language spoken."""
    here = form_at_hand(db_session(), style.id)
    asked = ballot_page.free_words(here.asked, language())
    return PaperForm(
        style=style.id,
        title=campaign.title,
        place=" · ".join(part for part in (campaign.period, *name_place(campaign, style)) if part),
        asked=tell_reasons(campaign),
        blocks=paper_form.blocks(here, language()),
        rules=rules_of(here),
        notes=[text.in_(language()) for text in here.paper.scheme.notes.values()],
        comment=(_("%(ask)s（可不填，最多 %(most)s 个字）", **asked), _words_fate()) if asked else None,
        exposed=here.open,
    )


def _words_fate() -> str:
    """What becomes of words on paper: as on the screen, but that two people read them beside the marks."""
    return _(
        "录入的人会看到您写的话；在系统里它和您的选项分开封存，至少 %(n)s 个人写了，"
        "才打乱次序给人看，不到 %(n)s 个人写，谁也看不到。",
        n=floors.WORDS,
    )


def rules_of(here: FormAtHand) -> list[str]:
    """The limits in words, each with what becomes of a sheet that breaks it."""
    found: dict[str, None] = {}
    limits: Any = ballot_page.coach(here.paper, language())["limits"]
    for one in limits:
        found[" ".join(part for part in (_told(one), _effect(one["effect"])) if part)] = None
    return list(found)


def _told(limit: Mapping[str, str]) -> str:
    scope = limit["label"] if " · " in limit["label"] else ""
    return _("：").join(part for part in (scope, limit["why"] or limit["text"] or limit["range"]) if part)


def _effect(effect: str) -> str:
    """What the rules say of a ballot that breaks a limit, of paper: nobody can be asked to mend it."""
    told = {
        "refuse": _("不合这一条的表不能计入。"),
        "void": _("按规则，这样的选票会作废，不计入结果。"),
        "incomplete": _("按规则，这样的选票算没有填完，不计入结果。"),
    }
    return told.get(effect, "")
