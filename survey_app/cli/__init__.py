"""The command line: the whole product without a browser.

Lives here: options, progress, one sentence on stderr when something cannot be done. May not live here: what is done (services).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from survey_app import times
from survey_app.cli.archive import backup, restore
from survey_app.cli.bench import bench
from survey_app.cli.bundle import COMMANDS as BUNDLE_COMMANDS
from survey_app.cli.copy import check_copy
from survey_app.cli.count import count
from survey_app.cli.demo import demo
from survey_app.cli.doctor import doctor
from survey_app.cli.scheme import check, explain, score
from survey_app.cli.server import migrate, serve, set_up_link
from survey_app.cli.slips import slips
from survey_app.config import timezone_from_environment
from survey_app.errors import UserError
from survey_app.i18n import gettext as _
from survey_app.private_memory import keep_private


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder; wins over PINGYI_DATA.")
@click.version_option(package_name="pingyi")
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Pingyi 评议: democratic evaluation, from the slip to the result."""
    context.obj = data
    context.with_resource(times.told_in(timezone_from_environment()))


_COMMANDS = (serve, migrate, set_up_link, demo, check, score, explain, backup, restore, count, check_copy, slips, doctor, bench)
for _command in (*_COMMANDS, *BUNDLE_COMMANDS):
    cli.add_command(_command)


def main() -> None:
    """The entry point: our own refusals become one sentence on stderr and exit status 1."""
    keep_private()  # passphrases and shares are typed into commands
    try:
        cli()
    except UserError as error:
        click.echo(_(error.sentence, **error.parts), err=True)
        sys.exit(1)
