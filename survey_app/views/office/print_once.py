"""Everything a round has to print, at one press: one PDF a meeting, one a unit for letters, in one archive.

The answer is a page that grows while the work goes on: each step is a line in it. Codes are made first, then sheets, and only
then, in one short transaction, their digests are stored: whoever closes the page halfway has printed nothing and loses nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import partial

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, speaking, spoken, when
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Rater
from survey_app.native_threads import native_pool
from survey_app.printing import InvitationSheet, Poster, SlipSheet, invitations_pdf
from survey_app.printing.meeting import MeetingGroup, MeetingPack, meeting_pdf
from survey_app.proof import checkpoints
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.log import epochs
from survey_app.services.office import audit
from survey_app.services.release.plan import plan_of
from survey_app.services.roster import reading
from survey_app.services.slips import invitations, slips
from survey_app.services.slips.invitations import Invitation
from survey_app.services.slips.printings import Stamp, state_of_letters
from survey_app.services.slips.slips import MintedBatch
from survey_app.views.downloads import ZIP, file_name
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.printing_acts import Printed, link, on_paper_language, paper, tell_reasons
from survey_app.views.office.printing_table import SlipLine, table_of
from survey_app.views.office.second_person import About, Told, campaign_in, word, words
from survey_app.views.typed import whole

blueprint = Blueprint("print_once", __name__, url_prefix="/office/campaigns/<key>/print/all")
#: Slips of one press. More are pressed for twice: until the last one is made, none is in force.
MOST = 20_000
NETWORK_CHARACTERS = 63
#: Where the page is cut: what stands before it is sent at once, what stands behind it when all is done.
_CUT = "<!--progress-->"


@dataclass(frozen=True)
class SlipOrder:
    """What was asked for of one form: slips for who is expected, spare ones, and the meeting's name."""

    line: SlipLine
    count: int
    spare: int
    meeting: str


@dataclass
class Made:
    """What came of it so far: codes to be stored, sheets to be handed out. Never shown in a traceback."""

    batches: list[tuple[SlipOrder, MintedBatch]] = field(default_factory=list, repr=False)
    letters: list[tuple[str, str, list[Invitation]]] = field(default_factory=list, repr=False)  # unit, state seen, codes
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> int:
        """Slips and letters."""
        return sum(len(batch.slips) for _order, batch in self.batches) + sum(len(codes) for _u, _s, codes in self.letters)


@dataclass(frozen=True)
class Sheets:
    """One file on its way: what is said when it is there, and of what; its name; how many codes it holds."""

    said: str
    about: Mapping[str, str]
    name: str
    count: int
    content: Future[bytes] = field(repr=False)


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """One table of what there is to print, numbers filled in."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.PRINT)
def make(key: str) -> AnyResponse:
    """Print what the table says. The codes leave in this answer and exist nowhere else."""
    campaign = campaign_of(key)
    try:
        still_as_seen(campaign, "slips-printed", "slips-registered", "slips-void", "invitations-printed")
        slips.refuse_unless_open(campaign)
        given = _asked(campaign)
        return second_person.do_or_ask(AskKind.PRINT_ROUND, campaign, given)
    except NotFoundError:
        raise
    except UserError as error:
        db_session().rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)


def _asked(campaign: Campaign) -> Given:
    """What the form asks for, judged. Raises UserError."""
    form, orders = request.form, []
    for at, line in enumerate(table_of(db_session(), campaign).slips):
        if form.get(f"style-{at}", "") != line.style.id:
            raise RefusedError(N_("这一页显示之后情况变了；什么都没有印。请看下面，再按一次。"))
        counts = [whole(form.get(f"{name}-{at}", "") or "0", digits=5) for name in ("count", "spare")]
        if counts[0] is None or counts[1] is None:
            raise UserError(N_("张数要写成数字；请改正。"))
        if counts[0] + counts[1]:
            slips.check_order(line.style, counts[0] + counts[1], form.get(f"meeting-{at}", ""))
            orders.append(f"{line.style.id}|{counts[0]}|{counts[1]}|{slips.check_meeting(form.get(f'meeting-{at}', ''))}")
    if sum(int(one.split("|")[1]) + int(one.split("|")[2]) for one in orders) > MOST:
        raise UserError(N_("一次最多印 %(most)s 张凭条；请分两次。"), most=MOST)
    letters = form.get("letters") == "yes"
    waiting = _waiting(campaign) if letters else []
    if not orders and not waiting:
        raise UserError(N_("没有要印的：张数都是 0，邀请函也没有还没印的。"))
    network, password = (form.get(name, "").strip() for name in ("network", "password"))
    if max(len(network), len(password)) > NETWORK_CHARACTERS:
        raise UserError(N_("无线网的名称和密码最多 %(most)s 个字符。"), most=NETWORK_CHARACTERS)
    return {
        "orders": orders,
        "letters": state_of_letters(waiting) if waiting else "",
        "network": network,
        "password": password,
        "language": form.get("language", ""),
    }


def _waiting(campaign: Campaign) -> list[Rater]:
    """Signed raters who have no letter, by group and unit."""
    lines = [line for line in invitations.lines(db_session(), campaign) if line.printed < line.raters]
    found = []
    for line in lines:
        everybody = invitations.raters_of(db_session(), campaign, group_key=line.group_key, unit_id=line.unit_id)
        found += [rater for rater in everybody if rater.tag is None]
    return found


def _tell(about: About, given: Given) -> Told:
    campaign = campaign_in(about)
    orders = _orders(campaign, given)
    told = [(_("凭条"), _("%(n)s 张，%(meetings)s 个会", n=sum(one.count + one.spare for one in orders),
                         meetings=len({one.meeting for one in orders})))]  # fmt: skip
    told += [
        (" · ".join(part for part in (one.line.unit, one.line.group) if part),
         _("%(meeting)s：%(n)s 张，备用 %(spare)s 张", meeting=one.meeting, n=one.count, spare=one.spare))
        for one in orders
    ]  # fmt: skip
    waiting = _waiting(campaign) if word(given, "letters") else []
    return [*told, (_("邀请函"), _("%(n)s 封", n=len(waiting)))]


@second_person.deed(AskKind.PRINT_ROUND, _tell)
def _make_now(about: About, given: Given) -> AnyResponse:
    campaign = campaign_in(about)
    slips.refuse_unless_open(campaign)
    _orders(campaign, given)
    waiting = _waiting(campaign) if word(given, "letters") else []
    if waiting and state_of_letters(waiting) != word(given, "letters"):
        raise RefusedError(N_("这一页显示之后情况变了；什么都没有印。请看下面，再按一次。"))
    before, behind = _frame(campaign).split(_CUT)
    _let_go()  # an ask that was spent is spent
    key, zone, tongue = campaign.key, current_config().timezone, language()

    def answer() -> Iterator[str]:
        yield before
        with times.told_in(zone), speaking(tongue):  # the request's own end is over by now, and its session closed
            anew = campaign_of(key)
            letters = _waiting(anew) if word(given, "letters") else []
            yield from _steps(anew, _orders(anew, given), letters, given)
        yield behind

    response = Response(stream_with_context(answer()), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # a proxy in front must not wait for the whole page
    return response


def _frame(campaign: Campaign) -> str:
    here = url_for("printing.index", key=campaign.key)
    page = campaign_page("printing/once_made.html", campaign, "print", here=here, cut=Markup(_CUT))  # noqa: S704 - our own sign
    return page.get_data(as_text=True)


def _steps(campaign: Campaign, orders: Sequence[SlipOrder], waiting: Sequence[Rater], given: Given) -> Iterator[str]:
    """Make codes, sheets, and last their digests; a line of the page for each step."""
    made = Made()
    by_meeting: dict[str, list[SlipOrder]] = {}
    for order in orders:
        by_meeting.setdefault(order.meeting, []).append(order)
    in_all, done = sum(one.count + one.spare for one in orders) + len(waiting), 0
    jobs = [partial(_make_meeting, campaign, group, given, made) for group in by_meeting.values()]
    jobs += [partial(_make_letters, campaign, unit, raters, made) for unit, raters in _by_unit(waiting).items()]
    try:
        with native_pool() as pool:
            for sheets in _one_behind(jobs, given, pool):
                made.files[_name(made.files, sheets.name)] = sheets.content.result()
                done += sheets.count
                yield _line(_(sheets.said, **sheets.about), done, in_all)
        _store(campaign, made)
    except UserError as error:
        db_session().rollback()
        told, nothing = _(error.sentence, **error.parts), _("什么都没有印。")
        yield f'<li class="notice bad" role="alert">{escape(told)} {escape(nothing)}</li>'
        return
    yield "</ol>"
    called = _("全套印件")
    archive = Printed(f"{campaign.title}-{called}", made.count, _archive(made.files), kind=ZIP)
    yield render_template("printing/once_saved.html", printed=archive, files=sorted(made.files),
                          here=url_for("printing.index", key=campaign.key))  # fmt: skip
    yield "<ol hidden>"


def _one_behind(jobs: Sequence[Callable[[Executor], Sheets]], given: Given, pool: Executor) -> Iterator[Sheets]:
    """What each job began to set, once the next one's codes are made: making codes and setting sheets keep all cores busy."""
    behind: Sheets | None = None
    for job in jobs:
        with on_paper_language(given):
            begun = job(pool)
        if behind is not None:
            yield behind
        behind = begun
    if behind is not None:
        yield behind


def _line(told: str, done: int, in_all: int) -> str:
    """A step, long enough for a browser to show it at once."""
    return f'<li>{escape(told)} <progress max="{in_all}" value="{done}"></progress> {done}/{in_all}</li>{" " * 512}\n'


def _orders(campaign: Campaign, given: Given) -> list[SlipOrder]:
    lines = {line.style.id: line for line in table_of(db_session(), campaign).slips}
    found = []
    for text in words(given, "orders"):
        style, count, spare, meeting = text.split("|", 3)
        if style not in lines:
            raise NotFoundError(N_("这次评议没有这张表；请从印制页面重新选择。"))
        found.append(SlipOrder(lines[style], int(count), int(spare), meeting))
    return found


def _make_meeting(campaign: Campaign, orders: Sequence[SlipOrder], given: Given, made: Made, pool: Executor) -> Sheets:
    config, groups, meeting = current_config(), [], orders[0].meeting
    for order in orders:
        style, total = order.line.style, order.count + order.spare
        _let_go()
        minted = slips.mint(style, count=total, meeting=meeting, cost=config.alias_cost, pool=pool)
        made.batches.append((order, minted))
        groups.append(_group(campaign, order, minted))
    pack = replace(_pack(campaign, meeting, orders, given), groups=groups)
    _let_go()
    content = pool.submit(copy_context().run, partial(meeting_pdf, pack, language=language()))
    return Sheets(N_("%(meeting)s：做好了"), {"meeting": meeting}, meeting, sum(one.count + one.spare for one in orders), content)


def _let_go() -> None:
    """End the transaction in which something was read: slow work must hold no lock that a voter would wait for."""
    db_session().commit()


def _group(campaign: Campaign, order: SlipOrder, minted: MintedBatch) -> MeetingGroup:
    line, until = order.line, when(campaign.until)
    exposed = plan_of(db_session(), campaign).exposes(line.style.group_key)
    named = {"title": campaign.title, "meeting": order.meeting, "unit": line.unit, "group": line.group, "until": until}
    address = f"{current_config().base_url}/v/{line.style.id}"
    return MeetingGroup(
        sheet=SlipSheet(**named, address=address, exposed=exposed),
        poster=Poster(**named, reasons=tell_reasons(campaign), exposed=exposed),
        entitled=line.entitled,
        slips=order.count,
        codes=[(link(line.style.id, secret), str(alias)) for secret, alias in minted.slips],
    )


def _pack(campaign: Campaign, meeting: str, orders: Sequence[SlipOrder], given: Given) -> MeetingPack:
    log = epochs.log_of(db_session(), campaign)
    titles = {key: group.title.in_(language()) for key, group in scheme_of(campaign).groups.items()}
    lists: list[tuple[str, Sequence[str]]] = [
        (" · ".join(part for part in (one.line.unit, one.line.group) if part), [""] * (one.line.entitled or one.count))
        for one in orders
    ]
    units = {one.line.style.unit_id for one in orders if one.line.style.unit_id is not None}
    for part in reading.by_unit(db_session(), campaign):
        if part.unit is not None and part.unit.id in units:
            lists += [(f"{part.unit.name} · {titles[key]}", [one.name for one in raters]) for key, raters in part.raters.items()]
    return MeetingPack(
        title=campaign.title,
        meeting=meeting,
        groups=(),
        lists=lists,
        network=word(given, "network"),
        password=word(given, "password"),
        fingerprint=checkpoints.fingerprint(log.public) if log else "",
        until=when(campaign.until),
    )


def _by_unit(waiting: Sequence[Rater]) -> Mapping[str, list[Rater]]:
    found: dict[str, list[Rater]] = {}
    for rater in waiting:
        found.setdefault(rater.unit.name if rater.unit else _("不属于任何单位"), []).append(rater)
    return found


def _make_letters(campaign: Campaign, unit: str, raters: Sequence[Rater], made: Made, pool: Executor) -> Sheets:
    titles = {key: group.title.in_(language()) for key, group in scheme_of(campaign).groups.items()}
    sheets, state = [], state_of_letters(raters)
    told = {rater.id: (titles[rater.group_key], rater.unit.name if rater.unit else "") for rater in raters}
    _let_go()
    minted = invitations.mint(campaign, raters, cost=current_config().alias_cost, pool=pool)
    for one in minted:
        group, of_unit = told[one.rater.id]
        address = f"{current_config().base_url}/v/{one.rater.style_id}"
        sheets.append(
            InvitationSheet(name=one.rater.name, group=group, unit=of_unit, address=address, alias=str(one.alias),
                            link=link(str(one.rater.style_id), one.secret))
        )  # fmt: skip
    typeset = partial(invitations_pdf, sheets, title=campaign.title, until=when(campaign.until),
                      reasons=tell_reasons(campaign), language=language())  # fmt: skip
    content = pool.submit(copy_context().run, typeset)
    made.letters.append((unit, state, minted))
    name = _("%(unit)s-邀请函", unit=unit)
    return Sheets(N_("%(unit)s：邀请函做好了"), {"unit": unit}, name, len(raters), content)


def _store(campaign: Campaign, made: Made) -> None:
    """All digests at once: before this nothing of it is in force. Raises as `slips.store` and `invitations.store`."""
    session, stamp = db_session(), Stamp(now(), access.current_account().name)
    _let_go()
    for order, minted in made.batches:
        slips.store(session, minted, stamp)
        told = f"{campaign.key} {order.line.unit} {order.line.group}: {len(minted.slips)}"
        audit.record(session, account=stamp.by, action="slips-printed", detail=told, now=stamp.at)
    for unit, state, codes in made.letters:
        invitations.store(session, campaign, codes, stamp, seen=state)
        told = f"{campaign.key} {unit}: {len(codes)}"
        audit.record(session, account=stamp.by, action="invitations-printed", detail=told, now=stamp.at)
    session.commit()


def _name(taken: Mapping[str, bytes], wanted: str) -> str:
    name = file_name(f"{wanted}.pdf")
    return name if name not in taken else file_name(f"{wanted}-{len(taken) + 1}.pdf")


def _archive(files: Mapping[str, bytes]) -> bytes:
    """The files as they are: a PDF is compressed already. Days in an archive say when it was printed; these say nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    session.expire_all()
    table = table_of(session, campaign)
    with speaking(paper()):
        names = {line.style.id: line.unit or campaign.title for line in table.slips}
    return campaign_page(
        "printing/once.html",
        campaign,
        "print",
        status=status,
        problem=problem,
        there=table,
        meetings=names,
        waiting=sum(line.raters - line.printed for line in table.letters),
        units=len({line.unit_id for line in table.letters if line.printed < line.raters}),
        form=request.form,
        tongues=spoken(voter=True),
        most=slips.MEETING_CHARACTERS,
        network_most=NETWORK_CHARACTERS,
    )
