"""The process that writes everybody's letter beside the server, a program of its own that `publishing.letter_making` starts.

It reads its order from standard input, tells its note how many are written, and leaves one file: Word files in an archive, or a
PDF. What it refuses stands in the note, as a sentence for the office's page.
"""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence

from analysis.records import Record, plain, read
from survey_app import clock, times
from survey_app.config import Config, timezone_from_environment
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.exports import word, word_default
from survey_app.i18n import N_, speaking
from survey_app.printing.papers import letters_pdf
from survey_app.private_memory import keep_private
from survey_app.services.campaign import campaigns
from survey_app.services.publishing import letter_making, letters
from survey_app.services.publishing.letter_making import LettersNote, LettersNotes
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.paper_fields import PaperContent
from survey_app.services.working_notes import write_private

_BROKEN = N_("写信中途出了错，什么也没有留下；请查看服务器日志，再写一次。")
_TOLD_EVERY = 0.5  # seconds


class _Order(Record, frozen=True):
    """What the server asks for."""

    campaign: str
    language: str


def main() -> None:
    """Write as ordered."""
    keep_private()
    order, config = read(sys.stdin.buffer.read(), _Order), Config.from_environment()
    engine = make_engine(config.database_url)
    with times.told_in(timezone_from_environment()), speaking(order.language), session_factory(engine, reading=True)() as session:
        campaign = campaigns.by_key(session, order.campaign)
        notes = letter_making.notes_of(config, campaign)
        note = notes.find()
        if note is None:
            return
        try:
            loaded = letters.load_letters(session, campaign, language=order.language, now=clock.now())
            own = letters.template_of(session, campaign, "letter")
            template = own.content if own is not None else word_default.letter()
            content = _written(loaded, note, notes, template, language=order.language)
            write_private(notes.file, content)
            notes.write(_with(note, ready=True, done=len(loaded.visible()), whole=len(loaded.visible())))
        except UserError as error:
            notes.write(_with(note, sentence=error.sentence, parts={name: str(part) for name, part in error.parts.items()}))
        except BaseException:
            notes.write(_with(note, sentence=_BROKEN))
            raise


def _with(note: LettersNote, **news: object) -> LettersNote:
    """The note with these in it."""
    return LettersNote(**{**plain(note), **news})


def _written(loaded: Loaded, note: LettersNote, notes: LettersNotes, template: bytes, *, language: str) -> bytes:
    """Every letter, as the note says: in one PDF, or a Word file each."""
    people = loaded.visible()
    contents = list(_told(loaded, people, note, notes))
    if note.kind == "pdf":
        return letters_pdf(contents, language=language)
    target, told = io.BytesIO(), 0.0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (person, document) in enumerate(zip(people, word.filled(template, contents), strict=True), start=1):
            archive.writestr(file_of(done, person), document)
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                notes.write(_with(note, done=done, whole=len(people)))
    return target.getvalue()


def _told(loaded: Loaded, people: Sequence[Person], note: LettersNote, notes: LettersNotes) -> Iterator[PaperContent]:
    now = clock.now()
    for done, person in enumerate(people):
        if done % 100 == 0:
            notes.write(_with(note, done=done if note.kind == "pdf" else 0, whole=len(people)))
        yield letters.content_of(loaded, person, now=now)


def file_of(place: int, person: Person) -> str:
    """What a letter's file is called: nobody's name can lead out of the folder it is unpacked into, and no two are alike."""
    told = f"{place:04}-{person.code}-{person.name}-{person.unit_name}"
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in told)[:80] + ".docx"


if __name__ == "__main__":
    main()
