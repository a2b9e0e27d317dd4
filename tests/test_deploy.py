"""What an operator copies from deploy/ holds the program's own limits and writes nobody down."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path

import pytest

from survey_app.access import STRANGER_BYTES
from survey_app.application import UPLOAD_BYTES
from survey_app.config import SETTINGS, SURFACES, Config
from survey_app.waiting_line import GRACE_SECONDS
from tests.support.house import ROOT

DEPLOY = ROOT / "deploy"
NGINX = DEPLOY / "nginx" / "pingyi.conf"
UNITS = sorted((DEPLOY / "systemd").iterdir())
#: Seconds that gunicorn waits for workers to end, and for headers (survey_app/gunicorn_conf.py).
GRACEFUL, HEADERS = 10, 5
SIZES = {"k": 1024, "m": 1024 * 1024}


@dataclass(frozen=True)
class Directive:
    """One directive of nginx with what stands in its braces."""

    words: tuple[str, ...]
    inside: tuple[Directive, ...] = ()


def directives(text: str) -> tuple[Directive, ...]:
    """nginx's language as far as it is used here. Raises ValueError for what does not end."""
    tokens = iter(re.findall(r'"[^"]*"|[{};]|[^\s{};"]+', re.sub(r"#.*", "", text)))
    found = tuple(_block(tokens))
    if next(tokens, None) is not None:
        raise ValueError("a brace too many")
    return found


def _block(tokens: Iterator[str]) -> Iterator[Directive]:
    words: list[str] = []
    for token in tokens:
        if token == ";":
            yield Directive(tuple(words))
            words = []
        elif token == "{":
            yield Directive(tuple(words), tuple(_block(tokens)))
            words = []
        elif token == "}":
            break
        else:
            words.append(token.strip('"'))
    if words:
        raise ValueError(f"does not end: {words}")


def settings(file: str) -> dict[str, str]:
    lines = (DEPLOY / "env" / file).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def place_of(surface: str) -> Config:
    """The program's own reading of what a surface is started with."""
    return Config.from_environment(settings("common.env") | settings(f"{surface}.env"))


def seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


def test_the_settings_are_the_programs_and_part_the_three_surfaces() -> None:
    places = {surface: place_of(surface) for surface in SURFACES if surface != "all"}
    assert {name: place.surface for name, place in places.items()} == {"voter": "voter", "office": "office", "public": "public"}
    assert len({place.bind for place in places.values()}) == 3
    assert len({place.own_url for place in places.values()}) == 3
    assert all(place.secure for place in places.values())
    spoken_of = set(re.findall(r"PINGYI_\w+", "".join(path.read_text(encoding="utf-8") for path in (DEPLOY / "env").iterdir())))
    assert spoken_of <= {one.name for one in SETTINGS}


def test_the_proxy_writes_nobody_down_and_hands_no_address_on() -> None:
    everything = directives(NGINX.read_text(encoding="utf-8"))
    top = {one.words[0]: one.words[1:] for one in everything if one.words[:1] != ("proxy_set_header",)}
    servers = [one for one in everything if one.words == ("server",)]
    assert len(servers) == 3
    for server in servers:
        own = {one.words[0]: one.words[1:] for one in server.inside}
        assert own["access_log"] == ("off",)
        assert own["error_log"][0] == "/dev/null"
        assert own["client_body_buffer_size"] == own["client_max_body_size"], "a larger body would be put on the disk"
    assert top["proxy_max_temp_file_size"] == ("0",)
    assert top["ssl_session_tickets"] == ("off",)
    headers = {one.words[1]: one.words[2] for one in everything if one.words[0] == "proxy_set_header"}
    assert headers == {"Connection": "", "Host": "$host", "X-Forwarded-For": ""}
    assert "$remote_addr" not in NGINX.read_text(encoding="utf-8")
    assert not [word for one in everything for word in one.words if word.startswith("limit_")], "a hall shares one address"


def test_the_proxy_speaks_tls_12_and_later_and_serves_nothing_in_clear() -> None:
    """ASVS 12.1.1, 12.2.1: no older version, no port without TLS; from the proxy to the program no way but this machine's own."""
    everything = directives(NGINX.read_text(encoding="utf-8"))
    assert [one.words for one in everything if one.words[0] == "ssl_protocols"] == [("ssl_protocols", "TLSv1.2", "TLSv1.3")]
    for server in (one for one in everything if one.words == ("server",)):
        assert [one.words for one in server.inside if one.words[0] == "listen"] == [("listen", "443", "ssl")]
        assert not [one for one in server.inside if one.words[0].startswith("ssl_protocols")]
        for location in (one for one in server.inside if one.words[0] == "location"):
            passed = [one.words[1] for one in location.inside if one.words[0] == "proxy_pass"]
            assert all(address.startswith("http://127.0.0.1:") for address in passed)


def test_the_proxys_limits_are_the_programs() -> None:
    everything = directives(NGINX.read_text(encoding="utf-8"))
    top = {one.words[0]: one.words[1:] for one in everything if one.words[0] != "server"}
    assert seconds(top["client_body_timeout"][0]) == GRACE_SECONDS
    assert seconds(top["client_header_timeout"][0]) == HEADERS
    assert top["proxy_next_upstream"] == ("off",)
    bodies = {"vote.example.cn": STRANGER_BYTES, "log.example.cn": STRANGER_BYTES, "office.example.cn": UPLOAD_BYTES}
    surfaces = {"vote.example.cn": "voter", "log.example.cn": "public", "office.example.cn": "office"}
    for server in (one for one in everything if one.words == ("server",)):
        own = {one.words[0]: one.words[1:] for one in server.inside if one.words[0] != "location"}
        (name,) = own["server_name"]
        (most,) = own["client_max_body_size"]
        assert int(most[:-1]) * SIZES[most[-1]] == bodies[name]
        place = place_of(surfaces[name])
        assert place.own_url == f"https://{name}"
        locations = {one.words[1:]: one.inside for one in server.inside if one.words[0] == "location"}
        assert locations[("/",)] == (Directive(("proxy_pass", f"http://{place.bind}")),)
        closed = {words[1] for words, inside in locations.items() if inside == (Directive(("return", "404")),)}
        assert closed == {"/healthz", "/healthy", "/readyz", "/metrics"}


def test_nginx_reads_it(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*command, "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "pem")], check=True, capture_output=True)
    text = NGINX.read_text(encoding="utf-8")
    text = re.sub(r"/etc/pingyi/tls/\w+\.(pem|key)", lambda found: str(tmp_path / found[1]), text)
    whole = tmp_path / "nginx.conf"
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {paths} {text} }}", encoding="utf-8")
    done = subprocess.run([nginx, "-t", "-q", "-c", str(whole), "-p", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit's sections; a key may come twice."""
    parser = RawConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd minds capitals
    parser.read_string(path.read_text(encoding="utf-8"))
    return {name: {key: [parser[name][key]] for key in parser[name]} for name in parser.sections()}


def test_the_units_keep_memory_private_and_wait_as_long_as_workers_do() -> None:
    (service,) = [path for path in UNITS if path.name == "pingyi@.service"]
    told = {key: value[0] for key, value in unit(service)["Service"].items()}
    assert told["LimitCORE"] == told["MemorySwapMax"] == "0"
    assert told["StateDirectoryMode"] == "0700"
    assert f"/var/lib/{told['StateDirectory']}" == settings("common.env")["PINGYI_DATA"]
    assert int(told["LimitNOFILE"]) >= 8192
    assert int(told["TimeoutStopSec"]) > GRACEFUL
    assert told["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert re.findall(r"^EnvironmentFile=(.+)$", service.read_text(encoding="utf-8"), re.MULTILINE) == [
        "/etc/pingyi/common.env",
        "/etc/pingyi/%i.env",
    ]


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS:
        text = re.sub(
            r"/opt/pingyi/bin/pingyi|/opt/patroni/bin/patroni|/usr/bin/etcd", "/bin/true", path.read_text(encoding="utf-8")
        )
        (tmp_path / path.name.replace("@.", "@voter.")).write_text(text, encoding="utf-8")
    names = [str(tmp_path / path.name.replace("@.", "@voter.")) for path in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "pingyi" in line]
    assert ours == []
