"""A Dask cluster on this machine, over TLS with certificates made on the spot; for tests of opening on several machines."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from survey_app import clock
from survey_app.services.counting.cluster import Certificates

_LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class DaskCluster:
    """Its scheduler's address, whom it believes, and its worker programs."""

    address: str
    certificates: Certificates
    workers: list[subprocess.Popen[str]]


def certificates(folder: Path) -> Certificates:
    """One certificate of 127.0.0.1 that signed itself, so that it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "count")]), clock.now()
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_LOCAL))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own, secret = folder / "own.pem", folder / "key.pem"
    own.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificates(authority=own, own=own, key=secret)


@contextmanager
def running(folder: Path, *, workers: int) -> Iterator[DaskCluster]:
    """A scheduler and so many workers, each a program without a nurse that would start it again."""
    shown = certificates(folder)
    tls = ["--tls-ca-file", shown.authority, "--tls-cert", shown.own, "--tls-key", shown.key, "--no-dashboard"]
    scheduler = _program([*_module("scheduler"), "--protocol", "tls", "--host", _LOCAL, "--port", "0", *map(str, tls)])
    started: list[subprocess.Popen[str]] = []
    try:
        address = _said(scheduler, r"Scheduler at:\s+(tls://\S+)")
        for _ in range(workers):
            started.append(
                _program(
                    [
                        *_module("worker"),
                        address,
                        "--nthreads",
                        "1",
                        "--no-nanny",
                        "--local-directory",
                        str(folder),
                        *map(str, tls),
                    ]
                )
            )
        for worker in started:
            _said(worker, r"Registered to:\s+(tls://\S+)")
        yield DaskCluster(address, shown, started)
    finally:
        for program in (*started, scheduler):
            program.kill()
            program.wait()
            if program.stderr is not None:
                program.stderr.close()


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", f"distributed.cli.dask_{name}"]


def _program(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)


def _said(program: subprocess.Popen[str], pattern: str) -> str:
    """What a program says of itself when it is ready."""
    assert program.stderr is not None
    lines = []
    for line in program.stderr:
        lines.append(line)
        found = re.search(pattern, line)
        if found:
            return found.group(1)
    raise AssertionError("".join(lines))
