"""What the product is made of can be listed, and made again byte for byte (ASVS 15.1.2, 15.2.4)."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.installed.environment import ROOT, clone
from tests.support import parts_list

LOCK = parts_list.LOCK.read_text(encoding="utf-8")


def test_the_list_of_parts_has_every_package_of_the_lock_with_each_of_its_digests() -> None:
    made = subprocess.run([sys.executable, "-m", "tests.support.parts_list"], cwd=ROOT, capture_output=True, check=True).stdout
    again = subprocess.run([sys.executable, "-m", "tests.support.parts_list"], cwd=ROOT, capture_output=True, check=True).stdout
    assert made == again
    told = json.loads(made)
    assert (told["bomFormat"], told["specVersion"], told["metadata"]["component"]["name"]) == ("CycloneDX", "1.5", "pingyi")
    pinned = {
        name.lower(): version
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", LOCK, re.MULTILINE)
    }
    listed = [part for part in told["components"] if part["purl"].startswith("pkg:pypi/")]
    assert {part["name"]: part["version"] for part in listed} == pinned
    assert len(pinned) > 20
    digests = {one["content"] for part in listed for way in part["externalReferences"] for one in way["hashes"]}
    assert digests == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))
    # The lock is for several systems: what is not installed here, in this version, has no licence to be read. pyrage's wheel
    # names none.
    here = {(one.metadata["Name"].lower(), one.version) for one in distributions()}
    mute = {part["name"] for part in listed if "licenses" not in part and (part["name"], part["version"]) in here}
    assert mute <= {"pyrage"}
    assert len({part["bom-ref"] for part in told["components"]}) == len(told["components"])
    built = {part["name"] for part in told["components"]} - set(pinned)
    assert built == set(json.loads((ROOT / "static" / "js" / "vendor" / "manifest.json").read_text(encoding="utf-8"))["packages"])


@pytest.mark.parametrize("line", ["flask", "flask>=3 --hash=sha256:" + "0" * 64, "flask==3.0"])
def test_a_lock_that_pins_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no pinned package"):
        parts_list.locked(line)


@pytest.mark.slow
def test_a_wheel_made_twice_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    """In two folders, at two hours, under two umasks: only the moment that both are told is in it."""
    found = []
    for at, umask in (("first", 0o022), ("second", 0o077)):
        folder = clone(tmp_path / at)
        for number, path in enumerate(sorted(folder.rglob("*"))):
            os.utime(path, (1_700_000_000 + number * len(at), 1_700_000_000 + number * len(at)))
        script = "import setuptools.build_meta as build; print(build.build_wheel('out'))"
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1750000000", "PYTHONHASHSEED": str(umask)}
        (folder / "out").mkdir()
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            umask=umask,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        (wheel,) = (folder / "out").glob("*.whl")
        found.append((wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest()))
    assert found[0] == found[1]
