"""Words for people. Simplified Chinese stands in the code; other languages come from catalogues in `locale/`."""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802 - the customary name of the extraction marker
    """Mark a sentence for extraction without translating it here."""
    return sentence


def gettext(sentence: str, **parts: object) -> str:
    """The sentence in the reader's language, with its parts filled in."""
    return sentence % parts if parts else sentence
