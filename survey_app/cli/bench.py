"""`pingyi bench`: speed measured on this machine, as ratios against a stated baseline."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from survey_app import start_bench
from survey_app.services.counting import cluster as counting_cluster

_pem = click.Path(path_type=Path, dir_okay=False)


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


@bench.command("open")
@click.option("--up-to", type=click.IntRange(1_000), default=None, help="Ballots of the largest box (a million).")
@click.option("--quick", is_flag=True, help="As --up-to 20000.")
@click.option("--database", metavar="URL", help="An empty PostgreSQL database, in place of SQLite files.")
@click.option("--cluster", "address", metavar="tls://HOST:PORT", help="Open on this Dask cluster as well.")
@click.option("--cluster-ca", type=_pem, help="PEM: the authority that signed the cluster's certificates.")
@click.option("--cluster-cert", type=_pem, help="PEM: our own certificate.")
@click.option("--cluster-key", type=_pem, help="PEM: its private key.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_open(
    *,
    up_to: int | None,
    quick: bool,
    database: str | None,
    address: str | None,
    cluster_ca: Path | None,
    cluster_cert: Path | None,
    cluster_key: Path | None,
    as_json: bool,
) -> None:
    """From sealed ballots in a database to the stored report: time and memory by 1, 2 and 4 processes and a cluster."""
    from survey_app import open_bench  # noqa: PLC0415 - only this command needs it

    most = up_to or (20_000 if quick else max(open_bench.SIZES))
    sizes = [*(size for size in open_bench.SIZES if size < most), most]
    scheduler = None
    if address:
        certificates = counting_cluster.certificates(cluster_ca, cluster_cert, cluster_key)
        scheduler = open_bench.Scheduler(address, certificates)
    found = open_bench.run(sizes, scheduler=scheduler, database=database, told=lambda line: click.echo(line, err=True))
    click.echo(json.dumps(open_bench.as_records(found), indent=1) if as_json else open_bench.describe(found))


@bench.command("cast")
@click.option("--database", "databases", multiple=True, type=click.Choice(["sqlite", "postgresql"]), help="Both when left out.")
@click.option("--workers", "workers", multiple=True, type=click.IntRange(1, 64), help="2 and 4 when left out; may be repeated.")
@click.option("--rounds", default=3, type=click.IntRange(1, 100), help="How often ours and the bare page are kept busy in turn.")
@click.option("--seconds", default=5.0, type=click.FloatRange(0.1, 600), help="How long each time.")
@click.option(
    "--arrivals/--no-arrivals", default=True, help="Also 500 and 2,000 phones within a minute, alone and beside a crowd."
)
@click.option("--quick", is_flag=True, help="A short run of everything.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_cast(
    databases: tuple[str, ...],
    workers: tuple[int, ...],
    *,
    rounds: int,
    seconds: float,
    arrivals: bool,
    quick: bool,
    as_json: bool,
) -> None:
    """From form to receipt over real connections, beside a bare page; every receipt looked up in the count."""
    from survey_app.cast_bench import telling  # noqa: PLC0415 - only this command needs it and what it measures
    from survey_app.cli import bench_cast as casting  # noqa: PLC0415 - as above

    effort = casting.effort_of(quick=quick, rounds=rounds, seconds=seconds, arrivals=arrivals)
    figures = casting.run(databases or ("sqlite", "postgresql"), workers or (2, 4), effort)
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else telling.describe(figures))
    if any(
        "ballots" in one and (one["ballots"]["lost"] or one["ballots"]["double"] or one["ballots"]["astray"]) for one in figures
    ):
        sys.exit(1)


@bench.command("score")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_score(*, as_json: bool) -> None:
    """A thousand subjects in one pool, and every rule form with the traces of all its cells."""
    import survey_app.cli.bench_score as scoring  # noqa: PLC0415 - as above

    figures = scoring.run()
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else scoring.describe(figures))


@bench.command("slips")
@click.option("--count", type=click.IntRange(100, 20_000), default=10_000, help="Slips to print at one press (10,000).")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_slips(*, count: int, as_json: bool) -> None:
    """One press of "print everything": codes made, sheets set, digests stored, on the real page."""
    import survey_app.cli.bench_slips as printing  # noqa: PLC0415 - only this command needs it

    figures = printing.run(count, told=lambda line: click.echo(line, err=True))
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else printing.describe(figures))


@bench.command("files")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_files(*, as_json: bool) -> None:
    """The public bundle and the workbook of the shipped round with 6,363 subjects, step by step."""
    import survey_app.cli.bench_files as files  # noqa: PLC0415 - only this command needs it

    figures = files.run(told=lambda line: click.echo(line, err=True))
    click.echo(json.dumps(figures, indent=1) if as_json else files.describe(figures))


@bench.command("pages")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures, every page of every demo.")
def bench_pages(names: tuple[str, ...], *, as_json: bool) -> None:
    """Every result page and file of the shipped demos (NAMES: of these alone), the first time and from then on."""
    import survey_app.cli.bench_pages as looking  # noqa: PLC0415 - only this command needs it and the demos
    from survey_app.cli import demo as demo_rounds  # noqa: PLC0415 - as above

    if wrong := sorted(set(names) - set(demo_rounds.with_data())):
        raise click.BadParameter(", ".join(wrong))
    found = looking.run(names, told=lambda line: click.echo(line, err=True))
    click.echo(json.dumps([asdict(one) for one in found], indent=1) if as_json else looking.describe(found))


@bench.command("decide")
@click.option("--subjects", default=6_363, type=click.IntRange(1), help="How many made-up subjects with a small group.")
@click.option("--quick", is_flag=True, help="A few of them, and no demo.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_decide(*, subjects: int, quick: bool, as_json: bool) -> None:
    """What may leave, decided about 6,363 subjects with small groups and about the demo of yinzhou."""
    import survey_app.cli.bench_decide as decide  # noqa: PLC0415 - only this command needs it

    found = decide.run(subjects=min(subjects, 60) if quick else subjects, with_demo=not quick)
    if as_json:
        click.echo(json.dumps([decide.as_record(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(decide.describe(one))


@bench.command("statistics")
@click.option("--subjects", default=500, type=click.IntRange(2), help="How many.")
@click.option("--raters", default=200, type=click.IntRange(1), help="How many of each of the six groups.")
@click.option("--firm/--no-firm", default=True, help="Also whether grades stand under all weights nearby.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable figures.")
def bench_statistics(*, subjects: int, raters: int, firm: bool, as_json: bool) -> None:
    """The statistics of 500 subjects rated by six groups of 200, beside an earlier round."""
    import survey_app.cli.bench_statistics as measured  # noqa: PLC0415 - only this command needs it

    found = measured.run(subjects=subjects, raters=raters, firm=firm)
    click.echo(json.dumps(measured.as_record(found), indent=1) if as_json else measured.describe(found))
