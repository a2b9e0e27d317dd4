"""Files that commands write for people: new ones only, for their owner only. Lives here: nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from survey_app.errors import UserError
from survey_app.i18n import N_


def refuse_unless_new(path: Path) -> None:
    """Before anybody types a passphrase or waits for a count."""
    if path.exists():
        raise UserError(N_("%(path)s 已经存在，没有覆盖；请换一个文件名。"), path=path)
    if not path.parent.is_dir():
        raise UserError(N_("没有文件夹 %(path)s；请先建好它，或换一个地方。"), path=path.parent)


def write_new(path: Path, content: bytes) -> None:
    """A new file, for its owner only; an existing one is never overwritten."""
    refuse_unless_new(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
