"""Schemes and folders from the command line, without server or database: check, score, explain."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from analysis import AnalysisError, evaluate
from analysis.context import Finding
from questionnaires.cases import EXAMPLES_FILE, check_cases, holds_cases
from questionnaires.cases.beside import case_files
from questionnaires.folder.reader import SCHEME_FILE, has_tables, read_folder
from questionnaires.language.problems import Problem, SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.tables import xlsx
from survey_app.cli.patience import AT_ONCE, Patience
from survey_app.cli.settled import tell_settled
from survey_app.cli.worlds import LINES_TOLD, tell_worlds
from survey_app.exports import score_report
from survey_app.exports.score_page import to_html
from survey_app.exports.score_report import Results
from survey_app.exports.score_sheets import workbook_sheets
from survey_app.i18n import gettext as _
from survey_app.i18n import language, listed, say, speaking
from survey_app.languages import languages
from survey_app.services.results import words


def in_language(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--language` and run it in that language."""

    @click.option(
        "--language",
        "tongue",
        type=click.Choice(list(languages())),
        default="zh-Hans",
        show_default=True,
        help="Language of messages and results.",
    )
    @wraps(command)
    def spoken(tongue: str, **given: Any) -> None:  # click hands over whatever the command declared
        with speaking(tongue):
            command(**given)

    return spoken


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable problems.")
@click.option("--worlds", default=LINES_TOLD, show_default=True, type=click.IntRange(0), help="Lines shown met and missed.")
@click.option("--settled", is_flag=True, help="What was taken from the policy, and what the other answers would give.")
@click.option("--period", default="", help="The period that the tables are of, as the scheme names it.")
@in_language
def check(paths: tuple[Path, ...], *, as_json: bool, worlds: int, settled: bool, period: str) -> None:
    """Check scheme files and folders; print every problem with its place and remedy. Exit 1 when there is any.

    A folder's tables are counted, too; what a person must look at is printed, and is no problem by itself.

    Cases worked by hand (examples.yml beside a scheme.yml) are counted, alone or with their folder; what comes out otherwise
    than written is a problem.

    Of a folder without a problem, a table follows: what the method says in small made-up worlds, to be held against the source:
    nobody came, all are level, each line met exactly and just missed. `--worlds N` shows N lines, 0 none.
    """
    told: list[dict[str, object]] = []
    bad = False
    for path in paths:
        problems, cases, found = _problems_of(path, period)
        bad = bad or bool(problems)
        told += [{"path": str(path), "finding": one.code, "what": _noticed(one)} for one in found]
        if not as_json:
            for finding in found:
                click.echo(_("%(path)s：需要留意：%(what)s", path=path, what=_noticed(finding)), err=True)
        for one in problems:
            told.append(
                {
                    "path": str(path),
                    "file": one.origin,
                    "line": one.line,
                    "column": one.column,
                    "code": one.code,
                    "what": one.what(say),
                    "remedy": one.remedy(say),
                }
            )
            if not as_json:
                click.echo(_told(path if path.is_dir() else path.parent, one), err=True)
        if not problems and not as_json:
            click.echo(
                _("%(path)s：没有问题。", path=path)
                if not cases
                else _("%(path)s：没有问题，%(n)s 个案例与手算一致。", path=path, n=cases)
            )
        if not problems and path.is_dir():
            told += tell_settled(path, period, aloud=not as_json) if settled else []
            told += tell_worlds(path, worlds, aloud=not as_json) if worlds else []
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    if bad:
        sys.exit(1)


def _noticed(finding: Finding) -> str:
    """A finding as a sentence, with whom it is about."""
    sentence = words.finding(finding.code, finding.parts)
    return f"{finding.subject}：{sentence}" if finding.subject else sentence


def _told(folder: Path, problem: Problem) -> str:
    """A problem as `path:line:column: code sentence`, which editors and people can follow."""
    return f"{folder / problem.origin}{problem.sentence(say).removeprefix(problem.origin)}"


def _problems_of(path: Path, period: str) -> tuple[tuple[Problem, ...], int, tuple[Finding, ...]]:
    """The problems of one file or folder, how many cases worked by hand were counted, and what the count of tables noticed."""
    try:
        if path.is_dir():
            return (), *_folder(path, period)
        if not path.is_file():
            fail(_("没有 %(path)s 这个文件，请检查路径。", path=path))
        if path.name == EXAMPLES_FILE:
            return (), _cases(path.parent), ()
        load_scheme(path.read_text(encoding="utf-8-sig"), path.name)
    except SchemeProblems as bad:
        return bad.problems, 0, ()
    except AnalysisError as error:
        fail(_("计算停止：%(what)s", what=error.tell(say)))
    except UnicodeDecodeError:
        fail(_("%(path)s 不是 UTF-8 文本，请重新保存。", path=path))
    return (), 0, ()


def _folder(path: Path, period: str) -> tuple[int, tuple[Finding, ...]]:
    """A folder's scheme, tables and cases; a folder of cases may do without tables.

    How many cases came out as written, and what the count of the tables noticed.
    """
    found: tuple[Finding, ...] = ()
    cases = any(holds_cases(one.read_text(encoding="utf-8-sig")) for one in case_files(path))
    if has_tables(path) or not cases:
        read = read_folder(path, period)
        found = evaluate(read.scheme.plan, read.evidence).findings
    return _cases(path) if cases else 0, found


def _cases(folder: Path) -> int:
    """How many cases of the folder came out as written. Raises SchemeProblems for those that did not."""
    file = folder / SCHEME_FILE
    if not file.is_file():
        fail(_("案例旁边没有方案文件 %(path)s，请放在同一个文件夹里。", path=file))
    scheme = load_scheme(file.read_text(encoding="utf-8-sig"), SCHEME_FILE)
    texts = {str(one.relative_to(folder)): one.read_text(encoding="utf-8-sig") for one in case_files(folder)}
    return sum(check_cases(text, scheme, name) for name, text in texts.items() if holds_cases(text))


@click.command("score")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write; default FOLDER/results.")
@click.option("--period", default="", help="The period counted, as the scheme names it.")
@click.option("--json", "as_json", is_flag=True, help="Print where the files are as JSON.")
@in_language
def score(folder: Path, out: Path | None, period: str, *, as_json: bool) -> None:
    """Count FOLDER (scheme.yml and plain tables) without a server: writes results.json, results.xlsx and results.html."""
    try:
        read = read_folder(folder, period)
        counting = Patience(_("正在计算：第 %(done)s 步，共 %(all)s 步……"))
        results = score_report.results_of(read, evaluate(read.scheme.plan, read.evidence, counting.tell))
    except SchemeProblems as bad:
        for one in bad.problems:
            click.echo(_told(folder, one), err=True)
        fail(_("共 %(n)s 处问题，没有计算。", n=len(bad.problems)))
    except AnalysisError as error:
        fail(_("计算停止：%(what)s", what=error.tell(say)))
    target = folder / "results" if out is None else out
    files = {
        "results.json": score_report.to_json(results, Patience(_("正在写结果：第 %(done)s 个数，共 %(all)s 个……")).tell).encode()
    }
    if counting.spent > AT_ONCE:
        click.echo(_("正在写工作簿……"), err=True)
    files |= {
        "results.xlsx": xlsx.write(workbook_sheets(results)),
        "results.html": to_html(results, Patience(_("正在写算法：第 %(done)s 个对象，共 %(all)s 个……")).tell).encode(),
    }
    try:
        written = [_written(target, name, content) for name, content in files.items()]
    except OSError as error:
        fail(_("写不进 %(path)s（%(what)s），请换一个位置。", path=target, what=error.strerror))
    if as_json:
        click.echo(json.dumps({path.name: str(path) for path in written}, ensure_ascii=False))
    else:
        click.echo(_("%(n)s 个对象已计算。", n=len(results.subjects)))
        for path in written:
            click.echo(f"  {path}")


def _written(target: Path, name: str, content: bytes) -> Path:
    """Write a file whole or not at all: a reader never meets half a result."""
    target.mkdir(parents=True, exist_ok=True)
    half = target / f".{name}.part"
    half.write_bytes(content)
    return half.replace(target / name)


@click.command("explain")
@click.argument("results", type=click.Path(path_type=Path))
@click.argument("subject")
@click.argument("quantity")
@click.option("--group", default="", help="Only this rater group.")
@click.option("--item", default="", help="Only this item.")
@click.option("--period", default="", help="Only this period.")
@click.option("--rival", default="", help="Only beside this other subject.")
@click.option("--depth", default=32, show_default=True, type=click.IntRange(0, 64), help="How many levels to unfold.")
@in_language
def explain(results: Path, subject: str, quantity: str, *, depth: int, **only: str) -> None:
    """Print how QUANTITY of SUBJECT came about, as a person would write the calculation by hand.

    RESULTS is a results.json or the folder it is in. SUBJECT is a code or a name, QUANTITY a name or title of the scheme.
    """
    found = _read(results)
    titles = {key: [info.title.in_(language())] for key, info in found.quantities.items() if key in found.view.names()}
    name = _one(quantity, titles, _("计算"))
    by_subject = "subject" in (found.view.axes(name) or ())
    code = _one(subject, {key: [called] for key, called in found.subjects.items()}, _("对象")) if by_subject else ""
    asked = {**only, "subject": code}
    places = [
        line.labels
        for line in found.view.lines(name)
        if all(asked.get(axis, "") in {"", label, found.label(label)} for axis, label in line.labels.items())
    ]
    if not places:
        fail(_("“%(quantity)s”对“%(subject)s”没有这个数，请核对主体、内容和时期。", quantity=quantity, subject=subject))
    told = [score_report.by_hand(found, name, labels, depth) for labels in places]
    click.echo("\n\n".join(told))


def _read(path: Path) -> Results:
    """The results in a file or folder."""
    file = path / "results.json" if path.is_dir() else path
    try:
        return score_report.from_json(file.read_text(encoding="utf-8"))
    except OSError:
        fail(_("读不到 %(path)s，请先运行 pingyi score。", path=file))
    except (AnalysisError, UnicodeDecodeError):
        fail(_("%(path)s 不是 pingyi score 写出的结果。", path=file))


def _one(text: str, known: dict[str, list[str]], what: str) -> str:
    """The key a person means: a key itself, or the only one with this title."""
    if text in known:
        return text
    meant = [key for key, titles in known.items() if text in titles]
    if len(meant) == 1:
        return meant[0]
    if meant:
        fail(_("有 %(n)s 个“%(text)s”，请用编号：%(known)s。", n=len(meant), text=text, known=listed(meant)))
    return fail(_("没有名为“%(text)s”的%(what)s。可以写：%(known)s。", text=text, what=what, known=listed(known)))


def fail(sentence: str) -> NoReturn:
    """End with one sentence and exit 1."""
    click.echo(sentence, err=True)
    sys.exit(1)
