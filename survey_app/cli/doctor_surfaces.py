"""What `pingyi doctor` says of who serves what: voting, office and public log on one address or apart."""

from __future__ import annotations

from urllib.parse import urlsplit

from survey_app.cli.doctor_traces import Answer
from survey_app.config import ALL, OFFICE, PUBLIC, VOTER, Config
from survey_app.i18n import N_
from survey_app.i18n import gettext as _

TITLES = {VOTER: N_("投票"), OFFICE: N_("主办单位"), PUBLIC: N_("公开日志")}


def surface(config: Config) -> Answer:
    """One sentence; "!" where the three are not apart though they are meant to be."""
    addresses = {name: config.address_of({name}) for name in TITLES}
    told = {_(TITLES[name]): address for name, address in addresses.items()}
    where = "；".join(f"{title} {address}" for title, address in told.items())
    if len(set(addresses.values())) == 1:
        one = config.base_url
        if config.surface != ALL:
            return False, _(
                "这个进程只提供“%(surface)s”，三面却是同一个网址 %(one)s；请设 PINGYI_OFFICE_URL 和 PINGYI_PUBLIC_URL。",
                surface=_(TITLES[config.surface]),
                one=one,
            )
        return True, _("投票、主办单位和公开日志都由这个进程在 %(one)s 提供。", one=one)
    if config.surface == ALL:
        return None, _("三面各有网址（%(where)s），这个进程却全都提供；要分开，请各用一个进程，设 PINGYI_SURFACE。", where=where)
    hosts = {urlsplit(address).hostname for address in (addresses[VOTER], addresses[OFFICE])}
    if len(hosts) == 1:
        return None, _(
            "投票和主办单位只差端口（%(where)s）：浏览器会把主办单位的 cookie 也送给投票的端口；请用不同的主机名。", where=where
        )
    clear = [address for address in addresses.values() if not address.startswith("https://")]
    if clear:
        return False, _("三面各有网址，但 %(clear)s 没有加密；请用 https 地址。", clear="、".join(sorted(set(clear))))
    return True, _("这个进程只提供“%(surface)s”；%(where)s。", surface=_(TITLES[config.surface]), where=where)
