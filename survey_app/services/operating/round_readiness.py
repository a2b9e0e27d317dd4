"""Whether a round is ready to be opened: what was tried of it, by whom and when, and what to do about what was not.

From stored facts to sentences. What people tried (a printed sheet read back, a clock compared, holders who came) stands in the
log of acts and nowhere else, as a drill does: whoever relies on it can see who said so.

Threats answered to: a printer that blurs codes, found in the hall; a clock that is an hour off, found when the voting should have
opened; a trustee who has lost the share, found when the box should be opened; groups too small to hide anybody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import REHEARSAL_MARK, AuditEvent, Campaign, CampaignState, PurgeCertificate
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.office import act_sentences, audit
from survey_app.services.operating import points
from survey_app.services.operating.points import BAD, GOOD, WARN, Point
from survey_app.services.operating.readiness import Part, Readiness
from survey_app.services.operating.standing import Standing
from survey_app.services.release import approval, forecast
from survey_app.services.sealing import custody, tokens
from survey_app.services.sealing.tokens import Alias, Secret, TokenError

#: A watch that is further off than this, or a server that is, opens and closes at another moment than people were told.
MOST_SECONDS = 90
#: A sheet read back, and a clock compared, say little of a machine of long ago.
FRESH = dt.timedelta(days=14)
#: So many last characters of the address on the phone are typed, where it is not pasted whole.
TYPED_CHARACTERS = 8
_SHEET, _CLOCK, _HOLDERS = "readiness-sheet", "readiness-clock", "holders-present"


@dataclass(frozen=True)
class TrialSlip:
    """What stands on the trial sheet: made anew from the server's secret, stored nowhere, and no slip of any round."""

    secret: Secret
    alias: Alias


def trial_slip(campaign: Campaign, server_secret: str) -> TrialSlip:
    """The trial slip of this round, always the same."""

    def drawn(word: str) -> bytes:
        return hmac.new(server_secret.encode(), f"pingyi/trial-slip/{word}/{campaign.key}".encode(), hashlib.sha256).digest()

    return TrialSlip(tokens.mint_secret(lambda n: drawn("secret")[:n]), tokens.mint_alias(lambda n: drawn("alias")[:n]))


def take_reading(session: Session, campaign: Campaign, typed: str, *, server_secret: str, account: str, now: dt.datetime) -> None:
    """Somebody read the printed trial slip back: the address from a phone, its last characters, or the code below it.

    Parameters
    ----------
    session, campaign
        The caller commits.
    typed
        What was read.
    server_secret
        The server's secret, from which the trial slip is made.
    account, now
        Who, when.

    Raises
    ------
    UserError
        When it is nothing of the trial slip's.
    """
    slip, text = trial_slip(campaign, server_secret), typed.strip()[:400]
    ours = tokens.secret_text(slip.secret)
    last = re.sub(r"\s", "", text.rpartition("#")[2]).upper()
    whole = hmac.compare_digest(last.encode(), ours.encode())
    end = len(last) == TYPED_CHARACTERS and hmac.compare_digest(last.encode(), ours[-TYPED_CHARACTERS:].encode())
    how = "qr" if whole or end else "alias" if _is_alias(text, slip.alias) else ""
    if not how:
        raise UserError(N_("这不是样张上的：请打印样张，用手机扫二维码，把打开的网址最后 8 个字符照样打进来。"))
    audit.record(session, account=account, action=_SHEET, detail=f"{campaign.key} {how}", now=now)


def compare_clock(session: Session, campaign: Campaign, watch: str, *, account: str, now: dt.datetime) -> int:
    """Somebody's watch beside the server's clock: how many seconds the server is ahead. Raises UserError; the caller commits."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]([0-5]\d))?", watch.strip())
    if found is None:
        raise UserError(N_("时间请写成 09:05 或 09:05:30 这样；没有记下。"))
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 30)  # a watch without seconds: the middle of the minute
    moments = []
    for shift in (-1, 0, 1):  # around midnight the day may be another one
        day = times.day(now + dt.timedelta(days=shift))
        at = times.hour_of(day, hour) + dt.timedelta(minutes=minute, seconds=second)
        moments.append(round((now - at).total_seconds()))
    ahead = min(moments, key=abs)
    audit.record(session, account=account, action=_CLOCK, detail=f"{campaign.key} {ahead}", now=now)
    return ahead


def note_holders(session: Session, campaign: Campaign, numbers: Collection[int], *, account: str, now: dt.datetime) -> None:
    """Which keepers of shares came and had theirs at hand. Raises RefusedError, UserError; the caller commits."""
    terms = custody.terms_of(campaign.wrapped_key)
    if terms.kind != "trustees":
        raise RefusedError(N_("这一轮的密钥没有分给保管人；不用记谁到场。"))
    there = sorted(set(numbers))
    if not there or there[0] < 1 or there[-1] > len(terms.holders):
        raise UserError(N_("请勾选到场的保管人；没有记下。"))
    told = ",".join(map(str, there))
    audit.record(
        session,
        account=account,
        action=_HOLDERS,
        detail=f"{campaign.key} {told}/{len(terms.holders)} {campaign.public_key.hex()[:16]}",
        now=now,
    )


def present(session: Session, campaign: Campaign) -> frozenset[int]:
    """The numbers of the keepers who were last said to be there, of the key the round has now."""
    line = _last(session, campaign, _HOLDERS)
    found = re.fullmatch(r"([\d,]+)/\d+ (\w+)", line.detail.partition(" ")[2]) if line else None
    if found is None or found[2] != campaign.public_key.hex()[:16]:
        return frozenset()
    return frozenset(map(int, found[1].split(",")))


def look(session: Session, campaign: Campaign, readiness: Readiness, stands: Standing, *, now: dt.datetime) -> list[Point]:
    """Every point of this round, what has to be acted on first.

    Parameters
    ----------
    session, campaign
        Read only.
    readiness, stands
        What was found of the machine.
    now
        The moment.
    """
    found = [
        _rehearsed(session, campaign),
        _sheet(session, campaign, now),
        _clock(session, campaign, readiness, now),
        points.disk(readiness, stands),
        points.backup(stands),
        points.drill_point(stands),
        _opening(session, campaign),
        _holders(session, campaign),
        *_floors(session, campaign),
        _lacking(session, campaign),
    ]
    return sorted(found, key=lambda point: (BAD, WARN, GOOD).index(point.state))


def worst_of(found: Sequence[Point]) -> str:
    """The state of the whole: of its worst point."""
    return next((state for state in (BAD, WARN) if any(one.state == state for one in found)), GOOD)


def _is_alias(text: str, alias: Alias) -> bool:
    try:
        return hmac.compare_digest(tokens.parse_alias(text).encode(), alias.encode())
    except TokenError:
        return False


def _last(session: Session, campaign: Campaign, action: str) -> AuditEvent | None:
    mine = AuditEvent.detail.startswith(f"{campaign.key} ", autoescape=True)
    query = select(AuditEvent).where(AuditEvent.action == action, mine).order_by(AuditEvent.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def _by(line: AuditEvent) -> str:
    return _("%(who)s，%(time)s。", who=act_sentences.who(line.account), time=times.moment(line.at))


def _rehearsed(session: Session, campaign: Campaign) -> Point:
    """A rehearsal of this title that was purged with its certificate."""
    title = _("演练")
    name = f"{REHEARSAL_MARK}{campaign.title}"[: campaigns.TITLE_CHARACTERS]
    newest = select(PurgeCertificate).where(PurgeCertificate.title == name).order_by(PurgeCertificate.id.desc()).limit(1)
    kept = session.scalars(newest).one_or_none()
    if kept is not None:
        return Point(title, GOOD, _("演练过，已清除，有证书（%(time)s）。", time=times.moment(kept.made)))
    running = session.scalar(select(Campaign.id).where(Campaign.demo, Campaign.title == name).limit(1))
    if running is not None:
        return Point(title, WARN, _("演练建好了，还没有清除。"), _("请把演练做完、计票，看过结果再删除它；清除时出证书。"))
    return Point(title, WARN, _("还没有演练过。"), _("请在“演练，或者再办一轮”页建一轮演练，真做一遍。"))


def _sheet(session: Session, campaign: Campaign, now: dt.datetime) -> Point:
    title, line = _("凭条印得清、扫得出"), _last(session, campaign, _SHEET)
    remedy = _("请打印样张，用手机扫一扫，把读到的打进这一页。")
    if line is None:
        return Point(title, BAD, _("还没有试读过这台打印机印的样张。"), remedy)
    if line.detail.endswith(" alias"):
        return Point(title, WARN, _by(line) + _("只照着打了编号，没有用手机扫过。"), remedy)
    if now - line.at > FRESH:
        return Point(title, WARN, _by(line) + _("扫得出，过去太久了。"), remedy)
    return Point(title, GOOD, _by(line) + _("手机扫出来的网址对。"))


def _clock(session: Session, campaign: Campaign, readiness: Readiness, now: dt.datetime) -> Point:
    title, line = _("时钟"), _last(session, campaign, _CLOCK)
    for lack in readiness.lacks:
        if lack.part is Part.CLOCK:
            return Point(title, BAD, _(lack.sentence, **lack.parts), _("请校准这台机器的时钟。"))
    remedy = _("请照手表或手机打进现在的时间，比一比。")
    ahead = int(line.detail.rpartition(" ")[2]) if line else 0
    if line is None:
        return Point(title, WARN, _("还没有和手表比过。"), remedy)
    if abs(ahead) > MOST_SECONDS:
        told = _by(line) + _("服务器和手表差 %(n)s 秒。", n=abs(ahead))
        return Point(title, BAD, told, _("到点开放和结束会不准；请校准服务器的时钟和时区（PINGYI_TIMEZONE），再比一次。"))
    if now - line.at > FRESH:
        return Point(title, WARN, _by(line) + _("比过，过去太久了。"), remedy)
    return Point(title, GOOD, _by(line) + _("服务器和手表相差不到一分半钟。"))


def _opening(session: Session, campaign: Campaign) -> Point:
    title = _("试开票箱")
    if campaign.state != CampaignState.DRAFT:
        return Point(title, GOOD, _("批准之前试开过。"))
    tried = rehearsal.rehearsal_of(session, campaign)
    if tried is None:
        return Point(title, BAD, _("现在的开启密钥还没有试开过。"), _("请在“开启钥匙”页用口令或密钥片试开一次。"))
    who = act_sentences.who(tried.made_by)
    return Point(title, GOOD, _("试开过：%(who)s，%(time)s。", who=who, time=times.moment(tried.made)))


def _holders(session: Session, campaign: Campaign) -> Point:
    title, terms = _("钥匙保管人"), custody.terms_of(campaign.wrapped_key)
    if terms.kind == "none":
        return Point(title, BAD, _("还没有定谁能打开选票。"), _("请在“开启钥匙”页定下。"))
    if terms.kind != "trustees":
        return Point(title, GOOD, _("用口令开启；口令请抄写封存，放在两个地方。"))
    there, line = present(session, campaign), _last(session, campaign, _HOLDERS)
    if not there or line is None:
        return Point(title, BAD, _("还没有记过哪些保管人到场。"), _("请让每位保管人带着密钥片来一次，在这一页勾上。"))
    missing = [name for number, name in enumerate(terms.holders, 1) if number not in there]
    told = _by(line) + _("%(n)s 位到场，要 %(k)s 位才能开启。", n=len(there), k=terms.needed)
    if len(there) < terms.needed:
        return Point(title, BAD, told, _("到场的不够开启；请找到其余的，或换一把钥匙重新分。"))
    if missing:
        told += _("没有到的：%(names)s。", names=_("、").join(missing))
        return Point(title, WARN, told, _("够开启了；没有到的请补上，免得再少一位就打不开。"))
    return Point(title, GOOD, told)


def _floors(session: Session, campaign: Campaign) -> list[Point]:
    """One point for each standing that any group has."""
    title, lines = _("每个群体的人数"), forecast.forecast(session, campaign)
    found = []
    for standing, state in (("small", BAD), ("unknown", WARN), ("edge", WARN)):
        named = [f"{one.unit} {one.group.title.in_(language())}".strip() for one in lines if one.standing == standing]
        if named:
            word, advice = forecast.STANDINGS[standing]
            shown = _("、").join(named[:5]) + (_("等 %(n)s 处", n=len(named)) if len(named) > 5 else "")
            found.append(Point(title, state, f"{_(word)}：{shown}", _(advice)))
    return found or [Point(title, GOOD, _("每个不署名的群体都藏得住，或已写明不承诺匿名。"))]


def _lacking(session: Session, campaign: Campaign) -> Point:
    title = _("批准要的东西")
    if campaign.state != CampaignState.DRAFT:
        return Point(title, GOOD, _("已经批准。"))
    missing = approval.objections(session, campaign)
    if not missing:
        return Point(title, GOOD, _("都备齐了。"))
    first = missing[0]
    what = f"{first.where} {_(first.what, **first.parts)}".strip()
    return Point(
        title, BAD, _("还差 %(n)s 处，第一处：%(what)s", n=len(missing), what=what), _("请打开“核对并批准”页，逐处办好。")
    )
