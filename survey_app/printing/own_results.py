"""Letters to people who were rated: one A4 page each with a one-time link to their own results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True)
class OwnResultSheet:
    """One person's page. `link` goes into the QR and stands under it to be typed."""

    name: str
    unit: str
    link: str


def own_results_pdf(
    sheets: Sequence[OwnResultSheet], *, title: str, until: str, one_person: str = "", language: str = SOURCE
) -> bytes:
    """One PDF, a page for each of `sheets`, in the order given. `one_person`: that nobody else ever looked, where that is so."""
    return pdf(
        "own_results",
        {
            "title": title,
            "alone": one_person,
            "sheets": [{"name": one.name, "place": one.unit, "qr": qr.svg(one.link), "link": one.link} for one in sheets],
            "words": {
                "document": _("评议结果函"),
                "alt": _("您本人结果的二维码"),
                "own": _("此页仅供您本人使用"),
                "typed": _("也可以输入网址"),
                "until": _("有效到 %(until)s", until=until),
                "steps": [
                    _("用手机扫描二维码，点“打开我的结果”。"),
                    _("只能打开一次，打开后可看半小时；没有看完，或者别人先打开了，请向主办单位要一份新的，旧的随即失效。"),
                    _("看到的只有您自己的结果，看不出谁评了什么。"),
                    _("请勿转交或拍照外传。"),
                ],
            },
        },
        language=language,
    )
