"""Which page of the office leads to which section of the help: by blueprint, and by endpoint where a page has its own."""

from __future__ import annotations

from collections.abc import Mapping

#: Blueprint, or endpoint -> topic#section.
PLACES: Mapping[str, str] = {
    "account_endings": "accounts#roles",
    "account_roles": "accounts#roles",
    "account_units": "accounts#roles",
    "accounts": "accounts#roles",
    "again": "ready#rehearse",
    "asks": "accounts#two",
    "audit_log": "accounts#log",
    "campaigns": "start#road",
    "campaigns.approval": "release#floor",
    "campaigns.closing": "voting#hours",
    "campaigns.new": "scheme#begin",
    "campaigns.progress": "voting#turnout",
    "campaigns.scheme": "scheme#version",
    "comments": "results#outcomes",
    "counting": "count#open",
    "custody": "keys#choose",
    "demo_removal": "ready#purge",
    "destruction": "after#destroy",
    "earlier": "evidence#earlier",
    "evidence": "evidence#sheet",
    "factors": "accounts#signin",
    "files": "results#files",
    "forms_table": "roster#kinds",
    "hall_screen": "hall#screen",
    "headcounts": "count#box",
    "home": "start#road",
    "hours": "voting#hours",
    "keeping": "after#archive",
    "kept_rounds": "after#terms",
    "language_help": "scheme#edit",
    "letters": "results#files",
    "machine": "machine#page",
    "matters": "results#matters",
    "missing": "voting#missing",
    "notice": "start#road",
    "outcomes": "results#outcomes",
    "own_account": "accounts#signin",
    "own_results": "results#own",
    "people": "accounts#two",
    "posting": "results#files",
    "print_once": "print#once",
    "printing": "print#once",
    "proof_log": "proof#log",
    "proving": "accounts#signin",
    "publishing": "results#publish",
    "readings": "results#matters",
    "release": "release#exits",
    "removal": "roster#rows",
    "removal.campaign": "ready#purge",
    "reprinting": "print#again",
    "results": "count#why",
    "room": "hall#screen",
    "roster_desk": "roster#bring",
    "roster_row": "roster#rows",
    "rosters": "roster#bring",
    "round_ready": "ready#report",
    "scheme_desk": "scheme#begin",
    "scheme_forms": "scheme#edit",
    "scheme_reading": "scheme#version",
    "scheme_shown": "scheme#trial",
    "scheme_text": "scheme#edit",
    "trustee_keys": "keys#own",
    "whatif": "count#why",
}


def place_of(endpoint: str | None) -> str:
    """The topic and section for a page; "" where there is none of its own."""
    if endpoint is None:
        return ""
    return PLACES.get(endpoint) or PLACES.get(endpoint.partition(".")[0], "")
