"""The office's side of the proof log: the sheet of each checkpoint, one more at the end of a meeting, the public bundle."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.disclosure import floors
from questionnaires.telling import Keyword
from survey_app import access, times
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, listed, say
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.printing.checkpoint import CheckpointSheet, checkpoint_pdf
from survey_app.proof import checkpoints
from survey_app.roles import Capability
from survey_app.services.bundle import freshness, making, shelf
from survey_app.services.four_eyes import alone
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.log import audit_heads, epochs
from survey_app.services.paper import stacks
from survey_app.services.release import plan as release_plan
from survey_app.services.sealing import custody
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.services.slips import slips
from survey_app.surfaces import full_address
from survey_app.views.downloads import PDF, file_response
from survey_app.views.office import opening_form, second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.office.second_person import About, Told, campaign_in, word, words
from survey_app.views.voter.public_log import KIND_TITLES, grouped

Sentences = tuple[tuple[str, str], ...]  # the checker's, in its two languages
blueprint = Blueprint("proof_log", __name__, url_prefix="/office/campaigns/<key>/log")


@blueprint.get("/")
@access.may(Capability.SEE_PROCEDURE)
def index(key: str) -> Response:
    """Every checkpoint with its sheet, what can be done now, and whether ballots and log still agree."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.COUNT)
def add(key: str) -> AnyResponse:
    """The checkpoint of a meeting while the campaign is open; the last one, where the close could not make it."""
    campaign, session = campaign_of(key), db_session()
    secret = cookie_key(current_config())
    try:
        still_as_seen(campaign, "log-meeting", "log-close", "campaign-closed")
        if campaign.state == CampaignState.OPEN:
            epoch = epochs.add_meeting(session, campaign, name=request.form.get("name", ""), secret=secret, now=now())
            record("log-meeting", campaign, f"{epoch.number} {epoch.root.hex()}")
        else:
            last = epochs.add_close(session, campaign, secret=secret, now=now())
            record("log-close", campaign, last.root.hex() if last else "already there")
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    session.commit()
    flash(_("存证已做成。请现在打印存证单，当众宣读。"))
    return redirect(url_for("proof_log.index", key=campaign.key))


@blueprint.post("/bundle")
@access.may(Capability.PROPOSE)
def publish(key: str) -> AnyResponse:
    """Make the public bundle, have the checker run over it, and put it on the public page."""
    campaign, session = campaign_of(key), db_session()
    try:
        still_as_seen(campaign, "bundle-published", "recompute")
        opening = custody.unwrap(campaign.wrapped_key, *opening_form.read_opening(campaign, OpeningAct.BUNDLE))
        withhold = [kind for kind in making.WITHHOLDABLE if kind in request.form.getlist("withhold")]
        made = making.public_bundle(session, campaign, opening, secret=cookie_key(current_config()), withhold=withhold)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)
    digest = shelf.put_aside(current_config(), campaign.key, made.archive)
    what: Given = {"archive": digest, "withhold": withhold, "faults": _flat(made.faults), "notes": _flat(made.notes)}
    try:
        return second_person.do_or_ask(AskKind.PUBLISH_BUNDLE, campaign, what)
    except UserError as error:
        session.rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)


def _tell_bundle(_about: About, given: Given) -> Told:
    told = [_(WITHHOLD_TITLES[kind]) for kind in words(given, "withhold") if kind in WITHHOLD_TITLES]
    faults = [Keyword(*one).tell(say) for one in _said(given, "faults")]
    notes = [Keyword(*one).tell(say) for one in _said(given, "notes")]
    return [
        (_("给谁"), _("所有人，放在公开日志上")),
        (_("不放进去的材料"), listed(told) if told else _("没有")),
        (_("核对程序"), "\n".join(faults) if faults else _("全部通过")),
        *([(_("要有人说明"), "\n".join(notes))] if notes else []),
        (_("核对包的摘要（SHA-256）"), word(given, "archive")),
    ]


@second_person.deed(AskKind.PUBLISH_BUNDLE, _tell_bundle)
def _publish_now(about: About, given: Given) -> AnyResponse:
    campaign, faults, notes = campaign_in(about), _said(given, "faults"), _said(given, "notes")
    if not shelf.bring_out(current_config(), campaign.key, word(given, "archive")):
        raise RefusedError(N_("等着公布的核对包已经不是原来那一份；什么都没有公布，请重新制作。"))
    record("bundle-published", campaign, f"{len(faults)} faults")
    db_session().commit()
    if faults:
        flash(_("核对包已公布，但核对程序指出 %(n)s 处不对，请查明；下面逐条列出。", n=len(faults)), "warn")
        return _page(campaign, faults=faults)
    if notes:
        flash(_("核对包已公布，数都相符；核对程序会指出 %(n)s 处要有人说明，下面逐条列出。", n=len(notes)), "warn")
        return _page(campaign, notes=notes)
    flash(_("核对包已公布在公开日志上；核对程序全部通过。"))
    return redirect(url_for("proof_log.index", key=campaign.key))


def _flat(sentences: Sentences) -> list[str]:
    return [said for one in sentences for said in one]


def _said(given: Given, name: str) -> Sentences:
    """Each sentence in the checker's two languages, as two values of one field after another."""
    said = words(given, name)
    return tuple(zip(said[::2], said[1::2], strict=True))


@blueprint.get("/<int:number>.pdf")
@access.may(Capability.SEE_PROCEDURE)
def sheet(key: str, number: int) -> Response:
    """The sheet to print, read out and sign."""
    campaign = campaign_of(key)
    log = epochs.log_of(db_session(), campaign)
    if log is None or number >= len(log.epochs):
        raise NotFoundError(N_("存证日志没有这一节；请从存证页重新进入。"))
    epoch = log.epochs[number]
    named = " · ".join(part for part in (_("第 %(n)s 节", n=number), _(KIND_TITLES[epoch.kind]), epoch.name) if part)
    made = checkpoint_pdf(
        CheckpointSheet(
            title=campaign.title,
            epoch=named,
            made=times.moment(epoch.made),
            leaves=epoch.size,
            root=epoch.root.hex(),
            fingerprint=checkpoints.fingerprint(log.public),
            audit_head=audit_heads.head_of(epoch),
            text=epoch.text,
            address=full_address("public_log.index", key=campaign.key),
            one_person=alone.of_campaign(db_session(), campaign).sentence(),
        ),
        language=language(),
    )
    return file_response(made, f"checkpoint-{number}.pdf", PDF, inline=True)


def _page(campaign: Campaign, *, problem: str = "", faults: Sentences = (), notes: Sentences = (), status: int = 200) -> Response:
    session = db_session()
    log = epochs.log_of(session, campaign)
    done = {epoch.name for epoch in log.epochs} if log else set()
    gone, strange = epochs.missing(session, campaign) if log else (0, 0)
    published = shelf.published(current_config(), campaign.key)
    return campaign_page(
        "campaigns/log.html",
        campaign,
        "",
        status=status,
        epochs=[(epoch, _(KIND_TITLES[epoch.kind])) for epoch in log.epochs] if log else [],
        fingerprint=grouped(checkpoints.fingerprint(log.public)) if log else "",
        grouped=grouped,
        meetings=sorted({line.meeting for line in slips.batches(session, campaign)} - done),
        gone=gone,
        strange=strange,
        closed=bool(log and log.epochs[-1].kind == "close"),
        least=floors.WAITING,
        floor=floors.EPOCH,
        in_bundle=release_plan.plan_of(session, campaign).published,
        published=published is not None,
        outdated=published is not None and published.mark != freshness.state_of(session, campaign),
        faults=[Keyword(*spellings).tell(say) for spellings in faults],  # the checker has two languages of its own
        notes=[Keyword(*spellings).tell(say) for spellings in notes],
        withholdable=WITHHOLD_TITLES,
        problem=problem,
        opening=opening_form.offer(campaign, OpeningAct.BUNDLE),
        paper_waits=stacks.left(session, campaign) > 0,
    )


WITHHOLD_TITLES = {"components": N_("其他材料的数"), "events": N_("事项"), "past": N_("往期结果"), "decisions": N_("集体研究")}
