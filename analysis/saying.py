"""How a pure layer speaks without knowing a language: a sentence of the source language, its parts, and whoever shows it says it.

Lives here: the markers by which catalogues find the sentences, and the plain saying of the source language. May not live here: a
sentence, a second language. Sentences carry their parts as `{name}`; `survey_app.i18n.say` tells them in the reader's language.
"""

from __future__ import annotations

from typing import Protocol

#: Between a context and its sentence, as gettext itself has it.
GLUE = "\x04"


class Say(Protocol):
    """Tells a sentence in some language, with its parts filled in."""

    def __call__(self, sentence: str, /, **parts: object) -> str:
        """The sentence as a reader meets it."""


def N_(sentence: str) -> str:  # noqa: N802 - the customary name of the extraction marker
    """Mark a sentence for the catalogues without telling it here."""
    return sentence


def NC_(context: str, sentence: str) -> str:  # noqa: N802 - the customary name of the extraction marker
    """Mark a word that other languages say differently elsewhere.

    Parameters
    ----------
    context
        Tells translators where this one stands.
    sentence
        The word in the source language.

    Returns
    -------
    str
        Both, as gettext keys them.
    """
    return context + GLUE + sentence


def in_source(sentence: str, /, **parts: object) -> str:
    """The sentence in the language it is written in, Chinese: the `Say` of whoever has no reader's language.

    Parameters
    ----------
    sentence
        The sentence, perhaps with a context before it.
    **parts
        What stands in its braces.
    """
    return sentence.rpartition(GLUE)[2].format(**parts)
