"""What voters meet: of two small rounds every form, in every language, from the empty form to the receipt."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recording.papers import pdf_text
from tests.recording.town import Round, Town, post
from tests.recording.walk import TONGUES, put

#: Demos whose open round is small enough for every form to be filled in every language.
WALKED = ("zhangcunping-town-cadres", "zhangcunping-village-cadres")
_CODE = re.compile(r"(?<![0-9A-Z-])(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z](?![0-9A-Z-])")
#: So many ways of filling a form are tried until its rules are kept.
TRIES = 8


def vote(town: Town, office: FlaskClient) -> None:
    """Every form of the open round."""
    if town.name not in WALKED:
        return
    for one in town.rounds:
        if one.state == "open":
            links = _invited(town, office, one)
            for style, label in one.styles.items():
                for number, tongue in enumerate(TONGUES):
                    codes = links.get(style) or _slips(office, one, style)
                    if codes:
                        _fill(town, style, f"{one.label}/{tongue}/{label}", tongue, codes[number % len(codes)])


def _slips(office: FlaskClient, one: Round, style: str) -> list[str]:
    """Fresh slips of an anonymous form, as they are printed."""
    fields = {"style": style, "meeting": "大礼堂", "count": "4"}
    return _codes(post(office, f"/office/campaigns/{one.key}/print/slips", **fields))


def _invited(town: Town, office: FlaskClient, one: Round) -> dict[str, list[str]]:
    """Of every signed form the codes of those invited, as they are printed, by the form."""
    address, found = f"/office/campaigns/{one.key}/print", dict[str, list[str]]()
    page = office.get(f"{address}/").get_data(as_text=True)
    asked = re.findall(r'name="group" value="([^"]*)">\s*<input type="hidden" name="unit" value="([^"]*)"', page)
    for group, unit in asked:
        sheets = post(office, f"{address}/invitations", group=group, unit=unit, language="zh-Hans")
        if sheets.mimetype == "application/pdf":
            for sheet in pdf_text(sheets.get_data()).split("--- page")[1:]:
                style = next((name for name in one.styles if name in sheet), "")
                found.setdefault(style, []).extend(_CODE.findall(sheet))
    return found


def _codes(answer: TestResponse) -> list[str]:
    return _CODE.findall(pdf_text(answer.get_data())) if answer.mimetype == "application/pdf" else []


def _fill(town: Town, style: str, label: str, tongue: str, code: str) -> None:
    """The empty form, what it says of a form sent back as it was, the review, the receipt, and the receipt looked up."""
    client, address = town.visitor(), f"/v/{style}?lang={tongue}"
    form = client.get(address)
    put(town, "voters", f"{label}/1-form", form)
    put(town, "voters", f"{label}/2-sent-back-empty", client.post(address, data={"stage": "review"}))
    fields = _Fields(form.get_data(as_text=True))
    for turn in range(TRIES):
        filled = {**fields.chosen(turn), "alias": code, "stage": "review"}
        if "name" in fields.named:
            filled["name"] = "王某某"
        if "comment" in fields.named:
            filled["comment"] = "路灯请修一修。"
        review = client.post(address, data=filled)
        if review.status_code == 200:
            break
    put(town, "voters", f"{label}/3-review", review)
    kept = _Fields(review.get_data(as_text=True)).hidden
    receipt = client.post(address, data={**kept, "stage": "send"})
    put(town, "voters", f"{label}/4-receipt", receipt)
    again = client.post(address, data={**filled, "stage": "review"})
    put(town, "voters", f"{label}/5-the-same-code-again", again)


class _Fields(HTMLParser):
    """The fields of the form on a page: places with their choices, numbers, and what is hidden or ticked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.choices: dict[str, list[str]] = {}
        self.numbers: list[str] = []
        self.named: set[str] = set()
        self.hidden: dict[str, str] = {}
        self.select = ""
        self.feed(page)
        hints = dict(re.findall(r'id="h(\d+)"[^>]*>([^<]*)', page))
        self.least = {place: (re.findall(r"\d+(?:\.\d+)?", hint) or ["0"]) for place, hint in hints.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        self.named.add(name)
        if tag == "select":
            self.select = name
        elif tag == "option" and value:
            self.choices.setdefault(self.select, []).append(value)
        elif tag == "input" and re.fullmatch(r"m\d+", name) and given.get("type") == "radio" and value:
            self.choices.setdefault(name, []).append(value)
        elif tag == "input" and re.fullmatch(r"n\d+", name):
            self.numbers.append(name)
        if tag == "input" and (given.get("type") == "hidden" or name == "confirm"):
            self.hidden[name] = value

    def chosen(self, turn: int) -> dict[str, str]:
        """An answer for every place; another turn fills it in another way."""
        marks = {
            name: offered[(place * turn + turn) % len(offered)]
            for place, (name, offered) in enumerate(sorted(self.choices.items(), key=lambda one: int(one[0][1:])))
            if re.fullmatch(r"m\d+", name) and any(offered)
        }
        return marks | {
            name: self.least.get(name[1:], ["0"])[turn % 2 if len(self.least.get(name[1:], [""])) > 1 else 0]
            for name in self.numbers
        }
