"""The table of `pingyi check FOLDER`: in this case the method says …"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from analysis.values import text_of
from questionnaires.folder.reader import SCHEME_FILE
from questionnaires.loader import load_scheme
from questionnaires.worlds.lines import lines_of
from questionnaires.worlds.solving import Met
from questionnaires.worlds.table import WorldRow, WorldTable
from questionnaires.worlds.world import SmallWorld
from survey_app.cli.patience import Patience
from survey_app.i18n import gettext as _
from survey_app.services.results.world_sentences import WorldSentences

LINES_TOLD = 10


def tell_worlds(folder: Path, lines: int, *, aloud: bool) -> list[dict[str, object]]:
    """Print what the method says in its worlds, unless all is to be handed on at once; the same as facts.

    Parameters
    ----------
    folder
        A folder whose scheme has no problem.
    lines
        How many lines of the method are met and missed.
    aloud
        Whether to print.
    """
    scheme = load_scheme((folder / SCHEME_FILE).read_text(encoding="utf-8-sig"), SCHEME_FILE)
    table, told = WorldTable(scheme), WorldSentences(scheme)
    known = len(lines_of(table.plan))
    found: list[dict[str, object]] = []

    def show(world: SmallWorld) -> None:
        row = table.row(world)
        found.append({"path": str(folder), **_out(told, row)})
        if aloud:
            click.echo(f"  {told.world(world)}")
            for sentence in told.says(row):
                click.echo(f"      → {sentence}")

    if aloud:
        click.echo(_("于此情形，本方案得出（请与原文对照）："))
    for world in table.usual():
        show(world)
    patience = Patience(_("已试 %(done)s 条界线，共 %(all)s 条……"))
    for done, met in enumerate(islice(table.lines(), lines)):
        patience.tell(done, min(lines, known))
        if met.exact is None:
            found.append({"path": str(folder), "line": met.line.line, "never met": told.line(met)})
            if aloud:
                click.echo("  " + _never(told, met))
        for one in (met.exact, met.missed):
            if one is not None:
                show(one)
    if aloud and known > lines:
        click.echo(_("还有 %(n)s 条界线没有列出，可用 --worlds %(all)s 全部列出。", n=known - lines, all=known))
    return found


def _never(told: WorldSentences, met: Met) -> str:
    return _(
        "“%(quantity)s”（第 %(line)s 行）：没有找到正好到线的情形（%(what)s）",
        quantity=told.title(met.line.quantity),
        line=met.line.line,
        what=told.line(met),
    )


def _out(told: WorldSentences, row: WorldRow) -> dict[str, object]:
    """A world as facts, with its sentence."""
    return {
        "world": row.world.what,
        "parts": dict(row.world.parts),
        "told": told.world(row.world),
        "says": [
            {"quantity": one.quantity, "labels": dict(one.labels), "value": text_of(one.value), "told": told.said(one)}
            for one in row.says
        ],
        "stopped": row.stopped.code if row.stopped is not None else None,
    }
