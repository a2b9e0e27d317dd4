"""What stands between a signed-in caller and a page: a notice to acknowledge, a second factor to set up, a proof to give again.

Lives here: which pages ask for what, in one place. May not live here: who may call what at all (`access`), the pages that ask.

Threats answered to: an unattended desk, a stolen cookie, a script in a page. None of them holds password and authenticator, so
none of them closes, opens, counts, publishes, voids or destroys anything, hands out a way into an account, or changes its keys.
"""

from __future__ import annotations

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from survey_app import resuming
from survey_app.errors import RefusedError
from survey_app.extensions import SAFE_METHODS, current_config, db_session, now
from survey_app.i18n import N_
from survey_app.services.office import factors, own_sessions, owner_notices

#: Acts that nothing takes back, or that open a way in: endpoint -> why. Sent later than `own_sessions.FRESH` after the last
#: proof, the form waits in the page that asks for a new one. A test sends each of them and finds nothing done.
PROVEN_ANEW = {
    "account_endings.remove": "removes an account",
    "account_roles.save": "gives and takes what an account may do",
    "account_units.save": "makes an account and a link into it",
    "accounts.create": "makes an account and a link into it",
    "accounts.lock": "lets a disabled account in again",
    "accounts.renew_link": "makes a link into somebody's account",
    "asks.collect": "does what a second person confirmed",
    "asks.confirm": "is the second person's yes to what nothing takes back",
    "campaigns.approve": "freezes the scheme and opens the voting",
    "campaigns.close": "ends the voting",
    "counting.open_box": "opens the ballots",
    "demo_removal.remove": "removes campaigns",
    "destruction.destroy": "destroys the ballots",
    "destruction.fix": "says once until when ballots are kept",
    "factors.add_passkey": "changes the account's keys",
    "factors.begin_totp": "changes the account's keys",
    "factors.end_passkey": "changes the account's keys",
    "factors.end_totp": "changes the account's keys",
    "factors.renew_codes": "changes the account's keys",
    "factors.state_without": "lets everybody in with a password alone",
    "hours.begin": "opens the voting",
    "hours.choose": "says when the voting closes by itself",
    "keeping.lift_hold": "lets what was held be destroyed",
    "keeping.purge_round": "purges a round",
    "own_results.make": "makes links that show somebody's results",
    "people.say": "says how many people such acts take",
    "printing.print_invitations": "makes links that sign in somebody's name",
    "print_once.make": "makes slips, and links that sign in somebody's name",
    "printing.print_slips": "makes slips",
    "printing.take_digests": "registers slips",
    "proof_log.add": "signs a part of the log",
    "proof_log.publish": "publishes",
    "publishing.publish": "publishes",
    "readings.read": "opens somebody's signed form",
    "removal.remove_campaign": "removes a campaign",
    "reprinting.letters_again": "voids letters",
    "reprinting.reissue": "voids slips",
    "reprinting.void": "voids slips",
    "room.prepare": "makes forms for a hall",
}
#: Of these, forms into which people type what is never kept: they are shown only soon after a proof (`is_fresh`), and then there
#: is time for several trustees to type their shares.
LONG_TYPED = frozenset({"counting.open_box", "proof_log.publish", "readings.read"})
#: Pages that show what is to be kept from whoever only sits at the desk.
SHOWN_ANEW = frozenset({"factors.totp_page"})
#: Where somebody may go who has still to acknowledge a notice or to set up a factor: these pages themselves, and out.
OPEN = frozenset(
    {
        "accounts.sign_out", "factors.add_passkey", "factors.begin_totp", "factors.index", "factors.passkey",
        "factors.state_without", "factors.totp_page", "own_account.acknowledge", "own_account.change_password",
        "own_account.end_others", "own_account.end_session", "own_account.index", "own_account.notices", "proving.ask",
        "proving.prove", "proving.prove_by_passkey",
    }
)  # fmt: skip


class NotEnrolledError(RefusedError):
    """An account without a second factor that has to have one wants to do something."""


def stop(account_id: int, secret: str) -> Response | None:
    """The page that comes first; None where the caller may go on. Raises NotEnrolledError for a form sent past the set-up."""
    db, safe = db_session(), request.method in SAFE_METHODS
    row = own_sessions.find(db, secret)
    if row is None:
        return None  # `access` has just found it: it ended this moment, and the next request says so
    g.factors_waived = factors.without(db)
    if request.endpoint not in OPEN:
        if factors.must_enrol(db, row.account, with_passkey=current_config().passkey_roles):
            if not safe:
                raise NotEnrolledError(N_("先要给您的账户加上第二重验证，才能做这一步；请打开“我的账户”。这一次什么都没有做。"))
            return redirect(url_for("factors.index", next=_here()))
        if safe and owner_notices.waiting(db, account_id, row.mark):
            return redirect(url_for("own_account.notices", next=_here()))
    if own_sessions.is_fresh(row, now=now(), typing=request.endpoint in LONG_TYPED):
        return None
    if safe:
        return redirect(url_for("proving.ask", next=_here())) if request.endpoint in SHOWN_ANEW else None
    return resuming.ask_who(account_id) if request.endpoint in PROVEN_ANEW else None


def is_fresh(secret: object) -> bool:
    """For a page whose form asks for what is never kept: whether it may be shown, or the proof comes first."""
    row = own_sessions.find(db_session(), secret) if isinstance(secret, str) else None
    again = request.method not in SAFE_METHODS  # shown anew with what was mistyped: what stands in it is not thrown away
    return row is not None and own_sessions.is_fresh(row, now=now(), typing=again)


def _here() -> str:
    return request.full_path.rstrip("?")
