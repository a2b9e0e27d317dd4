"""The house's arrows and habits, held by reading the source. Each check is shown to find a planted mistake."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from survey_app import access, create_app, models
from survey_app.config import SETTINGS, Config
from survey_app.roles import Capability
from tests.support.house import ROOMS, ROOT, imports, sources, within

#: Room -> top-level packages it may never import.
FORBIDDEN = {
    "analysis": {"questionnaires", "survey_app", "flask", "sqlalchemy", "ruamel", "yaml", "click"},
    "questionnaires": {"survey_app", "flask", "sqlalchemy"},
    "survey_app": {"ruamel", "yaml"},
}
#: Names of shipped systems, of grades and of rater groups. Everything of the kind comes from a scheme file.
NAMES = re.compile(
    r"优秀|称职|优良|满意率最高|鄞州|宁波|下级评|同级评|上级评|服务对象评|党代表|人大代表|政协委员|yinzhou|ningbo|residents\b|superiors\b|subordinates\b|delegates\b",
    re.IGNORECASE,
)
#: Words of a scheme that stand for the idea, in English prose of comments and docstrings, are no names of data.
TALKING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def reads_environment(text: str) -> bool:
    """Whether a source touches the environment."""
    return any(
        (isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(name.name in {"environ", "getenv"} for name in node.names)
        )
        for node in ast.walk(ast.parse(text))
    )


def named(text: str) -> list[str]:
    """String constants and identifiers of a source that name a system, a grade or a rater group; docstrings are prose."""
    tree = ast.parse(text)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, TALKING) and node.body and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        words = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose else []
        words += [node.id] if isinstance(node, ast.Name) else []
        found += [word for word in words if NAMES.search(word)]
    return found


#: How an exception to a type says of which kind it is and why.
EXPLAINED = re.compile(r"# type: ignore\[[\w, -]+\]\s+# \S")


def unexplained(text: str) -> list[str]:
    """A source's exceptions to a type that do not say so."""
    if "type: ignore" not in text:
        return []
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [one for one in comments if "type: ignore" in one and not EXPLAINED.search(one)]


def test_types_are_checked_in_every_room_and_in_the_tests() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    assert set(settings["packages"]) == {*ROOMS, "tests"}
    wrong = {str(path): bad for path in sources(*ROOMS, "tests") if (bad := unexplained(path.read_text(encoding="utf-8")))}
    assert wrong == {}


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_never_point_back(room: str) -> None:
    wrong = {
        str(path): bad for path in sources(room) if (bad := within(imports(path.read_text(encoding="utf-8")), FORBIDDEN[room]))
    }
    assert wrong == {}


def test_services_know_no_flask_and_models_know_no_services() -> None:
    wrong = {}
    for folder, forbidden in (
        (
            "services",
            {"flask", "flask_wtf", "werkzeug", "survey_app.views", "survey_app.forms", "survey_app.extensions", "survey_app.cli"},
        ),
        ("models", {"flask", "survey_app.services", "survey_app.views", "survey_app.cli"}),
    ):
        for path in sources(f"survey_app/{folder}"):
            if bad := within(imports(path.read_text(encoding="utf-8")), forbidden):
                wrong[str(path)] = bad
    assert wrong == {}


def test_views_hold_no_tables_of_their_own_and_the_command_line_needs_no_pages() -> None:
    wrong = {
        str(path): bad
        for path in sources("survey_app/cli")
        if (bad := within(imports(path.read_text(encoding="utf-8")), {"flask", "survey_app.views", "survey_app.forms"}))
    }
    assert wrong == {}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {str(path.relative_to(ROOT)) for path in sources(*ROOMS) if reads_environment(path.read_text(encoding="utf-8"))}
    assert readers == {"survey_app/config.py"}


def test_no_code_names_a_system_a_grade_or_a_rater_group() -> None:
    wrong = {str(path): bad for path in sources("analysis", "survey_app") if (bad := named(path.read_text(encoding="utf-8")))}
    pages = (
        path
        for pattern in ("survey_app/**/*.html", "survey_app/**/*.typ", "static/**/*.js", "static/**/*.css")
        for path in ROOT.glob(pattern)
    )
    wrong |= {str(path): found for path in pages if (found := NAMES.findall(path.read_text(encoding="utf-8")))}
    assert wrong == {}


#: Rooms that may be larger, each with its reason.
LARGER = {
    "survey_app/proof/verify.py": "the checker shipped in every bundle is one file that a doubter can read through",
    "tests/analysis/scheme_generator.py": "draws every section of a scheme; a table of makers, one a section",
    "tests/analysis/generator.py": "draws every step of the plan; a table of makers, one an op",
}


def test_no_file_grows_past_400_lines() -> None:
    files = [path for path in sources(*ROOMS, "tests", "migrations") if "versions" not in path.parts]
    files += [*ROOT.glob("static/**/*.js"), *ROOT.glob("static/**/*.css")]
    large = {str(path.relative_to(ROOT)) for path in files if path.read_text(encoding="utf-8").count("\n") > 400}
    assert large == set(LARGER)


def test_every_setting_stands_in_the_documentation_and_nothing_else_does() -> None:
    rows = re.findall(
        r"^\| `(PINGYI_\w+)` \| `([^`]*)` \|", (ROOT / "docs/configuration.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(setting.name, setting.default) for setting in SETTINGS]


def test_an_endpoint_that_does_not_say_who_may_call_it_stops_the_start(tmp_path: Path) -> None:
    app = create_app(Config(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'x.db'}"))
    assert {access.rule_of(app, rule.endpoint) for rule in app.url_map.iter_rules()} <= {*access.RULES, *Capability}
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(access.UndeclaredAccessError, match="forgotten"):
        access.sweep(app)


def test_the_threat_model_names_only_tests_and_commands_that_there_are() -> None:
    told = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named_tests = re.findall(r"tests/[\w/]+\.py", told)
    modules = [name.replace(".", "/") + ".py" for name in re.findall(r"python -m (tests\.[\w.]+)", told)]
    assert len(named_tests) > 10
    assert [path for path in (*named_tests, *modules) if not (ROOT / path).is_file()] == []
    assert nameless(told) == []


def nameless(told: str) -> list[str]:
    """Tests named as file::name that are in no file. A name is a function at the top of the file."""
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", told)
    assert len(named) > 40
    functions = {
        path: {
            node.name for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
        }
        for path in {path for path, _name in named}
    }
    return [f"{path}::{name}" for path, name in named if name not in functions[path]]


def test_every_control_has_a_row_that_names_a_test_or_says_what_is_missing() -> None:
    """The 43 controls of the security architecture, in order; each has a test, or "open", or both."""
    told = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8").partition("\n## Controls\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if re.match(r"\| \d", line)]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 44)]
    assert [row[0] for row in rows if len(row) != 5 or not ("::test_" in row[3] or row[4].startswith("open"))] == []
    assert {row[4].split(":")[0].split(" ")[0] for row in rows} <= {"holds", "partly", "open"}


def test_the_checks_find_planted_mistakes() -> None:
    real = "tests/test_architecture.py::test_the_checks_find_planted_mistakes "
    assert nameless(real * 41 + "tests/test_architecture.py::test_nobody_wrote") == [
        "tests/test_architecture.py::test_nobody_wrote"
    ]
    assert within(imports("from sqlalchemy.orm import Session"), FORBIDDEN["analysis"])
    assert within(imports("from survey_app import views"), {"survey_app.views"})
    assert reads_environment("import os\nx = os.environ['A']")
    assert reads_environment("from os import getenv")
    assert named('grade = "优秀"') == ["优秀"]
    assert named('"""Prose about 优秀."""') == []
    assert unexplained("x = y  # type: ignore")
    assert unexplained("x = y  # type: ignore[arg-type]")
    assert unexplained("x = y  # type: ignore  # because")
    assert unexplained("x = y  # type: ignore[arg-type]  # because") == []


#: What reads the clock or the host's zone. Durations (`monotonic`, `perf_counter`) are no time of day.
CLOCKS = re.compile(
    r"\b(datetime|date|dt)\.(now|utcnow|today|fromtimestamp|utcfromtimestamp)$"
    r"|\btime\.(time|time_ns|localtime|gmtime|ctime|strftime|asctime)$"
)
#: Rooms that may, each with its reason.
CLOCK_DOORS = {
    "survey_app/clock.py": "the door itself",
    "survey_app/server_log.py": "writes in UTC the moment at which logging made a record; asks no clock",
}


def clock_readers(text: str) -> list[str]:
    """Where a source reads the clock past the door: the calls, and names imported so that calls would hide."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and CLOCKS.search(ast.unparse(node)):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [f"time.{name.name}" for name in node.names if CLOCKS.search(f"time.{name.name}")]
    return found


def test_the_clock_is_read_at_one_door() -> None:
    files = [*sources(*ROOMS, "tests", "migrations"), ROOT / "wsgi.py"]
    wrong = {str(path.relative_to(ROOT)): bad for path in files if (bad := clock_readers(path.read_text(encoding="utf-8")))}
    assert set(wrong) == set(CLOCK_DOORS), wrong


def test_every_test_file_that_reads_the_clock_runs_on_other_days_too() -> None:
    moved = re.search(r"^QUICKLY = ((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert moved
    listed = {ROOT / name for name in moved[1].split() if name != "\\"}
    assert {str(path) for path in listed if not path.is_file()} == set()
    tests = {path for path in sources("tests") if path.name.startswith("test_")}
    assert {path for path in tests if "clock.now()" in path.read_text(encoding="utf-8")} - listed == set()


#: What writes a moment as text. Stored and digested text, and days that people typed, are no reader's business.
WRITES_TIME = re.compile(
    r"\.astimezone\(\)|\.strftime\(|\.isoformat\(|\.ctime\(|format_(?:date|time|datetime)\(|\{[^{}]*:%[YmdHMS]"
    r"|\bnow(?:\(\))?\.(?:year|month|day|hour|date|time|weekday)\b"  # a part of a moment in UTC is not the day here
)
TIME_WRITERS = {
    "survey_app/times.py": "the room that tells times",
    "survey_app/i18n.py": "days as people announced them",
    "survey_app/bridge.py": "moments in evidence, digested in UTC",
    "survey_app/proof/checkpoints.py": "moments in signed texts, in UTC",
    "survey_app/services/office/audit.py": "moments in the chained log, digested in UTC",
    "survey_app/services/counting/destruction.py": "the log's own record of the day, in UTC",
    "survey_app/services/backups/making.py": "the manifest of a backup, in UTC",
    "survey_app/services/backups/made.py": "when the last backup was made, kept in UTC",
    "survey_app/services/backups/drill.py": "the log's own record of which backup, in UTC",
    "survey_app/services/bundle/freshness.py": "days of rulings in a signed bundle, in UTC",
    "survey_app/earlier_digests.py": "days as they were digested before, in UTC",
    "survey_app/services/publishing/own_results.py": "the log's own record of the moment, in UTC",
    "survey_app/services/scheme_desk/starts.py": "the version of a scheme that begins today, as files write it",
    "survey_app/views/office/own_results.py": "the value of a date field",
    "survey_app/views/office/posting.py": "a day without an hour, as it was typed",
    "survey_app/services/results/paper_fields.py": "the day on a letter, without an hour",
    "survey_app/services/publishing/viewing_links.py": "the log's own record of the moment, in UTC",
    "survey_app/views/office/viewing_links.py": "the value of a date field, and a day without an hour",
    "survey_app/services/signed/mail_reminders.py": "the date in a letter's head, as mail servers write it",
    "survey_app/services/publishing/publications.py": "the log's own record of the moment, in UTC",
    "survey_app/views/office/audit_log.py": "the value of a date field, and the day in a file's name",
    "survey_app/views/office/destruction.py": "the value of a date field",
    "survey_app/views/office/publishing.py": "the value of a date field",
}


def test_times_for_people_are_written_in_one_room_and_never_by_templates() -> None:
    pages = [path for kind in ("html", "typ", "txt") for path in ROOT.glob(f"survey_app/**/*.{kind}")]
    in_pages = re.compile(r"strftime|isoformat|\.date\(|\.time\(|\.astimezone|datetime|\bUTC\b")
    assert {str(path) for path in pages if in_pages.search(path.read_text(encoding="utf-8"))} == set()
    writers = {
        str(path.relative_to(ROOT)) for path in sources("survey_app") if WRITES_TIME.search(path.read_text(encoding="utf-8"))
    }
    assert writers == set(TIME_WRITERS)


#: Rooms that make what is stored or digested as evidence: they know no language.
SPEECHLESS = ("survey_app/bridge.py", "survey_app/earlier_digests.py", "survey_app/services/release/kept.py",
              "survey_app/services/bundle/freshness.py", "survey_app/services/office/audit.py")  # fmt: skip


#: What makes words of a language, or a time on somebody's clock, out of facts.
SPEAKING = re.compile(
    r"(?:i18n\.)?(?:_|gettext|clauses|listed|when)$|i18n\.written$|times\.(?:moment|second|when|zone)$|.*\.sentence$"
)
#: What is stored or digested: rows, the evidence of a count, acts of the log, texts made for a digest.
ROWS = frozenset(mapper.class_.__name__ for mapper in models.Base.registry.mappers) | {
    "Component", "Decision", "Entered", "Event", "Past",
}  # fmt: skip
ADDING = {"append", "extend", "insert", "add", "update"}
KEEPING = re.compile(r"(?:audit\.)?record$|(?:bridge\.)?(?:canonical|canonical_bytes|digest)$")


def translated_facts(text: str) -> list[str]:
    """Translated words handed to what is stored: in its making itself, or by way of a name of the same function."""
    found = []
    for scope in _scopes(ast.parse(text)):
        spoken: set[str] = set()
        while more := {name for name, value in _given(scope) if _speaks(value, spoken)} - spoken:
            spoken |= more
        for node in scope:
            if not isinstance(node, ast.Call):
                continue
            made = ast.unparse(node.func)
            if made.rpartition(".")[2] in ROWS or KEEPING.match(made):
                found += [made for part in (*node.args, *(one.value for one in node.keywords)) if _speaks(part, spoken)]
    return found


def _scopes(tree: ast.Module) -> Iterator[list[ast.AST]]:
    """Everything in each function, what is nested in it included; and everything outside of functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    inside = [list(ast.walk(one)) for one in functions]
    yield from inside
    within_one = {id(node) for nodes in inside for node in nodes}
    yield [node for node in ast.walk(tree) if id(node) not in within_one]


def _given(scope: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Names of a scope, each with what it is given: by assignment, in a loop, or by adding to a list of that name."""
    for node in scope:
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.For | ast.comprehension):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING:
            targets, value = [node.func.value], ast.Tuple(node.args)
        if value is not None:
            yield from (
                (name.id, value) for target in targets for name in ast.walk(target)
                if isinstance(name, ast.Name) and not isinstance(target, ast.Attribute | ast.Subscript)
            )  # fmt: skip


def _speaks(value: ast.AST, spoken: Collection[str]) -> bool:
    """Whether words of a language are in this value; N_ only marks a sentence, and what `len` counts is no words."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) in {"len", "bool"}:
        return False
    if isinstance(value, ast.Call) and SPEAKING.match(ast.unparse(value.func)):
        return True
    if isinstance(value, ast.Name):
        return value.id in spoken
    return any(_speaks(part, spoken) for part in ast.iter_child_nodes(value))


def test_nothing_translated_is_stored_or_digested() -> None:
    said = {path: within(imports((ROOT / path).read_text(encoding="utf-8")), {"survey_app.i18n"}) for path in SPEECHLESS}
    assert set().union(*said.values()) == set(), said
    spoken = {str(path) for path in sources("analysis") if within(imports(path.read_text(encoding="utf-8")), {"gettext"})}
    assert spoken == set()
    wrong = {str(path): bad for path in sources("survey_app") if (bad := translated_facts(path.read_text(encoding="utf-8")))}
    assert wrong == {}


def test_the_checks_of_clock_and_language_find_planted_mistakes() -> None:
    for planted in ("dt.datetime.now(dt.UTC)", "datetime.date.today()", "time.time()", "from time import localtime"):
        assert clock_readers(planted), planted
    assert clock_readers("time.monotonic() - time.perf_counter()") == []
    for planted in ("Ruling(found=_('成立'))", "audit.record(s, detail=_('x'))", "models.EvidenceEntry(reason=f'{_(1)}')"):
        assert translated_facts(planted), planted
    for planted in (
        "def f(s):\n    told = _('x')\n    audit.record(s, detail=told)",
        "def f(s):\n    told = gettext('x')\n    both = f'{s} {told}'\n    return Ruling(found=both)",
        "def f(s):\n    parts = [s]\n    parts.append(_('x'))\n    return digest(canonical(parts))",
        "def f(rows):\n    for word in [_(row) for row in rows]:\n        yield Event(reason=word)",
        "def f(s):\n    if (told := clauses(s)):\n        return models.EvidenceEntry(reason=told)",
        "def f(s):\n    at = times.moment(s)\n    return audit.record(s, detail=at)",
        "async def f(s):\n    a, b = s, _('x')\n    return Decision(reason=b)",
        "told = _('x')\nrow = Ruling(found=told)",
    ):
        assert translated_facts(planted), planted
    for fine in (
        "def f(s):\n    told = _('x')\n    audit.record(s, detail=s)\n    flash(told)",
        "def f(s):\n    told = N_('x')\n    return Ruling(found=told)",
        "def f():\n    told = _('x')\n\ndef g(told):\n    return Ruling(found=told)",
    ):
        assert translated_facts(fine) == [], fine
    assert WRITES_TIME.search("f'{row.ruled:%Y-%m-%d}'")
    for planted in ("moment.astimezone().date()", "str(now().year)", "now.date()"):
        assert WRITES_TIME.search(planted), planted
    assert not WRITES_TIME.search("times.day(now()).year")
