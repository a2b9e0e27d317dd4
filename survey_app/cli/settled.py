"""`pingyi check FOLDER --settled`: what the file took from its policy."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from questionnaires.doubting.settled import settled
from questionnaires.folder.reader import SCHEME_FILE, has_tables, read_evidence
from questionnaires.loader import load_scheme
from survey_app.i18n import gettext as _
from survey_app.services.results.settled_sentences import told


def tell_settled(folder: Path, period: str, *, aloud: bool) -> list[dict[str, object]]:
    """Print every choice taken from the policy, unless all is to be handed on at once; the same as facts.

    Parameters
    ----------
    folder
        A folder whose scheme has no problem; its tables are the data at hand.
    period
        The period that its tables are of, "" for none.
    aloud
        Whether to print.
    """
    scheme = load_scheme((folder / SCHEME_FILE).read_text(encoding="utf-8-sig"), SCHEME_FILE)
    evidence = read_evidence(scheme, folder, period).evidence if has_tables(folder) else None
    found = settled(scheme, evidence)
    if aloud:
        click.echo(_("原文没有写明、由“约定”统一选定的："))
        for one in found:
            first, *others = told(one)
            click.echo(f"  {first}")
            for sentence in others:
                click.echo(f"      → {sentence}")
    return [{"path": str(folder), "settled": one.setting, **asdict(one)} for one in found]
