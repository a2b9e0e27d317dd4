"""What will leave a campaign, and to whom: said before casting opens, and nothing else leaves after it.

Lives here: the plan as stored, its floors and its exits. May not live here: which number is withheld under it (`release`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from analysis.disclosure.floors import PROMISED, PROMISED_MOST, PUBLISHED, WORDS
from analysis.records import Record, RecordError, plain, read
from questionnaires.model import Scheme
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, CampaignState
from survey_app.models.result import ReleaseRow

_FORMAT: Final = "pingyi-release/1"


@dataclass(frozen=True)
class Exit:
    """A way out for numbers: what leaves (a sentence with `parts`), and who gets it. `leaves`: there is no result without it
    ("always"), unless the plan leaves it out ("usually"), or only where the plan was told so ("if wished")."""

    key: str
    what: str
    to: str
    leaves: Literal["always", "usually", "if wished"] = "usually"
    parts: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def always(self) -> bool:
        """Whether no plan leaves it out."""
        return self.leaves == "always"


COMMENTS = "comments"
PUBLIC = "public"
#: Confirmed outcomes go with the scores in a plan, and are published apart from them.
OUTCOMES = "outcomes"
#: Every way by which results leave. A number that stands in none of them leaves by none.
EXITS = (
    Exit("scores", N_("每个对象的得分、等次、名次和提示"), N_("主办单位；本单位的管理人员"), leaves="always"),
    Exit("groups", N_("各评议主体给每个对象的均分"), N_("主办单位；本单位的管理人员")),
    Exit("answers", N_("每一项的票数分布"), N_("主办单位；本单位的管理人员")),
    Exit("satisfaction", N_("各群体的满意率"), N_("主办单位；本单位的管理人员")),
    Exit(
        COMMENTS,
        N_("意见原文：次序打乱；不署名的，至少 %(least)s 个人写了才有。不选，表上就不问"),
        N_("主办单位"),
        parts={"least": WORDS},
    ),
    Exit("files", N_("以上各项的表格文件（Excel、csv）"), N_("主办单位；本单位的管理人员")),
    Exit(PUBLIC, N_("公开页上的结果：每个对象评定的等次，没有等次的，第一项得分"), N_("所有人"), leaves="if wished"),
    Exit("bundle", N_("公开核对包：能重算的票数和结果，人数太少的不在其中"), N_("所有人")),
    Exit("rulings", N_("对提示和等次的结论：确认、搁置或已说明，不带理由"), N_("所有人，随公开核对包")),
    Exit("log", N_("公开日志：每张表的指纹、领用与收回的数目，没有答案"), N_("所有人"), leaves="always"),
)


def exits_of(scheme: Scheme) -> tuple[Exit, ...]:
    """The ways out that a campaign on this scheme has."""
    asks = any(group.comment for group in scheme.groups.values())
    return tuple(one for one in EXITS if asks or one.key != COMMENTS)


class _Stored(Record, frozen=True, omit_defaults=True):
    """The plan as stored and published."""

    format: Literal["pingyi-release/1"]
    floor: int
    open: tuple[str, ...]
    exits: tuple[str, ...]
    floors: dict[str, int] = {}  # noqa: RUF012 - msgspec gives every record a new one


@dataclass(frozen=True)
class ReleasePlan:
    """The plan. `floor`: nothing is shown about fewer; `floors`: groups with another one. `open_groups`: groups not promised
    anonymity. `exits`: what may leave."""

    floor: int = PROMISED
    open_groups: frozenset[str] = frozenset()
    exits: frozenset[str] = field(default_factory=lambda: frozenset(one.key for one in EXITS if one.leaves != "if wished"))
    floors: Mapping[str, int] = field(default_factory=dict, hash=False)

    def floor_of(self, group: str) -> int:
        """The floor this group was promised."""
        return self.floors.get(group, self.floor)

    def exposes(self, group: str) -> bool:
        """Whether this group was promised nothing: its form, slip and poster say that an answer may be recognised."""
        return group in self.open_groups

    @property
    def highest(self) -> int:
        """The highest floor any group was promised."""
        return max(self.floor, *self.floors.values(), 0)

    @property
    def published(self) -> int:
        """The least number of valid ballots behind a cell of counts that everybody gets."""
        return max(PUBLISHED, self.highest + 1)

    def lets(self, exit_: str) -> bool:
        """Whether this may leave."""
        return exit_ in self.exits

    def record(self) -> dict[str, object]:
        """As published."""
        opened, exits = tuple(sorted(self.open_groups)), tuple(sorted(self.exits))
        stored = _Stored(format=_FORMAT, floor=self.floor, open=opened, exits=exits, floors=dict(self.floors))
        return dict(plain(stored))

    def text(self) -> str:
        """As stored and digested."""
        return canonical(self.record())

    def digest(self) -> str:
        """Names this plan in the office's log."""
        return digest(self.text())


def plan_of(session: Session, campaign: Campaign) -> ReleasePlan:
    """The campaign's plan; where nobody chose, everything leaves under the least floor. RefusedError for a damaged one."""
    row = session.get(ReleaseRow, campaign.id)
    if row is None:
        return ReleasePlan()
    try:
        stored = read(row.content, _Stored)
    except RecordError as damaged:
        raise RefusedError(N_("存下的公布计划读不懂，数据库可能被改动过；请从备份核对。")) from damaged
    own = {group: max(one, PROMISED) for group, one in stored.floors.items()}
    return ReleasePlan(max(stored.floor, PROMISED), frozenset(stored.open), frozenset(stored.exits), own)


def choose(
    session: Session,
    campaign: Campaign,
    *,
    floor: int,
    open_groups: Collection[str],
    exits: Collection[str],
    floors: Mapping[str, int] | None = None,
) -> ReleasePlan:
    """Write the plan of a draft down. Raises RefusedError once casting has opened, UserError for a floor that hides nobody."""
    session.refresh(campaign, with_for_update=True)
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("公布计划在批准时已经定下，批准之后不能再改。"))
    floors = floors or {}
    if not all(PROMISED <= one <= PROMISED_MOST for one in (floor, *floors.values())):
        raise UserError(
            N_("最少人数应在 %(least)s 到 %(most)s 之间，各评议主体的也一样；不另定的留空。"), least=PROMISED, most=PROMISED_MOST
        )
    known = {one.key for one in EXITS}
    wanted = {one.key for one in EXITS if one.always} | (set(exits) & known)
    own = {group: one for group, one in floors.items() if one != floor}
    plan = ReleasePlan(floor, frozenset(open_groups), frozenset(wanted), own)
    row = session.get(ReleaseRow, campaign.id)
    if row is None:
        session.add(ReleaseRow(campaign_id=campaign.id, content=plan.text()))
    else:
        row.content = plan.text()
    session.flush()
    return plan


def fix(session: Session, campaign: Campaign) -> ReleasePlan:
    """Write the plan down also where nobody chose one: what approval freezes stands in the database, not in a program."""
    plan = plan_of(session, campaign)
    if session.get(ReleaseRow, campaign.id) is None:
        session.add(ReleaseRow(campaign_id=campaign.id, content=plan.text()))
    return plan
