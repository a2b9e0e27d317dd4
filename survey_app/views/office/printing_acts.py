"""Making slips and letters: the codes are stored as digests, and the sheets exist in one answer.

The answer is a page and not a bare file, so that what was printed is said at once, with script or without: the file lies in the
page as a link to itself (`data:`), made once, kept neither on disk nor in the database nor for another worker to find.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial

from flask import Response, g, request
from markupsafe import Markup

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, speaking, when
from survey_app.i18n import gettext as _
from survey_app.languages import languages
from survey_app.models import BallotStyle, Campaign, Rater, SlipBatch
from survey_app.native_threads import native_pool
from survey_app.printing import InvitationSheet, SlipSheet, invitations_pdf, slips_pdf
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.notice import reasons
from survey_app.services.four_eyes.asks import Given
from survey_app.services.log import voids
from survey_app.services.office import audit
from survey_app.services.release.plan import plan_of
from survey_app.services.sealing.tokens import Secret, secret_text
from survey_app.services.slips import invitations, slips
from survey_app.services.slips.printings import Stamp
from survey_app.views.downloads import PDF, file_name, file_response


@dataclass(frozen=True)
class Printed:
    """One PDF with secrets in it, or an archive of some, on its way out: never shown in a traceback, never stored."""

    name: str
    count: int
    content: bytes = field(repr=False)
    kind: str = PDF

    @property
    def file(self) -> str:
        """A name no folder stumbles over."""
        return file_name(f"{self.name}.{self.kind.rpartition('/')[2]}")

    @property
    def address(self) -> Markup:
        """The whole file as an address of its own. Base64 needs no escaping, and escaping ten megabytes would take its time."""
        return Markup(f"data:{self.kind};base64,{b64encode(self.content).decode()}")  # noqa: S704 - base64 alone


def make_slips(
    campaign: Campaign, style: BallotStyle, count: int, meeting: str, *, old: SlipBatch | None = None, seen: str | None = None
) -> Printed:
    """A batch of slips; in place of `old`, which dies with it, as it was `seen`. Raises as `slips.mint`, `store`, `reissue`."""
    session = db_session()
    unit, group = name_place(campaign, style)
    exposed = plan_of(session, campaign).exposes(style.group_key)
    stamp = Stamp(now(), access.current_account().name)
    session.commit()  # nothing was changed: this ends the transaction, because hashing takes seconds and must hold no lock
    with native_pool() as pool:
        minted = slips.mint(style, count=count, meeting=meeting, cost=current_config().alias_cost, pool=pool)
        if old:
            batch = voids.reissue(session, old, minted, stamp, secret=cookie_key(current_config()), seen=seen)
        else:
            batch = slips.store(session, minted, stamp)
        address = f"{current_config().base_url}/v/{minted.style_id}"
        sheet = SlipSheet(
            title=campaign.title,
            meeting=minted.meeting,
            unit=unit,
            group=group,
            address=address,
            until=when(campaign.until),
            exposed=exposed,
        )
        codes = [(link(minted.style_id, secret), str(alias)) for secret, alias in batch.slips]
        told = f"{campaign.key} {unit} {group}: {count}" + (f", in place of batch {old.id}" if old else "")
        audit.record(session, account=stamp.by, action="slips-printed", detail=told, now=stamp.at)
        session.commit()
        # The context carries the reader's language into the pool's thread.
        made = pool.submit(copy_context().run, partial(slips_pdf, sheet, codes, language=language())).result()
    return Printed(f"{campaign.title}-{unit}-{group}-凭条", count, made)


def make_letters(campaign: Campaign, raters: Sequence[Rater], *, seen: str) -> Printed:
    """Letters for these raters of a group; their earlier ones, as they were `seen`, die. Raises as `invitations.store`."""
    session = db_session()
    title = scheme_of(campaign).groups[raters[0].group_key].title.in_(language()) if raters else ""
    units = {rater.id: rater.unit.name if rater.unit else "" for rater in raters}
    again = sum(1 for rater in raters if rater.tag is not None)
    stamp = Stamp(now(), access.current_account().name)
    session.commit()  # as in make_slips: no lock while hashing
    with native_pool() as pool:
        minted = invitations.mint(campaign, raters, cost=current_config().alias_cost, pool=pool)
        invitations.store(session, campaign, minted, stamp, seen=seen)
        sheets = [
            InvitationSheet(
                name=one.rater.name,
                group=title,
                unit=units[one.rater.id],
                link=link(str(one.rater.style_id), one.secret),
                address=f"{current_config().base_url}/v/{one.rater.style_id}",
                alias=str(one.alias),
            )
            for one in minted
        ]
        whom = f" ({raters[0].code})" if len(raters) == 1 else ""
        told = f"{campaign.key} {title}: {len(sheets)}{whom}" + (f", {again} in place of earlier ones" if again else "")
        audit.record(session, account=stamp.by, action="invitations-printed", detail=told, now=stamp.at)
        session.commit()
        words = partial(invitations_pdf, title=campaign.title, until=when(campaign.until), reasons=tell_reasons(campaign))
        made = pool.submit(copy_context().run, partial(words, sheets, language=language())).result()
    return Printed(f"{campaign.title}-{title}-邀请函", len(sheets), made)


def on_paper(act: Callable[[], Printed], given: Given | None = None) -> Printed:
    """Made in the language of what it prints, as the form says or as was asked for; the page that tells of it stays in the
    reader's own."""
    g.paper = (request.form if given is None else given).get("language", "")
    with speaking(paper()):
        return act()


@contextmanager
def on_paper_language(given: Given) -> Iterator[None]:
    """Inside the block sheets and the form their codes open are in the language that was asked for."""
    g.paper = word_in(given, "language")
    with speaking(paper()):
        yield


def word_in(given: Given, name: str) -> str:
    """A field that has one value."""
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def style_of(campaign: Campaign, style_id: str) -> BallotStyle:
    """The campaign's style of this id. Raises NotFoundError."""
    style = db_session().get(BallotStyle, style_id)
    if style is None or style.campaign_id != campaign.id:
        raise NotFoundError(N_("这次评议没有这张表；请从印制页面重新选择。"))
    return style


def name_place(campaign: Campaign, style: BallotStyle) -> tuple[str, str]:
    """The unit's name ("" for a group of no unit) and the group's title."""
    return style.unit.name if style.unit else "", scheme_of(campaign).groups[style.group_key].title.in_(language())


def tell_reasons(campaign: Campaign) -> list[tuple[str, str]]:
    """Who asks, why and what for, as sheets say it."""
    return [(_(name), said) for name, said in reasons(campaign)]


def link(style_id: str, secret: Secret) -> str:
    """What a QR code leads to."""
    chosen = f"?lang={language()}" if g.get("paper") in languages() else ""
    return f"{current_config().base_url}/v/{style_id}{chosen}#{secret_text(secret)}"


def paper() -> str:
    """The language chosen for what is printed and for the form its code opens; unless one was chosen, this page's."""
    chosen = g.get("paper") or request.values.get("language", "")
    return chosen if chosen in languages() else language()


def pdf_once(content: bytes, name: str) -> Response:
    """A sheet without a secret, not to be stored by anything on the way all the same."""
    return file_response(content, f"{name}.pdf", PDF, once=True)
