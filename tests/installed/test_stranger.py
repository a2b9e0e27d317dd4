"""What a stranger gets works with what run.lock lists and nothing else: from a checkout, and from the wheel."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import zipfile
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.installed.environment import LOCK, Installed, build_wheel, clone, install, tracked_files
from tests.installed.started import started

ROOMS = ("analysis", "questionnaires", "survey_app")
#: Imports every module named on the command line, and every package they leave for later. The one that hands the standard
#: library to gevent comes after all others, so that those are tried without it.
IMPORT_ALL = """
import importlib, sys
for name in sorted(sys.argv[1:], key=lambda name: name.endswith("gunicorn_conf")):
    importlib.import_module(name)
from analysis.late import Late
late = {value._name for module in [*sys.modules.values()] for value in [*vars(module).values()] if isinstance(value, Late)}
assert "scipy.stats" in late
for name in late - {"fastparquet"}:  # comes with an extra of its own
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""
NAMES = """
import importlib.metadata, re
print(*{re.sub("[-_.]+", "-", one.metadata["Name"].lower()) for one in importlib.metadata.distributions()})
"""
#: Two rounds with few ballots where the demo of the command line would take half a minute.
SHORT_DEMO = """
import importlib, sys
from survey_app.starting import prepared
from survey_app.config import Config
demo = importlib.import_module("survey_app.cli.demo")
demo.make_rounds(prepared(Config.from_environment()), demo.with_data()["zhangcunping-village-cadres"], most=1)
"""
#: A fresh slip of the first anonymous form of the round that is open: its form, what its code says, how many places it has.
ONE_SLIP = """
import json
from sqlalchemy import select
from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from survey_app.models import BallotStyle, Campaign, Slip
from survey_app.services.sealing import tokens
from survey_app.services.slips import slips
config = Config.from_environment()
with session_factory(make_engine(config.database_url))() as session:
    campaign = session.scalars(select(Campaign).where(Campaign.state == "open")).first()
    slip = session.scalars(select(Slip).join(BallotStyle).where(BallotStyle.campaign_id == campaign.id)).first()
    style = session.get_one(BallotStyle, slip.style_id)
    batch = slips.issue(session, style=style, count=1, meeting="试投", cost=config.alias_cost)
    session.commit()
    print(json.dumps({"style": style.id, "secret": tokens.secret_text(batch.slips[0][0])}))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as a clone has it, elsewhere."""
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=["checkout", "wheel"])
def installed(request: pytest.FixtureRequest, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "checkout":
        return install(folder, "-e", source)
    return install(folder, request.getfixturevalue("wheel"))


def locked(lock: Path) -> set[str]:
    """The packages a lock file names."""
    return set(re.findall(r"(?m)^([a-z0-9-]+)==", lock.read_text(encoding="utf-8")))


def test_a_wheel_holds_every_file_of_the_checkout_that_the_product_is_made_of(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = archive.read("pingyi-0.1.0.dist-info/METADATA").decode()
    files = [file for file in tracked_files() if file.parts[0] in {*ROOMS, "static", "migrations", "wsgi.py"}]
    inside = {"static", "migrations"}
    assert held == {str(Path("survey_app", file) if file.parts[0] in inside else file) for file in files}
    # Installed by hand, it asks for what it needs.
    asked = set(re.findall(r"(?m)^Requires-Dist: ([a-z.-]+)", about))
    assert {"flask", "gevent", "packaging", "sqlalchemy", "typst"} <= asked
    assert "pytest" not in asked


def test_every_module_can_be_imported_and_no_package_of_the_tests_is_there(installed: Installed) -> None:
    found = set(installed.python_says(NAMES).split())
    assert found <= {*locked(LOCK), "pingyi", "pip"}
    assert found & (locked(LOCK.with_name("dev.lock")) - locked(LOCK)) == set()
    modules = [
        ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        for file in tracked_files()
        if file.parts[0] in ROOMS and file.suffix == ".py" and file.name != "__main__.py"
    ]
    assert int(installed.python_says(IMPORT_ALL, *modules)) == len(modules) > 200
    assert str(installed.folder("survey_app")).startswith(str(installed.home.parents[1]))


def test_a_ballot_is_cast_over_the_form_and_found_by_its_receipt(installed: Installed, request: pytest.FixtureRequest) -> None:
    data = installed.home / "var"
    settings = {"PINGYI_DATA": str(data), "PINGYI_ALIAS_COST": "1,64", "PINGYI_PASSWORD_COST": "1,64"}
    if "wheel" in request.node.name:
        made = installed.run("demo", "zhangcunping-village-cadres", "--no-serve", **settings)
        assert made.returncode == 0, made.stderr
    else:
        installed.python_says(SHORT_DEMO, **settings)
    slip = json.loads(installed.python_says(ONE_SLIP, **settings))
    with started(installed, **settings) as server:
        assert re.search(r"http://\S+/office/link/[0-9a-f]{32}\n", server.said())
        form = urlopen(f"{server.address}/v/{slip['style']}").read().decode()
        front = urlopen(server.address + "/").read().decode()
        loaded = set(re.findall(r'(?:href|src)="(/(?:assets|static)/[^"]+)"', front + form))
        assert {path.split("/")[1] for path in loaded} == {"assets", "static"}
        for path in loaded:
            assert urlopen(server.address + path).status == 200
        marks: dict[str, str] = {}
        for name, code in re.findall(r'<input type="radio" name="(m\d+)" value="([1-9]\d*)"', form):
            marks.setdefault(name, code)
            if code == "2":  # the best grade is limited, the second is not
                marks[name] = code
        assert marks
        sent = {"secret": slip["secret"], "submission": secrets.token_hex(16), "stage": "send", **marks}
        told = urlopen(f"{server.address}/v/{slip['style']}", urlencode(sent).encode()).read().decode()
        receipt = re.search(r'<p class="receipt-code">([^<]+)</p>', told)
        assert receipt
        look = urlopen(f"{server.address}/r", urlencode({"code": receipt[1]}).encode()).read().decode()
        assert f"有一张选票的回执码正是 {receipt[1]}。" in look


def test_every_shipped_scheme_is_checked_and_an_example_is_scored(installed: Installed, tmp_path: Path) -> None:
    home = installed.folder("questionnaires")
    schemes = sorted(home.rglob("scheme.yml"))
    assert len(schemes) == len([file for file in tracked_files() if file.parts[0] == ROOMS[1] and file.name == "scheme.yml"])
    checked = installed.run("check", *schemes)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    shutil.copytree(home / "schemes" / "published" / "us-teaching-approval", tmp_path / "method")
    scored = installed.run("score", tmp_path / "method")
    assert scored.returncode == 0, scored.stderr
    found = json.loads((tmp_path / "method" / "results" / "results.json").read_text(encoding="utf-8"))
    # 3 × 5 + 1 × 4 + 1 × 3 = 22 points of 5 × 5.
    (approval,) = [one for one in found["quantities"] if one["key"] == "approval"]
    assert approval["values"][0]["exact"] == "22/25"
