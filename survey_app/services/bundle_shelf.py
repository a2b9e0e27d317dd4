"""Where the public bundle of a campaign lies once the office has published it: one file in the data folder, or none."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from survey_app.config import Config

_FOLDER = "bundles"


def publish(config: Config, campaign_key: str, archive: bytes) -> Path:
    """Put the archive on the shelf in place of an earlier one."""
    folder = config.data / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(archive)
        file.flush()
        os.fsync(file.fileno())
    path = path_of(config, campaign_key)
    aside.replace(path)
    return path


def path_of(config: Config, campaign_key: str) -> Path:
    """Where the archive is, if it is. The key is one of ours, made of letters and digits, never what somebody typed."""
    return config.data / _FOLDER / f"{campaign_key}.zip"


def published(config: Config, campaign_key: str) -> tuple[bytes, str] | None:
    """The archive and its SHA-256; None when nothing was published."""
    path = path_of(config, campaign_key)
    if not path.is_file():
        return None
    archive = path.read_bytes()
    return archive, hashlib.sha256(archive).hexdigest()
