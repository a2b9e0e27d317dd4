"""How each kind of shape looks on paper, in colour and in grey. On a page the style sheet says it by the same kinds, dark too.

The colours are those of the style sheet (docs/style.md), which tests/survey_app/test_style.py compares. What grey would make
alike, a pattern tells apart: the worse half of a scale is hatched, the worst densest.
"""

from __future__ import annotations

from collections.abc import Mapping

_INK, _SOFT, _LINE, _ACCENT, _PAPER = "#1d2329", "#56606b", "#8a8f96", "#0b5a70", "#ffffff"
#: Fill of the steps of a scale, best first, and whether what is written on it is light.
STEPS: Mapping[str, tuple[str, bool]] = {
    "step-1": ("#0b5a70", True),
    "step-2": ("#2e7d92", True),
    "step-3": ("#6fa9b8", False),
    "step-4": ("#b9b6ad", False),
    "step-5": ("#d9a25a", False),
    "step-6": ("#c26a2c", True),
    "step-7": ("#a3251f", True),
}
#: Steps with a pattern: every so many pixels a light line so wide.
HATCHES: Mapping[str, tuple[int, int]] = {"step-5": (12, 1), "step-6": (8, 1), "step-7": (5, 1)}
#: A number on a hatched step has the step's own colour around it, before the lines of the hatch.
_AROUND: Mapping[str, Mapping[str, str]] = {
    kind: {"stroke": STEPS[kind][0], "stroke-width": "4", "paint-order": "stroke"} for kind in HATCHES
}
#: What every kind of shape is drawn with.
LOOKS: Mapping[str, Mapping[str, str]] = {
    **{kind: {"fill": fill, "stroke": _PAPER, "stroke-width": "1"} for kind, (fill, _) in STEPS.items()},
    **{
        f"on-{kind}": {"fill": _PAPER if light else _INK, "font-weight": "600", **(_AROUND[kind] if kind in HATCHES else {})}
        for kind, (_, light) in STEPS.items()
    },
    "text": {"fill": _INK},
    "strong": {"fill": _INK, "font-weight": "600"},
    "soft": {"fill": _SOFT},
    "scale": {"fill": _SOFT},
    "axis": {"stroke": _LINE, "stroke-width": "1"},
    "grid": {"stroke": _LINE, "stroke-width": "1", "stroke-dasharray": "1 3"},
    "rule": {"stroke": _INK, "stroke-width": "2", "stroke-dasharray": "5 3"},
    "rest": {"fill": "#f1efe9", "stroke": _LINE, "stroke-width": "1"},
    "part": {"fill": "#6fa9b8", "stroke": _LINE, "stroke-width": "1"},
    "band": {"fill": "#f1efe9"},
    "band-other": {"fill": _PAPER},
    "mark": {"fill": "#6fa9b8"},
    "own": {"fill": _ACCENT, "stroke": _PAPER, "stroke-width": "2"},
    "margin": {"fill": "#e1eff3", "stroke": _ACCENT},
    "path": {"stroke": _ACCENT, "stroke-width": "2"},
}
