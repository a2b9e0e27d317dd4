"""Personal invitations for signed raters: one A4 page each, the sheet for a signature in ink at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.slips import shorten_address
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class InvitationSheet:
    """One person's page. `link` goes into the QR, `address` and `alias` are what the person can type instead."""

    name: str
    group: str
    unit: str
    link: str
    address: str
    alias: str


def invitations_pdf(
    sheets: Sequence[InvitationSheet],
    *,
    title: str,
    until: str = "",
    reasons: Sequence[tuple[str, str]] = (),
    language: str = SOURCE,
) -> bytes:
    """One PDF, one page for each of `sheets`, in the order given."""
    return pdf(
        "invitations",
        {
            "title": title,
            "until": until,
            "reasons": [{"name": name, "said": said} for name, said in reasons],
            "sheets": [
                {
                    "name": sheet.name,
                    "place": " · ".join(part for part in (sheet.unit, sheet.group) if part),
                    "qr": qr.svg(sheet.link),
                    "address": shorten_address(sheet.address),
                    "alias": sheet.alias,
                }
                for sheet in sheets
            ],
            "words": _words(until),
        },
        language=language,
    )


def _words(until: str) -> dict[str, str | list[str]]:
    return {
        "document": _("实名评议邀请"),
        "alt": _("您的专用二维码"),
        "invited": _("邀请您实名评议"),
        "own": _("此页仅供您本人使用"),
        "steps": [
            _("用手机扫描二维码；或打开网址，输入编号。"),
            _("逐项选择并核对，输入姓名、签名后送出。"),
            _("看到“已记录”即完成。请记下回执码，可留存答卷副本。"),
            _("截止前用同一个二维码可以重新填写：以最后一次送出为准，先前的一份作废不计。"),
        ],
        "typed": _("网址与编号"),
        "signing": _("实名意味着什么"),
        "what": [
            _("要签名的表不一样：名字和答案锁在一起。开箱以后，管评议的人看得到。看一次记一次，您也查得到。"),
            _("截止后由评议办公室开启计票；被评议的人只看到汇总结果。"),
            _("请勿转交或拍照外传。遗失时请向评议办公室要求重印，旧的二维码和编号随即失效。"),
        ],
        "until": _("截止时间：%(until)s", until=until) if until else "",
        "ink": _("手写签名单"),
        "ink_use": _("无法在屏幕上签名时在此手写：送出后抄上回执码，签名，交回评议办公室。"),
        "name": _("姓名"),
        "code": _("回执码"),
        "signature": _("签名"),
        "date": _("日期"),
    }
