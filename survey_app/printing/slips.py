"""A4 sheets of one-time slips to cut, ten to a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import Words, pdf


@dataclass(frozen=True, kw_only=True)
class SlipSheet:
    """What is the same on every slip of one printing. `address` is the short address people can type; `exposed`: the
    group is small and was promised nothing, and the slip says so."""

    title: str
    meeting: str
    unit: str
    group: str
    address: str
    until: str = ""
    exposed: bool = False


def shorten_address(address: str) -> str:
    """The address as people type it. `https://` stays: a browser given the bare host may ask over plain HTTP."""
    return address.removeprefix("http://")


def slips_pdf(sheet: SlipSheet, slips: Sequence[tuple[str, str]], *, language: str = SOURCE) -> bytes:
    """One PDF of `slips`, each (full link for the QR, alias as printed). The order given is the order printed."""
    return pdf("slips", slip_words(sheet, slips), language=language)


def slip_words(sheet: SlipSheet, slips: Sequence[tuple[str, str]]) -> dict[str, Words]:
    """What the pages of slips are made of, alone or as a part of other sheets."""
    place = " · ".join(part for part in (sheet.unit, sheet.group) if part)
    small, unknown = _("您这一类人少：您的答案可能被认出来。"), _("谁拿到哪一张凭条，没有登记，也没有人知道。")
    return {
        "title": sheet.title,
        "meeting": sheet.meeting,
        "place": place,
        "address": shorten_address(sheet.address),
        "slips": [{"qr": qr.svg(link), "alias": alias} for link, alias in slips],
        "words": {
            "document": _("一次性评议凭条"),
            "alt": _("评议凭条二维码"),
            "what": [
                small if sheet.exposed else unknown,
                _("票一交就锁上，没有钥匙打不开。"),
                _("送出后得到回执码，凭它可查答卷确已收到。"),
            ],
            "typed": _("不能扫码？打开下面的网址，输入编号"),
            "once": _("只能用一次，%(until)s截止", until=sheet.until) if sheet.until else _("每张凭条只能用一次"),
        },
    }
