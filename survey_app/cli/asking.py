"""What the command line asks of people who hold secrets: a passphrase, trustees' shares.

Lives here: the questions. May not live here: what is opened with the answers (`services.sealing.custody`).
"""

from __future__ import annotations

import click

from survey_app.i18n import gettext as _
from survey_app.i18n import listed
from survey_app.services.sealing import custody


def ask_to_open(wrapped: bytes) -> list[str]:
    """The passphrase, typed blind, or one share after the other. Shares are shown: nobody types 80 characters blind."""
    terms = custody.terms_of(wrapped)
    if terms.kind != "trustees":
        return [click.prompt(_("开启口令"), hide_input=True)]
    click.echo(_("开启要 %(needed)s 份密钥片，由 %(names)s 保管。", needed=terms.needed, names=listed(terms.holders)))
    return [click.prompt(_("第 %(n)s 份密钥片", n=place)) for place in range(1, terms.needed + 1)]


def ask_auditor(*, new: bool = False) -> str:
    """The passphrase of an auditor's own key; a new one is asked for twice."""
    return str(click.prompt(_("审计员的口令"), hide_input=True, confirmation_prompt=new))


def ask_backup(*, new: bool = False) -> str:
    """The passphrase of the backup key; a new one is asked for twice."""
    return str(click.prompt(_("备份密钥的口令"), hide_input=True, confirmation_prompt=new))
