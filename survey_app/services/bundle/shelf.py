"""Where the public bundle of a campaign lies once the office has published it: one file in the data folder, or none."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_app.config import Config

_FOLDER = "bundles"
#: The file in an archive that says of which state of the result it was made (`freshness.state_of`).
MARK = "STATE.txt"
#: The file that holds everything else, in the bundle for everybody and in the auditors'.
CONTENTS = ("public.json", "auditors.json")


@dataclass(frozen=True)
class Published:
    """An archive on the shelf, its SHA-256, and the state of the result it was made of."""

    archive: bytes
    digest: str
    mark: str


def publish(config: Config, campaign_key: str, archive: bytes) -> Path:
    """Put the archive on the shelf in place of an earlier one."""
    return _put(config, path_of(config, campaign_key), archive)


def put_aside(config: Config, campaign_key: str, archive: bytes) -> str:
    """Keep an archive that waits for the second person, where nobody is given it; its SHA-256."""
    _put(config, _aside(config, campaign_key), archive)
    return hashlib.sha256(archive).hexdigest()


def bring_out(config: Config, campaign_key: str, digest: str) -> bool:
    """Publish the archive that was put aside, if it is this very one; whether it was."""
    path = _aside(config, campaign_key)
    archive = path.read_bytes() if path.is_file() else b""
    if not hmac.compare_digest(hashlib.sha256(archive).hexdigest(), digest):
        return False
    publish(config, campaign_key, archive)
    path.unlink()
    return True


def clear(config: Config, campaign_key: str) -> None:
    """Leave nothing of a campaign on the shelf."""
    for path in (path_of(config, campaign_key), _aside(config, campaign_key)):
        path.unlink(missing_ok=True)


def _aside(config: Config, campaign_key: str) -> Path:
    return config.data / _FOLDER / f"{campaign_key}.waiting"


def _put(config: Config, path: Path, archive: bytes) -> Path:
    folder = config.data / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(archive)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return path


def path_of(config: Config, campaign_key: str) -> Path:
    """Where the archive is, if it is. The key is one of ours, made of letters and digits, never what somebody typed."""
    return config.data / _FOLDER / f"{campaign_key}.zip"


def published(config: Config, campaign_key: str) -> Published | None:
    """What was published; None when nothing was."""
    path = path_of(config, campaign_key)
    if not path.is_file():
        return None
    archive = path.read_bytes()
    return Published(archive, hashlib.sha256(archive).hexdigest(), mark_of(archive))


def mark_of(archive: bytes) -> str:
    """The state written into an archive; "" for one without it, or for no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.read(MARK).decode("ascii", "replace")
    except (zipfile.BadZipFile, KeyError, OSError):
        return ""


def content_of(data: bytes) -> dict[str, Any]:
    """What a bundle says: an archive's, or the JSON file that lay in one. Raises ValueError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            inside = [name for name in opened.namelist() if name in CONTENTS]
            data = opened.read(inside[0]) if inside else b""
    except zipfile.BadZipFile:
        pass  # not packed: then it is the JSON itself, or nothing that can be read
    content = json.loads(data)
    if not isinstance(content, dict):
        raise ValueError("a bundle is an object")  # noqa: TRY004  # of the content, not of an argument
    return content
