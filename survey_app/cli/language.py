"""The scheme language from the command line: what a word means, and what editors need to complete and check a file."""

from __future__ import annotations

import json
import sys

import click

from questionnaires.language.reader import nearest_name
from questionnaires.teaching.entries import entries, found, in_lines
from questionnaires.teaching.schema import completions, json_schema
from survey_app.cli.scheme import in_language
from survey_app.i18n import gettext as _
from survey_app.i18n import listed, say


@click.command("reference")
@click.argument("word", default="")
@in_language
def reference(word: str) -> None:
    """Explain WORD of the scheme language, in either spelling: what it is, what stands behind it, an example.

    Without WORD every keyword and rule is listed.
    """
    if not word:
        for place, words in _by_place().items():
            click.echo(_("%(place)s：%(words)s", place=place, words=listed(words)))
        return
    told = found(word)
    if not told:
        known = [spelling for one in entries() for spelling in one.words]
        if near := nearest_name(word, known):
            click.echo(_("方案里没有“%(word)s”这个写法。是否想写“%(near)s”？", word=word, near=near), err=True)
        else:
            click.echo(_("方案里没有“%(word)s”这个写法。pingyi reference 列出全部。", word=word), err=True)
        sys.exit(1)
    click.echo("\n\n".join("\n".join(in_lines(one, say)) for one in told))


def _by_place() -> dict[str, list[str]]:
    """Every word in the order of a file, under what it is written in."""
    found_in: dict[str, list[str]] = {}
    for one in entries():
        found_in.setdefault(say(one.place), []).append(one.words[0])
    return found_in


@click.command("schema")
@click.option("--words", is_flag=True, help="The list of words for completion instead of the JSON Schema.")
@in_language
def schema(*, words: bool) -> None:
    """Print the JSON Schema of a scheme file, for editors; with --words the words they may offer."""
    click.echo(json.dumps(completions(say) if words else json_schema(say), ensure_ascii=False, indent=1))
