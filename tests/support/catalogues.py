"""The catalogues of translations: what there is to translate, and bringing them up to date (`make catalogues`).

Which pages a language is kept for stands in its catalogue's header (`survey_app.languages`). A translation that no reader of the
language has looked over carries the mark below in its catalogue until somebody has.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from analysis.saying import GLUE
from survey_app.languages import LOCALE, SOURCE, fields_of, languages, languages_of

APP = LOCALE.parent
#: The pure layers, whose sentences are told in the same languages (`analysis.saying`); named by their path in the repository.
PURE = ("analysis", "questionnaires")
UNREVIEWED = "machine-made: to be reviewed by a reader of this language"
#: Files whose sentences a voter or visitor may meet.
VOTERS = (
    "access.py",
    "error_pages.py",
    "forms/ballot",
    "i18n.py",
    "questionnaires/point_limits.py",
    "questionnaires/styles.py",
    "printing/invitations.py",
    "printing/paper_form.py",
    "printing/poster.py",
    "printing/signed_form.py",
    "printing/slips.py",
    "services/casting/alias_gate.py",
    "services/casting/rules.py",
    "services/casting/cast.py",
    "services/campaign/notice.py",
    "services/casting/comment_text.py",
    "services/casting/credentials.py",
    "services/casting/receipts.py",
    "services/casting/refusals.py",
    "services/four_eyes/alone.py",
    "services/slips/hall.py",
    "services/casting/settled.py",
    "services/casting/unconfirmed.py",
    "services/slips/room_code.py",
    "services/sealing/sealed_content.py",
    "services/signed/copy.py",
    "services/sealing/tokens.py",
    "templates/ballot/",
    "templates/base.html",
    "templates/errors/",
    "templates/home/",
    "templates/office_base.html",
    "templates/privacy/",
    "templates/public",
    "views/voter/ballot.py",
    "views/voter/home.py",
    "views/voter/public_log.py",
    "views/voter/shown.py",
    "forms/review_pieces.py",
    "views/office/paper_sheets.py",
    "views/room.py",
    "views/voter/signed_forms.py",
    "views/voter/slip_check.py",
)
#: Markers of sentences about so many things, which a language may have in several forms.
_COUNTING = ("counted", "forms_of")
#: How a marker is read: its first text, or a context and then the sentence.
_KEYWORDS: dict[str, tuple[tuple[int, str] | int, ...] | None] = {
    "_": None,
    "N_": None,
    "NC_": ((1, "c"), 2),
    **dict.fromkeys(_COUNTING),
}
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def sentences(language: str) -> dict[str, list[tuple[str, int]]]:
    """Every sentence this language has to have, with its places."""
    found: dict[str, list[tuple[str, int]]] = {}
    office = languages_of("office")
    for file, line, sentence in _extracted():
        if language in office or file.startswith(VOTERS):
            found.setdefault(sentence, []).append((file, line))
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue as it stands; a new language begins with a header alone."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=languages()[language].locale)


def path_of(language: str) -> Path:
    found = languages()[language].catalogue
    if found is None:
        raise ValueError(f"{language} is the language of the source and has no catalogue")
    return found


def missing(language: str) -> list[str]:
    """Sentences without a translation."""
    known = catalogue(language)
    return [sentence for sentence in sentences(language) if not all(forms(known, sentence))]


def forms(known: Catalog, sentence: str) -> tuple[str, ...]:
    """The translation of a sentence: one form, or as many as the language has for numbers."""
    found = getattr(entry(known, sentence), "string", "")
    if sentence in counted_sentences() and isinstance(found, str):
        return ("",)  # known as a sentence that counts nothing: to be translated anew
    return (found,) if isinstance(found, str) else tuple(found)


def entry(known: Catalog, sentence: str) -> Message | None:
    """The entry of a sentence, whose context stands before it (`analysis.saying`)."""
    context, _, plain = sentence.rpartition(GLUE)
    return known.get(plain, context or None)


def update(language: str) -> int:
    """Write the catalogue with every sentence there is, keeping translations; how many are missing."""
    old = catalogue(language)
    new = Catalog(
        locale=languages()[language].locale,
        project="Pingyi",
        header_comment="# Pingyi",
        creation_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    new.revision_date = new.creation_date
    for sentence, places in sorted(sentences(language).items(), key=lambda one: one[1][0]):
        before = entry(old, sentence)
        context, _, plain = sentence.rpartition(GLUE)
        several = sentence in counted_sentences()
        kept = before.string if isinstance(before, Message) and isinstance(before.string, str) != several else ""
        file = sorted({name for name, _line in places})
        new.add(
            (plain, plain) if several else plain,
            string=kept or ("",) * new.num_plurals if several else kept,
            locations=[(name, 0) for name in file],
            user_comments=before.user_comments if isinstance(before, Message) else [UNREVIEWED],
            context=context or None,
            flags=["python-format"] if "%(" in sentence else ["python-brace-format"] if "{" in sentence else [],
        )
    write(new, path_of(language))
    return len(missing(language))


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue; the fields of our own in the header of the file that stands there are kept."""
    fields = fields_of(path)
    written = io.BytesIO()
    write_po(written, catalogue, width=0, include_lineno=False)
    header, blank, sentences = written.getvalue().decode().partition("\n\n")
    own = "".join(f'\n"{name}: {said}\\n"' for name, said in fields.items())
    path.write_text(header + own + blank + sentences, encoding="utf-8")


@cache
def _extracted() -> tuple[tuple[str, int, str], ...]:
    """(file, line, sentence) of everything marked; the sources do not change while this runs."""
    return tuple((file, line, sentence) for file, line, sentence in _found(tuple(_KEYWORDS)) if sentence)


@cache
def counted_sentences() -> frozenset[str]:
    """Sentences about so many things, which a language may have in several forms."""
    return frozenset(sentence for _file, _line, sentence in _found(_COUNTING))


def _found(markers: tuple[str, ...]) -> list[tuple[str, int, str]]:
    keywords = {marker: _KEYWORDS[marker] for marker in markers}
    found = [(Path(), one) for one in extract_from_dir(APP, _METHODS, _OPTIONS, keywords=keywords)]
    for room in PURE:
        found += [(Path(room), one) for one in extract_from_dir(APP.parent / room, _METHODS, keywords=keywords)]
    return [
        ((room / file).as_posix(), line, context + GLUE + said if context else said)
        for room, (file, line, said, _comments, context) in found
        if isinstance(said, str)
    ]


if __name__ == "__main__":
    for tag in languages():
        if tag != SOURCE:
            sys.stdout.write(f"{tag}: {update(tag)} sentences without a translation\n")
