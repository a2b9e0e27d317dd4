"""Two people at one form, on the web: what a page was rendered from travels with it, and comes back to be compared.

A form with fields carries their values as shown (`base`); every form carries the number of the log's last line it knew
(`seen_act`, by the macros `token` and `post_button`). Both are only ever believed about their own sender: a forged one
makes somebody overwrite what they could overwrite by looking again. Fields sent without a base, by a page left open from before
there were bases, were shown nothing: what stands already is never overwritten by them, both values are put side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from flask import Flask, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import SAFE_METHODS, db_session
from survey_app.i18n import N_
from survey_app.models import Account, Campaign
from survey_app.resuming import FILL_AGAIN
from survey_app.services.editing import edits, field_changes
from survey_app.services.editing.edits import FieldDifference, Settled
from survey_app.services.office import acts
from survey_app.services.office.acts import Act, StaleActError
from survey_app.views.typed import whole

BASE, SEEN, CHOICE = "edit_base", "seen_act", "keep:"


class FillAgainError(UserError):
    """What was kept over signing in again had a file or a passphrase beside it, which are never kept."""

    status = 422


@dataclass(frozen=True, kw_only=True)
class DifferenceNotice:
    """A difference as a person reads it. `by`, `at`: who made theirs of it, and when; "" and None where that is not known."""

    difference: FieldDifference
    label: str
    base: str
    mine: str
    theirs: str
    by: str
    at: object


@dataclass(frozen=True)
class Edit:
    """What the templates need of one form: its base to send along, conflicts to choose in, what others changed meanwhile."""

    base: str
    conflicts: tuple[DifferenceNotice, ...] = ()
    meanwhile: tuple[DifferenceNotice, ...] = ()


@dataclass
class FormOfFields:
    """One form of one campaign: its name, and how its fields and their values are called."""

    name: str
    campaign: Campaign
    labels: Mapping[str, str]
    worded: Callable[[str, str], str] = field(default=lambda _field, value: value)

    def edit(self, current: Mapping[str, str]) -> Edit:
        """For a page that shows what is now. After a refusal: what was typed stays, and so does what it was typed over."""
        sent = request.form.get(BASE)
        return Edit(sent if sent is not None and self._opened(sent) else self._sealed(current))

    def settle(self, current: Mapping[str, str], mine: Mapping[str, str]) -> Settled:
        """Compare what was sent with what the page was rendered from and with what is now. The caller holds the campaign."""
        base, asked = self._opened(request.form.get(BASE, "")) or ({}, [])
        chosen = {one: request.form.get(f"{CHOICE}{one}", "") for one in asked}
        return edits.settle(base, mine, current, asked=asked, chosen=chosen)

    def disputed(self, settled: Settled, current: Mapping[str, str]) -> Edit:
        """For the page that asks which of the two is to stand."""
        told = self._told(settled.conflicts)
        kept = self._told(settled.kept)
        return Edit(self._sealed(current, [one.field for one in settled.conflicts]), told, kept)

    def saved(self, settled: Settled, current: Mapping[str, str]) -> Edit:
        """For the page after saving, where others had changed something meanwhile."""
        return Edit(self._sealed(current), (), self._told(settled.kept))

    def _told(self, differences: Collection[FieldDifference]) -> tuple[DifferenceNotice, ...]:
        known = field_changes.of(db_session(), self.campaign, self.name)
        found = []
        for one in differences:
            who = known.get(one.field)
            base, mine, theirs = (self.worded(one.field, value) for value in (one.base, one.mine, one.theirs))
            label = self.labels.get(one.field, one.field)
            found.append(
                DifferenceNotice(
                    difference=one,
                    label=label,
                    base=base,
                    mine=mine,
                    theirs=theirs,
                    by=who.by if who else "",
                    at=who.at if who else None,
                )
            )
        return tuple(found)

    def _sealed(self, values: Mapping[str, str], asked: Collection[str] = ()) -> str:
        shown = {name: value for name, value in values.items() if value}
        return str(_signer().dumps([self.name, self.campaign.key, shown, list(asked)]))

    def _opened(self, text: str) -> tuple[dict[str, str], list[str]] | None:
        """What this form was rendered from; None where it was not this form, or not ours: then nothing was shown."""
        try:
            name, key, shown, asked = _signer().loads(text)
        except (BadSignature, ValueError, TypeError):
            return None
        return (shown, asked) if (name, key) == (self.name, self.campaign.key) else None


def init_editing(app: Flask) -> None:
    """Let every form say which line of the log its page knew."""
    app.jinja_env.globals[SEEN] = seen_act
    app.before_request(_note_seen)


def _note_seen() -> None:
    """Before a page reads anything else: what is done from here on, it does not know."""
    if g.get("caller") is not None and request.method in SAFE_METHODS:
        g.seen_act = acts.newest(db_session())


def seen_act() -> int | None:
    """The last line of the log this page knows; None where nobody is signed in."""
    if g.get("caller") is None:
        return None
    if "seen_act" not in g:
        g.seen_act = acts.newest(db_session())
    number: int = g.seen_act
    return number


def hold(campaign: Campaign) -> Campaign:
    """The campaign for this writer alone until the commit, as it is now. On SQLite the writer has the database anyway."""
    db_session().refresh(campaign, with_for_update=True)
    return campaign


def still_as_seen(
    about: Campaign | Account,
    *actions: str,
    only: Callable[[str], bool] | None = None,
    own: bool = True,
) -> None:
    """Hold campaign or account, and make sure that nothing of this was done since the page was looked at.

    The first line of every act.

    Parameters
    ----------
    about
        Whose act it is; its row is locked.
    *actions
        The acts that would have made the page stale, as the office's log names them.
    only
        What the log's line must say after its key or name to count; None for every line.
    own
        Whether one's own acts count; not where the page stays in the browser because the answer is a file.

    Raises
    ------
    StaleActError
        Naming who did what and when.
    FillAgainError
        Where a file or a passphrase has to be given again.
    """
    complete()
    db_session().refresh(about, with_for_update={"of": type(about)})
    found = _since(about, actions, only, but_not_by=None if own else access.current_account().name)
    if found:
        raise StaleActError(found)


def meanwhile(about: Campaign | Account, *actions: str, only: Callable[[str], bool] | None = None) -> str:
    """For an act whose page carries a state of its own, and was refused as stale: who did what of this since, as a sentence."""
    return acts.tell(_since(about, actions, only))


def _since(
    about: Campaign | Account,
    actions: Collection[str],
    only: Callable[[str], bool] | None,
    *,
    but_not_by: str | None = None,
) -> list[Act]:
    seen = number_sent(SEEN)
    if seen is None:
        return []
    name = about.key if isinstance(about, Campaign) else about.name
    return acts.since(db_session(), seen, actions, about=name, only=only, but_not_by=but_not_by)


def number_sent(name: str) -> int | None:
    """A number the page sent along about what it knew; None where it sent none, 0 where it is no number of ours."""
    text = request.form.get(name)
    if text is None:
        return None
    return whole(text, digits=15) or 0


def plain(text: str) -> str:
    """A text as it is compared: browsers send the ends of lines in another way than they got them."""
    return text.replace("\r\n", "\n").strip()


def complete() -> None:
    """A form sent on after signing in again lacks its file and its passphrases: back to the form. Raises FillAgainError."""
    if request.form.get(FILL_AGAIN):
        raise FillAgainError(N_("文件、口令和密钥片不会保留：请在这一页上重新选择、重新输入，再提交；还没有保存。"))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="edit-base")
