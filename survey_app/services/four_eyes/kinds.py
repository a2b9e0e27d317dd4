"""Which acts take two people: who may ask for each, who may be the second, and what makes an ask stale.

One table. An act that is done by the confirmation itself and one that the asker does afterwards, once, because its answer holds
secrets made for the asker (`collected`), differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey_app.i18n import N_
from survey_app.roles import Capability


class AskKind(StrEnum):
    """An act that takes two people."""

    APPROVE = "approve"
    CLOSE = "close"
    SET_HOURS = "set_hours"
    BEGIN_VOTING = "begin_voting"
    LATE_CHANGE = "late_change"
    PRINT_ROUND = "print_round"
    PRINT_SLIPS = "print_slips"
    REGISTER_SLIPS = "register_slips"
    REISSUE_SLIPS = "reissue_slips"
    VOID_SLIPS = "void_slips"
    PREPARE_SEATS = "prepare_seats"
    PRINT_LETTERS = "print_letters"
    REPRINT_LETTERS = "reprint_letters"
    PUBLISH = "publish"
    PUBLISH_BUNDLE = "publish_bundle"
    VIEWING_LINK = "viewing_link"
    DESTROY = "destroy"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"
    PURGE = "purge"
    NEW_LINK = "new_link"
    NEW_ACCOUNT = "new_account"
    CHANGE_ROLES = "change_roles"
    ONE_PERSON = "one_person"


@dataclass(frozen=True, kw_only=True)
class TwoPersonAct:
    """`title`: what it is called; `watched`: acts, as the log names them, after which it is another thing than was asked for."""

    title: str
    asks: Capability
    confirms: Capability
    watched: tuple[str, ...] = ()
    collected: bool = False


#: What approval freezes: acts after which another thing would be frozen than was read.
FROZEN_BY_APPROVAL = (
    *("campaign-approved", "campaign-reworded", "roster-imported", "roster-kept", "roster-removed", "release-plan-chosen"),
    "hours-set",
    *("custody-passphrase", "custody-trustees", "opening-rehearsed"),
)
_SLIPS = ("campaign-closed",)
_LETTERS = (*_SLIPS, "invitations-printed")
_HOLDS = ("hold-placed", "hold-lifted")
#: What changes who may do what: an ask about an account is stale after any of them.
_ACCOUNT = ("link-created", "account-disabled", "account-enabled", "account-removed", "roles-changed")
KINDS: Mapping[AskKind, TwoPersonAct] = {
    AskKind.APPROVE: TwoPersonAct(
        title=N_("批准并开放投票"), asks=Capability.PROPOSE, confirms=Capability.DECIDE, watched=FROZEN_BY_APPROVAL
    ),
    AskKind.CLOSE: TwoPersonAct(
        title=N_("结束评议"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("campaign-closed", "campaign-reworded"),
    ),
    AskKind.SET_HOURS: TwoPersonAct(
        title=N_("改投票开放和结束的时间"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("campaign-closed", "hours-set", "voting-opened"),
    ),
    AskKind.BEGIN_VOTING: TwoPersonAct(
        title=N_("开放投票"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("campaign-closed", "hours-set", "voting-opened", "voting-paused"),
    ),
    # What is wished for is judged once more when it is confirmed: another late change of somebody else makes it no other thing.
    AskKind.LATE_CHANGE: TwoPersonAct(
        title=N_("批准以后改名册"), asks=Capability.PREPARE, confirms=Capability.DECIDE, watched=("campaign-closed",)
    ),
    AskKind.PRINT_ROUND: TwoPersonAct(
        title=N_("一次印好凭条和邀请函"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_LETTERS, collected=True
    ),
    AskKind.PRINT_SLIPS: TwoPersonAct(
        title=N_("印一批凭条"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_SLIPS, collected=True
    ),
    AskKind.REGISTER_SLIPS: TwoPersonAct(
        title=N_("登记在别处制作的凭条"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_SLIPS
    ),
    AskKind.REISSUE_SLIPS: TwoPersonAct(
        title=N_("作废一批凭条，另印一批"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_SLIPS, collected=True
    ),
    AskKind.VOID_SLIPS: TwoPersonAct(
        title=N_("作废一批凭条"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_SLIPS
    ),
    # Forms for the code on the wall are slips that nobody draws: whoever prepares them could cast with them.
    AskKind.PREPARE_SEATS: TwoPersonAct(
        title=N_("准备会场公用码的评议表"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=(*_SLIPS, "room-prepared")
    ),
    # A letter lets whoever holds it sign in its addressee's name.
    AskKind.PRINT_LETTERS: TwoPersonAct(
        title=N_("印邀请函"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_LETTERS, collected=True
    ),
    AskKind.REPRINT_LETTERS: TwoPersonAct(
        title=N_("作废邀请函，重新印"), asks=Capability.PRINT, confirms=Capability.WITNESS, watched=_LETTERS, collected=True
    ),
    AskKind.PUBLISH: TwoPersonAct(
        title=N_("公布结果"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("count", "recompute", "outcome-ruled", "results-published", "results-unpublished"),
    ),
    AskKind.PUBLISH_BUNDLE: TwoPersonAct(
        title=N_("公布公开核对包"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("recompute", "outcome-ruled", "counts-entered", "bundle-published"),
    ),
    # Whoever holds it reads what staff of its units read, without an account.
    AskKind.VIEWING_LINK: TwoPersonAct(
        title=N_("做一个查看链接"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("recompute", "results-published", "results-unpublished"),
        collected=True,
    ),
    AskKind.DESTROY: TwoPersonAct(
        title=N_("销毁选票内容和开启密钥"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("appeal-fixed", "openings-destroyed", "recompute", *_HOLDS, "keeping-said"),
    ),
    AskKind.HOLD: TwoPersonAct(
        title=N_("冻结这一轮，什么也不许销毁"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=("openings-destroyed",),
    ),
    AskKind.LIFT_HOLD: TwoPersonAct(title=N_("解除冻结"), asks=Capability.PROPOSE, confirms=Capability.DECIDE, watched=_HOLDS),
    AskKind.PURGE: TwoPersonAct(
        title=N_("保存期满，清除整个一轮"),
        asks=Capability.PROPOSE,
        confirms=Capability.DECIDE,
        watched=(*_HOLDS, "keeping-said", "recompute", "archive-made"),
    ),
    AskKind.NEW_LINK: TwoPersonAct(
        title=N_("为别人的账户生成一次性链接"),
        asks=Capability.KEEP_ACCOUNTS,
        confirms=Capability.WITNESS,
        watched=_ACCOUNT,
        collected=True,
    ),
    AskKind.NEW_ACCOUNT: TwoPersonAct(
        title=N_("建立评议办账户"), asks=Capability.KEEP_ACCOUNTS, confirms=Capability.WITNESS, collected=True
    ),
    AskKind.CHANGE_ROLES: TwoPersonAct(
        title=N_("改账户的角色"), asks=Capability.KEEP_ACCOUNTS, confirms=Capability.WITNESS, watched=_ACCOUNT
    ),
    AskKind.ONE_PERSON: TwoPersonAct(
        title=N_("今后由一个人办理"),
        asks=Capability.KEEP_ACCOUNTS,
        confirms=Capability.WITNESS,
        watched=("office-one", "office-two"),
    ),
}
