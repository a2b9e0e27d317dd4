"""Environments made from run.lock alone, and the product in them: from a checkout, and as a wheel.

The packages of run.lock are installed once and kept by the lock's digest beside the tests' own environment (`make clean` removes
them); each way of installing the product is a thin environment on top, made anew. What runs there is given no variable but these.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "run.lock"
#: How pip reaches its index on this machine; the product sees none of it.
_FOR_PIP = re.compile(r"(?i)^(pip_.*|https?_proxy|no_proxy|ssl_cert_file)$")


@dataclass(frozen=True)
class Installed:
    """The product in an environment of its own. `home` is HOME and the working folder, and holds nothing else."""

    python: Path
    home: Path

    def environment(self, **settings: str) -> dict[str, str]:
        """All that a program there gets to see of its surroundings."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8", **settings}

    def run(self, *words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """`pingyi` with these words."""
        return subprocess.run(
            [self.python.with_name("pingyi"), *words],
            cwd=self.home,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )

    def python_says(self, script: str, *words: str | Path, **settings: str) -> str:
        """What a script prints there, with nothing on its path but the environment (-I)."""
        done = subprocess.run(
            [self.python, "-I", "-c", script, *words],
            cwd=self.home,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def folder(self, package: str) -> Path:
        """Where a package of the product is, there."""
        return Path(self.python_says(f"import {package}; print({package}.__file__)").strip()).parent


def tracked_files() -> list[Path]:
    """The files of the checkout a clone would have (and those that are new), relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def clone(folder: Path) -> Path:
    """The checkout without what lies about in it."""
    for file in tracked_files():
        if file.parts[0] not in {"docs", "tests"}:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)
    return folder


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of this checkout."""
    _pip(_packages(), "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    (wheel,) = folder.glob("pingyi-*.whl")
    return wheel


def install(folder: Path, *what: str | Path) -> Installed:
    """An environment with run.lock and this (a wheel; or -e and a checkout)."""
    packages = _packages()
    home = folder / "home"
    home.mkdir(parents=True)
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv" / "lib").glob("python3.*/site-packages")
    (lower,) = (packages / "lib").glob("python3.*/site-packages")
    (site / "run-lock.pth").write_text(f"{lower}\n", encoding="utf-8")
    _pip(packages, "--python", python, "install", "--no-deps", "--no-build-isolation", *what)
    return Installed(python, home)


def _packages() -> Path:
    """An environment with what run.lock lists, made when there is none for this lock yet."""
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    store = Path(sys.prefix) / "run-only"
    store.mkdir(exist_ok=True)
    place = store / digest
    with (store / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # several test processes: one makes it, the others wait
        if not (place / "made").is_file():
            shutil.rmtree(store / digest, ignore_errors=True)
            subprocess.run([sys.executable, "-I", "-m", "venv", place], check=True)
            # What is imported is compiled then; of a hundred packages most modules never are.
            _pip(place, "install", "--no-compile", "--require-hashes", "-r", LOCK)
            (place / "made").touch()
    return place


def _pip(packages: Path, *words: str | Path) -> None:
    home = packages / "home"
    home.mkdir(exist_ok=True)
    settings = {name: value for name, value in os.environ.items() if _FOR_PIP.match(name)}
    done = subprocess.run(
        [packages / "bin" / "python", "-I", "-m", "pip", "--quiet", *words],
        cwd=home,
        env={**settings, "PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
