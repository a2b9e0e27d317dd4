"""`pingyi audit-release`: what everything that leaves a campaign lets each kind of reader infer, person by person."""

from __future__ import annotations

import json
from pathlib import Path

import click

from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.services.campaign import campaigns
from survey_app.services.release import auditing
from survey_app.services.release.auditing import AuditLine
from survey_app.services.results import inferring
from survey_app.services.results import loaded as results


@click.command("audit-release")
@click.argument("campaign")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable facts.")
@click.pass_obj
def audit_release(data: Path | None, campaign: str, *, as_json: bool) -> None:
    """Say for every person and group of CAMPAIGN (its key) what each kind of reader can infer; exit 1 where it is too much."""
    config = Config.from_environment(data=data)
    engine = make_engine(config.database_url)
    try:
        with session_factory(engine)() as session:
            here = campaigns.by_key(session, campaign)
            loaded = results.load(session, here, language=language())
            lines = inferring.of_campaign(session, here, loaded)
            shown = inferring.rows(loaded, lines)
            cost, weighed, missing = inferring.cost(loaded), inferring.weighed(loaded), inferring.not_weighed(loaded)
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps([_fact(line) for line in lines], ensure_ascii=False, indent=1))
    else:
        for row in shown:
            click.echo(f"{row.subject} {row.name} · {row.group} · {row.standing} · {row.people}")
            for one in row.readers:
                click.echo(f"    {one.reader}: {_(inferring.VERDICT_WORDS[one.verdict])} — {one.sentence}")
        for given in cost:
            click.echo(_("“%(title)s”：%(gone)s 个对象不列，%(coarser)s 个少几位", **vars(given)))
        for said in weighed:
            click.echo(_("算了：%(what)s", what=said))
        for said in missing:
            click.echo(_("没有算：%(what)s", what=said))
    found = auditing.worst(lines)
    click.echo(" · ".join(f"{_(inferring.VERDICT_WORDS[key])} {number}" for key, number in found.items()), err=as_json)
    if any(number for key, number in found.items() if key != "safe"):
        raise SystemExit(1)


def _fact(line: AuditLine) -> dict[str, object]:
    """A line with its numbers as exact text."""
    ranges = [
        {name: str(value) if name in ("least", "most", "needed") else value for name, value in vars(one).items()}
        for one in line.ranges
    ]
    return {**vars(line), "ranges": ranges}
