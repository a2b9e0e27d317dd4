"""Words for people. Simplified Chinese stands in the code; other languages come from catalogues in `locale/`.

The language of a page is a choice of the request alone (`?lang=`, else what the browser asks for); nothing about it is
stored, because a voter's page may keep nothing. Outside requests (command line, printing) it is Chinese unless `speaking`.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from flask import Flask, request

LOCALE = Path(__file__).resolve().parent / "locale"
SOURCE = "zh-Hans"
#: Language tag -> folder of its catalogue. The source language has none.
LANGUAGES = {"zh-Hans": "", "en": "en"}
RIGHT_TO_LEFT = frozenset({"ug", "ar", "fa", "he"})
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def N_(sentence: str) -> str:  # noqa: N802 - the customary name of the extraction marker
    """Mark a sentence for extraction without translating it here."""
    return sentence


def gettext(sentence: str, **parts: object) -> str:
    """The sentence in the reader's language, with its parts filled in. A sentence without translation stays Chinese."""
    told = _catalogue(_language.get()).gettext(sentence) if sentence else sentence
    return told % parts if parts else told


def language() -> str:
    """The language in use, as a BCP 47 tag."""
    return _language.get()


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak another language inside the block. Raises KeyError for one we do not have."""
    LANGUAGES[tag]
    token = _language.set(tag)
    try:
        yield
    finally:
        _language.reset(token)


def init_i18n(app: Flask) -> None:
    """Choose each request's language and give templates `_()`, the language tag and its direction."""
    app.before_request(_choose)
    app.jinja_env.globals["_"] = gettext
    app.context_processor(lambda: {"language": language(), "direction": "rtl" if language() in RIGHT_TO_LEFT else "ltr"})


def _choose() -> None:
    wanted = request.args.get("lang")
    if wanted not in LANGUAGES:
        wanted = _accepted()
    _language.set(wanted)


def _accepted() -> str:
    """The first language the browser asks for that we have; Chinese of any kind is Chinese, and so is everything else."""
    for tag, _quality in request.accept_languages:
        plain = tag.lower().split("-")[0]
        if plain == "zh":
            return SOURCE
        if plain in LANGUAGES and (LOCALE / plain / "LC_MESSAGES" / "messages.mo").exists():
            return plain
    return SOURCE


@lru_cache(maxsize=8)
def _catalogue(tag: str) -> catalogues.NullTranslations:
    folder = LANGUAGES[tag]
    return catalogues.translation("messages", LOCALE, [folder], fallback=True) if folder else catalogues.NullTranslations()
