"""The table of ops: everything a plan can say, one row each. A new published method is a new file, never a new row."""

from __future__ import annotations

from typing import Any

from analysis.ops.across import ACROSS
from analysis.ops.allocate import ALLOCATE
from analysis.ops.cells import CELLS
from analysis.ops.dated import DATED
from analysis.ops.formulas import FORMULAS
from analysis.ops.relate import RELATE, VERSUS
from analysis.ops.replacing import REPLACING
from analysis.ops.sources import SOURCES
from analysis.spec import OpSpec

_SPECS = (*SOURCES, *DATED, *CELLS, *REPLACING, *FORMULAS, *ACROSS, RELATE, VERSUS, ALLOCATE)
OPS: dict[str, OpSpec[Any]] = {spec.id: spec for spec in _SPECS}
