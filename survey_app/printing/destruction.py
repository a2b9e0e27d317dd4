"""The certificate that the openings of a campaign were destroyed: what, when, by whom, and the digests of what stays."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class DestructionSheet:
    """What stands on the sheet. `text`: the signed certificate, which the QR code holds; `fingerprint` of the signing key."""

    title: str
    period: str
    ballots: int
    root: str
    tally: str
    result: str
    by: str
    destroyed: str
    text: str
    fingerprint: str
    one_person: str = ""


def destruction_pdf(sheet: DestructionSheet, *, language: str = SOURCE) -> bytes:
    """One A4 page to print, sign and file."""
    return pdf(
        "destruction",
        {
            "title": sheet.title,
            "facts": [
                [_("年度或时段"), sheet.period],
                [_("销毁的"), _("%(n)s 张选票的密封内容，以及这次评议的开启密钥", n=sheet.ballots)],
                [_("时间"), sheet.destroyed],
                [_("经手账户"), sheet.by],
            ],
            "digests": [
                [name, [digest[at : at + 8] for at in range(0, len(digest), 8)]]
                for name, digest in (
                    (_("存证日志最后的根"), sheet.root),
                    (_("票数的摘要"), sheet.tally),
                    (_("结果的摘要"), sheet.result),
                    (_("签名公钥的指纹"), sheet.fingerprint),
                )
                if digest
            ],
            "qr": qr.svg(sheet.text),
            "alone": sheet.one_person,
            "words": {
                "document": _("选票内容销毁证书"),
                "stays": _("留下的：票数、结果、账目、存证日志、回执。它们的摘要如下，与销毁以前公布的应当一致。"),
                "qr": _("二维码里是签了名的证书原文，可以用存证单上的公钥核对。"),
                "alt": _("证书原文的二维码"),
                "limit": _(
                    "本证书说的是正在使用的数据库。销毁以前做的备份里仍有密封的选票和锁着的密钥，"
                    "须由保管备份的人另行销毁；口令的抄件和密钥片也请一并销毁。"
                ),
                "sign": [_("经手人"), _("监督人"), _("日期")],
            },
        },
        language=language,
    )
