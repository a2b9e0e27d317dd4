"""Response headers, the same on every page of a surface, errors included."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

from survey_app.config import OFFICE, PUBLIC
from survey_app.extensions import current_config

#: Nothing from elsewhere, nothing inline. `data:` images are drawn signatures; the worker is the offline queue of ballots.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}

#: The office's previews: some pages frame, others are framed, all from here; every other page neither frames nor is framed.
_FRAMES = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}
_FRAMED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
FRAMING = {
    **dict.fromkeys(
        (
            "forms_table.preview",
            "scheme_desk.method",
            "scheme_forms.act",
            "scheme_forms.page",
            "scheme_forms.save",
            "scheme_shown.phone",
        ),
        _FRAMES,
    ),
    **dict.fromkeys(("forms_table.shown", "scheme_shown.of_method", "scheme_shown.shown"), _FRAMED),
}


#: What a surface's pages do not do, and so may not: only forms for voters keep themselves for a reload and draw signatures.
NARROWER = {
    OFFICE: {"worker-src 'self'": "worker-src 'none'"},
    PUBLIC: {"worker-src 'self'": "worker-src 'none'", "img-src 'self' data:": "img-src 'self'"},
}


def init_headers(app: Flask) -> None:
    """Set the headers on every response; a page that says nothing about caching is not cached."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in (HEADERS | FRAMING.get(request.endpoint or "", {})).items():
        response.headers[name] = value
    for wide, narrow in NARROWER.get(current_config().surface, {}).items():
        response.headers["Content-Security-Policy"] = response.headers["Content-Security-Policy"].replace(wide, narrow)
    if response.status_code == 308:  # to another spelling of an address; written of the Host header, which anybody may claim
        parts = urlsplit(response.location or "/")
        response.location = urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))
    if current_config().secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
