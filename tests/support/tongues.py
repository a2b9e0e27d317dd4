"""Sentences of the pure layers as the readers of one language meet them."""

from __future__ import annotations

from analysis.saying import Say
from survey_app.i18n import say, speaking


def told_in(tag: str) -> Say:
    """A `Say` of one language, wherever a test stands."""

    def tell(sentence: str, /, **parts: object) -> str:
        with speaking(tag):
            return say(sentence, **parts)

    return tell


chinese, english = told_in("zh-Hans"), told_in("en")
