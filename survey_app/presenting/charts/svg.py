"""A drawing as SVG: for a page by kinds that the style sheet colours, for paper with everything written out.

No inline style stands in it, which our Content-Security-Policy would refuse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from survey_app.presenting.charts.looks import HATCHES, LOOKS
from survey_app.presenting.charts.shapes import TEXT, WIDE, Box, Disc, Drawing, Lettering, Shape, Stroke, percent

#: So wide is a drawing on paper, in pixels at 96 to the inch: what is left of A4 between its margins.
PAPER_WIDTH = WIDE
_FONTS = "Noto Sans CJK SC, Noto Sans SC, sans-serif"


def on_page(drawing: Drawing) -> Markup:
    """The drawing for a page; what it shows is told to whoever cannot see it."""
    return _svg(drawing, Markup('class="chart" width="100%" height="{}"').format(drawing.height), paper=False)


def on_paper(drawing: Drawing, width: int = PAPER_WIDTH, *, edge: int = 0) -> str:
    """The drawing as a file of its own, for Typst, Word and whatever else sets paper. `edge`: room left free around it."""
    inner = Markup('xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" font-family="{}" font-size="{}"')
    head = inner.format(width, drawing.height, _FONTS, TEXT)
    if not edge:
        return str(_svg(drawing, head, paper=True))
    framed = Markup('<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}">{}</svg>')
    moved = Markup('x="{0}" y="{0}" overflow="visible" {1}').format(edge, head)
    return str(framed.format(width + 2 * edge, drawing.height + 2 * edge, _svg(drawing, moved, paper=True)))


def _svg(drawing: Drawing, head: Markup, *, paper: bool) -> Markup:
    name = "c" + hashlib.sha256(f"{drawing.title}{drawing.told}{drawing.shapes}".encode()).hexdigest()[:10]
    hatched = sorted({shape.kind for shape in drawing.shapes if isinstance(shape, Box) and shape.kind in HATCHES})
    patterns = Markup().join(_pattern(name, kind, paper=paper) for kind in hatched)
    shapes = Markup().join(one for shape in drawing.shapes for one in _drawn(shape, name, paper=paper))
    told = Markup("<title>{}</title><desc>{}</desc>").format(drawing.title, drawing.told)
    defs = Markup("<defs>{}</defs>").format(patterns) if patterns else ""
    label = f"{drawing.title} {drawing.told}".strip()
    return Markup('<svg {} role="img" aria-label="{}">{}{}{}</svg>').format(head, label, told if paper else "", defs, shapes)


def _pattern(name: str, kind: str, *, paper: bool) -> Markup:
    every, wide = HATCHES[kind]
    line = Markup('stroke="#ffffff" ') if paper else Markup('class="hatch" ')
    return Markup(
        '<pattern id="{0}-{1}" width="{2}" height="{2}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" x2="0" y1="0" y2="{2}" {3}stroke-width="{4}"/></pattern>'
    ).format(name, kind, every, line, 2 * wide)


def _drawn(shape: Shape, name: str, *, paper: bool) -> Iterator[Markup]:
    look = _attributes(LOOKS[shape.kind]) if paper else Markup('class="{}"').format(_classes(shape))
    if isinstance(shape, Box):
        place = Markup('x="{}" width="{}" y="{}" height="{}"').format(
            percent(shape.x), percent(shape.width), shape.y, shape.height
        )
        yield Markup("<rect {} {}>{}</rect>").format(look, place, _hint(shape.hint))
        if shape.kind in HATCHES:
            yield Markup('<rect fill="url(#{}-{})" pointer-events="none" {}/>').format(name, shape.kind, place)
    elif isinstance(shape, Stroke):
        yield Markup('<line {} x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            look, percent(shape.x1), percent(shape.x2), shape.y1, shape.y2
        )
    elif isinstance(shape, Disc):
        yield Markup('<circle {} cx="{}" cy="{}" r="{}">{}</circle>').format(
            look, percent(shape.x), shape.y, float(shape.radius), _hint(shape.hint)
        )
    else:
        yield _written(shape, look)


def _written(words: Lettering, look: Markup) -> Markup:
    aside = Markup(' dx="{}"').format(words.aside) if words.aside else ""
    return Markup('<text {} x="{}" y="{}" text-anchor="{}"{}>{}</text>').format(
        look, percent(words.x), words.y, words.anchor, aside, words.text
    )


def _classes(shape: Shape) -> str:
    return f"{shape.kind} wide-only" if isinstance(shape, Lettering) and shape.wide else shape.kind


def _hint(hint: str) -> Markup:
    return Markup("<title>{}</title>").format(hint) if hint else Markup()


def _attributes(look: Mapping[str, str]) -> Markup:
    return Markup(" ").join(Markup('{}="{}"').format(key, value) for key, value in look.items())
