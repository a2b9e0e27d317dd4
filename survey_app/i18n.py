"""Words for people. Simplified Chinese stands in the code; other languages come from catalogues in `locale/`.

The language of a page is a choice of the request alone (`?lang=`, else what the browser asks for); nothing about it is
stored, because a voter's page may keep nothing. Only a signed-in account's own cookie remembers a choice (`access`).
Outside requests (command line, printing) it is Chinese unless `speaking`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from analysis.saying import GLUE
from survey_app.languages import SOURCE, languages, languages_of

#: Blueprints, or single pages of a blueprint that has office pages too, which are written in every language.
VOTER_PAGES = frozenset(
    {"ballot", "signed_forms", "assets", "home", "privacy", "public_log", "room.door", "room.enter", "forms_table.shown"}
)
_TYPED_DAY = re.compile(r"(\d{4})[-/.年 ]+(\d{1,2})[-/.月 ]+(\d{1,2})[日号]?(?:[T\s]*(\d{1,2})[:：点时](\d{2})分?)?")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def N_(sentence: str) -> str:  # noqa: N802 - the customary name of the extraction marker
    """Mark a sentence for extraction without translating it here."""
    return sentence


def gettext(sentence: str, **parts: object) -> str:
    """The sentence in the reader's language, with its parts filled in. A sentence without translation stays Chinese."""
    told = _catalogue(_language.get()).get(sentence, (sentence,))[0]
    return told % parts if parts else told


def say(sentence: str, /, **parts: object) -> str:
    """A sentence of a pure layer in the reader's language (`analysis.saying`); its parts stand in braces."""
    return gettext(sentence).rpartition(GLUE)[2].format(**parts)


def counted(sentence: str, count: int, **parts: object) -> str:
    """The sentence about so many things, in the form the reader's language has for the number; `%(count)s` stands for it."""
    forms = forms_of(sentence)
    category = _locale(_language.get()).plural_form(count)
    return forms.get(category, forms["other"]) % {"count": number(count), **parts}


def forms_of(sentence: str) -> dict[str, str]:
    """The sentence in the reader's language by the categories its grammar has for numbers: one, other …"""
    tag = _language.get()
    told = _catalogue(tag).get(sentence, (sentence,))
    return {"other": told[0]} if len(told) == 1 else {one: told[at] for one, at in _categories(tag).items()}


def number(value: int) -> str:
    """A whole number with the digits and the grouping of the reader's language."""
    return format_decimal(value, locale=_locale(_language.get()))


def listed(words: Iterable[str]) -> str:
    """Words one after another, with the comma of a list."""
    return gettext(N_("、")).join(words)


def clauses(parts: Iterable[str]) -> str:
    """Parts of one sentence, with the comma between them."""
    return gettext(N_("，")).join(parts)


def iso(text: str) -> str:
    """A day, or a day and time, as people type it, in ISO's order; any other words as they are."""
    found = _TYPED_DAY.fullmatch(text)
    if not found:
        return text
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        moment = dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001 - what people announce, on their own clocks
    except ValueError:
        return text
    return moment.strftime("%Y-%m-%d %H:%M" if found[4] else "%Y-%m-%d")


def when(said: str) -> str:
    """A day, or a day and time, that people announced, as the reader's language writes it; words that are no date as they are."""
    moment = _moment(said)
    if moment is None:
        return said
    return written(moment) if " " in said else format_date(moment, "long", _locale(_language.get()))


def written(moment: dt.datetime) -> str:
    """Day and time as the reader's language writes them, on whatever clock they are. For moments of ours: `times`."""
    locale = _locale(_language.get())
    return f"{format_date(moment, 'long', locale)} {format_time(moment.replace(tzinfo=None), 'short', locale=locale)}"


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def spellings(sentence: str) -> frozenset[str]:
    """The sentence in every language it is written in: files come back from readers of any of them."""
    return frozenset({sentence, *(_catalogue(tag).get(sentence, (sentence,))[0] for tag in languages())})


def language() -> str:
    """The language in use, as a BCP 47 tag."""
    return _language.get()


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak another language inside the block. Raises KeyError for one we do not have."""
    languages()[tag]
    token = _language.set(tag)
    try:
        yield
    finally:
        _language.reset(token)


def init_i18n(app: Flask) -> None:
    """Choose each request's language and give templates `_()`, the language tag and its direction."""
    app.before_request(_choose)
    app.teardown_request(_back_to_source)
    app.jinja_env.globals["_"] = gettext
    app.jinja_env.globals["counted"] = counted
    app.jinja_env.globals["say"] = say
    app.jinja_env.filters["when"] = when
    app.jinja_env.filters["number"] = number
    app.context_processor(_page_words)


def spoken(voter: bool) -> dict[str, str]:
    """The languages on offer, tag -> own name: those in which such pages are kept."""
    return {tag: languages()[tag].own_name for tag in languages_of("voters" if voter else "office")}


def find_asked() -> str | None:
    """The language the address of this request asks for, if office pages are written in it."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in spoken(voter=False) else None


def remember(tag: str) -> None:
    """Speak the language an account chose before, unless this page is not written in it."""
    if tag in spoken(_for_voters()):
        _language.set(tag)


def _page_words() -> dict[str, object]:
    offered = spoken(_for_voters())
    return {
        "language": language(),
        "direction": languages()[language()].direction,
        "spoken": list(offered.items()),
        "other_languages": [(tag, name, _in_another(tag)) for tag, name in offered.items() if tag != language()],
        "chosen_language": language() if request.args.get("lang") == language() else None,
    }


def _in_another(tag: str) -> str:
    """Where this page is to be had in another language; the front page, where there is none without doing something again."""
    if request.method in ("GET", "HEAD"):
        return _this_page_in(tag)
    adapter = current_app.create_url_adapter(request)
    readable = adapter is not None and adapter.test(request.path, method="GET")
    return _this_page_in(tag) if readable else f"/?lang={tag}"


def _this_page_in(tag: str) -> str:
    """The rest of this page's address in another language, to follow its path."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, ("lang", tag)])


def _for_voters() -> bool:
    return not VOTER_PAGES.isdisjoint({request.blueprint, request.endpoint})


def _choose() -> None:
    _language.set(chosen(request.args.get("lang", ""), request.headers.get("Accept-Language", ""), voter=_for_voters()))


def chosen(wanted: str, accepted: str, *, voter: bool) -> str:
    """The language of a page, from what its address asks for and the header in which the browser says what it takes."""
    offered = spoken(voter)
    return wanted if wanted in offered else _accepted(offered, accepted)


def _back_to_source(_error: BaseException | None) -> None:
    """What this thread does after the request is outside of it."""
    _language.set(SOURCE)


def _accepted(offered: Collection[str], accepted: str) -> str:
    """The first language the browser asks for that we have, Chinese in the script it names; Chinese where nothing fits."""
    for tag, _quality in parse_accept_header(accepted, LanguageAccept):
        plain, *regions = tag.lower().split("-")
        if plain == "zh":
            traditional = "zh-Hant" in offered and not {"hant", "tw", "hk", "mo"}.isdisjoint(regions)
            return "zh-Hant" if traditional else SOURCE
        if plain in offered:
            return plain
    return SOURCE


def _locale(tag: str) -> Locale:
    return languages()[tag].locale


def _catalogue(tag: str) -> Mapping[str, tuple[str, ...]]:
    """Sentence, behind its context if it has one -> its forms."""
    catalogue = languages()[tag].catalogue
    return {} if catalogue is None else _sentences(catalogue, tag)


@lru_cache(maxsize=16)
def _sentences(catalogue: Path, tag: str) -> Mapping[str, tuple[str, ...]]:
    """A catalogue's sentences, read from the text itself: no compiled copy that could lag behind."""
    found: dict[str, tuple[str, ...]] = {}
    with catalogue.open("rb") as file:
        for one in read_po(file, locale=_locale(tag)):
            forms = (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
            if one.id and forms and all(forms) and not one.fuzzy:
                sentence = one.id if isinstance(one.id, str) else one.id[0]
                found[one.context + GLUE + sentence if one.context else sentence] = forms
    return found


@lru_cache(maxsize=16)
def _categories(tag: str) -> Mapping[str, int]:
    """Category of the language's grammar -> which of a catalogue's forms it is, by its own rule for numbers."""
    rule = c2py(Catalog(locale=_locale(tag)).plural_expr)
    return {_locale(tag).plural_form(count): rule(count) for count in range(200)}
