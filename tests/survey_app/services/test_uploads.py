"""Bad uploads are answered with a sentence, whole and harmless; good ones say the same in every encoding; slips can be voided."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.shipped import load_shipped
from survey_app.errors import RefusedError
from survey_app.models import Ballot, Campaign, Rater, Slip, Subject
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.styles import styles_of
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.refusals import UnknownSlipError, VoidSlipError
from survey_app.services.log import voids
from survey_app.services.release import approval
from survey_app.services.roster import importing
from survey_app.services.roster.importing import RosterProblemsError
from survey_app.services.sealing import custody
from survey_app.services.slips import invitations, slips
from survey_app.services.slips.printings import Stamp
from survey_app.services.uploads import SpreadsheetError, Upload, read_file
from tests.support.application import QUICK_ALIAS
from tests.support.clock import NOON
from tests.support.rosters import workbook, yinzhou_roster, yinzhou_rows

SECRET = "a server's own secret, for logs in tests"

pytestmark = pytest.mark.postgresql_later

UNITS = [["单位编号", "单位名称", "类别"], ["007", "=1+1镇", "规模较大镇乡"], ["T02", '"引号"镇', "规模较小镇乡"]]
PASSPHRASE = "three paper cranes over the river"
QUICK_WRAP = custody.WrapCost(time=1, memory=64)


def as_csv(rows: list[list[str]], encoding: str) -> bytes:
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows).encode(encoding)


def rehearse(session: Session, campaign: Campaign) -> None:
    rehearsal.rehearse(session, campaign, PASSPHRASE, account="评议办", now=NOON)


def draft(session: Session) -> Campaign:
    campaign = campaigns.create(
        session,
        scheme_text=load_shipped("yinzhou").text,
        title="评议",
        period="2026",
        passphrase=PASSPHRASE,
        wrap_cost=QUICK_WRAP,
        now=NOON,
    )
    session.commit()
    return campaign


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding_offices_use(encoding: str) -> None:
    assert read_file(Upload("单位.csv", as_csv(UNITS, encoding))) == {"单位": UNITS}


def test_a_workbook_keeps_codes_formulas_and_quotes_as_text() -> None:
    assert read_file(Upload("名册.xlsx", workbook({"单位": UNITS})))["单位"] == UNITS


def test_a_zip_bomb_is_refused_by_its_index_before_it_is_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (100 * 1024 * 1024))
    start = time.process_time()
    with pytest.raises(SpreadsheetError, match="不合常理"):
        read_file(Upload("名册.xlsx", target.getvalue()))
    assert time.process_time() - start < 5  # not a measurement: unpacking 100 MB and parsing it would take far longer


def test_a_document_type_declaration_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(SpreadsheetError, match="外部声明"):
        read_file(Upload("名册.xlsx", target.getvalue()))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空文件"),
        (b"x" * (5 * 1024 * 1024 + 1), "最多 5 MB"),
        (b"PK\x03\x04 not a zip", "不是完好的 xlsx"),
        (b"\xd0\xcf\x11\xe0 old", "旧式 xls"),
        (b"\xff\xff\xff", "编码"),
        ("单位编号\nT\u202e01\n".encode(), "U+202E"),
    ],
)
def test_nonsense_is_named_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(SpreadsheetError, match=said.replace("+", r"\+")):
        read_file(Upload("名册.csv", data))


def test_everything_wrong_with_a_roster_is_told_at_once_and_nothing_is_imported(session: Session) -> None:
    campaign = draft(session)
    subjects = yinzhou_rows("评价对象")
    wrong = workbook(
        {
            "单位": [*yinzhou_rows("单位"), ["T01", "再来一个", "规模较大乡镇"]],  # a duplicate, and a word nearly right
            "评价对象": [*subjects, ["X-1", "无单位", "T99", "", "班子", ""], ["X-2", "", "T01", "", "正职", "没有"]],
            "署名评价人": [yinzhou_rows("署名评价人")[0], ["R-1", "张三", "群众代表", "T01", ""]],  # not a signed group
            "别的": [["这张表不认识"]],
        }
    )
    with pytest.raises(RosterProblemsError) as refused:
        importing.import_roster(session, campaign, [Upload("名册.xlsx", wrong)])
    session.rollback()
    told = [(one.sheet, one.row, one.column) for one in refused.value.problems]
    assert sorted(told) == sorted(
        [
            ("别的", 0, ""),
            ("评价对象", len(subjects) + 2, "姓名或名称"),
            ("单位", 23, "单位编号"),
            ("单位", 23, "类别"),
            ("评价对象", len(subjects) + 1, "单位编号"),
            ("评价对象", len(subjects) + 2, "所属班子编号"),
            ("署名评价人", 2, "评议主体"),
        ]
    )
    assert any("规模较大镇乡" in one.remedy for one in refused.value.problems if one.column == "类别")
    assert session.scalar(select(func.count()).select_from(Subject)) == 0


def test_a_roster_imported_twice_changes_nothing_and_a_frozen_one_is_refused(session: Session) -> None:
    campaign = draft(session)
    first = importing.import_roster(session, campaign, yinzhou_roster())
    again = importing.import_roster(session, campaign, yinzhou_roster())
    assert sum(first.added.values()) == sum(again.unchanged.values()) == 21 + 99 + 184 + 64
    assert not again.added
    assert not again.changed
    rehearse(session, campaign)
    approval.approve(session, campaign, now=NOON)
    session.commit()
    with pytest.raises(RefusedError, match="冻结"):
        importing.import_roster(session, campaign, yinzhou_roster())


def test_nobody_rates_himself_and_no_unit_meets_anothers_form(session: Session) -> None:
    campaign = draft(session)
    importing.import_roster(session, campaign, yinzhou_roster())
    rehearse(session, campaign)
    approval.approve(session, campaign, now=NOON)
    session.commit()
    scheme = campaigns.scheme_of(campaign)
    met: set[str] = set()
    for style in styles_of(session, campaign):
        met.add(style.row.group_key)
        subjects = {slot.subject for slot in style.slots}
        if style.row.excluded is not None:
            assert style.row.excluded.code not in subjects
        if scheme.groups[style.row.group_key].own_unit:
            assert style.row.unit is not None
            assert {subject[:3] for subject in subjects} == {style.row.unit.code}
    assert met == set(scheme.groups)  # every group has a form, so every group was looked at
    for rater in session.scalars(select(Rater)):
        if rater.subject is not None:
            mine = next(one for one in styles_of(session, campaign) if one.row.id == rater.style_id)
            assert rater.subject.code not in {slot.subject for slot in mine.slots}


def open_campaign(session: Session) -> Campaign:
    campaign = draft(session)
    importing.import_roster(session, campaign, yinzhou_roster())
    rehearse(session, campaign)
    approval.approve(session, campaign, now=NOON)
    session.commit()
    return campaign


def cast(session: Session, style: str, secret: object, marks: list[int], name: str = "") -> ballots.Receipt:
    return ballots.cast(
        session,
        style_id=style,
        credential=ballots.Credential(secret=secret),  # type: ignore[arg-type]  # a Secret of either kind of credential
        submission_id=b"s" * 16,
        marks=marks,
        signature=ballots.Signature(name) if name else None,
    )


def test_a_void_batch_casts_no_more_and_its_reissue_does(session: Session) -> None:
    campaign = open_campaign(session)
    style = next(one.row for one in styles_of(session, campaign) if one.row.group_key == "群众代表")
    lost = slips.issue(session, style=style, count=3, meeting="大会", cost=QUICK_ALIAS)
    session.commit()
    cast(session, style.id, lost.slips[0][0], [1, 1, 1])
    fresh = slips.mint(style, count=3, meeting="大会", cost=QUICK_ALIAS)
    printed = voids.reissue(
        session, slips.batch_of(session, campaign, lost.batch_id), fresh, Stamp(NOON, "评议办"), secret=SECRET
    )
    session.commit()
    with pytest.raises(VoidSlipError):
        cast(session, style.id, lost.slips[1][0], [1, 1, 1])
    cast(session, style.id, printed.slips[0][0], [2, 2, 2])
    assert session.scalar(select(func.count()).select_from(Ballot)) == 2
    assert session.scalar(select(func.count()).select_from(Slip)) == 6
    assert (
        slips.issued_counts(session, campaign)[style.unit_id, "群众代表"] == 3
    )  # what is spent of the void batch comes at the close


def test_a_reprinted_invitation_replaces_the_link_and_keeps_the_version(session: Session) -> None:
    campaign = open_campaign(session)
    delegate = session.query(Rater).filter_by(group_key="代表委员").first()
    assert delegate is not None
    assert delegate.style_id is not None
    first = invitations.issue(session, campaign=campaign, raters=[delegate], cost=QUICK_ALIAS)[0]
    session.commit()
    assert cast(session, delegate.style_id, first.secret, [1, 1, 1], "代表").version == 1
    second = invitations.issue(session, campaign=campaign, raters=[delegate], cost=QUICK_ALIAS)[0]
    session.commit()
    with pytest.raises(UnknownSlipError):
        cast(session, delegate.style_id, first.secret, [2, 1, 1], "代表")
    standing = ballots.find_standing(session, style_id=delegate.style_id, credential=ballots.Credential(secret=second.secret))
    assert standing.version == 1
