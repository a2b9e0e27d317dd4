"""`pingyi doubt FOLDER`: what a scheme's worked cases leave open, one thing of the file changed at a time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from analysis import AnalysisError
from analysis.values import text_of
from questionnaires.cases.beside import cases_beside
from questionnaires.cases.cases import Case
from questionnaires.cases.runs import differences
from questionnaires.doubting.changes import KINDS
from questionnaires.doubting.doubts import Doubt, Doubting, doubts
from questionnaires.doubting.reasons import DOUBTS_FILE, DoubtReason, idle_reasons, reasons_beside
from questionnaires.folder.reader import SCHEME_FILE
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.worlds.table import worlds_to_tell
from survey_app.cli.patience import Patience
from survey_app.cli.scheme import fail, in_language
from survey_app.i18n import gettext as _
from survey_app.i18n import say
from survey_app.services.results.world_sentences import WorldSentences


@click.command("doubt")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--seconds", default=300, show_default=True, type=click.IntRange(1), help="Stop after so long, and say what is left."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable doubts.")
@in_language
def doubt(folder: Path, *, seconds: int, as_json: bool) -> None:
    """Change one thing at a time in FOLDER's scheme and name each change that no worked case beside it notices.

    Cases are those of examples.yml and cases/*.yml; doubts.yml says why a doubt may stand. Exit 1 when there is a doubt that a
    small case would settle, and no reason why it may stand.
    """
    scheme, cases, reasons = _read(folder)
    patience = Patience(_("已核对 %(done)s 种读法，共 %(all)s 种……"), seconds)
    found = doubts(scheme, cases, lambda: worlds_to_tell(scheme), going_on=patience.going_on)
    idle = [] if found.left else idle_reasons(reasons, [one.change for one in found.doubts])
    found.explain(lambda change: any(one.covers(change) for one in reasons))
    told = WorldSentences(scheme)
    if as_json:
        click.echo(json.dumps([_out(told, one) for one in found.doubts], ensure_ascii=False, indent=1))
    else:
        _print(folder, told, found)
    for one in idle:
        click.echo(
            _("%(path)s:%(line)s：“%(at)s”已经没有疑问，这条理由可以删去。", path=folder / DOUBTS_FILE, line=one.line, at=one.at),
            err=True,
        )
    if found.open or idle:
        sys.exit(1)


def _read(folder: Path) -> tuple[Scheme, tuple[Case, ...], tuple[DoubtReason, ...]]:
    """The scheme and its cases, all of which come out as written: doubting cases that fail would tell nothing."""
    file = folder / SCHEME_FILE
    if not file.is_file():
        fail(_("%(path)s 里没有方案文件 scheme.yml。", path=folder))
    try:
        scheme = load_scheme(file.read_text(encoding="utf-8-sig"), SCHEME_FILE)
        cases, reasons = cases_beside(folder, scheme), reasons_beside(folder)
        wrong = [one.problem(case.name) for case in cases for one in differences(case, scheme)]
    except SchemeProblems as bad:
        for one in bad.problems:
            click.echo(one.sentence(say), err=True)
        fail(_("共 %(n)s 处问题，先改正再来核对。", n=len(bad.problems)))
    except AnalysisError as error:
        fail(_("计算停止：%(what)s", what=error.tell(say)))
    if wrong:
        for one in wrong:
            click.echo(one.sentence(say), err=True)
        fail(_("案例与手算不一致，先改正再来核对。"))
    if not cases:
        fail(_("%(path)s 旁边没有案例（examples.yml 或 cases 文件夹），没有什么可以核对。", path=folder))
    return scheme, cases, reasons


def _print(folder: Path, told: WorldSentences, found: Doubting) -> None:
    alike = [one for one in found.doubts if not one.telling and not one.explained]
    for one in found.open:
        click.echo(f"{folder / SCHEME_FILE}:{one.change.line}:{one.change.column}: {_sentence(told, one)}")
    if alike:
        click.echo(_("下面的改动，在试过的任何情形里都不改变结果："))
        for one in alike:
            click.echo(f"{folder / SCHEME_FILE}:{one.change.line}:{one.change.column}: {_readings(told, one)}")
    click.echo(_("试了 %(tried)s 种读法，%(told)s 种案例能分清，%(open)s 种没有说清。", **_counts(found)))
    click.echo(_("另有 %(refused)s 种读不通，%(alike)s 种怎样都一样，%(explained)s 种写明了理由。", **_counts(found)))
    if found.left:
        click.echo(_("时间到了，还有 %(n)s 种没有试，可用 --seconds 给更多时间。", n=found.left))


def _counts(found: Doubting) -> dict[str, int]:
    explained = sum(one.explained for one in found.doubts)
    return {
        "tried": found.tried,
        "told": found.told,
        "refused": found.refused,
        "alike": len(found.doubts) - len(found.open) - explained + found.same,
        "explained": explained,
        "open": len(found.open),
    }


def _readings(told: WorldSentences, one: Doubt) -> str:
    change = one.change
    return _(
        "“%(place)s”（%(kind)s）：“%(written)s”，还是“%(instead)s”？",
        place=told.title(change.place),
        kind=_(KINDS[change.kind]),
        written=change.written,
        instead=change.instead,
    )


def _sentence(told: WorldSentences, one: Doubt) -> str:
    """A doubt in one sentence, with a case that would settle it."""
    telling = one.telling
    if telling is None:
        return _readings(told, one)
    where = " · ".join(telling.labels.values())
    difference = _(
        "“%(quantity)s”（%(where)s）照写的是 %(one)s，照另一种读法是 %(other)s。",
        quantity=told.title(telling.quantity),
        where=where,
        one=told.value(telling.quantity, telling.written),
        other=told.value(telling.quantity, telling.instead),
    )
    return _(
        "案例没有说清%(readings)s加一个案例就能分清：%(world)s。%(difference)s",
        readings=_readings(told, one),
        world=told.world(telling.world),
        difference=difference,
    )


def _out(told: WorldSentences, one: Doubt) -> dict[str, object]:
    telling = one.telling
    return {
        "place": one.change.place,
        "line": one.change.line,
        "column": one.change.column,
        "kind": one.change.kind,
        "written": one.change.written,
        "instead": one.change.instead,
        "explained": one.explained,
        "told_by": None
        if telling is None
        else {
            "world": told.world(telling.world),
            "quantity": telling.quantity,
            "labels": dict(telling.labels),
            "written": text_of(telling.written),
            "instead": text_of(telling.instead),
        },
    }
