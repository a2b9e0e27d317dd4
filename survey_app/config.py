"""Settings. The only room that reads the environment; everybody else is handed a `Config`.

Every variable stands in `SETTINGS` and in docs/configuration.md; a test compares the two.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from survey_app.costs import AliasCost, PasswordCost
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.mail_settings import MailServer, read_server
from survey_app.roles import WITH_PASSKEY, Role

#: What a process serves: everything, or one of the three surfaces (`surfaces`).
ALL, VOTER, OFFICE, PUBLIC = SURFACES = ("all", "voter", "office", "public")
#: How a line of the server's log is written.
TEXT, JSON = "text", "json"
SECRET_KEY_FILE = "secret-key"  # noqa: S105 - a file name, not a secret


#: What is wrong with a setting of the mail server.
_MAIL = {
    "PINGYI_MAIL_SERVER": N_("%(name)s 写的是“%(text)s”，应写作“主机:端口”，例如 smtp.example.cn:587。"),
    "PINGYI_MAIL_TLS": N_("%(name)s 写的是“%(text)s”，应是 starttls 或 tls；none 只许用于本机。"),
    "PINGYI_MAIL_SENDER": N_("%(name)s 写的是“%(text)s”，应是一个邮箱地址。"),
    "PINGYI_MAIL_PASSWORD_FILE": N_("%(name)s 和 PINGYI_MAIL_USER 要么都设，要么都不设。"),
}


class SettingError(UserError):
    """A setting that cannot be used: which one, what is wrong with it, what it should look like."""


class OpenFolderError(UserError):
    """A data folder that other users of the machine may enter."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as shown in the documentation, what it is for."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("PINGYI_DATA", "./var", "数据文件夹：数据库、密钥、文件"),
    Setting("PINGYI_DATABASE_URL", "sqlite:///DATA/pingyi.db", "数据库地址；PostgreSQL 写作 postgresql://用户@主机/库"),
    Setting("PINGYI_BIND", "127.0.0.1:8000", "服务器监听的地址和端口"),
    Setting("PINGYI_BASE_URL", "http://BIND", "写进二维码和链接的地址，须是手机能打开的"),
    Setting(
        "PINGYI_SURFACE",
        "all",
        "这个进程提供哪一面：all 全部，voter 投票，office 主办单位，public 公开日志；别的面的网址在这里不存在",
    ),
    Setting("PINGYI_OFFICE_URL", "PINGYI_BASE_URL", "主办单位的网址；与投票分开时另设"),
    Setting("PINGYI_PUBLIC_URL", "PINGYI_BASE_URL", "公开日志的网址；与投票分开时另设"),
    Setting("PINGYI_TIMEZONE", "", "给人看的时间按哪个时区写，例如 Asia/Shanghai；不设就是本机的时区。存下的总是 UTC"),
    Setting("PINGYI_WORKERS", "2", "服务器进程数"),
    Setting("PINGYI_LOG", "text", "服务器日志每行的写法：text 给人看，json 每行一个 JSON 对象"),
    Setting("PINGYI_METRICS_TOKEN", "", "读 /metrics 的口令，至少 32 个字符；不设就没有 /metrics 这个网址"),
    Setting("PINGYI_ALIAS_COST", "2,19456", "凭条编号摘要的工作量：argon2id 遍数,内存 KiB；凭条印出后不得再改"),
    Setting("PINGYI_PASSWORD_COST", "3,65536", "口令摘要的工作量：argon2id 遍数,内存 KiB"),
    Setting("PINGYI_STOLEN_PASSWORDS", "", "本机上的被盗口令清单（按 SHA-1 排序，每行一个）；设新口令时查它，不问任何别人"),
    Setting(
        "PINGYI_REQUIRE_PASSKEY",
        "",
        "谁必须用通行密钥登录：heads 负责人，office 主办单位所有账户；不设就由各人在验证器和通行密钥里选",
    ),
    Setting("PINGYI_MAIL_SERVER", "", "提醒邮件交给哪台服务器，写作 主机:端口；不设就不发邮件"),
    Setting("PINGYI_MAIL_TLS", "starttls", "到邮件服务器怎样加密：starttls，tls，或者 none（只许本机）"),
    Setting("PINGYI_MAIL_USER", "", "邮件服务器的用户名；不用登录就不设"),
    Setting("PINGYI_MAIL_PASSWORD_FILE", "", "第一行是邮件服务器密码的文件，只有本程序能读"),
    Setting("PINGYI_MAIL_SENDER", "", "提醒邮件的发件人地址"),
    Setting("PINGYI_SECRET_KEY", "DATA/secret-key", "签 cookie 的密钥；只有多台主机共用一个数据库时才需设置，至少 32 个字符"),
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the application may know about where it runs."""

    data: Path
    database_url: str
    bind: str = "127.0.0.1:8000"
    base_url: str = "http://127.0.0.1:8000"
    workers: int = 2
    log: str = TEXT
    metrics_token: str = field(default="", repr=False)
    alias_cost: AliasCost = field(default_factory=AliasCost)
    password_cost: PasswordCost = field(default_factory=PasswordCost)
    secret_key: str | None = None
    timezone: str = ""
    surface: str = ALL
    #: "" where it is `base_url`.
    office_url: str = ""
    public_url: str = ""
    #: A sorted list of stolen passwords' digests, if the office has one.
    stolen_passwords: Path | None = None
    #: Whose accounts must use a passkey: a word of `roles.WITH_PASSKEY`.
    require_passkey: str = ""
    #: Where reminders by mail are handed in; None: nowhere.
    mail: MailServer | None = None

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, data: Path | None = None, *, default: Path = Path("var")
    ) -> Config:
        """Settings from the environment (or `environment`); `data`, when given, wins over PINGYI_DATA, that over `default`.

        Raises:
            SettingError: a variable that cannot be used, or one with our prefix that does not exist.
        """
        given = {name: value for name, value in (environment or os.environ).items() if name.startswith("PINGYI_")}
        _refuse_unknown(given)
        folder = (data or Path(given.get("PINGYI_DATA") or default)).expanduser().resolve()
        bind = given.get("PINGYI_BIND") or "127.0.0.1:8000"
        return cls(
            data=folder,
            database_url=given.get("PINGYI_DATABASE_URL") or f"sqlite:///{folder / 'pingyi.db'}",
            bind=_bind(bind),
            base_url=_address("PINGYI_BASE_URL", given.get("PINGYI_BASE_URL") or f"http://{bind}"),
            surface=_surface(given.get("PINGYI_SURFACE") or ALL),
            office_url=_address("PINGYI_OFFICE_URL", given.get("PINGYI_OFFICE_URL") or ""),
            public_url=_address("PINGYI_PUBLIC_URL", given.get("PINGYI_PUBLIC_URL") or ""),
            workers=_whole("PINGYI_WORKERS", given.get("PINGYI_WORKERS") or "2", 1, 64),
            log=_log(given.get("PINGYI_LOG") or TEXT),
            metrics_token=_metrics_token(given.get("PINGYI_METRICS_TOKEN") or ""),
            alias_cost=AliasCost(*_cost("PINGYI_ALIAS_COST", given.get("PINGYI_ALIAS_COST") or "2,19456")),
            password_cost=PasswordCost(*_cost("PINGYI_PASSWORD_COST", given.get("PINGYI_PASSWORD_COST") or "3,65536")),
            secret_key=_secret_key(given.get("PINGYI_SECRET_KEY")),
            timezone=_timezone(given.get("PINGYI_TIMEZONE") or ""),
            stolen_passwords=Path(given["PINGYI_STOLEN_PASSWORDS"]) if given.get("PINGYI_STOLEN_PASSWORDS") else None,
            require_passkey=_passkey(given.get("PINGYI_REQUIRE_PASSKEY") or ""),
            mail=_mail(given),
        )

    @property
    def secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies and addresses may insist on it."""
        return self.own_url.startswith("https://")

    @property
    def own_url(self) -> str:
        """The address of what this process serves."""
        return self.address_of({self.surface})

    def address_of(self, surfaces: Collection[str]) -> str:
        """The address under which a page of these surfaces is reached: here where this process serves it."""
        if self.surface in surfaces and self.surface != ALL:
            surfaces = {self.surface}
        if OFFICE in surfaces and VOTER not in surfaces:
            return self.office_url or self.base_url
        return (self.public_url or self.base_url) if PUBLIC in surfaces and VOTER not in surfaces else self.base_url

    @property
    def passkey_roles(self) -> frozenset[Role]:
        """The roles that sign in with a passkey and not with an authenticator's code."""
        return WITH_PASSKEY[self.require_passkey]

    def environment(self) -> dict[str, str]:
        """The whole environment for a process of ours started with these settings."""
        ours = {
            "PINGYI_DATA": str(self.data),
            "PINGYI_DATABASE_URL": self.database_url,
            "PINGYI_BIND": self.bind,
            "PINGYI_BASE_URL": self.base_url,
            "PINGYI_WORKERS": str(self.workers),
            "PINGYI_LOG": self.log,
            "PINGYI_ALIAS_COST": f"{self.alias_cost.time},{self.alias_cost.memory}",
            "PINGYI_PASSWORD_COST": f"{self.password_cost.time},{self.password_cost.memory}",
        }
        ours["PINGYI_SURFACE"] = self.surface
        for name, address in (("PINGYI_OFFICE_URL", self.office_url), ("PINGYI_PUBLIC_URL", self.public_url)):
            if address:
                ours[name] = address
        if self.stolen_passwords is not None:
            ours["PINGYI_STOLEN_PASSWORDS"] = str(self.stolen_passwords)
        if self.mail is not None:
            ours |= self.mail.environment()
        if self.require_passkey:
            ours["PINGYI_REQUIRE_PASSKEY"] = self.require_passkey
        if self.metrics_token:
            ours["PINGYI_METRICS_TOKEN"] = self.metrics_token
        if self.timezone:
            ours["PINGYI_TIMEZONE"] = self.timezone
        if self.secret_key is not None:
            ours["PINGYI_SECRET_KEY"] = self.secret_key
        return {**os.environ, **ours}


def hand_on(config: Config) -> None:
    """Let what reads the environment of this process later (gunicorn's configuration) find these settings there."""
    os.environ.update(config.environment())


def timezone_from_environment() -> str:
    """The zone in which people read times; "" the host's. For commands that need no other setting. Raises SettingError."""
    return _timezone(os.environ.get("PINGYI_TIMEZONE") or "")


def make_data_folder(config: Config) -> None:
    """The data folder, for its owner only: it holds sealed ballots and keys. Raises OpenFolderError.

    One that others may enter is refused and not mended: it may be a folder that others need, named by mistake.
    """
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if config.data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise OpenFolderError(
            N_("数据文件夹 %(folder)s 别的用户也能进；里面有密钥和封存的选票，请先运行 chmod 700 %(folder)s。"),
            folder=config.data,
        )


def cookie_key(config: Config) -> str:
    """The key that signs cookies: the setting, or a file made once and readable by its owner only.

    The file appears complete or not at all (written aside, then linked), because several workers may start at once.
    """
    if config.secret_key is not None:
        return config.secret_key
    make_data_folder(config)
    path = config.data / SECRET_KEY_FILE
    if not path.exists():
        aside = path.with_name(f"{SECRET_KEY_FILE}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # another worker was first; its key is the key
        finally:
            aside.unlink()
    return path.read_text(encoding="ascii")


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in sorted(given):
        if name not in known:
            raise SettingError(N_("没有名为 %(name)s 的设置；现有设置见 docs/configuration.md。"), name=name)


def _bind(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise SettingError(N_("PINGYI_BIND 写的是“%(text)s”，应写作“地址:端口”，例如 127.0.0.1:8000。"), text=text)
    return text


def _surface(text: str) -> str:
    if text not in SURFACES:
        raise SettingError(N_("PINGYI_SURFACE 写的是“%(text)s”，应是 %(known)s 之一。"), text=text, known=", ".join(SURFACES))
    return text


def _log(text: str) -> str:
    if text not in {TEXT, JSON}:
        raise SettingError(N_("PINGYI_LOG 写的是“%(text)s”，应是 text 或 json。"), text=text)
    return text


def _metrics_token(text: str) -> str:
    if text and (len(text) < 32 or not text.isascii() or not text.isprintable() or " " in text):
        raise SettingError(N_("PINGYI_METRICS_TOKEN 不合用：要至少 32 个字母和数字，不含空格。"))
    return text


def _address(name: str, text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingError(
            N_("%(name)s 写的是“%(text)s”，应是完整的网址，例如 https://pingyi.example.cn。"), name=name, text=text
        )
    return text.rstrip("/")


def _passkey(text: str) -> str:
    if text not in WITH_PASSKEY:
        raise SettingError(
            N_("PINGYI_REQUIRE_PASSKEY 写的是“%(text)s”，只能是 heads（负责人）或 office（主办单位所有账户）。"), text=text
        )
    return text


def _mail(given: Mapping[str, str]) -> MailServer | None:
    try:
        return read_server(given)
    except ValueError as wrong:
        name = str(wrong)
        raise SettingError(_MAIL[name], name=name, text=given.get(name, "")) from wrong


def _timezone(text: str) -> str:
    if not text:
        return ""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise SettingError(
            N_("PINGYI_TIMEZONE 写的是“%(text)s”，没有这个时区；请写成 Asia/Shanghai 这样，或者不设，用本机的时区。"), text=text
        ) from unknown
    return text


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingError(
            N_("%(name)s 写的是“%(text)s”，应是 %(least)s 到 %(most)s 的整数。"), name=name, text=text, least=least, most=most
        )
    return int(text)


def _cost(name: str, text: str) -> tuple[int, int]:
    passes, comma, memory = text.partition(",")
    if not (comma and passes.isdecimal() and memory.isdecimal() and 1 <= int(passes) <= 100 and int(memory) >= 8):
        raise SettingError(N_("%(name)s 写的是“%(text)s”，应写作“遍数,内存 KiB”，例如 2,19456。"), name=name, text=text)
    return int(passes), int(memory)


def _secret_key(text: str | None) -> str | None:
    if text is not None and len(text) < 32:
        raise SettingError(N_("PINGYI_SECRET_KEY 太短：至少要 32 个字符。"))
    return text or None
