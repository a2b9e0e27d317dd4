"""Whether the log of acts still is what was written: chain, signatures, what the key file knows, and heads that left the house.

Says the first line that does not fit, and what that means, in sentences. May not live here: finding printed heads (`log`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app import times
from survey_app.audit_keys import KeptKeys
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.office import audit
from survey_app.services.office.audit import Walk, Wrong

#: Digits of a digest that a sentence shows; compared are always all 64.
SHOWN = 16
_WRONG = {
    Wrong.GAP: N_("第 %(n)s 条接不上前一条：这里有记录被删去、插入或调换过。"),
    Wrong.CHANGED: N_("第 %(n)s 条的内容与它的摘要不符：这一条被改过。"),
    Wrong.UNSIGNED: N_("第 %(n)s 条没有签名，它前面的却有：从这一条起不是本系统写的。"),
    Wrong.UNVOUCHED: N_("从第 %(n)s 条起用的签名密钥，这台服务器不认：记录从这里被人重写过，或者服务器密钥换过了。"),
    Wrong.FORGED: N_("第 %(n)s 条的签名不对：从这一条起，记录被没有密钥的人重写过。"),
}


@dataclass(frozen=True)
class PrintedHead:
    """A head of the log that stands in a signed checkpoint, on paper and in the public log."""

    campaign: str
    epoch: int
    head: bytes


@dataclass(frozen=True, kw_only=True)
class CheckedLog:
    """What the check found. `faults`: sentences, the first wrong line first, none where all holds; `notes`: what to know."""

    lines: int
    head: bytes
    wrong_at: int | None
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def check(session: Session, *, heads: Sequence[PrintedHead], wanted: bytes | None = None) -> CheckedLog:
    """Check the log.

    Parameters
    ----------
    session
        It only reads. The key file is that of the session's place.
    heads
        Every head in a stored checkpoint.
    wanted
        A head that somebody holds on paper.

    Raises
    ------
    AuditKeyError
        When the key file cannot be read.
    """
    keys = audit.keys_of(session)
    # The file first: a line written meanwhile then is in the database and not in what the file knew, never the other way round.
    kept = keys.kept()
    seen = audit.walk(session, keys.vouched)
    faults = (
        [_(_WRONG[seen.wrong], n=seen.wrong_at)] if seen.wrong is not None else [*_missing(seen, kept), *_astray(seen, heads)]
    )
    notes = [*_extent(seen), *_beginnings(seen, kept)] if seen.wrong is None else []  # of a part nothing is said
    if wanted is not None and wanted in seen.numbers:
        notes.append(_("给出的头是第 %(n)s 条；到那一条为止，记录与印出时一样。", n=seen.numbers[wanted]))
    elif wanted is not None:
        faults.append(_("没有被改动的记录里找不到给出的头 %(head)s…：印它之后，记录被截短或重写过。", head=wanted.hex()[:SHOWN]))
    if heads and not faults:
        notes.append(_("存证单上的 %(n)s 个头都在记录里。", n=len(heads)))
    return CheckedLog(lines=seen.lines, head=seen.head, wrong_at=seen.wrong_at, faults=tuple(faults), notes=tuple(notes))


def _missing(seen: Walk, kept: KeptKeys | None) -> Iterator[str]:
    """Lines that this server wrote and the log does not have."""
    if kept is None:
        return
    mark, named = kept.mark, seen.following.get(bytes(kept.signer))
    if mark is not None and named is None:
        yield _("这台服务器签过第 %(n)s 条，记录里却没有它签的任何一条：记录被换掉了，或退回到了旧的数据库。", n=mark.line)
    elif (named is not None and named.hex() not in kept.keys) or (mark is not None and bytes(mark.digest) not in seen.numbers):
        yield _(
            "记录有 %(lines)s 条，而这台服务器至少写到过第 %(n)s 条：末尾被截掉了，或换上了旧的数据库。",
            lines=seen.lines,
            n=mark.line if mark else "?",
        )
    for lost in kept.lost:
        if bytes(lost.digest) not in seen.numbers:
            yield _(
                "这台服务器写过的第 %(n)s 条（%(digest)s…）和它前面的几条不见了，后来的记录是另起的：数据库被截短或换过。",
                n=lost.line,
                digest=lost.digest.hex()[:SHOWN],
            )


def _astray(seen: Walk, heads: Sequence[PrintedHead]) -> Iterator[str]:
    """Heads that left the house and are not in the log, or not in the order in which they left."""
    before: dict[str, int] = {}
    for one in heads:
        number = 0 if one.head == audit.GENESIS else seen.numbers.get(one.head)
        if number is None:
            yield _(
                "“%(title)s”第 %(epoch)s 节存证记下的头 %(head)s…，记录里没有：存证之后，以前的记录被重写或截短过。",
                title=one.campaign,
                epoch=one.epoch,
                head=one.head.hex()[:SHOWN],
            )
        elif number < before.get(one.campaign, 0):
            yield _("“%(title)s”第 %(epoch)s 节存证的头比前一节的还早：存证被换过。", title=one.campaign, epoch=one.epoch)
        else:
            before[one.campaign] = number


def _extent(seen: Walk) -> Iterator[str]:
    if not seen.began:
        yield _("%(n)s 条记录都没有签名：这里只核对了前后相接。下一次启动时开始签名。", n=seen.lines)
        return
    number, at = seen.began[0]
    if next(iter(seen.numbers.values())) == number:
        yield _("%(n)s 条记录都有签名。", n=seen.lines)
    else:
        yield _("从第 %(n)s 条（%(time)s）起每条都有签名；以前的靠前后相接，由这一条一并认定。", n=number, time=times.when(at))


def _beginnings(seen: Walk, kept: KeptKeys | None) -> Iterator[str]:
    for number, at in seen.began[1:]:
        yield _(
            "第 %(n)s 条（%(time)s）起换了一套密钥签名：恢复备份、增加服务器、移走密钥文件时才会这样。没有人这样做过，就要查。",
            n=number,
            time=times.when(at),
        )
    if seen.began and kept is None:
        yield _("这里没有密钥文件，看不出末尾有没有被截短；请用印出的头核对。")


def read_head(text: str) -> bytes | None:
    """The head in 64 hexadecimal digits of whatever size and width; None for anything else."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    return bytes.fromhex(plain) if re.fullmatch(r"[0-9a-f]{64}", plain) else None
