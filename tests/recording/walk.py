"""Every address of the routing table that a GET may ask for, with arguments that exist: as the office, as a unit's staff, as
a visitor. Addresses come from the table itself, so that a page that is new or gone shows by its file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from tests.recording.town import Round, Town, spread

OFFICE_TONGUES = ("zh-Hans", "en")
TONGUES = ("zh-Hans", "zh-Hant", "en", "ug")
#: Of many subjects, forms and raters so many are looked at; every subject stands in the workbooks and tables all the same.
MOST_SUBJECTS, MOST_STYLES, MOST_RATERS = 12, 6, 3
#: What is not asked for, each with its reason.
LEFT_OUT = {
    "/static/<path:filename>": "files of the repository",
    "/office/link/<secret>": "one-time links are walked when accounts are set up",
}
#: Addresses that answer only with a question mark and something behind it; `STYLE` is each form in turn.
ASKED = {
    "/print/poster": ("style=STYLE&meeting=大礼堂&network=Hall-WLAN",),
    "/print/order.json": ("style=STYLE",),
    "/evidence/": ("", "page=2"),
    "/office/results/<key>/": ("", "order=up", "page=2", "unit=UNIT"),
}
HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Location",
    "Cache-Control",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Vary",
)


def walk(town: Town) -> FlaskClient:
    """All of it; the browser of the office is handed on."""
    visitor, office = town.visitor(), town.office()
    rules = sorted((rule for rule in town.app.url_map.iter_rules() if "GET" in (rule.methods or ())), key=lambda rule: rule.rule)
    town.write("pages", "left-out.txt", "\n".join(f"{address}: {why}" for address, why in LEFT_OUT.items()))
    table = sorted((rule.rule, sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})) for rule in town.app.url_map.iter_rules())
    town.write("pages", "routes.txt", "\n".join(f"{address} {methods}" for address, methods in table))
    for rule in rules:
        if rule.rule in LEFT_OUT:
            continue
        behind = rule.rule.startswith("/office")
        for tongue in OFFICE_TONGUES if behind else TONGUES:
            _visit(town, office if behind else visitor, "office" if behind else "visitor", rule, tongue)
    _as_staff(town, office, [rule for rule in rules if rule.rule.startswith("/office") and rule.rule not in LEFT_OUT])
    _locked_out(town, visitor, rules)
    return office


def _as_staff(town: Town, office: FlaskClient, rules: list[Rule]) -> None:
    """The pages of results as somebody of one unit meets them, and the status of every other office page."""
    unit = town.rounds[0].units[0]
    staff = town.staff(office, unit)
    statuses = []
    for rule in rules:
        if "/results" in rule.rule or rule.rule in ("/office/", "/office/account"):
            for tongue in OFFICE_TONGUES:
                _visit(town, staff, "staff", rule, tongue)
        else:
            statuses += [f"{staff.get(address).status_code} {address}" for address, _ in _addresses(rule, town.rounds[:1])]
    town.write("pages", "staff/statuses.txt", "\n".join(statuses))


def _locked_out(town: Town, visitor: FlaskClient, rules: list[Rule]) -> None:
    """What nobody who is not signed in may see."""
    lines = []
    for rule in rules:
        if rule.rule.startswith("/office") and rule.rule not in LEFT_OUT:
            for address, _ in _addresses(rule, town.rounds[:1]):
                answer = visitor.get(address)
                lines.append(f"{answer.status_code} {address} -> {answer.headers.get('Location', '')}")
    town.write("pages", "visitor/statuses.txt", "\n".join(lines))


def _visit(town: Town, client: FlaskClient, who: str, rule: Rule, tongue: str) -> None:
    for address, label in _addresses(rule, town.rounds):
        answer = client.get(address + ("&" if "?" in address else "?") + f"lang={tongue}")
        put(town, "pages", f"{who}/{tongue}/{label}", answer)


def put(town: Town, kind: str, label: str, answer: TestResponse) -> None:
    """An answer in the record: status and headers, then the page; a file that it hands out as text in a room of its own."""
    told = [f"{name}: {answer.headers[name]}\n" for name in HEADERS if name in answer.headers]
    head = f"status {answer.status_code}\n" + "".join(told)
    if answer.mimetype == "text/html":
        town.write(kind, f"{label}.html", head + answer.get_data(as_text=True))
    else:
        town.write(kind, f"{label}.head", head)
        town.keep("files", f"{label}.txt", answer.get_data())


def _addresses(rule: Rule, rounds: list[Round]) -> Iterator[tuple[str, str]]:
    """Addresses of a rule with what they are called in the record."""
    names = sorted(rule.arguments)
    with_round = bool({"key", "style_id"} & set(names))
    for one in rounds if with_round else rounds[:1]:
        choices = [_values(rule, name, one) for name in names]
        for chosen in itertools.product(*choices):
            address, label = _filled(rule.rule, dict(zip(names, chosen, strict=True)), one)
            for asked in _asked(rule.rule, one):
                yield address + (f"?{asked[0]}" if asked[0] else ""), label + (f"@{asked[1]}" if asked[1] else "")


def _values(rule: Rule, name: str, one: Round) -> list[str]:
    """Real arguments for one place of an address."""
    known = {
        "key": [one.key],
        "style_id": spread(list(one.styles), MOST_STYLES),
        "code": spread(one.subjects, MOST_SUBJECTS),
        "rater": spread(one.raters, MOST_RATERS) or [1],
        "number": range(3),
        "digest": ["0" * 16],
        "name": ["voter.css", "voter.js", "worker.js"],
        "account_id": [1],
        "batch_id": [1],
        "form": list(one.styles)[:1],
        "tag": ["zh-Hans", "ug"],
        **{place: sorted(words.items) for place, words in rule._converters.items() if isinstance(words, AnyConverter)},
    }
    if name not in known:
        raise AssertionError(f"{rule.rule}: nobody said what to put for <{name}>")
    return [str(value) for value in known[name]]


def _filled(pattern: str, values: dict[str, str], one: Round) -> tuple[str, str]:
    address = label = pattern
    shown = {"key": one.label, "form": "form", "style_id": one.styles.get(values.get("style_id", ""), "")}
    for name, value in values.items():
        place = re.compile(rf"<(?:\w+(?:\([^)]*\))?:)?{name}>")
        address = place.sub(value, address)
        label = place.sub(shown.get(name) or value, label)
    round_first = "" if "key" in values else (f"{one.label}/" if "style_id" in values else "")
    return address, round_first + (label.strip("/") or "front") + ("/index" if label.endswith("/") and label != "/" else "")


def _asked(pattern: str, one: Round) -> Iterator[tuple[str, str]]:
    for ending, queries in ASKED.items():
        if pattern.endswith(ending):
            for query in queries:
                if "STYLE" in query:
                    for style in spread(list(one.styles), 2):
                        yield query.replace("STYLE", style), one.styles[style]
                else:
                    yield query.replace("UNIT", one.units[0]), query.replace("UNIT", one.units[0])
            return
    yield "", ""
