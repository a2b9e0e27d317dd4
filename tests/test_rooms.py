"""The laws of the rooms, held by reading imports. Each check is shown to find a planted mistake."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.support.house import ROOMS, ROOT, imports, sources, within


def arrows() -> dict[str, set[str]]:
    """Every module of the house with the modules of the house it imports; under TYPE_CHECKING too."""
    modules = {name(path): path for path in sources(*ROOMS)}
    found = {}
    for module, path in modules.items():
        text = path.read_text(encoding="utf-8")
        found[module] = {to for to in imports(text) if to in modules and to != module}
        for node in ast.walk(ast.parse(text)):  # `from package import module` names the module, not its package's door
            if isinstance(node, ast.ImportFrom) and all(f"{node.module}.{one.name}" in modules for one in node.names):
                found[module].discard(str(node.module))
    return found


def name(path: Path) -> str:
    """A file's name as a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of a graph, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def by_room(graph: dict[str, set[str]], *, whole: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """The arrows between rooms. `whole`: packages taken as one room with all that is in them.

    A folder without rooms in it is a room; a file in a hall (a folder that holds rooms) stands for itself; a hall's door, which
    only opens onto its rooms, is left out.
    """
    halls = {module.rpartition(".")[0].rpartition(".")[0] for module in graph if module.count(".") > 1} & set(graph)

    def room(module: str) -> str:
        for package in whole:
            if module == package or module.startswith(package + "."):
                return package
        folder = module if (ROOT / module.replace(".", "/")).is_dir() else module.rpartition(".")[0]
        return module if folder in halls else folder

    rooms: dict[str, set[str]] = {}
    for module, used in graph.items():
        if module not in halls:
            rooms.setdefault(room(module), set()).update({room(to) for to in used} - {room(module)})
    return rooms


def test_no_circle_between_files_or_rooms() -> None:
    graph = arrows()
    assert len(graph) > 200
    assert circle(graph) == []
    assert circle(by_room(graph)) == []


def test_nothing_below_services_imports_services() -> None:
    assert circle(by_room(arrows(), whole=("survey_app.services",))) == []


def test_services_import_no_exports_pages_or_sheets() -> None:
    above = {f"survey_app.{room}" for room in ("exports", "views", "printing", "forms", "cli")}
    wrong = {
        module: bad
        for module, used in arrows().items()
        if module.startswith("survey_app.services") and (bad := within(used, above))
    }
    assert wrong == {}


def queries(text: str) -> int:
    """How many queries a source builds."""
    return sum(
        isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "select" for node in ast.walk(ast.parse(text))
    )


def test_pages_and_command_line_ask_services_and_not_tables() -> None:
    wrong = [str(path) for path in sources("survey_app/views", "survey_app/cli") if queries(path.read_text(encoding="utf-8"))]
    assert wrong == []


CHECKER = "survey_app.proof.verify"


def uses_checker(text: str) -> bool:
    """Whether a source imports the checker, by any of the ways there are to name it."""
    named = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return bool(within(imports(text), {CHECKER})) or CHECKER in named


def test_nothing_of_ours_works_with_the_checkers_functions() -> None:
    """A server that decided with the checker's own engine would have every fault of it, and the checker would find none."""
    users = [str(path) for path in sources(*ROOMS, "migrations") if uses_checker(path.read_text(encoding="utf-8"))]
    assert users == []


def test_the_checker_is_run_by_one_file_and_takes_nothing_of_ours() -> None:
    runners = {str(path.relative_to(ROOT)) for path in sources(*ROOMS) if "verify.py" in _constants(path)}
    assert runners == {"survey_app/proof/checking.py", "survey_app/services/bundle/making.py"}  # run, and packed under its name
    own = imports((ROOT / "survey_app/proof/verify.py").read_text(encoding="utf-8"))
    assert {module.split(".")[0] for module in own} <= set(sys.stdlib_module_names)


def _constants(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


DRAWERS = {"common", "util", "utils", "helper", "helpers", "misc", "shared"}


def is_drawer(path: Path) -> bool:
    """Whether a word of a file's or folder's name means "anything"."""
    return bool(DRAWERS & {word for part in path.relative_to(ROOT).parts for word in re.split(r"[_.\-]", part.lower())})


def test_no_file_is_a_drawer() -> None:
    places = ((room, "**/*.py") for room in (*ROOMS, "tests", "migrations"))
    files = [path for room, pattern in places for path in (ROOT / room).glob(pattern)]
    files += [path for pattern in ("static/**/*.*", "survey_app/templates/**/*.*", "docs/**/*.md") for path in ROOT.glob(pattern)]
    assert len(files) > 400
    assert [path for path in files if is_drawer(path)] == []


#: Files besides the results that read figures straight from a report or a tally, and why they must.
STILL_READING = {
    "survey_app/services/release/union.py": "gathers all that leaves for the one decision, before there is a view that asks it",
    "survey_app/services/release/published.py": "says which counts the bundle's own floor withholds, for the same decision",
}


def figures_read(text: str) -> bool:
    """Whether a source asks a report for a value or its tables, or a tally for its counts."""
    wanted = {("report", "value"), ("report", "tables"), ("tally", "counts")}
    return any(
        isinstance(node, ast.Attribute) and (ast.unparse(node.value).split(".")[-1], node.attr) in wanted
        for node in ast.walk(ast.parse(text))
    )


def test_only_results_read_figures() -> None:
    readers = {str(path.relative_to(ROOT)) for path in sources("survey_app") if figures_read(path.read_text(encoding="utf-8"))}
    assert {path for path in readers if not path.startswith("survey_app/services/results/")} == set(STILL_READING)


def class_names(text: str) -> list[str]:
    """The classes a source defines, inner ones too."""
    return [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]


def test_a_name_means_one_class() -> None:
    """Of the checker that every bundle carries nothing is imported: its names are the doubter's own."""
    homes: dict[str, list[str]] = {}
    for path in sources(*ROOMS):
        if path.name != "verify.py":
            for name in class_names(path.read_text(encoding="utf-8")):
                if not name.startswith("_"):
                    homes.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def positional_of_many(text: str) -> list[str]:
    """Dataclasses of more than five fields that may be made by position: nobody reads eleven arguments by their place."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            marks = [ast.unparse(one) for one in node.decorator_list if ast.unparse(one).split("(")[0] == "dataclass"]
            typed = [one for one in node.body if isinstance(one, ast.AnnAssign)]
            fields = [one for one in typed if "ClassVar" not in ast.unparse(one.annotation)]
            if marks and len(fields) > 5 and "kw_only=True" not in marks[0]:
                found.append(node.name)
    return found


def test_what_has_more_than_five_fields_is_made_by_their_names() -> None:
    files = {str(path.relative_to(ROOT)): positional_of_many(path.read_text(encoding="utf-8")) for path in sources(*ROOMS)}
    assert {file: found for file, found in files.items() if found} == {}


def tongues_named(text: str) -> list[str]:
    """Where a source takes two tongues for all there are: asks whether a tag begins with "zh", or has a place for Chinese."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(attr="startswith"), args=[ast.Constant(value="zh"), *_]):
                found.append(ast.unparse(node))
            case ast.Attribute(attr="zh") | ast.keyword(arg="zh") | ast.arg(arg="zh") | ast.Name(id="zh"):
                found.append(ast.unparse(node))
    return found


def test_no_code_takes_two_tongues_for_all_there_are() -> None:
    files = {str(path.relative_to(ROOT)): tongues_named(path.read_text(encoding="utf-8")) for path in sources(*ROOMS)}
    assert {file for file, found in files.items() if found} == set()


def test_pure_tests_are_collected_without_browser_flask_and_database() -> None:
    asked = (
        "import sys, pytest; pytest.main(['--collect-only', '-q', '-p', 'no:cacheprovider', 'tests/analysis']);"
        "sys.exit(', '.join(sorted({'flask', 'playwright', 'sqlalchemy'} & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tests/analysis/test_cases.py" in done.stdout


def test_the_laws_find_planted_mistakes() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
    planted = {
        "survey_app.services.a.x": {"survey_app.config"},
        "survey_app.config": {"survey_app.services.b.y"},
        "survey_app.services.b.y": set(),
    }
    assert circle(planted) == []
    assert circle(by_room(planted, whole=("survey_app.services",)))
    assert queries("from sqlalchemy import select\nselect(1)") == 1
    assert is_drawer(ROOT / "survey_app/views/campaigns_common.py")
    assert not is_drawer(ROOT / "survey_app/views/commons.py")
    six = "".join(f"    {name}: int\n" for name in "abcdef")
    assert positional_of_many(f"@dataclass(frozen=True)\nclass A:\n{six}") == ["A"]
    assert not positional_of_many(f"@dataclass(kw_only=True)\nclass A:\n{six}")
    assert class_names("class A:\n    class B: ...") == ["A", "B"]
    assert figures_read("loaded.report.value('x')")
    for line in ("from survey_app.proof import verify", "import survey_app.proof.verify as v", "load('survey_app.proof.verify')"):
        assert uses_checker(line)
    assert not uses_checker("from survey_app.proof import checking, checkpoints")
    assert figures_read("opening.tally.counts[1]")
    for tongue in ('language.startswith("zh")', "one.zh", "bad(zh='一')", "def bad(zh, en): ...", "class A:\n    zh: str"):
        assert tongues_named(tongue)
    assert not tongues_named('Locale.parse("zh").language')
    assert figures_read("self.loaded.report.tables['x']")
