"""A counted campaign with a log: the hamlet, made once for the rooms that need it."""

from __future__ import annotations

from tests.survey_app.proof.conftest import hamlet_file

__all__ = ["hamlet_file"]
