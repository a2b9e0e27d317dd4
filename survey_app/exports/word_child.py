"""The process that fills Word templates, a program of its own that `exports.word` starts: what an office uploads is not trusted.

A template is a program: it loops, formats and reads attributes. It runs here, in Jinja's sandbox, with no file, no address of
the network and no secret in reach but what it is given, under limits of memory and of the processor's time that the system
enforces.

Standard input: one line of JSON, the order. Standard output, when checking: the answer as JSON; when filling: every document, its
length in eight bytes before it. What cannot be filled ends with `FAILED` and one word that says why on standard error.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from analysis.late import late

if TYPE_CHECKING:
    from docx import shared as docx_shared
    from docxtpl import DocxTemplate
else:
    DocxTemplate, docx_shared = late("docxtpl"), late("docx.shared")

FAILED = 3
MEMORY = 1 << 30
LETTERS_A_SECOND = 10  # how many ordinary letters a slow processor fills
Fields = Mapping[str, Sequence[str]]


def main() -> None:
    """Check or fill, as ordered."""
    order = json.loads(sys.stdin.buffer.readline())
    template, contents = base64.b64decode(order["template"]), order.get("contents", [])
    seconds = int(order["seconds"]) + len(contents) // LETTERS_A_SECOND
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        if "fields" in order:
            sys.stdout.write(json.dumps({"unknown": unknown(template, order["fields"])}))
        else:
            for content in contents:
                filled = _filled(template, content)
                sys.stdout.buffer.write(len(filled).to_bytes(8, "big") + filled)
                sys.stdout.buffer.flush()
    except SecurityError:
        _fail("hostile")
    except TemplateError:
        _fail("syntax")
    except MemoryError:
        _fail("memory")
    except Exception:  # whatever a stranger's file provokes in a library: told as a file that cannot be read
        _fail("unreadable")


def _fail(why: str) -> None:
    sys.stderr.write(why)
    sys.exit(FAILED)


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _filled(template: bytes, content: Mapping[str, Any]) -> bytes:
    document = DocxTemplate.DocxTemplate(io.BytesIO(template))
    document.render({name: _ready(document, found) for name, found in content.items()}, jinja_env=_environment(), autoescape=True)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _ready(document: Any, found: Any) -> Any:
    """A field's content with pictures as they are put into this document."""
    if isinstance(found, list):
        return [{name: _ready(document, cell) for name, cell in row.items()} for row in found]
    return Picture(document, found["png"], found["alt"], found["wide"]) if isinstance(found, dict) else found


class Picture:
    """A chart in a document, told to whoever cannot see it.

    A template reaches nothing of it: the sandbox hands out no attribute that begins with an underscore, and docxtpl's own picture
    would lead to the document and to whatever that can do.
    """

    __slots__ = ("_made",)

    def __init__(self, document: Any, png: str, alt: str, wide: int) -> None:
        """`png`: in base64; `wide`: in millimetres."""
        made: Callable[[], str] = partial(_inserted, document, base64.b64decode(png), alt, wide)
        self._made = made

    def __html__(self) -> str:
        """As markup, which it is."""
        return self._made()

    def __str__(self) -> str:
        """As it is put into the text."""
        return self._made()


def _inserted(document: Any, png: bytes, alt: str, wide: int) -> str:
    """The picture as a run of its own, as docxtpl puts one in, with its alternative text."""
    inline = document.current_rendering_part.new_pic_inline(io.BytesIO(png), docx_shared.Mm(wide), None)
    inline.docPr.set("descr", alt)
    return f'</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'


def unknown(template: bytes, fields: Fields) -> list[str]:
    """Every name in a template that is no field, and every name within a row of a list that has no such column."""
    document = DocxTemplate.DocxTemplate(io.BytesIO(template))
    document.init_docx()
    environment = _environment()
    found: list[str] = []
    for source in _sources(document):
        tree = environment.parse(source)
        found += sorted(find_undeclared_variables(tree) - fields.keys())
        found += _unknown_columns(tree, fields)
    return list(dict.fromkeys(found))


def _sources(document: Any) -> Iterator[str]:
    """The text of the body, of headers and of footers, as docxtpl hands it to Jinja."""
    yield document.patch_xml(document.get_xml())
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _key, part in document.get_headers_footers(uri):
            yield document.patch_xml(document.get_part_xml(part))


def _unknown_columns(tree: nodes.Template, fields: Fields) -> list[str]:
    """For `{% for row in list %}`: names asked of `row` that a row of that list does not have."""
    found = []
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name) and isinstance(loop.target, nodes.Name):
            row, columns = loop.target.name, fields.get(loop.iter.name, ())
            asked = [one for part in loop.body for one in part.find_all(nodes.Getattr)]
            of_row = [one.attr for one in asked if isinstance(one.node, nodes.Name) and one.node.name == row]
            found += [f"{row}.{name}" for name in of_row if name not in columns]
    return found


if __name__ == "__main__":
    main()
