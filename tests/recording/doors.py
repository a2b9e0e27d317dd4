"""THE ONLY FILE OF THE RECORDER THAT IMPORTS THE PRODUCT. A move that breaks an import here is mended here, and nowhere else.

Import this only after `still.hold()`: defaults of the product's functions take hold of the dice as they are imported.
"""

from __future__ import annotations

from pathlib import Path

import questionnaires
from survey_app import create_app
from survey_app.cli import cli
from survey_app.config import Config

#: Where the shipped and published schemes, their demos and their example folders lie.
SCHEMES = Path(questionnaires.__file__).parent
#: Scheme files that are wrong on purpose.
BROKEN = Path(__file__).resolve().parents[1] / "questionnaires" / "broken"

__all__ = ["BROKEN", "SCHEMES", "Config", "cli", "create_app"]
