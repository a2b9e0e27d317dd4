"""Who may do what: one table from roles to what they may do. Every page behind a sign-in names what it asks for (`access.may`).

Pure: words and a table. Whether an act needs a second person besides stands in `services.four_eyes`; to which units staff are
bound, in `services.office.account_units`. A rated person has no account and no role: their link lets them read one page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from survey_app.i18n import N_


class Role(StrEnum):
    """What an account is there for. One account may hold several, within `refused`."""

    HEAD = "head"
    CLERK = "clerk"
    KEY_HOLDER = "key_holder"
    MONITOR = "monitor"
    STAFF = "staff"


class Capability(StrEnum):
    """Something a page lets people do. The value is what stands in the threat model's table."""

    SEE_PROCEDURE = "see procedure"  # where a campaign stands, scheme, forms, books, proofs: no answer and no score
    SEE_ROSTER = "see roster"
    SEE_LOG = "see log"
    SEE_PUBLISHED = "see published results"  # staff those of their units; monitors what was published to any
    SEE_RESULTS = "see results before publication"
    PREPARE = "prepare"  # schemes, rosters, notices, release plans, who keeps the key
    PRINT = "print"
    COUNT = "count"  # what is counted by hand, other evidence, counting anew
    OPEN = "open"  # with passphrase or shares; without them the page opens nothing
    PROPOSE = "propose"  # asks for an act that a head decides
    DECIDE = "decide"  # approval, close, publication, destruction, as the second person
    WITNESS = "witness"  # second person for slips, links and roles
    CONFIRM_OUTCOMES = "confirm outcomes"
    READ_SIGNED_FORMS = "read signed forms"
    KEEP_ACCOUNTS = "keep accounts"


_C = Capability
_PROCEDURE = frozenset({_C.SEE_PROCEDURE, _C.SEE_ROSTER, _C.SEE_LOG})
_OFFICE = _PROCEDURE | {_C.SEE_PUBLISHED, _C.SEE_RESULTS, _C.PROPOSE, _C.WITNESS}
GRANTS: Mapping[Role, frozenset[Capability]] = {
    Role.CLERK: _OFFICE | {_C.PREPARE, _C.PRINT, _C.COUNT, _C.OPEN},
    Role.HEAD: _OFFICE | {_C.DECIDE, _C.CONFIRM_OUTCOMES, _C.READ_SIGNED_FORMS, _C.KEEP_ACCOUNTS},
    Role.KEY_HOLDER: frozenset({_C.SEE_PROCEDURE, _C.OPEN}),
    Role.MONITOR: _PROCEDURE | {_C.SEE_PUBLISHED},
    Role.STAFF: frozenset({_C.SEE_PUBLISHED}),
}
TITLES: Mapping[Role, str] = {
    Role.HEAD: N_("负责人"),
    Role.CLERK: N_("经办人"),
    Role.KEY_HOLDER: N_("钥匙保管人"),
    Role.MONITOR: N_("监督人"),
    Role.STAFF: N_("单位人员"),
}
TOLD: Mapping[Role, str] = {
    Role.HEAD: N_("批准、结束、公布、销毁，确认结论，管账户"),
    Role.CLERK: N_("名册、方案、印发、清点、开箱计票"),
    Role.KEY_HOLDER: N_("用自己的密钥片开箱；看得到进程，看不到得分"),
    Role.MONITOR: N_("看进程、账目、存证和操作记录；公布之前看不到得分"),
    Role.STAFF: N_("公布以后看自己单位的结果"),
}
#: Roles that an account of the evaluation office may be given, in the order pages list them.
GIVEN = (Role.HEAD, Role.CLERK, Role.KEY_HOLDER, Role.MONITOR)
#: Setting of the server -> the roles that sign in with a passkey and not with an authenticator's code.
WITH_PASSKEY: Mapping[str, frozenset[Role]] = {"": frozenset(), "heads": frozenset({Role.HEAD}), "office": frozenset(GIVEN)}
#: What the first account is, and what every account of the office was before there were roles.
EVERYTHING = frozenset({Role.HEAD, Role.CLERK})


def granted(roles: Collection[Role]) -> frozenset[Capability]:
    """All that these roles let somebody do."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def refused(roles: Collection[Role]) -> str:
    """Why nobody may hold just these roles, as a sentence; "" where they may.

    Who watches must not be who acts, and who is rated must not read what the office reads.
    """
    if not roles:
        return N_("请至少选一个角色。")
    if Role.STAFF in roles and len(roles) > 1:
        return N_("单位账户不能兼有别的角色；请另建一个账户。")
    if Role.MONITOR in roles and not {Role.HEAD, Role.CLERK}.isdisjoint(roles):
        return N_("监督人不能同时是负责人或经办人：不能自己监督自己。请另建一个账户。")
    return ""
