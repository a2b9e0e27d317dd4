"""Templates to PDF through Typst, in memory.

Text reaches a template only as JSON through `sys.inputs`: there it is a string, never markup, so a name such as
`#eval("…")` or `$x$` prints as it is written. The document carries no date, so equal input gives equal bytes.
Nothing is written to disk: the sheets hold live codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

from analysis.late import late
from survey_app.languages import SOURCE
from survey_app.printing import fonts

if TYPE_CHECKING:
    import typst
else:
    typst = late("typst")

_TEMPLATES = Path(__file__).parent / "templates"

#: What may stand in the JSON handed to a template.
Words = str | int | bool | None | Sequence["Words"] | Mapping[str, "Words"]


def pdf(template: str, content: Mapping[str, Words], *, language: str = SOURCE) -> bytes:
    """`templates/<template>.typ` filled with `content`, as one PDF. `language` is a BCP 47 tag.

    Raises typst.TypstError when the template itself is wrong; no content can cause that.
    """
    made = _compiler(template, content, language).compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one document")
    return made


def page_count(template: str, content: Mapping[str, Words], *, language: str = SOURCE) -> int:
    """On how many pages it stands, of a template that says so under the label `pages`. Raises as `pdf`."""
    return int(json.loads(_compiler(template, content, language).query("<pages>", field="value", one=True)))


def pictures(template: str, content: Mapping[str, Words], *, density: int, language: str = SOURCE) -> list[bytes]:
    """The same as PNG, one for each page. `density`: dots to an inch."""
    made = _compiler(template, content, language).compile(format="png", ppi=float(density))
    return [made] if isinstance(made, bytes) else list(made or ())


def _compiler(template: str, content: Mapping[str, Words], language: str) -> typst.Compiler:
    return typst.Compiler(
        input=str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        font_paths=fonts.faces(),
        ignore_system_fonts=True,
        sys_inputs={
            "content": json.dumps(content, ensure_ascii=False),
            "look": json.dumps({"text": fonts.TEXT, "code": fonts.CODE, "language": Locale.parse(language, sep="-").language}),
        },
    )
