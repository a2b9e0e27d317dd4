"""The office's cookie: signed, for the browser session only, never sent across sites, and never set on a voter's page."""

from __future__ import annotations

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from survey_app import access
from survey_app.config import Config, cookie_key
from survey_app.extensions import current_config
from survey_app.surfaces import WITHOUT_COOKIES


class VoterCookieError(RuntimeError):
    """A voter's page tried to set a cookie: a mistake of ours that would make the voter recognisable."""


class OfficeCookies(SecureCookieSessionInterface):
    """Flask's signed cookie, refused on voter pages. It holds the forgery token and the sign-in session's secret."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie if it changed. Raises VoterCookieError on a voter's page, and all over a surface without cookies."""
        if access.is_voter_request() or current_config().surface in WITHOUT_COOKIES:
            if session.modified:
                raise VoterCookieError("a voter's page may not touch the session")
            return
        super().save_session(app, session, response)


def init_sessions(app: Flask, config: Config) -> None:
    """Choose the cookie's name and attributes. Over HTTPS the name's prefix makes browsers insist on `Secure`."""
    app.secret_key = cookie_key(config)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-pingyi" if config.secure else "pingyi",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_CHECK_DEFAULT=False,  # the access hook checks, knowing which requests are voters'
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in session lives
        WTF_CSRF_SSL_STRICT=False,  # the cookie is SameSite=Strict and the token is required; proxies rewrite hosts
    )
    app.session_interface = OfficeCookies()
