"""No figure of a bundle passes the result view by: counts and tables are those it handed out for this named use."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.bundle import making
from survey_app.services.results.view import ResultView
from survey_app.services.sealing import custody
from tests.towns import hamlet

Rows = list[list[object]]


def test_every_figure_of_a_bundle_was_handed_out_by_the_view(
    counted: tuple[Session, Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: Rows = []
    exact, counts = ResultView.exact, ResultView.counts

    def hear_exact(view: ResultView, key: str) -> Rows:
        given.extend(rows := exact(view, key))
        return rows

    def hear_counts(view: ResultView) -> Rows:
        given.extend(rows := counts(view))
        return rows

    monkeypatch.setattr(ResultView, "exact", hear_exact)
    monkeypatch.setattr(ResultView, "counts", hear_counts)
    session, campaign = counted
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    made = making.public_bundle(session, campaign, key, secret=hamlet.SECRET)
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        content = json.loads(archive.read("public.json"))
    printed = [row for rows in [content["counts"], *content["tables"].values()] for row in rows or () if row[-1] is not None]
    assert ["A", "村民", "总体评价", [0, 8, 12, 0, 3]] in printed
    assert [row for row in printed if row not in given] == []
