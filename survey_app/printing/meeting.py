"""Everything for one meeting in one file: cover sheet, slips, spare slips, posters, Wi-Fi code, lists, script, minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.poster import Poster, poster_words
from survey_app.printing.slips import SlipSheet, slip_words
from survey_app.printing.typesetting import Words, pdf


@dataclass(frozen=True, kw_only=True)
class MeetingGroup:
    """Slips of one form for a meeting. The first `slips` of `codes` are for who is expected, the others spare.

    `entitled` None: nobody has said how many are expected.
    """

    sheet: SlipSheet
    poster: Poster
    entitled: int | None
    slips: int
    codes: Sequence[tuple[str, str]] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MeetingPack:
    """A meeting. `network`, `password`: the hall's wireless network, "" where there is none; `fingerprint`: of the log's key.

    `lists`: place and names (or "" for each line to be signed by whoever comes). `test`: a rehearsal, and every page says so.
    """

    title: str
    meeting: str
    groups: Sequence[MeetingGroup]
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    network: str = ""
    password: str = ""
    fingerprint: str = ""
    until: str = ""
    test: bool = False


def wifi_text(network: str, password: str) -> str:
    """What a phone's camera joins the network by: the de facto form of the Wi-Fi Alliance's and ZXing's "WIFI:" text."""
    if not network:
        return ""
    signs = str.maketrans({sign: f"\\{sign}" for sign in '\\;,:"'})
    kind = "WPA" if password else "nopass"
    return f"WIFI:T:{kind};S:{network.translate(signs)};P:{password.translate(signs)};;"


def meeting_pdf(pack: MeetingPack, *, language: str = SOURCE) -> bytes:
    """One PDF. The codes in it exist nowhere else."""
    wifi = wifi_text(pack.network, pack.password)
    content: dict[str, Words] = {
        "title": pack.title,
        "meeting": pack.meeting,
        "groups": [_group(one) for one in pack.groups],
        "posters": [poster_words(one.poster) for one in pack.groups],
        "lists": [
            {"place": place, "rows": [{"number": str(at), "name": name} for at, name in enumerate(names, start=1)]}
            for place, names in pack.lists
        ],
        "wifi": qr.svg(wifi) if wifi else "",
        "network": f"{pack.network}  {pack.password}".strip(),
        "fingerprint": [pack.fingerprint[at : at + 8] for at in range(0, len(pack.fingerprint), 8)],
        "test": pack.test,
        "words": _words(pack),
    }
    return pdf("meeting", content, language=language)


def _group(one: MeetingGroup) -> Words:
    spare = len(one.codes) - one.slips
    return {
        "place": " · ".join(part for part in (one.sheet.unit, one.sheet.group) if part),
        "entitled": "—" if one.entitled is None else str(one.entitled),
        "slips": one.slips,
        "spare": spare,
        "spare_note": _("%(place)s：%(n)s 张。封好，用一张记一张；没有用的会后清点。", n=spare,
                        place=" · ".join(part for part in (one.sheet.unit, one.sheet.group) if part)),
        "slip_pages": slip_words(one.sheet, one.codes[: one.slips]),
        "spare_pages": slip_words(one.sheet, one.codes[one.slips :]),
    }  # fmt: skip


def _words(pack: MeetingPack) -> Words:
    until = [_("截止时间是 %(until)s。", until=pack.until)] if pack.until else []
    return {
        "document": _("会议评议材料"),
        "cover": _("会议材料封面"),
        "cover_heads": [_("给谁"), _("应到"), _("凭条"), _("备用")],
        "inside": [
            _("凭条沿虚线裁开，打乱次序，放进不透明的箱或袋，由人任意抽取；不编号、不登记。"),
            _("备用凭条单独封好，由监督人保管；拆封时记下时间和张数。"),
            _("海报张贴在门口和会场前方；主持词、签到表、会议记录各一份。"),
            _("剩下的和填坏的凭条收齐、清点、封存，把数写进会议记录。"),
        ],
        "wifi": _("会场无线网：扫一扫就连上"),
        "spare": _("备用凭条"),
        "test": _("演练用：投出的不算数，演练后全部清除。"),
        "attendance": _("签到表"),
        "attendance_note": _("只记谁到了会，用来核对到会人数；不记谁拿了哪一张凭条。"),
        "attendance_heads": [_("序号"), _("姓名"), _("签名"), _("序号"), _("姓名"), _("签名")],
        "script": _("主持词"),
        "script_steps": [
            [_("开场"), _("今天请大家评议。为什么评、结果怎么用，写在海报和每张表的上方。") + "".join(until)],
            [_("抽凭条"), _("请每人从箱里任意抽一张凭条。谁抽到哪一张，没有登记，也没有人知道。")],
            [_("扫码填写"), _("用手机相机或微信扫凭条上的二维码，逐项选；扫不了码，打开凭条上的网址，输入编号。")],
            [_("核对送出"), _("核对一遍再送出。看到“已记录”就完成了，请记下回执码；它能查到您的票在不在，查不到您选了什么。")],
            [_("需要帮忙的"), _("工作人员可以提供设备、讲怎么操作，不看也不代选。")],
            [_("清点"), _("没有用的凭条交回；当场清点到会、作废、未用的数，写进会议记录。")],
            [_("存证"), _("请主持人宣读存证的根，大家可以拍照；以后公布的清单里必须有它。")],
        ],
        "minutes": _("会议记录"),
        "minutes_lines": [
            _("时间、地点"),
            _("主持人"),
            _("监督人"),
            _("到会人数"),
            _("备用凭条何时拆封、用了几张"),
            _("需要说明的情况"),
        ],
        "count_heads": [_("给谁"), _("印发"), _("到会"), _("作废"), _("未用")],
        "root": _("存证的根：八组，每组八个字，当众宣读并抄在这里"),
        "root_note": _("会议结束时在系统“存证”页做一次存证，根显示在那里，也可以另印存证单附在后面。"),
        "fingerprint": _("签名公钥的指纹"),
        "sign": [_("主持人"), _("监督人"), _("群众代表")],
    }
