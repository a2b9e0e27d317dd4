"""Draw the gallery into a folder: a page in colour and in grey, on a phone and on a desk, dark, and every chart as on paper.

`python -m tests.gallery DIR`. What it writes is to be looked at: index.html, a picture of each way to see it, and paper-*.png.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from survey_app.presenting.charts.shapes import Drawing
from survey_app.presenting.charts.svg import on_page
from survey_app.printing import drawings
from tests.gallery.cases import KINDS
from tests.support.chromium import chromium
from tests.support.house import ROOT

SHEETS = ("tokens.css", "base.css", "results.css")
#: Picture, width in pixels, colour scheme, and whether colour is taken away.
WAYS: tuple[tuple[str, int, Literal["light", "dark"], bool], ...] = (
    ("page", 1000, "light", False),
    ("grey", 1000, "light", True),
    ("dark", 1000, "dark", False),
    ("phone", 360, "light", False),
)


def main() -> int:
    """Write everything. Returns what a shell takes as an error."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    made = {kind: make() for kind, make in KINDS.items()}
    page = out / "index.html"
    page.write_text(_page(made), encoding="utf-8")
    with chromium() as browser:
        for name, width, scheme, grey in WAYS:
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            shown = context.new_page()
            shown.goto(page.resolve().as_uri())
            if grey:
                shown.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
            for number, kind in enumerate(made):
                shown.locator(f"#kind-{number}").screenshot(path=out / f"{name}-{kind.replace(' ', '-')}.png")
            context.close()
    for kind, cases in made.items():
        for (name, _drawing), picture in zip(cases.items(), drawings.png(list(cases.values())), strict=True):
            (out / f"paper-{kind}-{name}.png".replace(" ", "-")).write_bytes(picture)
    sys.stderr.write(f"{sum(map(len, made.values()))} charts in {out}\n")
    return 0


def _page(made: Mapping[str, Mapping[str, Drawing]]) -> str:
    sheets = Markup("\n".join((ROOT / "static" / "css" / name).read_text(encoding="utf-8") for name in SHEETS))  # noqa: S704 - ours
    parts = [
        Markup('<section id="kind-{}"><h2>{}</h2>{}</section>').format(
            number, kind, Markup().join(Markup("<h3>{}</h3>{}").format(name, on_page(one)) for name, one in cases.items())
        )
        for number, (kind, cases) in enumerate(made.items())
    ]
    head = Markup(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Charts</title><style>{}</style>'
    )
    body = Markup('<main class="page office">{}</main>').format(Markup().join(parts))
    return str(
        Markup("<!doctype html><html lang=zh-Hans><head>{}</head><body>{}</body></html>").format(head.format(sheets), body)
    )


if __name__ == "__main__":
    sys.exit(main())
