"""The certificate that a round was purged: what went, how much, when, by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from survey_app import times
from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class PurgeSheet:
    """What stands on the sheet. `text`: the signed certificate, which the QR code holds; `fingerprint` of the key that signed."""

    title: str
    period: str
    why: str
    counts: Sequence[tuple[str, int]]
    digests: Sequence[tuple[str, str]]
    by: str
    purged: dt.datetime
    text: str
    fingerprint: str
    one_person: str = ""


def purge_pdf(sheet: PurgeSheet, *, language: str = SOURCE) -> bytes:
    """One A4 page to print, sign and file."""
    digests = [*sheet.digests, (_("签名公钥的指纹"), sheet.fingerprint)]
    return pdf(
        "purge",
        {
            "title": sheet.title,
            "facts": [
                [_("年度或时段"), sheet.period],
                [_("为什么清除"), sheet.why],
                [_("时间"), times.moment(sheet.purged)],
                [_("经手账户"), sheet.by],
            ],
            "counts": [[name, f"{number:,}"] for name, number in sheet.counts],
            "digests": [[name, [digest[at : at + 8] for at in range(0, len(digest), 8)]] for name, digest in digests if digest],
            "qr": qr.svg(sheet.text),
            "alone": sheet.one_person,
            "words": {
                "document": _("清除证书"),
                "gone": _("从正在使用的数据库里清除的"),
                "qr": _("二维码里是签了名的证书原文，可以用存证单上的公钥核对。"),
                "alt": _("证书原文的二维码"),
                "limit": _("本证书说的是正在使用的数据库。清除以前做的备份里还有这一轮，须由保管备份的人另行销毁。"),
                "sign": [_("经手人"), _("监督人"), _("日期")],
            },
        },
        language=language,
    )
