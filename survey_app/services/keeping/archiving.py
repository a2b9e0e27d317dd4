"""Making the archive of a counted round: packed, signed by the log's key, read again, put on the shelf and written down."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from analysis.records import Hex
from survey_app import times
from survey_app.config import Config
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState, LogKey, RoundArchive
from survey_app.proof import checkpoints, round_archive
from survey_app.proof.round_archive import FORMAT, ArchivedFile, ArchiveError, ArchiveManifest
from survey_app.services.counting import counting
from survey_app.services.keeping import contents
from survey_app.services.keeping.contents import KeptFile
from survey_app.services.log import epochs
from survey_app.services.log.epochs import Log
from survey_app.services.office import audit

_FOLDER = "archives"


class ArchiveStep(StrEnum):
    """Where the making of an archive is, in order."""

    GATHERING = "gathering"
    RESULT = "result"
    PACKING = "packing"
    CHECKING = "checking"


#: What is being done in each, for people.
STEPS = {
    ArchiveStep.GATHERING: N_("正在收集材料、日志和操作记录"),
    ArchiveStep.RESULT: N_("正在写结果"),
    ArchiveStep.PACKING: N_("正在签名、装成一个文件"),
    ArchiveStep.CHECKING: N_("正在重读一遍，逐字节检查"),
}
#: Called with each step as it begins.
ArchiveProgress = Callable[[ArchiveStep], None]


@dataclass(frozen=True)
class ArchiveMade:
    """The file and its SHA-256."""

    data: bytes
    digest: str


def untold(_step: ArchiveStep) -> None:
    """Nobody wants to know how far it is."""


def refuse_unless_counted(session: Session, campaign: Campaign) -> Log:
    """The log of a round that can be archived. Raises ArchiveError."""
    if campaign.state != CampaignState.COUNTED:
        raise ArchiveError(N_("计票以后才能归档；这一轮还没有结果。"))
    log = epochs.log_of(session, campaign)
    if log is None or not log.epochs or log.epochs[-1].kind != "close":
        raise ArchiveError(N_("存证日志还没有结束的一节；请先在存证页补做，再归档。"))
    return log


def seal(
    session: Session,
    config: Config,
    campaign: Campaign,
    members: Mapping[str, KeptFile],
    *,
    secret: str,
    account: str,
    now: dt.datetime,
    progress: ArchiveProgress = untold,
) -> ArchiveMade:
    """Pack, sign, read again, put on the shelf, write down that it was made.

    Parameters
    ----------
    session, campaign
        The caller commits.
    config
        Where the shelf stands.
    members
        What goes in: `contents.gather` and the result.
    secret
        The server's secret, which opens the signing key.
    account, now
        Who does this and when.
    progress
        Told each step as it begins.

    Raises
    ------
    ArchiveError
        When it is not counted, the log has not ended, or the file grows too large.
    SigningKeyError
        When the log's key does not open.
    """
    log = refuse_unless_counted(session, campaign)
    progress(ArchiveStep.PACKING)
    key = session.get_one(LogKey, campaign.id)
    report = counting.newest_report(session, campaign).digest
    manifest = ArchiveManifest(
        format=FORMAT,
        about=contents.ABOUT,
        campaign=campaign.key,
        title=campaign.title,
        period=campaign.period,
        scheme=campaign.scheme_key,
        scheme_version=campaign.scheme_version,
        scheme_digest=campaign.scheme_digest,
        counted=times.iso(campaign.counted) if campaign.counted else "",
        made=times.iso(now),
        made_by=counting.code_version(),
        key=Hex(key.public),
        root=log.epochs[-1].root.hex(),
        result=report,
        members={name: _told(one) for name, one in members.items()},
        left_out=contents.LEFT_OUT,
    )
    packed = round_archive.pack(
        manifest,
        {name: one.content for name, one in members.items()},
        lambda message: checkpoints.sign_bytes(message, key.sealed, secret)[1],
    )
    progress(ArchiveStep.CHECKING)
    digest = round_archive.read(packed).digest
    _put(config, campaign.key, packed)
    row = RoundArchive(campaign_id=campaign.id, digest=digest, size=len(packed), report_digest=report, made=now, made_by=account)
    session.add(row)
    audit.record(session, account=account, action="archive-made", detail=f"{campaign.key} {digest}", now=now)
    return ArchiveMade(packed, digest)


def on_shelf(config: Config, campaign_key: str, digest: str) -> bytes | None:
    """The archive as it lies here, if it is still the one of this digest."""
    path = _place(config, campaign_key)
    data = path.read_bytes() if path.is_file() else b""
    return data if hmac.compare_digest(hashlib.sha256(data).hexdigest(), digest) else None


def clear(config: Config, campaign_key: str) -> None:
    """Leave no archive of a purged round on the shelf."""
    _place(config, campaign_key).unlink(missing_ok=True)


def _told(one: KeptFile) -> ArchivedFile:
    return ArchivedFile(len(one.content), hashlib.sha256(one.content).hexdigest(), one.holds, one.english)


def _place(config: Config, campaign_key: str) -> Path:
    """Where it lies. The key is one of ours, made of letters and digits."""
    return config.data / _FOLDER / f"{campaign_key}.zip"


def _put(config: Config, campaign_key: str, data: bytes) -> None:
    path = _place(config, campaign_key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
