"""Checking the kept copy of a signed form without a server: its seal, and what a bundle of the campaign says of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import click

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.proof import checking, checkpoints
from survey_app.services.bundle import shelf
from survey_app.services.sealing.sealed_content import receipt_code
from survey_app.services.signed import copy as signed_copy
from survey_app.services.signed.copy import Copy, CopyError

_there = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("check-copy")
@click.argument("file", type=_there)
@click.option("--key", metavar="HEX", default="", help="Fingerprint of the log's key, from a printed checkpoint sheet.")
@click.option("--bundle", type=_there, help="A bundle of the campaign, public or auditors'.")
def check_copy(file: Path, key: str, bundle: Path | None) -> None:
    """Check FILE, the copy that the author of a signed form kept. Exit 1: something does not hold; 2: no copy."""
    try:
        copy = signed_copy.read(file.read_text(encoding="utf-8"))
    except (CopyError, UnicodeDecodeError):
        click.echo(_("这不是记名评议表的存根文件；请选送出后下载的那个文件，不要改动它。"), err=True)
        sys.exit(2)
    faults = _faults(copy, key, bundle)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    form = copy.form
    click.echo(_("封印完好。"))
    told = f"{form.title} · {form.group} · {form.name} · {_('第 %(version)s 版', version=form.version)}"
    click.echo("".join(one for one in told if one.isprintable()))  # any key may have sealed it: no commands to the terminal
    click.echo(_("选票码：%(code)s", code=receipt_code(bytes.fromhex(form.leaf))))
    click.echo(_("签名公钥的指纹：%(fingerprint)s", fingerprint=checkpoints.fingerprint(copy.key)))
    if not key and bundle is None:
        click.echo(_("公钥是谁的，文件自己证明不了：请拿指纹与当时会场的存证单逐字核对，或用 --key 给出。"))


def _faults(copy: Copy, key: str, bundle: Path | None) -> list[str]:
    faults = []
    if not copy.fits(copy.key):
        faults.append(_("封印不对：内容被改动过。"))
    if key and "".join(key.split()).lower() != checkpoints.fingerprint(copy.key):
        faults.append(_("封印的公钥不是给出的那一把：不是这次评议的服务器封的。"))
    return faults + (_against(copy, _content(bundle)) if bundle else [])


def _against(copy: Copy, content: dict[str, Any]) -> list[str]:
    """What the bundle says otherwise. An auditors' bundle holds the form itself, unless a later version replaced it."""
    form = copy.form
    if content["campaign"]["campaign"] != form.campaign or content["key"] != copy.key.hex():
        return [_("核对包是另一次评议的，或公钥不同：与这份存根对不上。")]
    if all(form.leaf not in epoch["ballots"] for epoch in content["epochs"]):
        return [_("存证日志里没有这张表：它被丢掉了。请带上存根和核对包向监督人员反映。")]
    opened = content.get("openings", {}).get(form.leaf)
    if opened is not None and opened[0] != form.marks:
        return [_("票箱里这张表的内容与服务器自己封的存根不同：它被改动过。请带上存根和核对包向监督人员反映。")]
    return []


def _content(path: Path) -> dict[str, Any]:
    """The content of a bundle that holds. Raises UserError for any other: what does not hold itself proves nothing of a copy."""
    try:
        content = shelf.content_of(path.read_bytes())
        sound = not checking.findings(content)[0]
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, StopIteration, BadZipFile) as odd:
        raise UserError(N_("%(path)s 不是核对包，或已残缺；请换一个。"), path=path) from odd
    if not sound:
        raise UserError(N_("核对包 %(path)s 自己就核对不过；请用 pingyi verify 看哪里不对。"), path=path)
    return content
