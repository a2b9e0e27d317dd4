"""The door through which views do what takes two people: ask for it, or do it, as the office has said of its size.

A view says what is to be done as plain fields and leaves the rest here. How each act is done and how it is told to the second
person stand beside the view it belongs to, under `deed`; the pages of asks (`asks`) call them by kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Account, Campaign
from survey_app.roles import granted
from survey_app.services.four_eyes import asks, office_size
from survey_app.services.four_eyes.asks import AskedBy, Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.office import acts
from survey_app.views.office.editing import SEEN, number_sent

About = Campaign | Account | None
#: What will be done, as lines of name and value; read by the second person, so whole and in words.
Told = list[tuple[str, str]]


@dataclass(frozen=True)
class Deed:
    """How an act is told and done. `do` commits; where the asker collects, its answer is what is collected."""

    tell: Callable[[About, Given], Told]
    do: Callable[[About, Given], AnyResponse]


DEEDS: dict[AskKind, Deed] = {}


def deed(
    kind: AskKind, tell: Callable[[About, Given], Told]
) -> Callable[[Callable[[About, Given], AnyResponse]], Callable[[About, Given], AnyResponse]]:
    """Name the function that does this act, and the one that tells it."""

    def mark(do: Callable[[About, Given], AnyResponse]) -> Callable[[About, Given], AnyResponse]:
        DEEDS[kind] = Deed(tell, do)
        return do

    return mark


def caller_asking() -> AskedBy:
    """The signed-in caller as the second-person rules see them."""
    caller = access.current_account()
    return AskedBy(caller.id, caller.name, granted(caller.roles))


def do_or_ask(kind: AskKind, about: About, given: Given, *, free: bool = False) -> AnyResponse:
    """Do it where one person may; else ask for it and show the ask.

    Parameters
    ----------
    kind, about, given
        The act, the campaign or account it is done to, and what was typed: all that the second person confirms.
    free
        This once one person may, by the act's own rule.

    Raises
    ------
    UserError
        As the act itself refuses, and as `asks.make` and `asks.note_alone` do.
    """
    session, by, moment = db_session(), caller_asking(), now()
    if free:
        return DEEDS[kind].do(about, given)
    if office_size.is_alone(session):
        asks.note_alone(session, kind, about, given, by=by, now=moment)
        return DEEDS[kind].do(about, given)
    seen = number_sent(SEEN)
    newest = acts.newest(session)
    row = asks.make(session, kind, about, given, seen=newest if seen is None else min(seen, newest), by=by, now=moment)
    session.commit()
    flash(_("已经提出，还没有办：要由另一个人登录确认。"))
    return redirect(url_for("asks.one", ask_id=row.id))


def campaign_in(about: About) -> Campaign:
    """The campaign an ask is about."""
    if not isinstance(about, Campaign):
        raise TypeError("an act on a campaign was asked for without one")
    return about


def account_in(about: About) -> Account:
    """The account an ask is about."""
    if not isinstance(about, Account):
        raise TypeError("an act on an account was asked for without one")
    return about


def word(given: Given, name: str) -> str:
    """One field of what was typed."""
    value = given.get(name, "")
    return value if isinstance(value, str) else "".join(value[:1])


def words(given: Given, name: str) -> tuple[str, ...]:
    """A field that may have several values."""
    value = given.get(name, ())
    return (value,) if isinstance(value, str) else tuple(value)
