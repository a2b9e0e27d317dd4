"""Files for the office speak the language of whoever downloads them, and are read back in any."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from survey_app.i18n import speaking
from survey_app.models import Campaign
from survey_app.services.campaign.styles import roster_of
from survey_app.services.evidence import sheet as evidence_sheet
from survey_app.services.evidence import template as evidence_template
from survey_app.services.roster import importing
from survey_app.services.roster.importing import RosterProblemsError
from survey_app.services.uploads import Upload, read_file
from tests.support.rosters import workbook
from tests.towns import ledger_town
from tests.towns.small_scheme import TEXT, build

#: The small scheme's sheets and columns: its one fact, `rank`, has no title and is called after itself.
CHINESE = {
    "单位": ["单位编号", "单位名称"],
    "评价对象": ["编号", "姓名或名称", "单位编号", "职务名称", "rank"],
    "署名评价人": ["编号", "姓名", "评议主体", "单位编号", "本人的评价对象编号", "邮箱"],
    "应到人数": ["单位编号", "评议主体", "应到人数"],
}
ENGLISH = {
    "units": ["Unit code", "Unit name"],
    "subjects": ["Code", "Name", "Unit code", "Position", "rank"],
    "raters": ["Code", "Name", "Rater group", "Unit code", "Own subject code", "E-mail"],
    "heads": ["Unit code", "Rater group", "Number entitled"],
}
ROWS = [
    [["N", "New town"]],
    [["X1", "Wang", "N", "Mayor", "first"]],
    [["R1", "Li", "{signed}", "N", "", ""]],
    [["", "{anonymous}", "12"]],
]


def filled(sheets: dict[str, list[str]], signed: str, anonymous: str) -> list[Upload]:
    words = {"{signed}": signed, "{anonymous}": anonymous}
    named = {
        sheet: [head, *([words.get(cell, cell) for cell in row] for row in rows)]
        for (sheet, head), rows in zip(sheets.items(), ROWS, strict=True)
    }
    return [Upload("roster.xlsx", workbook(named))]


@pytest.mark.parametrize(("tag", "sheets"), [("zh-Hans", CHINESE), ("en", ENGLISH)])
def test_the_template_is_headed_in_the_language_of_its_reader(tag: str, sheets: dict[str, list[str]]) -> None:
    with speaking(tag):
        template = read_file(Upload("t.xlsx", importing.template_xlsx(load_scheme(TEXT, "small.yml"))))
    assert {name: rows[0] for name, rows in list(template.items())[1:]} == sheets


@pytest.mark.parametrize("tag", ["zh-Hans", "en"])
def test_a_roster_is_read_whichever_language_it_was_filled_in(session: Session, tag: str) -> None:
    campaign = session.get(Campaign, build(session, state="draft").campaign_id)
    assert campaign is not None
    with speaking(tag):
        first = importing.import_roster(session, campaign, filled(ENGLISH, "Members", "Guests"))
        again = importing.import_roster(session, campaign, filled(CHINESE, "委员", "来宾"))
    assert sum(first.added.values()) == 4  # one row a sheet
    assert sum(again.unchanged.values()) == 4


def test_what_is_wrong_with_an_english_roster_is_told_in_english(session: Session) -> None:
    campaign = session.get(Campaign, build(session, state="draft").campaign_id)
    assert campaign is not None
    with speaking("en"), pytest.raises(RosterProblemsError) as refused:
        importing.import_roster(session, campaign, filled(ENGLISH, "Member", "Guests"))
    (wrong,) = refused.value.problems
    assert (wrong.sheet, wrong.row, wrong.column) == ("raters", 2, "Rater group")
    assert (wrong.what, wrong.remedy) == ("The scheme has no such rater group.", "Did you mean “Members”?")


def test_the_evidence_sheet_too(session: Session) -> None:
    """A heading in either language; the sheet downloaded in one is read by a reader of the other."""
    campaign = ledger_town.build(session)
    scheme, roster = load_scheme(campaign.scheme_text, "ledger.yml"), roster_of(session, campaign)
    with speaking("en"):
        sheets = read_file(Upload("e.xlsx", evidence_template.template(scheme, roster, {}, "en")))
    assert "events" in sheets
    assert sheets["events"][0] == ["id", "name", "kind", "date", "amount", "reason"]
    with speaking("zh-Hans"):
        assert evidence_sheet.read(sheets, scheme, roster).problems == ()
