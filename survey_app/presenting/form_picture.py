"""A form as a small picture: what is asked and how it is answered, as a phone shows it. May not live here: which form it is.

Drawn and not photographed, so that it costs nothing to make and follows a scheme's text at once. Colours are written in the
picture, as in the charts: a picture loaded by `<img>` knows nothing of the page's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 180, 250
_INK, _SOFT, _LINE, _ACCENT, _PAPER, _SUNKEN = "#1d2329", "#56606b", "#8a8f96", "#0b5a70", "#ffffff", "#f1efe9"
_LEFT, _RIGHT = 14, WIDTH - 14
_LINES = 3


@dataclass(frozen=True)
class PicturedLine:
    """One question: its words, how it is answered (`grades`, `numbers`, `ranks`, `points` or `cell`), and the answers' words."""

    words: str
    kind: str
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PicturedForm:
    """What stands on the picture: the title, whom it is about, the first questions, and how many there are in all."""

    title: str
    about: str
    lines: tuple[PicturedLine, ...]
    more: str = ""


def draw(form: PicturedForm) -> str:
    """The picture as an SVG document."""
    parts = [
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="14" fill="{_PAPER}" stroke="{_LINE}"/>',
        f'<rect x="{WIDTH // 2 - 16}" y="7" width="32" height="3" rx="1.5" fill="{_LINE}"/>',
        _text(_LEFT, 30, _fit(form.title, 152, 12), 12, bold=True),
        f'<rect x="{_LEFT}" y="38" width="{_RIGHT - _LEFT}" height="18" rx="4" fill="{_SUNKEN}"/>',
        _text(_LEFT + 6, 51, _fit(form.about, 140, 10), 10),
    ]
    top = 72
    for line in form.lines[:_LINES]:
        parts += [_text(_LEFT, top, _fit(line.words, 152, 10), 10), *_answers(line, top + 7)]
        top += 48
    parts.append(_text(_LEFT, HEIGHT - 28, _fit(form.more, 100, 9), 9, _SOFT))
    parts.append(f'<rect x="{_RIGHT - 44}" y="{HEIGHT - 36}" width="44" height="20" rx="6" fill="{_ACCENT}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="system-ui, sans-serif">{"".join(parts)}</svg>'
    )


def _answers(line: PicturedLine, top: float) -> list[str]:
    if line.kind == "grades":
        return _buttons(line.answers[:4], top)
    if line.kind == "ranks":
        return _buttons([str(place) for place in range(1, min(len(line.answers), 5) + 1)], top)
    words = f"{line.answers[-1]} – {line.answers[0]}" if line.answers else ""
    box = f'<rect x="{_LEFT}" y="{top}" width="58" height="22" rx="4" fill="{_PAPER}" stroke="{_LINE}"/>'
    found = [box, _text(_LEFT + 64, top + 15, _fit(words, 88, 9), 9, _SOFT)]
    if line.kind == "points":  # what is left to share out, as a bar
        found.append(f'<rect x="{_LEFT + 4}" y="{top + 16}" width="34" height="3" fill="{_ACCENT}"/>')
    return found


def _buttons(words: Sequence[str], top: float) -> list[str]:
    """Answers side by side, the second one chosen."""
    found, gap = [], 4
    width = (_RIGHT - _LEFT - gap * (len(words) - 1)) / max(1, len(words))
    for at, word in enumerate(words):
        left, chosen = _LEFT + at * (width + gap), at == min(1, len(words) - 1)
        fill, ink = (_ACCENT, _PAPER) if chosen else (_PAPER, _INK)
        frame = f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="22" rx="4" fill="{fill}" stroke="{_LINE}"/>'
        found += [frame, _text(left + width / 2, top + 15, _fit(word, width - 6, 9), 9, ink, middle=True)]
    return found


def _text(x: float, y: float, words: str, size: int, ink: str = _INK, *, bold: bool = False, middle: bool = False) -> str:
    style = (' font-weight="700"' if bold else "") + (' text-anchor="middle"' if middle else "")
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" fill="{ink}"{style}>{escape(words)}</text>'


def _fit(words: str, width: float, size: int) -> str:
    """As much of the words as fits: a Han character is as wide as it is high, a letter not much more than half."""
    taken = 0.0
    for at, one in enumerate(words):
        taken += size if ord(one) > 0x2E7F else size * 0.56
        if taken > width:
            return words[: max(1, at - 1)].rstrip() + "…"
    return words
