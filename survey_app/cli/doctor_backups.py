"""Whether what is lost could be had again: the backup key, what a backup left behind, the last drill. Read by `pingyi doctor`."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from survey_app import clock, times
from survey_app.cli.doctor_traces import Answer
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.errors import UserError
from survey_app.i18n import gettext as _
from survey_app.services.backups import drill, keys, spool

#: A drill older than this proves little of today's key, hands and programs.
FRESH = dt.timedelta(days=90)


def key(config: Config) -> Answer:
    """Whether backups are sealed."""
    try:
        public = keys.public_key(config)
    except UserError as error:
        return False, _(error.sentence, **error.parts)
    if public is None:
        return None, _("还没有备份密钥，不能做加密的备份；请运行 pingyi backup-key。")
    return True, _("备份用公钥 %(public)s… 加密；请确认密钥文件和口令都在服务器以外的地方。", public=public.hex()[:16])


def left_over(config: Config) -> Answer:
    """Whether a backup that was killed left an unsealed copy behind."""
    if spool.left_over(config):
        folder = config.data / spool.NAME
        return False, _("中断的备份在 %(folder)s 里留下了没有加密的副本；请删除它，或再做一次备份。", folder=folder)
    return True, _("没有备份留下的副本。")


def drilled(engine: Engine) -> Answer:
    """When a restore was last proven."""
    with session_factory(engine, reading=True)() as session:
        last = drill.last(session)
    if last is None:
        return None, _("还没有做过恢复演练，不知道备份能不能恢复；请做一次备份，再运行 pingyi restore --drill。")
    when = times.moment(last)
    if clock.now() - last > FRESH:
        return None, _(
            "上一次恢复演练是 %(when)s，已超过 %(days)s 天；请再做一次 pingyi restore --drill。", when=when, days=FRESH.days
        )
    return True, _("上一次恢复演练通过，是 %(when)s。", when=when)
