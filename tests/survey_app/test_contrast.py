"""The tokens' colours can be read: WCAG 2.2 contrast of every pair that pages put together, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
#: Text on its ground: at least 4.5 to 1 (SC 1.4.3).
TEXT = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink", "accent-soft"), ("ink", "good-soft"), ("ink", "warn-soft"),
    ("ink", "bad-soft"), ("ink-soft", "paper"), ("ink-soft", "surface"), ("ink-soft", "sunken"), ("accent", "paper"),
    ("accent", "surface"), ("accent", "accent-soft"), ("accent-strong", "surface"), ("accent-strong", "paper"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"), ("good", "surface"), ("good", "good-soft"), ("warn", "surface"), ("warn", "warn-soft"),
    ("bad", "surface"), ("bad", "bad-soft"), ("bad", "paper"),
]  # fmt: skip
#: Edges of what can be operated, and the focus ring, on the ground around them: at least 3 to 1 (SC 1.4.11).
EDGES = [("line-strong", "surface"), ("line-strong", "paper"), ("accent", "surface"), ("accent", "paper"), ("focus", "paper")]


def colours(theme: str) -> dict[str, str]:
    """Name -> #rrggbb of a theme; the dark one only names what differs."""
    light, dark = TOKENS.split("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", light))
    return found if theme == "light" else {**found, **dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", dark))}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just misses 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme: str) -> None:
    known = colours(theme)
    assert {
        pair: round(contrast(known[pair[0]], known[pair[1]]), 2)
        for pair in TEXT
        if contrast(known[pair[0]], known[pair[1]]) < 4.5
    } == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_edge_that_matters_stands_out(theme: str) -> None:
    known = colours(theme)
    assert {
        pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in EDGES if contrast(known[pair[0]], known[pair[1]]) < 3
    } == {}
