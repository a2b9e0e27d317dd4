"""What an operator copies from deploy/, with this cluster's addresses and folders in the place of the example's.

Nothing else differs, so that what is tested is what is copied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.house import ROOT

DEPLOY = ROOT / "deploy"
DATABASES, WEBS = ("db1", "db2", "db3"), ("web1", "web2")
#: A machine that is shared keeps its memory: the example's 256 MB are for a host of its own.
SMALL = {"shared_buffers: 256MB": "shared_buffers: 32MB", "max_connections: 100": "max_connections: 50"}


@dataclass(frozen=True)
class Plan:
    """Where the cluster's hosts are: `network` are the first three numbers of their addresses; folders are under `folder`."""

    network: str
    folder: Path

    def address(self, host: str) -> str:
        """Of a database host, a web host, the proxy, or whoever casts."""
        return f"{self.network}.{(*DATABASES, *WEBS, 'proxy').index(host) + 1}" if host != "phones" else f"{self.network}.254"

    def of(self, host: str) -> Path:
        """The host's own folder."""
        return self.folder / host

    def renamed(self, text: str, host: str) -> str:
        """An example's text for this host."""
        for name in (*DATABASES, *WEBS):
            text = text.replace("THIS", host).replace(f"{name}.example.cn", self.address(name))
        own = self.of(host)
        for there, here in (
            ("/etc/pingyi/tls", own / "tls"),
            ("/var/lib/etcd/pingyi", own / "etcd"),
            ("/var/lib/postgresql", own),
            ("/var/run/postgresql", own),
        ):
            text = text.replace(there, str(here))
        return text

    def etcd(self, host: str) -> str:
        """etcd's file."""
        return self.renamed((DEPLOY / "cluster" / "etcd.yml").read_text(encoding="utf-8"), host)

    def patroni(self, host: str, bin_dir: Path) -> str:
        """Patroni's file."""
        text = (DEPLOY / "cluster" / "patroni.yml").read_text(encoding="utf-8")
        for there, here in SMALL.items():
            text = text.replace(there, here)
        return self.renamed(text.replace("/usr/lib/postgresql/15/bin", str(bin_dir)), host)

    def nginx(self) -> str:
        """The proxy's file, without TLS towards the phones: what they send is not what is tested here."""
        text = self.renamed((DEPLOY / "nginx" / "pingyi-hosts.conf").read_text(encoding="utf-8"), "proxy")
        text = re.sub(r"\n *ssl_certificate\w* [^;]+;", "", text).replace(
            "listen 443 ssl;", f"listen {self.address('proxy')}:8080;"
        )
        own = self.of("proxy")
        kept = "".join(f"{kind}_temp_path {own}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return f"pid {own}/pid; daemon off; worker_processes 1; events {{}} http {{ {kept}\n{text}\n}}\n"

    def database_url(self, password: str) -> str:
        """What web hosts are told."""
        text = (DEPLOY / "env" / "cluster.env").read_text(encoding="utf-8")
        (url,) = re.findall(r"^PINGYI_DATABASE_URL=(.+)$", text, re.MULTILINE)
        return self.renamed(str(url).replace("PASSWORD", password), "phones")
