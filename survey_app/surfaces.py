"""Voting, office and public log apart: a process serves one surface, and to it the pages of the others do not exist.

Whoever finds a way into a page for voters finds no page of the office there and no cookie of it; whoever floods the public log
floods no vote. By default one process serves everything on one address, and nothing here acts.

Lives here: which page belongs where, and links that lead to another surface. May not live here: who may call a page (`access`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.routing import Map, Rule

from survey_app.config import ALL, OFFICE, PUBLIC, VOTER, Config

#: Blueprint or endpoint -> where it is, for what is not the office's alone. Everything else is.
PLACES = {
    "ballot": {VOTER},
    "slip_check": {VOTER},
    "room.door": {VOTER},
    "room.enter": {VOTER},
    "signed_forms": {VOTER},
    "signed_forms.sheet": {VOTER, OFFICE},  # the office prints what it has read with leave
    "public_log": {PUBLIC},
    "public_round": {PUBLIC},
    "viewing": {PUBLIC},  # its readers are outside; what staff sign in for stays with the office
    "privacy": {VOTER, PUBLIC},
    "home.front": {VOTER, OFFICE, PUBLIC},
    "home.healthy": {VOTER, OFFICE, PUBLIC},
    "watching": {VOTER, OFFICE, PUBLIC},
    "assets": {VOTER, OFFICE, PUBLIC},
    "static": {VOTER, OFFICE, PUBLIC},
}
#: Surfaces on which no page may set a cookie.
WITHOUT_COOKIES = frozenset({VOTER, PUBLIC})


def surfaces_of(endpoint: str) -> set[str]:
    """Where an endpoint is served."""
    return PLACES.get(endpoint) or PLACES.get(endpoint.partition(".")[0]) or {OFFICE}


class Address(Rule):
    """A rule that learns how to write its address when it is first asked to.

    Werkzeug compiles two functions for each rule as the program starts: for some three hundred pages, on two maps, that is most
    of the time in which the application is put together, and a process writes a few dozen of these addresses in its life.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(super(Address, self)._compile_builder(append_unknown))
            return made[0](rule, **values)

        return build


class SurfaceApp(Flask):
    """An application that has the addresses of its surface only, and links to the others by their full address."""

    url_rule_class = Address

    def __init__(self, config: Config, *arguments: Any, **named: Any) -> None:
        self.place = config
        self.everywhere = Map()
        super().__init__(*arguments, **named)

    def serves(self, endpoint: str) -> bool:
        """Whether the endpoint is on this surface."""
        return self.place.surface == ALL or self.place.surface in surfaces_of(endpoint)

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, *arguments: Any, **named: Any) -> None:
        """As Flask's; what is not on this surface gets no address and no view."""
        name = endpoint or view_func.__name__
        self.everywhere.converters = self.url_map.converters
        self.everywhere.add(Address(rule, endpoint=name, build_only=True, strict_slashes=False))
        if self.serves(name):
            super().add_url_rule(rule, endpoint, view_func, *arguments, **named)

    def url_for(self, endpoint: str, **values: Any) -> str:
        """As Flask's; of a page of another surface the full address there."""
        return super().url_for(endpoint, **values) if self.serves(endpoint) else self.full_address(endpoint, **values)

    def full_address(self, endpoint: str, **values: Any) -> str:
        """The address of a page with its host: what is printed, copied or leads to another surface."""
        anchor = values.pop("_anchor", None)
        path = self.everywhere.bind("").build(endpoint, {name: value for name, value in values.items() if value is not None})
        return self.place.address_of(surfaces_of(endpoint)) + path + (f"#{anchor}" if anchor else "")


def full_address(endpoint: str, **values: Any) -> str:
    """The address of a page with its host, as paper and other people's browsers need it."""
    return cast("SurfaceApp", current_app).full_address(endpoint, **values)
