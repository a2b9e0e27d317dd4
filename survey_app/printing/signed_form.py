"""The sheet of one signed form, to be signed in ink: its answers, its ballot code on every page, and what it proves."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf
from survey_app.services.signed.copy import SignedForm


@dataclass(frozen=True, kw_only=True)
class SignedFormSheet:
    """What stands on the sheet. `address`: where the QR code leads, the log with this form's code; `proves`: the one line."""

    form: SignedForm
    code: str
    seal: str
    fingerprint: str
    address: str
    proves: str


def signed_form_pdf(sheet: SignedFormSheet, *, language: str = SOURCE) -> bytes:
    """A4 pages, as many as the answers need; the place to sign stands on the last one."""
    form = sheet.form
    return pdf(
        "signed_form",
        {
            "title": form.title,
            "code": sheet.code,
            "qr": qr.svg(sheet.address),
            "facts": [
                [_("年度或时段"), form.period],
                [_("群体"), form.group],
                [_("邀请的是"), form.invited],
                [_("输入的姓名"), form.name],
                [_("版本"), _("第 %(version)s 版", version=form.version)],
            ],
            "subjects": [[name, [[asked, said or _("未填")] for asked, said in pairs]] for _code, name, pairs in form.answers],
            "proves": sheet.proves,
            "digits": [
                [_("封印"), _grouped(sheet.seal)],
                [_("签名公钥的指纹"), _grouped(sheet.fingerprint)],
            ],
            "words": {
                "document": _("记名评议表"),
                "code": _("选票码"),
                "alt": _("选票码的二维码"),
                "where": _("扫码可在公开日志里查到这张表。"),
                "sign": [_("本人签名"), _("日期")],
            },
        },
        language=language,
    )


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
