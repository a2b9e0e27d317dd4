"""Last year's scheme on this year's counts, worked out by hand from `two_towns` (see there) with grades at 80 and 50.

This year peers weigh 60 and residents 40: EH 57.33 中, WH 86.67 好. Last year they weighed 20 and 80:
  EH  12 + 0.8 x 160/3 = 12 + 128/3 = 54.67, still 中      WH  20 + 0.8 x 200/3 = 20 + 160/3 = 73.33, which is 中
"""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.bounded import Bounded
from survey_app.errors import RefusedError
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState, Headcount, StoredReport
from survey_app.services.campaign import campaigns
from survey_app.services.results import loaded as results
from survey_app.services.results import other_scheme, whatif
from survey_app.services.results.other_scheme import OtherOutcome
from survey_app.services.sealing import custody
from tests.support.clock import NOON
from tests.towns import two_towns

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GRADED = two_towns.TEXT.replace(
    "  不称职率:", "  等级: {分段: 民主得分, 各段: {80 以上: 好, 50 以上: 中, 其余: 差}}\n  不称职率:"
).replace("  提示:", "  等次: [等级]\n  提示:")
WEIGHTS = "{同事: 60, 群众: 40}"


@pytest.fixture(autouse=True)
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_towns, "TEXT", GRADED)
    monkeypatch.setattr(results, "_COUNTED", Bounded(8))


def last_year(session: Session, text: str, period: str = "2025") -> Campaign:
    """A round on another file; that it was approved is all that matters of it here."""
    made = campaigns.create(
        session, scheme_text=text, title="两镇年度评议", period=period, passphrase=two_towns.PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    made.state = CampaignState.CLOSED
    session.commit()
    return made


def other(text: str) -> str:
    return text.replace("版本: 2026-01-01", "版本: 2025-01-01")


def asked(session: Session, text: str, *, open_to_all: bool = True) -> tuple[results.Loaded, OtherOutcome]:
    loaded = results.load(session, two_towns.build(session, open_to_all=open_to_all), language="zh-Hans")
    return loaded, other_scheme.ask(session, loaded, last_year(session, other(text)))


def test_who_would_get_another_grade_is_what_a_hand_finds_and_nothing_is_changed(session: Session) -> None:
    loaded, found = asked(session, GRADED.replace(WEIGHTS, "{同事: 20, 群众: 80}"))
    assert found.outcome is not None
    assert found.outcome.withheld == 0
    changes = {one.person.code: one for one in found.outcome.changes}
    assert {code: (one.tier, one.then_tier, one.score, one.then_score) for code, one in changes.items() if one.score} == {
        "WH": ("好", "中", "86.67", "73.33"),
        "EH": ("中", "中", "57.33", "54.67"),
    }
    assert next(iter(changes)) == "WH"  # another grade first
    assert loaded.view.cell("等级", {"subject": "WH"}).text == "好"
    assert session.scalar(select(func.count()).select_from(StoredReport)) == 1


def test_what_does_not_fit_is_named_and_nothing_is_computed(session: Session) -> None:
    wider = GRADED.replace("  群众: {只评", "  上级: {只评本单位: 是}\n  群众: {只评").replace(
        "{主体: 同事, 评", "{主体: [同事, 上级], 评"
    )
    wider = wider.replace("优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0", "优秀: 100, 称职: 80, 不称职: 0")
    wider = wider.replace("目标得分: {范围", "考察得分: {范围").replace("目标得分: 50", "考察得分: 50")
    wider = wider.replace(WEIGHTS, "{同事: 30, 上级: 30, 群众: 40}")
    _loaded, found = asked(session, wider)
    assert found.outcome is None
    assert found.reasons == (
        "那份办法要评议主体“上级”，这次没有。",
        "“总体评价”的选项和那份办法里的不同。",
        "那份办法要材料“考察得分”，这次没有。",
    )


def test_nothing_is_supposed_about_answers_that_are_held_back(session: Session) -> None:
    _loaded, found = asked(session, GRADED.replace(WEIGHTS, "{同事: 20, 群众: 80}"), open_to_all=False)
    assert found.outcome is not None
    assert (found.outcome.looked_at, found.outcome.withheld, found.outcome.changes) == (0, 4, ())


def test_whoever_competes_with_somebody_held_back_under_the_other_scheme_alone_is_left_out(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the heads were held back and the teams not. This year nobody competes; last year's file gives 好 to the
    better half of all four by one score: where a team stands among them would tell what the heads have."""
    scored = "  分项: {平均分: [总体评价, 整体满意], 合并主体: 是}\n  合分: {平均: 分项, 沿: 内容}\n"
    ranked = GRADED.replace(
        "{分段: 民主得分, 各段: {80 以上: 好, 50 以上: 中, 其余: 差}}", "{分等次: 合分, 名额: {好: 至多 50%, 差: 其余}}"
    )
    ranked = ranked.replace("  等级:", f"{scored}  等级:").replace("民主得分, 不称职率", "合分, 民主得分, 不称职率")
    monkeypatch.setattr(whatif, "open_codes", lambda _loaded: (frozenset({"ET", "WT"}), 2))
    loaded, apart = asked(session, GRADED.replace(WEIGHTS, "{同事: 20, 群众: 80}"))  # by lines: nobody competes
    assert apart.outcome is not None
    assert apart.outcome.looked_at == 2
    together = last_year(session, ranked.replace("版本: 2026-01-01", "版本: 2024-01-01"), "2024")
    found = other_scheme.ask(session, loaded, together)
    assert found.outcome is not None
    assert (found.outcome.looked_at, found.outcome.changes) == (0, ())


def test_evidence_that_changed_since_is_refused_and_the_page_is_labelled(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        earlier = last_year(session, other(GRADED.replace(WEIGHTS, "{同事: 20, 群众: 80}")))
        misfit = last_year(session, GRADED.replace("版本: 2026-01-01", "版本: 2024-01-01").replace("称职: 80, ", ""), "2024")
        key, then, off = campaign.key, earlier.key, misfit.key
    page = office_client.get(f"/office/results/{key}/what-if/?scheme={then}").get_data(as_text=True)
    for word in ("假设：按“两镇年度评议 2025", "这里是假设", "<strong>中</strong>", "73.33"):
        assert word in page, word
    page = office_client.get(f"/office/results/{key}/what-if/?scheme={off}").get_data(as_text=True)
    assert ("用不到这次的票数上" in page, "选项和那份办法里的不同" in page) == (True, True)
    assert "假设：按" not in office_client.get(f"/office/results/{key}/what-if/?scheme=nonsense").get_data(as_text=True)
    with resources(app).writing() as session:
        session.scalars(select(Headcount)).first().entitled = 8  # type: ignore[union-attr]  # there are some
        session.commit()
    page = office_client.get(f"/office/results/{key}/what-if/?scheme={then}").get_data(as_text=True)
    assert ("请先重新计算" in page, "73.33" in page) == (True, False)
    with resources(app).writing() as session:
        loaded = results.load(session, session.scalars(select(Campaign).where(Campaign.key == key)).one(), language="zh-Hans")
        with pytest.raises(RefusedError):
            other_scheme.refuse_stale(loaded)
