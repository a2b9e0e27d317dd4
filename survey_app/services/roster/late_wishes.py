"""A roster changed after its approval, one person at a time: what a round can bear then, and what it cannot.

Lives here: judging a wish, carrying it out, keeping the record. May not live here: reading the record (`late`), who asks and who
confirms (`views.office.late_changes`), what is printed (`slips.invitations`).

Threats answered to:
- A form that was approved asks about somebody else. Styles, their slots and limits are never touched: nobody is added to a form
  or taken off it, and what would need another form is refused, with what to do instead.
- A ballot that was cast is made to be another's. Whoever has sent a form is neither withdrawn nor moved nor renamed.
- A person put in another's place under the name of a spelling. A new spelling keeps at least half of what was written.
- A change that nobody outside hears of. Each stands in the log of acts with its reason and, without names, in the proof log.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.model import Group
from questionnaires.styles import form_of
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, CampaignState, Headcount, LateChange, Rater, Subject, Unit
from survey_app.models.late_change import LateKind
from survey_app.services.campaign import removal
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.roster import late
from survey_app.services.roster.checks import CODE_CHARACTERS, MOST_HEADS, NAME_CHARACTERS

REASON_CHARACTERS = 300
#: What was typed, by field: row, act, reason, and name, code, group, unit, subject, entitled as the act needs them.
Wish = Mapping[str, str]
Found = TypeVar("Found", Unit, Subject)
#: How alike a new spelling must be to the old one, as `difflib` measures it: half of the letters stay.
LEAST_ALIKE = 0.5
_SENT = N_("%(name)s 已经送出评议表，封在票箱里，不能抽出、改名或换组；结束以前，本人可以用同一个链接改。")


class LateWishError(UserError):
    """A change that a round cannot bear, or that was not said whole: what is wrong and what to do instead."""

    status = 422


@dataclass(frozen=True, kw_only=True)
class JudgedWish:
    """A change that can be made. `effects`: what follows, as sentences; `carry_out`: does it, in the caller's transaction."""

    kind: LateKind
    code: str
    name: str
    before: str
    after: str
    reason: str
    style: str | None = None
    effects: list[str] = field(default_factory=list)
    carry_out: Callable[[], None]


def judge(session: Session, campaign: Campaign, wish: Wish) -> JudgedWish:
    """What this wish comes to. Changes nothing.

    Raises
    ------
    RefusedError
        Before the approval, when the roster is simply edited, and for most acts after the close.
    LateWishError
        For what a round cannot bear, and what was not said whole.
    NotFoundError
        For a row there is none of.
    """
    kind, row = _asked(session, campaign, wish)
    _refuse_unless_running(campaign, kind)
    reason = " ".join(wish.get("reason", "").split())
    if not reason or len(reason) > REASON_CHARACTERS:
        raise LateWishError(N_("请写明理由，最多 %(most)s 个字；它会留在操作记录里。"), most=REASON_CHARACTERS)
    if row is None:
        return _added(session, campaign, wish, reason)
    judges = {
        LateKind.WITHDRAWN: _withdrawn,
        LateKind.RESPELT: _respelt,
        LateKind.MOVED: _moved,
        LateKind.LEFT: _left,
        LateKind.BACK: _left,
        LateKind.ENTITLED: _entitled,
    }
    return judges[kind](session, campaign, row, wish, reason)


def make(session: Session, campaign: Campaign, wish: Wish, *, asked_by: str, made_by: str, now: dt.datetime) -> LateChange:
    """Carry it out: judged once more with casts held off. Raises as `judge`; the caller commits."""
    session.flush()
    session.refresh(campaign, with_for_update=True)
    session.expire_all()  # a row that was read before casts were held off may have changed
    judged = judge(session, campaign, wish)
    last = session.scalar(select(func.max(LateChange.number)).where(LateChange.campaign_id == campaign.id)) or 0
    judged.carry_out()
    row = LateChange(
        campaign_id=campaign.id,
        number=last + 1,
        kind=judged.kind,
        style_id=judged.style,
        code=judged.code,
        name=judged.name,
        before=judged.before,
        after=judged.after,
        reason=judged.reason,
        made=now,
        asked_by=asked_by,
        made_by=made_by,
    )
    session.add(row)
    session.flush()
    return row


def _asked(session: Session, campaign: Campaign, wish: Wish) -> tuple[LateKind, removal.Row | None]:
    named, _dash, number = wish.get("row", "").partition("-")
    if wish.get("act", "") not in {one.value for one in late.ACTS.get(named, ())}:
        raise LateWishError(N_("没有选要改什么，或者这一行不能这样改；请从名册页重新选择。"))
    kind = LateKind(wish["act"])
    if named == "new":
        return kind, None
    return kind, removal.row_of(session, campaign, named, int(number) if number.isdecimal() and len(number) < 12 else 0)


def _refuse_unless_running(campaign: Campaign, kind: LateKind) -> None:
    if campaign.state == CampaignState.DRAFT:
        raise RefusedError(N_("这次评议还没有批准，名册可以直接改，不用走这一步。"))
    if campaign.state != CampaignState.OPEN and kind not in late.ANY_TIME:
        raise RefusedError(N_("评议已经结束，人数和名字随结果定下，不能再改；有出入的，写进清点的理由或者报告。"))


def _groups(campaign: Campaign) -> dict[str, Group]:
    return {key: group for key, group in scheme_of(campaign).groups.items() if group.signed}


def _title(campaign: Campaign, key: str) -> str:
    return scheme_of(campaign).groups[key].title.in_(language())


def _style(session: Session, campaign: Campaign, group: Group, unit: Unit | None, subject: Subject | None) -> BallotStyle:
    """The approved form of somebody of this group in this unit who is this subject. Raises LateWishError for none."""
    own = subject if subject is not None and form_of(group, subject.code) else None
    at = unit.id if unit is not None and group.own_unit else None
    found = session.scalars(
        select(BallotStyle).where(
            BallotStyle.campaign_id == campaign.id,
            BallotStyle.group_key == group.key,
            BallotStyle.unit_id.is_(None) if at is None else BallotStyle.unit_id == at,
            BallotStyle.excluded_id.is_(None) if own is None else BallotStyle.excluded_id == own.id,
        )
    ).first()
    if found is None and own is not None:
        raise LateWishError(
            N_("%(name)s 本人也是评价对象，要用一张没有他本人的表；批准时没有这样的表，批准后不能再添。可以另办一轮，只请他评。"),
            name=own.name,
        )
    if found is None:
        raise LateWishError(
            N_("“%(group)s”在%(unit)s没有批准过的表，批准后不能再添；请选有表的单位，或者另办一轮。"),
            group=group.title.in_(language()),
            unit=unit.name if unit else _("这里"),
        )
    return found


def _place(session: Session, campaign: Campaign, wish: Wish) -> tuple[Group, Unit | None]:
    group = _groups(campaign).get(wish.get("group", ""))
    if group is None:
        raise LateWishError(N_("请选一个署名的评议主体；不署名的没有名单，只改应到人数。"))
    unit = _by_code(session, campaign, Unit, wish.get("unit", ""))
    if group.own_unit and unit is None:
        raise LateWishError(N_("“%(group)s”只评本单位，请选单位。"), group=group.title.in_(language()))
    return group, unit


def _by_code(session: Session, campaign: Campaign, table: type[Found], code: str) -> Found | None:
    if not code:
        return None
    found = session.scalars(select(table).where(table.campaign_id == campaign.id, table.code == code)).first()
    if found is None:
        raise LateWishError(N_("名册里没有编号“%(code)s”；请重新选择。"), code=code[:CODE_CHARACTERS])
    return found


def _name(wish: Wish, key: str = "name") -> str:
    name = " ".join(wish.get(key, "").split())
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise LateWishError(N_("请写姓名或名称，最多 %(most)s 个字。"), most=NAME_CHARACTERS)
    return name


def _added(session: Session, campaign: Campaign, wish: Wish, reason: str) -> JudgedWish:
    group, unit = _place(session, campaign, wish)
    subject = _by_code(session, campaign, Subject, wish.get("subject", ""))
    style, name = _style(session, campaign, group, unit, subject), _name(wish)
    code = " ".join(wish.get("code", "").split()) or _free_code(session, campaign)
    if len(code) > CODE_CHARACTERS or not code.isprintable():
        raise LateWishError(N_("编号太长或者有看不见的字符；最多 %(most)s 个字符，也可以留空。"), most=CODE_CHARACTERS)
    mine = select(Rater).where(Rater.campaign_id == campaign.id)
    if session.scalars(mine.where(Rater.code == code)).first() is not None:
        raise LateWishError(N_("编号“%(code)s”已经有人用；请换一个，或者留空。"), code=code)
    new = Rater(
        campaign_id=campaign.id,
        code=code,
        name=name,
        group_key=group.key,
        unit_id=unit.id if unit else None,
        subject_id=subject.id if subject else None,
        style_id=style.id,
    )
    effects = [_("填批准过的同一张表；还没有邀请函，请到“印发”给他印。"), _("这一类应到的人数多一人。")]
    if session.scalars(mine.where(Rater.name == name)).first() is not None:
        effects.insert(0, _("名册里已经有叫 %(name)s 的署名评价人：确认是另一个人。", name=name))
    return JudgedWish(
        kind=LateKind.ADDED,
        code=code,
        name=name,
        before="",
        after=_where(campaign, group.key, unit),
        reason=reason,
        style=style.id,
        effects=effects,
        carry_out=partial(session.add, new),
    )


def _free_code(session: Session, campaign: Campaign) -> str:
    taken = set(session.scalars(select(Rater.code).where(Rater.campaign_id == campaign.id)))
    return next(code for code in (f"补{number}" for number in range(1, len(taken) + 2)) if code not in taken)


def _where(campaign: Campaign, group: str, unit: Unit | None) -> str:
    return " · ".join(part for part in (_title(campaign, group), unit.name if unit else "") if part)


def _rater(session: Session, row: removal.Row) -> Rater:
    if not isinstance(row, Rater):
        raise TypeError("a row of another sheet")
    if late.has_sent(session, row):
        raise LateWishError(_SENT, name=row.name)
    return row


def _withdrawn(session: Session, campaign: Campaign, row: removal.Row, _wish: Wish, reason: str) -> JudgedWish:
    rater = _rater(session, row)
    effects = [
        _("已经印过的邀请函和链接马上失效。") if rater.tag is not None else _("还没有印邀请函，没有要作废的。"),
        _("这一类应到的人数少一人；批准过的表和别人的链接不动。"),
    ]
    return JudgedWish(
        kind=LateKind.WITHDRAWN,
        code=rater.code,
        name=rater.name,
        before=_where(campaign, rater.group_key, rater.unit),
        after="",
        reason=reason,
        style=rater.style_id,
        effects=effects,
        carry_out=partial(session.delete, rater),
    )


def _moved(session: Session, campaign: Campaign, row: removal.Row, wish: Wish, reason: str) -> JudgedWish:
    rater = _rater(session, row)
    group, unit = _place(session, campaign, wish)
    style = _style(session, campaign, group, unit, rater.subject)
    if style.id == rater.style_id and (unit.id if unit else None) == rater.unit_id:
        raise LateWishError(N_("选的还是原来的单位和评议主体，没有要改的。"))

    def carry_out() -> None:
        rater.group_key, rater.unit_id, rater.style_id = group.key, unit.id if unit else None, style.id
        rater.tag = rater.alias_digest = None

    return JudgedWish(
        kind=LateKind.MOVED,
        code=rater.code,
        name=rater.name,
        before=_where(campaign, rater.group_key, rater.unit),
        after=_where(campaign, group.key, unit),
        reason=reason,
        style=style.id,
        effects=[
            _("改填那里批准过的表；先前的邀请函和链接失效，请到“印发”重新印。"),
            _("两处应到的人数一处少一人、一处多一人。"),
        ],
        carry_out=carry_out,
    )


def _respelt(session: Session, _campaign: Campaign, row: removal.Row, wish: Wish, reason: str) -> JudgedWish:
    if isinstance(row, Headcount):
        raise TypeError("a head-count has no name")
    rater = _rater(session, row) if isinstance(row, Rater) else None
    name, duty = _name(wish), ""
    before, after = row.name, name
    if isinstance(row, Subject):
        duty = " ".join(wish.get("duty", row.duty).split())
        if len(duty) > NAME_CHARACTERS or not duty.isprintable():
            raise LateWishError(N_("职务名称太长；最多 %(most)s 个字。"), most=NAME_CHARACTERS)
        before, after = (" · ".join(part for part in pair if part) for pair in ((row.name, row.duty), (name, duty)))
    if before == after:
        raise LateWishError(N_("写的和原来一样，没有要改的。"))
    if difflib.SequenceMatcher(None, row.name, name).ratio() < LEAST_ALIKE:
        raise LateWishError(
            N_("“%(new)s”和“%(old)s”差得太多，像是另一个人；换人不是改字。请把原来的记为退出，另外添人。"), new=name, old=row.name
        )

    def carry_out() -> None:
        row.name = name
        if isinstance(row, Subject):
            row.duty = duty

    if rater is not None:
        effects = [_("邀请函和链接照样有效；信上印的是原来的写法，要换就重印。")]
    else:
        effects = [_("从现在起，表上和结果里用新的写法；已经送出的人看到的是原来的。表问谁、问什么不变。")]
    return JudgedWish(
        kind=LateKind.RESPELT,
        code=row.code,
        name=name,
        before=before,
        after=after,
        reason=reason,
        effects=effects,
        carry_out=carry_out,
    )


def _left(session: Session, campaign: Campaign, row: removal.Row, wish: Wish, reason: str) -> JudgedWish:
    if not isinstance(row, Subject):
        raise TypeError("a row of another sheet")
    leaves = wish.get("act") == LateKind.LEFT.value
    if leaves == (row.code in late.gone_subjects(session, campaign)):
        raise LateWishError(N_("%(name)s 已经是这样记的，没有要改的。"), name=row.name)
    effects = [
        _("批准过的表不动：表上还有这一位，收到的答案照规则计算。"),
        _("结果、报告和通知书上注明“批准以后退出”，理由只有主办单位看得到；等次要不要作数，由确认结论的人决定。"),
    ]
    linked = session.scalars(select(Rater.name).where(Rater.campaign_id == campaign.id, Rater.subject_id == row.id)).all()
    if leaves and linked:
        effects.append(_("本人也是署名评价人；不再评的，请另外收回邀请函。"))
    return JudgedWish(
        kind=LateKind.LEFT if leaves else LateKind.BACK,
        code=row.code,
        name=row.name,
        before="",
        after="",
        reason=reason,
        effects=effects if leaves else [_("先前记的“批准以后退出”不再显示；两次都留在操作记录里。")],
        carry_out=_nothing,
    )


def _nothing() -> None:
    """The record is all there is."""


def _entitled(_session: Session, campaign: Campaign, row: removal.Row, wish: Wish, reason: str) -> JudgedWish:
    if not isinstance(row, Headcount):
        raise TypeError("a row of another sheet")
    text = wish.get("entitled", "").strip()
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > MOST_HEADS:
        raise LateWishError(N_("“%(value)s”不是人数；请填不带小数的数字。"), value=text[:20])
    number = int(text)
    if number == row.entitled:
        raise LateWishError(N_("写的和原来一样，没有要改的。"))

    def carry_out() -> None:
        row.entitled = number

    return JudgedWish(
        kind=LateKind.ENTITLED,
        code=row.unit.code if row.unit else "",
        name=_where(campaign, row.group_key, row.unit)[:NAME_CHARACTERS],
        before=str(row.entitled) if row.entitled is not None else "",
        after=str(number),
        reason=reason,
        effects=[
            _("凭应到人数算的比例和参评率按新的数；已经印出的凭条不变，不够的到“印发”再印一批，多的收回记为未用。"),
            _("公布计划不变：多少人以下不单独列出，照批准时定的。"),
        ],
        carry_out=carry_out,
    )
