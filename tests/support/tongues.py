"""Sentences of the pure layers as the readers of one language meet them, read from its catalogue without the application."""

from __future__ import annotations

from functools import cache

from analysis.saying import Say, in_source
from survey_app.languages import languages
from tests.support.catalogues import catalogue


@cache
def told_in(tag: str) -> Say:
    """A `Say` of one language."""
    if languages()[tag].catalogue is None:
        return in_source
    known = {str(one.id): str(one.string) for one in catalogue(tag) if isinstance(one.id, str) and one.string}

    def tell(sentence: str, /, **parts: object) -> str:
        return known.get(sentence, sentence).format(**parts)

    return tell


chinese, english = told_in("zh-Hans"), told_in("en")
