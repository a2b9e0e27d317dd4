"""What an operator should know of this place: room on the disk, the age of the last backup and drill, the log of acts, and what
is under way. Facts; what is to be done about them is said where they are shown."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.config import Config
from survey_app.models import AuditEvent, Campaign, CampaignState
from survey_app.services.backups import drill, made, restored

#: Less than this, and somebody should make room before people vote.
LITTLE_ROOM = 500 * 1024 * 1024
#: While people vote a backup a day is the least: what came after it is lost with the disk.
BACKUP_FRESH = dt.timedelta(days=1)
#: A drill older than this proves little of today's key, hands and programs.
DRILL_FRESH = dt.timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The facts. `backup_age` and `drill_age` are None where there was none; `last_act` where the log is empty."""

    free: int
    backup_age: dt.timedelta | None
    drill_age: dt.timedelta | None
    acts: int
    last_act: dt.datetime | None
    open_campaigns: int
    #: Of the last restore: when it was entered here, and when its backup had been made.
    restored: tuple[dt.datetime, dt.datetime] | None = None


def stand(session: Session, config: Config, *, now: dt.datetime) -> Standing:
    """Gather them. Raises SQLAlchemyError where the database cannot be asked, OSError where the folder cannot."""
    last_backup, last_drill = made.last(config), drill.last(session)
    acts, last_act = session.execute(select(func.count(AuditEvent.id), func.max(AuditEvent.at))).one()
    voting = select(func.count()).select_from(Campaign).where(Campaign.state == CampaignState.OPEN)
    return Standing(
        free=shutil.disk_usage(config.data).free,
        backup_age=None if last_backup is None else now - last_backup,
        drill_age=None if last_drill is None else now - last_drill,
        acts=acts,
        last_act=last_act,
        open_campaigns=session.scalar(voting) or 0,
        restored=restored.last(session),
    )
