"""The checkpoint sheet: root and fingerprint to be read out, a QR code that holds the signed text, lines to sign."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class CheckpointSheet:
    """What stands on a sheet. `one_person`: that nobody else ever looked, where that is so.

    `root`, `fingerprint` and `audit_head`: all 64 digits, never a part of them: of 20 digits two may be alike. `audit_head` is ""
    for a checkpoint of before there were any.
    """

    title: str
    epoch: str
    made: str
    leaves: int
    root: str
    fingerprint: str
    audit_head: str
    text: str
    address: str
    one_person: str = ""


def checkpoint_pdf(sheet: CheckpointSheet, *, language: str = SOURCE) -> bytes:
    """One A4 page to print, read out, photograph and sign."""
    return pdf(
        "checkpoint",
        {
            "title": sheet.title,
            "epoch": sheet.epoch,
            "root": [sheet.root[at : at + 8] for at in range(0, len(sheet.root), 8)],
            "fingerprint": [sheet.fingerprint[at : at + 8] for at in range(0, len(sheet.fingerprint), 8)],
            "audit_head": [sheet.audit_head[at : at + 8] for at in range(0, len(sheet.audit_head), 8)],
            "qr": qr.svg(sheet.text),
            "address": sheet.address,
            "alone": sheet.one_person,
            "facts": [[_("时间"), sheet.made], [_("叶子"), str(sheet.leaves)]],
            "words": {
                "document": _("存证单"),
                "root": _("这份清单的根（请当众宣读，逐字核对）"),
                "fingerprint": _("签名公钥的指纹"),
                "audit_head": _("操作记录的头（主办单位做过的事，到此为止）"),
                "qr": _("二维码里是签名的存证文本；用任何扫码软件都能读出、留存。"),
                "alt": _("存证文本的二维码"),
                "why": _("以后公布的日志里必须有这一个根。只要有一位不同，就说明票被改动、丢掉或添加过。请拍照带走。"),
                "where": _("公开日志"),
                "sign": [_("主持人"), _("监督人"), _("群众代表")],
            },
        },
        language=language,
    )
