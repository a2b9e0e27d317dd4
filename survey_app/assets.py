"""What a voter's page loads beside itself: one style sheet and one script, each named by its digest and compressed once;
and, when the form is ready, the worker that keeps it for a reload without a network.

Every request on a hall's network costs a round trip of half a second, so the parts are joined here and a phone keeps them for
good: another content has another name. Only answers that are the same for everybody are compressed; a page that carries one
person's secret is sent as it is, so that its length says nothing about what is in it (the BREACH family of attacks).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Flask, Response, request, url_for

from survey_app import access
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.places import beside

STATIC = beside("static")
KEPT_SECONDS = 31_536_000
COMPRESSIBLE = ("text/html", "text/css", "text/javascript", "image/svg+xml")
WORKER = "worker.js"
SMALLEST = 600  # below this the header costs as much as compression saves
BUNDLES = {
    "voter.css": ("css/tokens.css", "css/base.css", "css/ballot.css"),
    "voter.js": (
        "js/ballot/keep.js",
        "js/ballot/limits.js",
        "js/ballot/form.js",
        "js/ballot/views.js",
        "js/ballot/controls.js",
        "js/ballot/review.js",
        "js/ballot/send.js",
        "js/ballot/ink.js",
        "js/ballot/offline.js",
        "js/ballot/start.js",
    ),
    WORKER: ("js/worker.js",),
}
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
#: In scripts: types, comments before and behind code, indentation. A " // " before a quote may be of a string: it stays.
_SCRIPT_COMMENT = re.compile(r"/\*\*(?s:.*?)\*/[ \t]*\n?|^\s*//.*\n|[ \t]+// [^\n\"'`]*$|^\s+", re.MULTILINE)
blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Bundle:
    """Some files as one: `content` as sent to a browser, `digest` its name."""

    content: bytes
    digest: str
    mimetype: str


@dataclass(frozen=True)
class KeptPage:
    """A page that is the same for everybody, compressed once, with the tag under which a browser asks whether it still stands."""

    plain: bytes
    squeezed: bytes
    tag: str

    @classmethod
    def of(cls, plain: bytes) -> KeptPage:
        """The page as it is to be kept, by whoever makes it: here it would lie a second time."""
        return cls(plain, gzip.compress(plain, compresslevel=9, mtime=0), hashlib.sha256(plain).hexdigest()[:32])

    def answer(self, *, squeezed: bool) -> Response:
        """The page in a response. Two forms of one page must not answer for each other, so each has its tag."""
        response = Response(self.squeezed if squeezed else self.plain, mimetype="text/html")
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{self.tag}-gz" if squeezed else self.tag)
        return response


@lru_cache(maxsize=len(BUNDLES))
def bundle(name: str) -> Bundle:
    """The joined files of this name, without the comments; scripts share one function scope of their own. KeyError if unknown."""
    joined = "".join((STATIC / part).read_text(encoding="utf-8") for part in BUNDLES[name])
    script = name.endswith(".js")
    joined = (_SCRIPT_COMMENT if script else _COMMENT).sub("", joined)
    content = (f'(function () {{\n"use strict";\n{joined}}}());\n' if script else joined).encode()
    return Bundle(content, hashlib.sha256(content).hexdigest()[:16], "text/javascript" if script else "text/css")


def address(name: str) -> str:
    """Where a page finds the bundle."""
    return url_for("assets.get", digest=bundle(name).digest, name=name)


@blueprint.get("/assets/<digest>/<name>")
@access.public
def get(digest: str, name: str) -> Response:
    """One bundle, kept for a year. An old digest gets today's content, uncached: a page from before an update still works."""
    if name not in BUNDLES:
        raise NotFoundError(N_("没有这个文件；请重新打开页面。"))
    found = bundle(name)
    response = Response(found.content, mimetype=found.mimetype)
    current = digest == found.digest
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable" if current else "no-store"
    if name == WORKER:
        response.headers["Service-Worker-Allowed"] = "/v/"  # it registers itself for one form's address
    return response


def init_assets(app: Flask) -> None:
    """Give templates `asset()` and compress what is the same for everybody."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = address
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    shared = (response.cache_control.public or request.endpoint == "static") and "Set-Cookie" not in response.headers
    if not shared or response.mimetype not in COMPRESSIBLE or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or response.content_encoding:
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) >= SMALLEST:
        response.set_data(_squeezed(plain))
        response.headers["Content-Encoding"] = "gzip"
        if (tag := response.get_etag()[0]) is not None:
            response.set_etag(f"{tag}-gz")  # two forms of one file must not answer for each other
    return response


@lru_cache(maxsize=256)
def _squeezed(plain: bytes) -> bytes:
    """Compressed once: three hundred phones in a hall ask for one page within a minute. `mtime` fixed: equal in, equal out."""
    return gzip.compress(plain, compresslevel=9, mtime=0)
