"""Trustees' shares, one A4 sheet each: the name, the groups to type, the same in a QR code, and what to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class ShareSheet:
    """What stands on one trustee's sheet. `share`: 16 groups separated by spaces; never shown in a traceback."""

    title: str
    holder: str
    number: int
    total: int
    needed: int
    share: str

    def __repr__(self) -> str:
        return f"ShareSheet({self.number}/{self.total}, …)"


def shares_pdf(sheets: Sequence[ShareSheet], *, language: str = SOURCE) -> bytes:
    """One PDF, a page for each trustee in the order given."""
    return pdf(
        "shares",
        {
            "sheets": [
                {
                    "title": one.title,
                    "holder": one.holder,
                    "which": _("第 %(number)s 份，共 %(total)s 份", number=one.number, total=one.total),
                    "rule": _("开启选票要 %(needed)s 份到场；只有这一份，什么也打不开。", needed=one.needed),
                    "groups": one.share.split(),
                    "qr": qr.svg(one.share),
                }
                for one in sheets
            ],
            "words": {
                "document": _("密钥片"),
                "holder": _("保管人"),
                "groups": _("抄写或输入：16 组，每组最后一个字符是校验，抄错会说出是第几组。没有字母 I、L、O、U。"),
                "qr": _("二维码里就是这 16 组字符，可以扫描后粘贴。"),
                "alt": _("密钥片的二维码"),
                "keep": [
                    _("收到后请当场核对姓名和评议名称，参加一次试开，再装进信封，封口签字。"),
                    _("不要拍照，不要告诉别人，不要交给主办单位或另一位保管人代管。"),
                    _("丢失或被人看到，请马上告诉主办单位：批准以前可以重新制作；批准以后，其余的人凑够份数仍能开启。"),
                    _("申诉期结束、选票销毁以后，请把这张纸也销毁。"),
                ],
                "sign": [_("保管人签收"), _("日期")],
            },
        },
        language=language,
    )
