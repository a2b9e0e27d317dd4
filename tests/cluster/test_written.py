"""What an operator copies for several hosts says what docs/scale.md promises, and a cluster under test is written from it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from survey_app.config import Config
from survey_app.database import normalised
from tests.cluster.events import longest_gap
from tests.cluster.written import DATABASES, DEPLOY, Plan
from tests.test_deploy import Directive, directives, seconds

PLAN = Plan("10.213.7", Path("/there"))
MEMBERS = [f"{host}.example.cn" for host in DATABASES]


def read(text: str) -> Any:
    return YAML(typ="safe").load(text)


def example(name: str) -> Any:
    return read((DEPLOY / "cluster" / name).read_text(encoding="utf-8"))


def test_a_commit_is_answered_when_a_second_host_has_it_and_the_lease_is_long_enough() -> None:
    agreed = example("patroni.yml")["bootstrap"]["dcs"]
    assert (agreed["synchronous_mode"], agreed["synchronous_mode_strict"], agreed["synchronous_node_count"]) == (
        "quorum",
        True,
        1,
    )
    assert (agreed["ttl"], agreed["loop_wait"], agreed["retry_timeout"]) == (20, 5, 5)
    assert agreed["loop_wait"] + 2 * agreed["retry_timeout"] <= agreed["ttl"]
    parameters = agreed["postgresql"]["parameters"]
    assert (parameters["synchronous_commit"], parameters["statement_timeout"]) == ("on", 0)
    assert (parameters["log_statement"], parameters["log_connections"]) == ("none", "off")


def test_every_way_between_hosts_is_encrypted_and_knows_who_is_there() -> None:
    patroni, etcd = example("patroni.yml"), example("etcd.yml")
    assert all(not rule.startswith("host ") and "trust" not in rule for rule in patroni["postgresql"]["pg_hba"])
    assert all(rule.endswith(("scram-sha-256", "peer")) for rule in patroni["postgresql"]["pg_hba"])
    assert {who["sslmode"] for who in patroni["postgresql"]["authentication"].values()} == {"verify-full"}
    assert "password" not in (DEPLOY / "cluster" / "patroni.yml").read_text(encoding="utf-8").replace("password_encryption", "")
    assert patroni["etcd3"]["protocol"] == "https"
    assert patroni["restapi"]["verify_client"] in ("optional", "required")
    for side in ("client", "peer"):
        assert etcd[f"{side}-transport-security"]["client-cert-auth"] is True
        assert etcd[f"listen-{side}-urls"].startswith("https://")
    assert etcd["enable-grpc-gateway"] is True, "left out it means false, and Patroni waits for ever"


def test_the_three_hosts_know_each_other_and_web_hosts_know_all_three() -> None:
    assert [host.partition(":")[0] for host in example("patroni.yml")["etcd3"]["hosts"]] == MEMBERS
    members = [one.partition("=") for one in example("etcd.yml")["initial-cluster"].split(",")]
    assert [(name, url) for name, _, url in members] == [(host, f"https://{host}.example.cn:2380") for host in DATABASES]
    environment = (DEPLOY / "env" / "cluster.env").read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in environment.splitlines() if line and not line.startswith("#"))
    place = Config.from_environment({**given, "PINGYI_DATA": "/there"})
    url = normalised(place.database_url)
    assert url.query["host"] == tuple(f"{member}:5432" for member in MEMBERS)
    assert (url.query["target_session_attrs"], url.query["sslmode"]) == ("read-write", "verify-full")
    assert place.secret_key


def test_a_host_under_test_differs_from_the_example_in_addresses_and_folders_alone(tmp_path: Path) -> None:
    made = read(PLAN.patroni("db2", Path("/pg/bin")))
    assert (made["name"], made["restapi"]["connect_address"]) == ("db2", "10.213.7.2:8008")
    assert made["etcd3"]["hosts"] == ["10.213.7.1:2379", "10.213.7.2:2379", "10.213.7.3:2379"]
    assert (made["postgresql"]["data_dir"], made["postgresql"]["bin_dir"]) == ("/there/db2/pingyi", "/pg/bin")
    agreed = example("patroni.yml")["bootstrap"]["dcs"]
    agreed["postgresql"]["parameters"] |= {"shared_buffers": "32MB", "max_connections": 50}
    assert made["bootstrap"]["dcs"] == agreed
    assert made["postgresql"]["pg_hba"] == example("patroni.yml")["postgresql"]["pg_hba"]
    assert read(PLAN.etcd("db3"))["initial-advertise-peer-urls"] == "https://10.213.7.3:2380"
    for text in (PLAN.etcd("db1"), PLAN.patroni("db1", tmp_path), PLAN.nginx(), PLAN.database_url("x")):
        assert not re.search(r"(db\d|web\d|THIS)\.example|/etc/pingyi", text)
    assert PLAN.database_url("pw").startswith("postgresql://pingyi:pw@10.213.7.1,10.213.7.2,10.213.7.3/pingyi?")


def test_the_proxy_of_several_hosts_writes_nobody_down_and_sends_no_ballot_twice() -> None:
    one, several = (
        directives((DEPLOY / "nginx" / name).read_text(encoding="utf-8")) for name in ("pingyi.conf", "pingyi-hosts.conf")
    )
    top = {found.words[0]: found.words[1:] for found in several if found.words[0] not in ("server", "proxy_set_header")}
    for name, words in (
        (found.words[0], found.words[1:]) for found in one if found.words[0] not in ("server", "proxy_set_header")
    ):
        if name not in ("proxy_next_upstream", "proxy_connect_timeout"):
            assert top[name] == words, name
    assert [found for found in several if found.words[0] == "proxy_set_header"] == [
        found for found in one if found.words[0] == "proxy_set_header"
    ]
    assert top["proxy_next_upstream"] == ("error", "timeout"), "non_idempotent would send a ballot on again"
    (server,) = (found for found in several if found.words == ("server",))
    same = next(found for found in one if Directive(("server_name", "vote.example.cn")) in found.inside)
    assert [found for found in server.inside if found.words != ("location", "/")] == [
        found for found in same.inside if found.words != ("location", "/")
    ]
    (group,) = (found for found in several if found.words == ("upstream", "voters"))
    own = {found.words[0]: found.words[1:] for found in group.inside}
    assert seconds(own["keepalive_timeout"][0]) < 5, "the servers let go after 5 s"


def test_a_hosts_certificate_holds_for_its_name_and_its_address_and_was_made_by_the_clusters_own(tmp_path: Path) -> None:
    for host, address in (("db1.example.cn", "10.0.0.1"), ("db2.example.cn", "10.0.0.2")):
        subprocess.run([str(DEPLOY / "cluster" / "certificates"), str(tmp_path / "tls"), host, address], check=True)
    folder = tmp_path / "tls"
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    for host, address in (("db1.example.cn", "10.0.0.1"), ("db2.example.cn", "10.0.0.2")):
        for held in (("-verify_hostname", host), ("-verify_ip", address)):
            words = ["openssl", "verify", "-CAfile", str(folder / "ca.pem"), *held, str(folder / f"{host}.pem")]
            assert subprocess.run(words, capture_output=True, text=True, check=False).returncode == 0


def test_the_longest_gap_is_between_two_receipts_that_follow_each_other() -> None:
    assert longest_gap([5.0, 1.0, 2.5, 9.0]) == 4.0
    assert longest_gap([3.0]) == 0.0
