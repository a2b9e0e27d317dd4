"""No shipped scheme leaves a reading open: a case beside it tells each, or `doubts.yml` says why it may stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires.cases.beside import cases_beside
from questionnaires.doubting.doubts import doubts
from questionnaires.doubting.reasons import idle_reasons, reasons_beside
from questionnaires.loader import load_scheme
from questionnaires.shipped import HOME
from questionnaires.worlds.table import worlds_to_tell

FOLDERS = sorted(path.parent for path in HOME.glob("**/scheme.yml"))


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=[str(one.relative_to(HOME)) for one in FOLDERS])
def test_every_reading_is_told_by_a_case_or_has_a_reason(folder: Path) -> None:
    scheme = load_scheme((folder / "scheme.yml").read_text(encoding="utf-8-sig"), "scheme.yml")
    cases, reasons = cases_beside(folder, scheme), reasons_beside(folder)
    found = doubts(scheme, cases, lambda: worlds_to_tell(scheme))
    found.explain(lambda change: any(one.covers(change) for one in reasons))
    assert cases
    assert [(one.change.place, one.change.written, one.change.instead) for one in found.open] == []
    assert idle_reasons(reasons, [one.change for one in found.doubts]) == []
