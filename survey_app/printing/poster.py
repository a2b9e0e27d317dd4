"""The poster for the wall of a meeting: what to do, until when, what becomes of the answer. It holds no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing.typesetting import Words, pdf


@dataclass(frozen=True, kw_only=True)
class Poster:
    """What stands on a poster. `reasons`: who asks, why, what for, each with its name; `network`: how to get online, optional."""

    title: str
    meeting: str
    unit: str
    group: str
    until: str = ""
    reasons: Sequence[tuple[str, str]] = ()
    network: str = ""
    exposed: bool = False


def poster_pdf(poster: Poster, *, language: str = SOURCE) -> bytes:
    """One A4 page, all vector, so that it can be enlarged to A3 or more."""
    return pdf("poster", poster_words(poster), language=language)


def poster_words(poster: Poster) -> dict[str, Words]:
    """What a poster is made of, alone or as a part of other sheets."""
    return {
        "title": poster.title,
        "meeting": poster.meeting,
        "place": " · ".join(part for part in (poster.unit, poster.group) if part),
        "words": {
            "document": _("评议海报"),
            "steps": [
                [_("抽一张凭条"), _("从箱里任意抽一张，不登记姓名。")],
                [_("扫码填写"), _("用手机相机或微信扫凭条上的二维码。")],
                [_("核对送出"), _("看到“已记录”即完成，记下回执码。")],
            ],
            "help": _("没有智能手机或扫不了码？打开凭条上的网址，输入凭条上的编号；也可请工作人员提供设备，由您自己填写。"),
            "promise": _("您的答案"),
            "what": [
                _("您这一类人少：您的答案可能被认出来。") if poster.exposed else _("谁拿到哪一张凭条，没有登记，也没有人知道。"),
                _("票一交就锁上，没有钥匙打不开。"),
                _("凭回执码可以查到答卷确已收到；回执码不透露您选了什么。"),
            ],
            "until": _("截止时间"),
            "network": _("上网方式"),
        },
        "until": poster.until,
        "network": poster.network,
        "reasons": [{"name": name, "said": said} for name, said in poster.reasons],
    }
