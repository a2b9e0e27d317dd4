"""What a bundle holds and what it keeps back: figures as worked out in `hamlet`, nothing that small groups do not show."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from survey_app.models import Appeal, BallotStyle, Campaign, CampaignState, Headcount, LogEpoch
from survey_app.proof import verify
from survey_app.services.bundle import freshness, making, shelf
from survey_app.services.bundle.making import BundleError, BundleMade
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.log import entries, epochs
from survey_app.services.log.epochs import Log
from survey_app.services.release import plan
from survey_app.services.results import rulings
from survey_app.services.results.rulings import Spot
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.survey_app.services.casting import test_rated_ballots
from tests.towns import hamlet

Hamlet = tuple[Session, Campaign]


def key_of(campaign: Campaign) -> OpeningKey:
    return custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)


def public(counted: Hamlet, *withhold: str) -> BundleMade:
    session, campaign = counted
    return making.public_bundle(session, campaign, key_of(campaign), secret=hamlet.SECRET, withhold=withhold)


def auditors(counted: Hamlet, now: dt.datetime = NOON) -> BundleMade:
    session, campaign = counted
    return making.auditors_bundle(session, campaign, key_of(campaign), secret=hamlet.SECRET, now=now)


def content_of(made: BundleMade) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".json"))
        content: dict[str, Any] = json.loads(archive.read(name))
    return content


def cells(content: dict[str, Any], name: str) -> dict[tuple[str, ...], Any]:
    return {tuple(row[:-1]): row[-1] for row in content["tables"][name]}


def test_the_public_bundle_shows_what_large_groups_said_and_what_follows_from_it(counted: Hamlet) -> None:
    made = public(counted)
    content = content_of(made)
    assert made.faults == ()
    counts = {tuple(row[:3]): row[3] for row in content["counts"]}
    assert counts["A", "村民", "总体评价"] == [0, 8, 12, 0, 3]
    assert counts["C", "村民", "总体评价"] == [3, 0, 0, 12, 8]
    assert counts["A", "同级", "总体评价"] is None
    assert counts["A", "镇领导", "总体评价"] is None
    means = cells(content, "主体均分")
    assert means["A", "村民"] == ["num", "1760/23"]
    assert means["A", "镇领导"] is None
    # The composite minus the villagers' part would be the six others' part: it stays back, and so does what rests on it.
    assert cells(content, "民主得分") == dict.fromkeys([("A",), ("B",), ("C",)])
    assert cells(content, "名次") == dict.fromkeys([("A",), ("B",), ("C",)])
    assert cells(content, "目标") == {("A",): ["num", "95"], ("B",): ["num", "177/2"], ("C",): ["missing", "no evidence"]}


def test_what_more_people_were_promised_is_kept_back_too(session: Session) -> None:
    """The office promised that nothing is shown of 23 people or fewer; 24 villagers voted, 23 of them validly."""

    def promise(session: Session, campaign: Campaign) -> None:
        campaign.state = CampaignState.DRAFT
        session.flush()
        plan.choose(session, campaign, floor=23, open_groups=[], exits=["bundle"])
        campaign.state = CampaignState.OPEN

    made = public((session, hamlet.build(session, approved=promise)))
    content = content_of(made)
    assert (made.faults, content["floor"]) == ((), 24)
    assert {row for *_, row in content["counts"]} == {None}
    assert [row[2:] for row in content["places"] if row[0] == "村民"] == [[23, 1, 0]]  # 24 in force: not under the floor


def test_no_ballot_stands_in_the_public_bundle(counted: Hamlet) -> None:
    content = content_of(public(counted))
    assert not {"openings", "marks", "blinds", "cut"} & set(content)
    assert {frozenset(one) for one in content["leaves"]} == {frozenset({"style", "slip", "commitment", "v"})}
    # 24 villagers, 3 versions of the leaders; the heads' forms are one person's each, so their records stay back.
    assert len(content["leaves"]) == 27
    assert sum(len(epoch["ballots"]) for epoch in content["epochs"]) == 30
    assert [len(epoch["marks"]) for epoch in content["epochs"]] == [0, 0, 6]
    assert [line["unnoticed"] for line in content["reconciliation"] if line["group"] == "村民"] == [0]  # min(30-2-4, 26) - 24


def test_evidence_may_stay_back_and_takes_along_what_rests_on_it(counted: Hamlet) -> None:
    made = public(counted, "components")
    content = content_of(made)
    assert made.faults == ()
    assert content["components"] is None
    assert "目标" not in content["tables"]
    assert cells(content, "主体均分")["A", "村民"] == ["num", "1760/23"]
    with pytest.raises(BundleError, match="不能单独略去"):
        public(counted, "heads")


def test_the_auditors_bundle_opens_every_ballot_but_those_of_the_rated_which_it_cuts(counted: Hamlet) -> None:
    made = auditors(counted)
    content = content_of(made)
    assert made.faults == ()
    assert cells(content, "民主得分") == {("A",): ["num", "1930/23"], ("B",): ["num", "1984/23"], ("C",): ["num", "218/5"]}
    assert cells(content, "名次") == {("A",): ["num", "2"], ("B",): ["num", "1"], ("C",): ["num", "3"]}
    assert len(content["openings"]) == 24 + 2
    # A graded B and C, B graded A and C: who said which of C's two cannot be told from the pieces. What A said first is no
    # longer what he says, and stays shut: a bare commitment to B and one to C.
    opened = sorted((group, unit, subject, shown[0]) for group, unit, subject, shown in content["marks"] if len(shown) == 2)
    assert opened == [("同级", "U", "A", "01"), ("同级", "U", "B", "02"), ("同级", "U", "C", "02"), ("同级", "U", "C", "03")]
    assert sorted(subject for _, _, subject, shown in content["marks"] if len(shown) == 64) == ["B", "C"]
    assert content["cut"] == []


def test_a_campaign_approved_before_there_were_mark_leaves_is_cut_and_checked_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = entries.fixed
    old = ("release-plan", "custody")
    monkeypatch.setattr(entries, "fixed", lambda *given: [one for one in honest(*given) if one["record"] not in old])
    campaign = hamlet.build(session, approved=lambda session, _: session.execute(update(BallotStyle).values(leaf_version=1)))
    for made in (public((session, campaign)), auditors((session, campaign))):
        content = content_of(made)
        assert made.faults == ()
        assert [content["release"], content["custody"], content["epochs"][2]["marks"]] == [None, None, []]
    assert content["cut"] == [
        ["同级", "U", "A", ["总体评价"], [[1]]],
        ["同级", "U", "B", ["总体评价"], [[2]]],
        ["同级", "U", "C", ["总体评价"], [[2], [3]]],
    ]
    assert content["marks"] == []
    content["cut"][2][4][0] = [1]
    assert "are not those of the opened ballots" in str(verify.Checker(content, "", "").wrong)


def test_a_void_form_of_a_rated_rater_stays_shut_and_a_blank_piece_is_told_from_a_blank_form(session: Session) -> None:
    """Four colleagues on two heads (test_rated_ballots): one form void, of the three others A got 1 2 3 and B 2 1 and nothing.

    Their forms all look alike, and one could be told by what is left blank on it: they are cut all the same.
    """
    campaign = test_rated_ballots.build(session)
    campaigns.close(session, campaign, now=NOON)
    epochs.add_close(session, campaign, secret=hamlet.SECRET, now=NOON)
    session.add(Appeal(campaign_id=campaign.id, until=hamlet.APPEAL_ENDS, certificate=""))
    attend(session, campaign)
    counting.open_and_count(session, campaign, passphrase=test_rated_ballots.PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    key = custody.unwrap(campaign.wrapped_key, test_rated_ballots.PASSPHRASE)
    made = making.auditors_bundle(session, campaign, key, secret=hamlet.SECRET, now=NOON)
    assert made.faults == ()
    content = content_of(made)
    assert content["openings"] == {}
    opened = sorted((subject, shown[0]) for _, _, subject, shown in content["marks"] if len(shown) == 2)
    assert opened == [("A", "01"), ("A", "02"), ("A", "03"), ("B", "00"), ("B", "01"), ("B", "02")]
    assert sorted(subject for _, _, subject, shown in content["marks"] if len(shown) == 64) == ["A", "B"]
    assert sorted(one["counts"] for one in content["leaves"]) == [False, True, True, True]


def test_a_figure_made_of_whole_single_ballots_is_not_given_where_ballots_are_cut_and_all_others_are(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median along raters needs each rater's form; auditors get the heads' forms in pieces. Means need no forms."""
    text = hamlet.TEXT.replace("结果:\n", "  每票: {单票: 总体评价}\n  中位: {中位数: 每票, 沿: 评议人}\n结果:\n")
    monkeypatch.setattr(hamlet, "TEXT", text.replace("主体优秀率]", "主体优秀率, 中位]"))
    made = auditors((session, hamlet.build(session)))
    assert made.faults == ()
    content = content_of(made)
    assert "中位" not in content["tables"]
    assert cells(content, "主体均分")["A", "同级"] == ["num", "100"]


def rule(session: Session, campaign: Campaign, about: str, verdict: str) -> None:
    rulings.add(
        session, campaign, {Spot(about, "A"): "95"}, verdict=verdict, reason="复核过", report="r" * 64, account="评议办", now=NOON
    )
    session.commit()


def test_what_people_said_to_outcomes_stands_in_the_bundle_without_their_reasons(counted: Hamlet) -> None:
    session, campaign = counted
    for about, verdict in (("目标", "confirmed"), ("目标", "set_aside"), ("名次", "confirmed"), ("gone·x·", "explained")):
        rule(session, campaign, about, verdict)
    made = public(counted)
    assert made.faults == ()
    # Of each place the newest. The rank rests on small groups and is withheld, and what was said to it with it.
    content = content_of(made)
    assert content["rulings"] == [["目标", "A", "目标", "", "set_aside", "2026-11-21"]]
    assert "复核过" not in str(content)
    assert [row[0] for row in content_of(auditors(counted))["rulings"]] == ["名次", "目标"]
    content["rulings"].append(["名次", "A", "名次", "", "confirmed", "2026-11-21"])
    assert "a ruling on 名次 of A speaks of a figure that is withheld" in str(verify.Checker(content, "", "").wrong)


def test_rulings_stay_back_where_the_release_plan_does_not_let_them_leave(session: Session) -> None:
    def quiet(session: Session, campaign: Campaign) -> None:
        campaign.state = CampaignState.DRAFT
        session.flush()
        plan.choose(session, campaign, floor=5, open_groups=[], exits=["bundle"])
        campaign.state = CampaignState.OPEN

    campaign = hamlet.build(session, approved=quiet)
    first = public((session, campaign))
    rule(session, campaign, "目标", "confirmed")
    content = content_of(public((session, campaign)))
    assert (content["rulings"], content["release"]["exits"]) == (None, ["bundle", "log", "scores"])
    assert shelf.mark_of(first.archive) == freshness.state_of(session, campaign)  # so it is not out of date either
    content["rulings"] = [["目标", "A", "目标", "", "confirmed", "2026-11-21", "r" * 64]]
    assert "the release plan lets no rulings leave" in str(verify.Checker(content, "", "").wrong)


def test_auditors_get_it_sealed_and_only_until_the_appeal_period_ends(counted: Hamlet) -> None:
    session, _campaign = counted
    public_key, wrapped = custody.create_keys("审计员的一句话 seven", cost=custody.WrapCost(time=1, memory=64))
    archive = auditors(counted, hamlet.APPEAL_ENDS).archive
    sealed = making.sealed_for(public_key, archive)
    assert b"auditors.json" not in sealed
    assert custody.unwrap(wrapped, "审计员的一句话 seven").open(sealed) == archive
    with pytest.raises(BundleError, match="申诉期已过"):
        auditors(counted, hamlet.APPEAL_ENDS + dt.timedelta(seconds=1))
    session.execute(delete(Appeal))
    session.expire_all()
    with pytest.raises(BundleError, match="还没有定下申诉期"):
        auditors(counted)


def test_a_bundle_of_evidence_changed_since_the_count_is_refused(counted: Hamlet) -> None:
    session, _campaign = counted
    session.execute(update(Headcount).values(present=24))
    session.expire_all()
    with pytest.raises(BundleError, match="重新计算"):
        public(counted)


def test_without_a_finished_log_there_is_no_bundle(counted: Hamlet) -> None:
    session, _campaign = counted
    session.execute(delete(LogEpoch).where(LogEpoch.kind == "close"))
    with pytest.raises(BundleError, match="结束的一节"):
        public(counted)


def test_the_checker_runs_alone_from_the_archive(counted: Hamlet, tmp_path: Path) -> None:
    """As a doubter runs it: another process, another folder, no package of ours in reach."""
    session, _campaign = counted
    path = tmp_path / "bundle.zip"
    path.write_bytes(public(counted).archive)
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify.py", tmp_path)
    command = [sys.executable, "-I", "verify.py", "bundle.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "核对无误 All checks hold: 小村年度评议" in done.stdout
    (tmp_path / "bundle.zip").write_bytes(b"nothing of the kind")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 2
    assert not session.dirty | session.new | session.deleted  # the campaign was only read


@pytest.mark.parametrize("fixed", [{"dealt": "paper"}, {}])
def test_a_bundle_says_how_shares_were_dealt_where_the_set_up_epoch_said_it(fixed: dict[str, str]) -> None:
    """Logs of before fixed no such fact, and the checker compares record with record."""
    wrapped = custody.create_shared_keys(("赵一", "钱二", "孙三"), needed=2)[1]
    entry = json.dumps({"record": "custody", "kind": "trustees", "needed": 2, "shares": [], **fixed})
    log = cast("Log", SimpleNamespace(epochs=[SimpleNamespace(entries=['{"record":"plan"}', entry])]))
    said = making._custody(log, Campaign(wrapped_key=wrapped))
    assert {key: said[key] for key in said if key == "dealt"} == fixed
    assert {"kind", "needed", "shares"} <= set(said)
