"""The fonts of every printed sheet, named by file, so that a sheet looks the same on every machine.

System fonts and the type-setter's own are left out on purpose: a name character must not depend on what a machine
happens to have. Noto Sans CJK holds 20,976 of the 20,992 basic Han characters and the rare ones people are named with;
Noto Naskh Arabic (SIL OFL 1.1, licence beside it) holds every letter of Arabic-script languages such as Uyghur.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.late import late

if TYPE_CHECKING:
    import noto_cjk_sans_otc
    import typst
else:
    noto_cjk_sans_otc, typst = late("noto_cjk_sans_otc"), late("typst")

#: Tried in this order for each character.
TEXT = ("Noto Sans CJK SC", "Noto Naskh Arabic")
#: Letters of one width for what people type off the paper.
CODE = ("Noto Sans Mono CJK SC", "Noto Naskh Arabic")

_OWN = Path(__file__).parent / "fonts"


@lru_cache(maxsize=1)
def faces() -> typst.Fonts:
    """The loaded font files. Loading takes some 20 ms, so one set serves the whole process."""
    cjk = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(cjk), str(_OWN)])
