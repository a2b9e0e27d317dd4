"""The mail server reminders go to, as the settings name it. Pure: text in, values out; `config` reads the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
#: Hosts a mail in clear does not leave the machine for.
HERE = {"localhost", "127.0.0.1", "::1"}
#: An address as people have them. Signs that mean something in a header or to a mail server are none of it.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}"
)
MOST_ADDRESS = 254


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in, how the way there is protected, as whom, from whom. `password_file`: its first line."""

    host: str
    port: int
    protection: str = STARTTLS
    user: str = ""
    password_file: Path | None = None
    sender: str = ""

    def environment(self) -> dict[str, str]:
        """The settings it was read from."""
        found = {
            "PINGYI_MAIL_SERVER": f"{self.host}:{self.port}",
            "PINGYI_MAIL_TLS": self.protection,
            "PINGYI_MAIL_SENDER": self.sender,
        }
        if self.user:
            found["PINGYI_MAIL_USER"] = self.user
        if self.password_file is not None:
            found["PINGYI_MAIL_PASSWORD_FILE"] = str(self.password_file)
        return found


def is_address(text: str) -> bool:
    """Whether mail can go there."""
    return len(text) <= MOST_ADDRESS and _ADDRESS.fullmatch(text) is not None and ".." not in text


def read_server(given: Mapping[str, str]) -> MailServer | None:
    """The server of these settings, None where none is named. Raises ValueError with the name of the setting that is wrong."""
    named = given.get("PINGYI_MAIL_SERVER") or ""
    others = [name for name in given if name.startswith("PINGYI_MAIL_") and name != "PINGYI_MAIL_SERVER" and given[name]]
    if not named:
        if others:
            raise ValueError("PINGYI_MAIL_SERVER")
        return None
    host, _colon, port = named.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host) or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("PINGYI_MAIL_SERVER")
    host, protection = host.strip("[]"), given.get("PINGYI_MAIL_TLS") or STARTTLS
    if protection not in {STARTTLS, TLS, PLAIN} or (protection == PLAIN and host not in HERE):
        raise ValueError("PINGYI_MAIL_TLS")
    sender = given.get("PINGYI_MAIL_SENDER") or ""
    if not is_address(sender):
        raise ValueError("PINGYI_MAIL_SENDER")
    user, file = given.get("PINGYI_MAIL_USER") or "", given.get("PINGYI_MAIL_PASSWORD_FILE") or ""
    if bool(user) != bool(file):
        raise ValueError("PINGYI_MAIL_PASSWORD_FILE")
    return MailServer(
        host=host,
        port=int(port),
        protection=protection,
        user=user,
        password_file=Path(file) if file else None,
        sender=sender,
    )
