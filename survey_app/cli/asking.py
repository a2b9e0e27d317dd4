"""What the command line asks of people who hold secrets: a passphrase, trustees' shares.

Lives here: the questions. May not live here: what is opened with the answers (`services.sealing.custody`).
"""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock, times
from survey_app.errors import UserError
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.services.sealing import age_files, custody
from survey_app.services.sealing.one_time_keys import OneTimeKeys, OpeningAct


def ask_to_open(campaign: Campaign, act: OpeningAct) -> list[str]:
    """The passphrase, typed blind; one share after the other, shown, because nobody types 80 characters blind; or the files that
    trustees who have keys of their own hand on to this process, which lives as long as its one-time key is wanted."""
    terms = custody.terms_of(campaign.wrapped_key)
    if terms.keys:
        return _ask_to_hand_on(campaign, terms, act)
    if terms.kind != "trustees":
        return [click.prompt(_("开启口令"), hide_input=True)]
    click.echo(_("开启要 %(needed)s 份密钥片，由 %(names)s 保管。", needed=terms.needed, names=listed(terms.holders)))
    return [click.prompt(_("第 %(n)s 份密钥片", n=place)) for place in range(1, terms.needed + 1)]


def _ask_to_hand_on(campaign: Campaign, terms: custody.Terms, act: OpeningAct) -> list[str]:
    memory = OneTimeKeys()
    made = memory.make(campaign.id, act, now=clock.now())
    click.echo(_("开启要 %(needed)s 位保管人各自交付，他们是 %(names)s。", needed=terms.needed, names=listed(terms.holders)))
    click.echo(_("一次性公钥，这个程序结束就作废（最迟 %(time)s）：", time=times.moment(made.until)))
    click.echo(made.recipient)
    click.echo(_("它的指纹，请保管人与自己屏幕上的逐组核对："))
    click.echo(made.fingerprint)
    click.echo(_("每位保管人运行 pingyi trustee release 密钥片文件 公钥 --key 钥匙文件 --out 交付文件。"))
    while True:  # a wrong file must not cost the key that the others have sealed to
        try:
            released = [_released(place) for place in range(1, terms.needed + 1)]
            shares = memory.shares(campaign.id, campaign.key, act, released, now=clock.now())
            custody.unwrap(campaign.wrapped_key, *shares)
        except UserError as wrong:
            click.echo(_(wrong.sentence, **wrong.parts), err=True)
        else:
            memory.forget(campaign.id)
            return shares


def _released(place: int) -> bytes:
    path = Path(click.prompt(_("第 %(n)s 份交付文件", n=place)).strip())
    if not path.is_file() or path.stat().st_size > age_files.MOST_BYTES:
        raise UserError(N_("没有 %(path)s，或它太大，不是保管人交付的文件；请再写一次文件名。"), path=path)
    return path.read_bytes()


def ask_trustee(*, new: bool = False) -> str:
    """The passphrase of a trustee's own key; a new one is asked for twice."""
    return str(click.prompt(_("您的钥匙的口令"), hide_input=True, confirmation_prompt=new))


def ask_auditor(*, new: bool = False) -> str:
    """The passphrase of an auditor's own key; a new one is asked for twice."""
    return str(click.prompt(_("审计员的口令"), hide_input=True, confirmation_prompt=new))


def ask_backup(*, new: bool = False) -> str:
    """The passphrase of the backup key; a new one is asked for twice."""
    return str(click.prompt(_("备份密钥的口令"), hide_input=True, confirmation_prompt=new))
