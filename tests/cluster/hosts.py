"""The hosts: namespaces of the network joined by a bridge, and their programs, each of which can be killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey_app.cast_bench.postgresql import binaries
from tests.cluster.written import DATABASES, DEPLOY, WEBS, Plan
from tests.faults.clock_jumps import library
from tests.support.house import ROOT

PATRONI = ROOT / ".venv-cluster" / "bin" / "patroni"
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")
#: A crowded machine takes its time.
PATIENCE = 150.0


def why_not() -> str:
    """Why there can be no cluster here; "" where there can."""
    if os.geteuid() != 0:
        return "only root may make namespaces of the network"
    missing = [name for name in ("ip", "etcd", "nginx", "openssl", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (Debian: iproute2 etcd-server nginx-light openssl util-linux)"
    if not PATRONI.exists():
        return "Patroni is not installed: make .venv-cluster/.patroni"
    # Patroni starts PostgreSQL by a second Python, and waits for ever where `postgres` may not start one.
    python = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', '']))"
    tried = subprocess.run(
        [*AS_POSTGRES, PATRONI.with_name("python3"), "-c", python], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        return f"the user postgres may not run {PATRONI.with_name('python3').resolve()}"
    made = subprocess.run(["ip", "netns", "add", (name := f"pg{os.getpid()}try")], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made.stderr.strip()


def run(*words: str, **more: Any) -> str:
    """One command; its output. Raises RuntimeError with what it said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return str(done.stdout)


def until(what: str, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for it. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)


@dataclass
class Running:
    """One program in one host."""

    words: list[str]
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.words,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
            )

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """It and whatever it started in its session."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=30)
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Hosts:
    """All of them. `passwords` by role of the database."""

    plan: Plan
    prefix: str
    programs: dict[str, Running] = field(default_factory=dict)
    passwords: dict[str, str] = field(
        default_factory=lambda: {role: secrets.token_hex(16) for role in ("superuser", "replication", "rewind", "pingyi")}
    )

    @classmethod
    @contextlib.contextmanager
    def standing(cls, folder: Path) -> Iterator[Hosts]:
        """Network, certificates, etcd, Patroni and database, until the block ends; then nothing is left."""
        number = os.getpid() % 200 + 20
        found = cls(Plan(f"10.213.{number}", folder), f"pg{number}")
        try:
            found.connect()
            found.write()
            for host in DATABASES:
                found.program(
                    f"etcd {host}", host, ["/usr/bin/env", "etcd", "--config-file", str(found.plan.of(host) / "etcd.yml")]
                )
            for host in DATABASES:
                words = [str(PATRONI), str(found.plan.of(host) / "patroni.yml")]
                found.program(f"patroni {host}", host, words)
            until("three hosts, one of them primary, two following", found.whole)
            found.make_database()
            yield found
        finally:
            found.leave_nothing()

    # network
    def connect(self) -> None:
        """A bridge, and a cable from it to each host."""
        bridge = f"{self.prefix}br"
        run("ip", "link", "add", bridge, "type", "bridge")
        run("ip", "addr", "add", f"{self.plan.address('phones')}/24", "dev", bridge)
        run("ip", "link", "set", bridge, "up")
        for host in (*DATABASES, *WEBS, "proxy"):
            space, cable = self.space(host), self.cable(host)
            run("ip", "netns", "add", space)
            run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
            run("ip", "link", "set", cable, "master", bridge, "up")
            run("ip", "-n", space, "addr", "add", f"{self.plan.address(host)}/24", "dev", "eth0")
            run("ip", "-n", space, "link", "set", "eth0", "up")
            run("ip", "-n", space, "link", "set", "lo", "up")

    def space(self, host: str) -> str:
        return f"{self.prefix}{host}"

    def cable(self, host: str) -> str:
        return f"{self.prefix}v{host}"

    def pull_cable(self, host: str) -> None:
        run("ip", "link", "set", self.cable(host), "down")

    def plug_in(self, host: str) -> None:
        run("ip", "link", "set", self.cable(host), "up")

    # files and programs
    def write(self) -> None:
        """Every host's folder, as an operator fills it."""
        authority = self.plan.folder / "authority"
        for host in (*DATABASES, *WEBS):
            run(str(DEPLOY / "cluster" / "certificates"), str(authority), host, self.plan.address(host))
            tls = self.plan.of(host) / "tls"
            tls.mkdir(parents=True)
            for there, here in (("ca.pem", "ca.pem"), (f"{host}.pem", "host.pem"), (f"{host}.key", "host.key")):
                shutil.copy(authority / there, tls / here)
        phones = self.plan.of("phones") / "tls"
        phones.mkdir(parents=True)
        shutil.copy(authority / "ca.pem", phones / "ca.pem")
        for host in DATABASES:
            own = self.plan.of(host)
            (own / "etcd.yml").write_text(self.plan.etcd(host), encoding="utf-8")
            (own / "patroni.yml").write_text(self.plan.patroni(host, binaries()), encoding="utf-8")
            run("chown", "-R", "postgres:postgres", str(own))
        self.plan.of("proxy").mkdir()
        (self.plan.of("proxy") / "nginx.conf").write_text(self.plan.nginx(), encoding="utf-8")

    def program(self, name: str, host: str, words: Sequence[str], *, user: str = "postgres", **more: str) -> Running:
        """Start one in a host."""
        become = AS_POSTGRES if user == "postgres" else ()
        secret = {f"PATRONI_{role.upper()}_PASSWORD": self.passwords[role] for role in ("superuser", "replication", "rewind")}
        given = {key: value for key, value in os.environ.items() if not key.startswith(("PINGYI_", "LD_"))}
        given |= {"HOME": str(self.plan.of(host))}  # nobody looks into the home of whoever runs this
        log = self.plan.folder / f"{name.replace(' ', '-')}.log"
        started = Running(
            ["ip", "netns", "exec", self.space(host), *become, *words], log, given | (secret if user == "postgres" else {}) | more
        )
        self.programs[name] = started
        started.start()
        return started

    def make_database(self) -> None:
        """As deploy/README.md says."""
        text = (DEPLOY / "cluster" / "pingyi.sql").read_text(encoding="utf-8")
        self.say(self.primary(), text, "-v", f"password={self.passwords['pingyi']}")

    def say(self, host: str, statements: str, *more: str) -> str:
        """Statements on a database host, by its own socket, as its administrator; what they found."""
        words = ("psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", str(self.plan.of(host)), "-d", "postgres")
        return run(*AS_POSTGRES, *words, *more, input=statements, cwd="/")

    def url(self) -> str:
        return self.plan.database_url(self.passwords["pingyi"])

    def web(self, host: str, secret: str) -> None:
        """A web host with a clock of its own (`set_clock`)."""
        own = self.plan.of(host)
        self.set_clock(host, 0)
        self.program(
            host,
            host,
            [sys.executable, "-m", "survey_app.cli", "serve"],
            user="root",
            LD_PRELOAD=library(),
            FAKETIME_TIMESTAMP_FILE=str(own / "clock"),
            FAKETIME_NO_CACHE="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            PINGYI_DATA=str(own / "data"),
            PINGYI_DATABASE_URL=self.url(),
            PINGYI_SECRET_KEY=secret,
            PINGYI_SURFACE="voter",
            PINGYI_BIND=f"{self.plan.address(host)}:8001",
            PINGYI_BASE_URL=f"http://{self.plan.address('proxy')}:8080",
            PINGYI_WORKERS="1",
            PINGYI_ALIAS_COST="1,64",
            PINGYI_PASSWORD_COST="1,64",
        )

    def set_clock(self, host: str, seconds: int) -> None:
        """So far from the true one."""
        own = self.plan.of(host)
        (own / "clock.new").write_text(f"{seconds:+d}", encoding="ascii")
        (own / "clock.new").rename(own / "clock")

    def serves(self, host: str) -> bool:
        """Whether the web host answers."""
        try:
            with urllib.request.urlopen(f"http://{self.plan.address(host)}:8001/healthz", timeout=3) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def proxy(self) -> None:
        self.program("proxy", "proxy", ["nginx", "-c", str(self.plan.of("proxy") / "nginx.conf")], user="root")

    # who is primary
    def told(self, host: str, path: str, body: object = None) -> Any:
        """What Patroni of a host answers; None where it does not."""
        tls = self.plan.of(host) / "tls"
        context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
        context.load_cert_chain(tls / "host.pem", tls / "host.key")
        sent = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"https://{self.plan.address(host)}:8008{path}", sent)
        try:
            with urllib.request.urlopen(asked, timeout=60 if sent else 3, context=context) as answer:
                text = answer.read()
        except OSError:
            return None
        return json.loads(text) if text[:1] in (b"{", b"[") else text.decode()

    def leaders(self) -> list[tuple[str, dict[str, Any]]]:
        """Each host that says of itself that it is primary, with all it says. What others say of it may be minutes old."""
        told = [(host, self.told(host, "/patroni") or {}) for host in DATABASES]
        return [(host, one) for host, one in told if one.get("role") in ("primary", "master") and one.get("state") == "running"]

    def primary(self) -> str:
        """Its name; "" while there is none, or two say so."""
        found = self.leaders()
        return found[0][0] if len(found) == 1 else ""

    def whole(self) -> bool:
        """Whether one leads and two follow, both of them counted for the quorum."""
        found = self.leaders()
        follow = [one for one in found[0][1].get("replication", []) if one["state"] == "streaming"] if len(found) == 1 else []
        return [one["sync_state"] for one in follow] == ["quorum", "quorum"]

    def postmaster(self, host: str) -> int:
        return int((self.plan.of(host) / "pingyi" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def kill_postgresql(self, host: str, *, children: bool = True) -> None:
        """kill -9 of the postmaster, and of what it started."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            first = self.postmaster(host)
            listed = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split() if children else []
            for process in (first, *map(int, listed)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def leave_nothing(self) -> None:
        """Programs, namespaces, bridge."""
        for name in sorted(self.programs, key=lambda name: name.startswith("etcd")):
            self.programs[name].kill()
        for host in DATABASES:
            self.kill_postgresql(host)
        for host in (*DATABASES, *WEBS, "proxy"):
            subprocess.run(["ip", "netns", "del", self.space(host)], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", f"{self.prefix}br"], capture_output=True, check=False)
