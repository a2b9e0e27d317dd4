"""Bundles without a browser: making them, checking them, auditors' keys, the end of the appeal period."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from analysis.records import Hex, Record, RecordError, plain, read
from survey_app import clock, times
from survey_app.cli import asking, keep
from survey_app.cli.new_files import refuse_unless_new, write_new
from survey_app.config import Config, cookie_key
from survey_app.database import make_engine, scrub, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.proof import checking
from survey_app.services.bundle import freshness, shelf
from survey_app.services.bundle import making as bundles
from survey_app.services.campaign import campaigns
from survey_app.services.counting import destruction as appeals
from survey_app.services.keeping import reading
from survey_app.services.office import audit
from survey_app.services.sealing import custody
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.services.signed import readings
from survey_app.starting import prepared

ACCOUNT = "command line"
KEY_FORMAT: Final = "pingyi-auditor-key/1"
_file = click.Path(path_type=Path, dir_okay=False)


class _KeyFile(Record, frozen=True):
    """An auditor's key as kept on the auditor's machine."""

    format: Literal["pingyi-auditor-key/1"]
    public: Hex
    wrapped: Hex


@click.command("bundle")
@click.argument("campaign")
@click.argument("out", type=_file)
@click.option("--auditor", "auditors", multiple=True, metavar="KEY", help="Seal the auditors' bundle to this public key instead.")
@click.option("--withhold", multiple=True, type=click.Choice(bundles.WITHHOLDABLE), help="Other evidence to keep out.")
@click.option("--publish", is_flag=True, help="Also put it on the campaign's public page.")
@click.pass_obj
def bundle(
    data: Path | None, campaign: str, out: Path, auditors: tuple[str, ...], withhold: tuple[str, ...], *, publish: bool
) -> None:
    """Write the public bundle of CAMPAIGN (its key) to OUT; with --auditor one sealed bundle each, OUT-1, OUT-2 …"""
    keys = [_public_key(one) for one in auditors]
    if keys and (publish or withhold):
        raise UserError(N_("给审计员的核对包不公布，也不略去材料；请去掉 --publish 和 --withhold，或去掉 --auditor。"))
    targets = [out.with_name(f"{out.name}-{number}") for number in range(1, len(keys) + 1)] or [out]
    for target in targets:
        refuse_unless_new(target)
    with _campaign(data, campaign) as (session, here, config, _engine):
        opening = _opening(here)
        secret, now = cookie_key(config), clock.now()
        if keys:
            made = bundles.auditors_bundle(session, here, opening, secret=secret, now=now, progress=_tell)
            readings.given_to_auditors(session, here, keys, now=now)
            session.commit()  # written down before anything leaves
            for target, key in zip(targets, keys, strict=True):
                write_new(target, bundles.sealed_for(key, made.archive))
        else:
            made = bundles.public_bundle(session, here, opening, secret=secret, withhold=withhold, progress=_tell)
            write_new(out, made.archive)
        if publish:
            shelf.publish(config, here.key, made.archive)
        audit.record(session, account=ACCOUNT, action="bundle-made", detail=f"{here.key} {len(keys)} auditors", now=now)
        session.commit()
    for chinese, english in made.faults:
        click.echo(f"{chinese}。{english}.", err=True)
    if made.faults:
        sys.exit(1)
    for chinese, english in made.notes:
        click.echo(f"{chinese}。{english}.", err=True)
    if made.notes:
        click.echo(_("核对包已写好，数都相符；上面各条核对程序会指出，请准备好说明。"))
    else:
        click.echo(_("核对包已写好，核对程序全部通过。"))


@click.command("verify", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def verify(data: Path | None, arguments: tuple[str, ...]) -> None:
    """Check BUNDLE, or a round's ARCHIVE, [--root HEX] [--key HEX] as the checker inside it does. Exit 1: something does not
    hold; 2: no bundle; 3: it holds, with notes that a person has to answer.

    Where this machine holds the campaign, it is also said when the bundle was made before a correction.
    """
    if (kept := _archive_in(arguments)) is not None:
        sys.exit(keep.verify_archive(kept, key=_after(arguments, "--key"), root=_after(arguments, "--root")))
    code = checking.main(list(arguments))
    if code != 2 and any(_outdated(data, Path(one)) for one in arguments if not one.startswith("--")):
        click.echo(_("请注意：这个核对包已经过时；它做好以后，人数、材料、结果或对提示的确认有过更正。"), err=True)
    sys.exit(code)


@click.command("auditor-key")
@click.argument("file", type=_file)
def auditor_key(file: Path) -> None:
    """Make an auditor's key pair on the auditor's own machine: FILE keeps the private key under a passphrase."""
    refuse_unless_new(file)
    public, wrapped = custody.create_keys(asking.ask_auditor(new=True))
    write_new(file, json.dumps(plain(_KeyFile(KEY_FORMAT, Hex(public), Hex(wrapped)))).encode())
    click.echo(_("请把这一行公钥交给主办单位，私钥文件自己保管："))
    click.echo(public.hex())


@click.command("auditor-open")
@click.argument("sealed", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("key", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("out", type=_file)
def auditor_open(sealed: Path, key: Path, out: Path) -> None:
    """Open the auditors' bundle SEALED with the key file KEY into OUT; then `pingyi verify OUT`. Delete OUT when done."""
    refuse_unless_new(out)
    try:
        wrapped = bytes(read(key.read_bytes(), _KeyFile).wrapped)
    except RecordError as wrong:
        raise UserError(N_("%(path)s 不是审计员的密钥文件。"), path=key) from wrong
    write_new(out, custody.unwrap(wrapped, asking.ask_auditor()).open(sealed.read_bytes()))
    click.echo(_("已打开到 %(path)s。核对完请删除它：里面有每一张票。", path=out))


@click.command("appeal")
@click.argument("campaign")
@click.argument("until", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_obj
def appeal(data: Path | None, campaign: str, until: dt.datetime) -> None:
    """Say, once, that the openings of CAMPAIGN are kept to the end of the day UNTIL, here (PINGYI_TIMEZONE)."""
    end = times.end_of(until.date())
    with _campaign(data, campaign) as (session, here, _config, _engine):
        appeals.fix(session, here, end, account=ACCOUNT, now=clock.now())
        session.commit()
    click.echo(_("申诉期到 %(until)s 为止。", until=times.moment(end)))


@click.command("destroy-openings")
@click.argument("campaign")
@click.argument("certificate", type=_file)
@click.pass_obj
def destroy_openings(data: Path | None, campaign: str, certificate: Path) -> None:
    """After the appeal period: destroy what is in the ballots of CAMPAIGN and its opening key; write the CERTIFICATE."""
    with _campaign(data, campaign) as (session, here, config, engine):
        click.confirm(_("“%(title)s”的选票内容将永远不能再开启。继续吗？", title=here.title), abort=True)
        said = appeals.destroy(session, here, secret=cookie_key(config), account=ACCOUNT, now=clock.now())
        write_new(certificate, said.encode())
        session.commit()
        session.close()
        scrub(engine)
    click.echo(_("已销毁。证书在 %(path)s；请把含有这次评议的旧备份也一并销毁。", path=certificate))


def _archive_in(arguments: tuple[str, ...]) -> Path | None:
    """The archive of a round among the arguments, if there is one."""
    files = [Path(one) for one in arguments if not one.startswith("--") and Path(one).is_file()]
    return next((one for one in files if reading.looks_like_one(one)), None)


def _after(arguments: tuple[str, ...], option: str) -> str:
    """What stands behind an option; "" where it was not given. Raises UserError where nothing stands behind it."""
    for at, one in enumerate(arguments):
        if one.startswith(f"{option}="):
            return one.partition("=")[2]
        if one == option:
            if at + 1 == len(arguments):
                raise UserError(N_("%(option)s 后面要写 64 位十六进制数字；没有核对。"), option=option)
            return arguments[at + 1]
    return ""


def _tell(step: bundles.BundleStep) -> None:
    """Each step of a bundle's making, on the error stream: of a large round it takes a while."""
    click.echo(_(bundles.STEPS[step]) + "……", err=True)


def _outdated(data: Path | None, path: Path) -> bool:
    """Whether this file is a bundle of a campaign on this machine that has another result by now. Nothing is made or changed."""
    config = Config.from_environment(data=data)
    here = not config.database_url.startswith("sqlite:///") or Path(config.database_url.removeprefix("sqlite:///")).is_file()
    if not here or not path.is_file():
        return False
    engine = make_engine(config.database_url)
    try:
        with session_factory(engine)() as session:
            campaign = campaigns.by_key(session, shelf.content_of(path.read_bytes())["campaign"]["campaign"])
            return shelf.mark_of(path.read_bytes()) != freshness.state_of(session, campaign)
    except (UserError, DatabaseError):  # another office's bundle, or a database of another age
        return False
    finally:
        engine.dispose()


@contextmanager
def _campaign(data: Path | None, key: str) -> Iterator[tuple[Session, Campaign, Config, Engine]]:
    config = Config.from_environment(data=data)
    engine = prepared(config)
    try:
        with session_factory(engine)() as session:
            yield session, campaigns.by_key(session, key), config, engine
    finally:
        engine.dispose()


def _opening(campaign: Campaign) -> custody.OpeningKey:
    return custody.unwrap(campaign.wrapped_key, *asking.ask_to_open(campaign, OpeningAct.BUNDLE))


def _public_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise UserError(N_("“%(text)s”不是审计员的公钥：应是 64 位十六进制数字。"), text=text)
    custody.seal(key, b"")  # refuses what is no key before anybody types a passphrase
    return key
