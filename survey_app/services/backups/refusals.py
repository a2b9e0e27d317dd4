"""Why a backup was not made, not read, or does not hold."""

from __future__ import annotations

from survey_app.errors import UserError


class BackupError(UserError):
    """A backup that cannot be made or read; nothing was changed."""
