"""Which browser it is, in words its owner knows again: its make and the system it runs on. Nothing finer is kept, no address.

Lives here: reading what a browser says of itself, and the words. May not live here: sessions.
"""

from __future__ import annotations

from survey_app.i18n import N_
from survey_app.i18n import gettext as _

#: What the text holds, the key that is stored, its name. In this order: most browsers also call themselves Chrome and Safari.
MAKES = (
    ("MicroMessenger/", "wechat", N_("微信")),
    ("DingTalk/", "dingtalk", N_("钉钉")),
    ("QQBrowser/", "qq", N_("QQ 浏览器")),
    ("UCBrowser/", "uc", N_("UC 浏览器")),
    ("Quark/", "quark", N_("夸克")),
    ("HuaweiBrowser/", "huawei", N_("华为浏览器")),
    ("MiuiBrowser/", "xiaomi", N_("小米浏览器")),
    ("Edg", "edge", "Edge"),
    ("OPR/", "opera", "Opera"),
    ("Firefox/", "firefox", "Firefox"),
    ("Chrome/", "chrome", "Chrome"),
    ("Safari/", "safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "harmony", N_("鸿蒙")),
    ("HarmonyOS", "harmony", N_("鸿蒙")),
    ("Android", "android", N_("安卓")),
    ("iPhone", "iphone", "iPhone"),
    ("iPad", "ipad", "iPad"),
    ("Windows", "windows", "Windows"),
    ("Mac OS X", "mac", N_("苹果电脑")),
    ("Linux", "linux", "Linux"),
)
_NAMES = {key: name for _sign, key, name in (*MAKES, *SYSTEMS)}
OTHER = "other"


def kind_of(agent: str) -> str:
    """What is stored of a browser: "chrome windows"."""
    make = next((key for sign, key, _name in MAKES if sign in agent), OTHER)
    return f"{make} {next((key for sign, key, _name in SYSTEMS if sign in agent), OTHER)}"


def in_words(kind: str) -> str:
    """The same for a reader: "Chrome，Windows"."""
    make, _blank, system = kind.partition(" ")
    named = _(_NAMES[make]) if make in _NAMES else _(N_("别的浏览器"))
    return _("%(make)s，%(system)s", make=named, system=_(_NAMES[system])) if system in _NAMES else named
