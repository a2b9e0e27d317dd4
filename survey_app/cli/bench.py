"""`pingyi bench`: speed measured on this machine, as ratios against a stated baseline."""

from __future__ import annotations

import json

import click

from survey_app import start_bench


@click.group()
def bench() -> None:
    """Measure speed on this machine."""


@bench.command("count")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_count(*, as_json: bool) -> None:
    """One million ballots from memory to report, beside two pandas ways."""
    import survey_app.cli.bench_count as counting  # noqa: PLC0415 - pandas takes a second to load; only this command needs it

    figures = counting.run(json=as_json)
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else counting.describe(figures))


@bench.command("start")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_start(*, as_json: bool) -> None:
    """From the command to the first answer, and the idle server's memory, beside a bare page."""
    figures = start_bench.run()
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else start_bench.describe(figures))


@bench.command("score")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_score(*, as_json: bool) -> None:
    """A thousand subjects in one pool, and every rule form with the traces of all its cells."""
    import survey_app.cli.bench_score as scoring  # noqa: PLC0415 - as above

    figures = scoring.run()
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else scoring.describe(figures))
