"""The command line: the whole product without a browser.

Lives here: options, progress, one sentence on stderr when something cannot be done. May not live here: what is done (services).
A command's module is loaded when the command is called: `serve` must be first at gevent, and nobody waits for what others need.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click

from survey_app import times
from survey_app.config import timezone_from_environment
from survey_app.errors import UserError
from survey_app.private_memory import keep_private

#: Command -> the module of this package it stands in, where it is the function of that name (with `_` for `-`).
COMMANDS = {
    "serve": "serve",
    "migrate": "server",
    "set-up-link": "server",
    "reset-factor": "accounts",
    "people": "people",
    "new-link": "people",
    "demo": "demo",
    "check": "scheme",
    "score": "scheme",
    "explain": "scheme",
    "reference": "language",
    "schema": "language",
    "doubt": "doubt",
    "audit": "audit",
    "archive": "keep",
    "backup": "archive",
    "backup-key": "archive",
    "restore": "archive",
    "count": "count",
    "audit-release": "release",
    "audit-demos": "audit_demos",
    "check-copy": "copy",
    "slips": "slips",
    "doctor": "doctor",
    "bench": "bench",
    "bundle": "bundle",
    "verify": "bundle",
    "auditor-key": "bundle",
    "auditor-open": "bundle",
    "appeal": "bundle",
    "destroy-openings": "bundle",
    "trustee": "trustee",
}


class _LoadedWhenCalled(click.Group):
    """A group that knows its commands by name and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"survey_app.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_LoadedWhenCalled, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder; wins over PINGYI_DATA.")
@click.version_option(package_name="pingyi")
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Pingyi 评议: democratic evaluation, from the slip to the result."""
    context.obj = data
    context.with_resource(times.told_in(timezone_from_environment()))


def main() -> None:
    """The entry point: our own refusals become one sentence on stderr and exit status 1."""
    keep_private()  # passphrases and shares are typed into commands
    try:
        cli()
    except UserError as error:
        from survey_app.i18n import gettext as _  # noqa: PLC0415 - brings Flask, and `serve` must be at gevent before that

        click.echo(_(error.sentence, **error.parts), err=True)
        sys.exit(1)
    except ImportError as error:
        click.echo(f"程序不完整，没有启动（{error}）；请重新运行 make setup。", err=True)  # a catalogue may be what is missing
        sys.exit(1)
