"""The sheet for a reader without an account: one A4 page with a link to what was published, good until a day."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True)
class ViewingSheet:
    """The page. `link` goes into the QR and stands under it to be typed; `until`: the last day."""

    title: str
    period: str
    reader: str
    link: str
    until: str


def viewing_pdf(sheet: ViewingSheet, *, language: str = SOURCE) -> bytes:
    """One page, laid out as the letters of rated people are."""
    return pdf(
        "own_results",
        {
            "title": f"{sheet.title} {sheet.period}",
            "alone": "",
            "sheets": [{"name": sheet.reader, "place": "", "qr": qr.svg(sheet.link), "link": sheet.link}],
            "words": {
                "document": _("评议结果查看链接"),
                "alt": _("查看结果的二维码"),
                "own": _("只供下面写明的人查看"),
                "typed": _("也可以输入网址"),
                "until": _("有效到 %(until)s", until=sheet.until),
                "steps": [
                    _("用手机扫描二维码，或者在电脑上输入网址，就能看到已经公布的结果；不用账户，也不用登录。"),
                    _("只能看，不能改。主办单位没有公布的看不到；停止公布以后也看不到。"),
                    _("每打开一页，主办单位那里就多记一次；主办单位可以随时收回这个链接。"),
                    _("谁拿到这个网址都能打开：请勿转交、转发或拍照外传。"),
                ],
            },
        },
        language=language,
    )
