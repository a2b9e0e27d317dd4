"""Word documents from a template: ours, or one the office brought. Lives here: looking at one before it is taken, filling it.

Threat answered to: a hostile template. It is filled by a process of its own, in a sandbox and under limits (`word_child`); before
that it is looked at as a file: its size unpacked, macros, embedded objects, links to templates elsewhere, entities in its XML.
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Final

from survey_app.errors import UserError
from survey_app.exports.word_child import FAILED
from survey_app.i18n import N_, listed
from survey_app.presenting.charts.shapes import Drawing
from survey_app.printing import drawings
from survey_app.services.results.paper_fields import PaperContent, PaperField

PROGRAM: Final = "survey_app.exports.word_child"
#: Seconds of processor that a template may take, besides what its letters take.
SECONDS = 10
MOST_BYTES = 2 * 1024 * 1024
_UNPACKED = 20 * 1024 * 1024
_MOST_PARTS = 500
_WIDEST, _HIGHEST = 160, 145  # millimetres: what A4 leaves between its margins, standing or lying
_BODY = "word/document.xml"
#: What a letter needs none of: programs, files within the file, and things Word would fetch from elsewhere when it is opened.
_PARTS = ("vbaproject", "/embeddings/", "/activex/", "vbadata", "customui")
_LINKS = (b"attachedTemplate", b"oleObject", b"/frame", b"subDocument", b"/image", b"/video", b"aFChunk")
_RELATION = re.compile(rb"<[^<>]*Relationship\s[^<>]*>")


class TemplateRefusedError(UserError):
    """A template that is not taken, and why."""


_WHY: Mapping[str, str] = {
    "hostile": N_("模板里有不允许的写法（读取程序内部）；请只写列出的字段。"),
    "syntax": N_("模板里的花括号写法不对；请对照示例模板里的 {{ 字段 }} 和循环改正。"),
    "memory": N_("模板太费内存，没有填完；请简化模板。"),
    "slow": N_("模板填得太久，没有填完；请简化模板。"),
    "unreadable": N_("这个文件读不成 Word 文档；请用 Word 另存为 .docx 再传。"),
}


def check(template: bytes, fields: Sequence[PaperField]) -> None:
    """Refuse a template that is no plain Word file, names a field there is none of (all are told), or cannot be filled.

    Raises TemplateRefusedError.
    """
    _look_at(template)
    order = {"fields": {one.name: list(one.within) for one in fields}}
    found = json.loads(b"".join(_run(template, order, lambda pipe: iter([pipe.read()]))))
    if found["unknown"]:
        raise TemplateRefusedError(
            N_("模板里有不认识的字段：%(names)s。请改成列出的字段，什么都没有替换。"), names=listed(found["unknown"])
        )
    for _made in filled(template, [sample(fields)]):
        pass


def sample(fields: Sequence[PaperField]) -> PaperContent:
    """Every field filled with its own name, every list with two rows: what a template looks like filled."""
    return {
        one.name: [{name: _sampled(one, name, f"{name}{row}") for name in one.within} for row in (1, 2)]
        if one.within
        else _sampled(one, one.name, one.name)
        for one in fields
    }


def _sampled(field: PaperField, name: str, told: str) -> str | Drawing:
    return Drawing(told, "", 20, ()) if name in field.charts else told


def filled(template: bytes, contents: Sequence[PaperContent]) -> Iterator[bytes]:
    """A document for each content, one after another. Raises TemplateRefusedError where the template cannot be filled."""
    return _run(template, {"contents": _pictured(contents)}, _documents)


def _pictured(contents: Sequence[PaperContent]) -> list[dict[str, object]]:
    """The contents with a picture in place of each chart, all of them drawn at once."""
    charts = [one for content in contents for one in _charts(content)]
    made = iter(drawings.png(charts))

    def written(found: object) -> object:
        if isinstance(found, Drawing):
            wide = min(_WIDEST, int(_HIGHEST * drawings.shape_of(found)))
            return {"png": base64.b64encode(next(made)).decode(), "alt": drawings.alt(found), "wide": wide}
        return found

    return [
        {
            name: written(found)
            if isinstance(found, str | Drawing)
            else [{column: written(cell) for column, cell in row.items()} for row in found]
            for name, found in content.items()
        }
        for content in contents
    ]


def _charts(content: PaperContent) -> Iterator[Drawing]:
    for found in content.values():
        if isinstance(found, Drawing):
            yield found
        elif not isinstance(found, str):
            yield from (cell for row in found for cell in row.values() if isinstance(cell, Drawing))


def _look_at(template: bytes) -> None:
    """What can be said of the file before anything in it is read as a document."""
    unreadable = TemplateRefusedError(_WHY["unreadable"])
    if len(template) > MOST_BYTES:
        raise TemplateRefusedError(N_("模板大于 2 MB；请缩小里面的图片再传。"))
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as opened:
            parts = opened.infolist()
            if _BODY not in opened.namelist():
                raise unreadable
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise TemplateRefusedError(N_("模板解开之后太大；请用普通的 Word 文档。"))
            for part in parts:
                _refuse_part(part.filename.lower(), opened.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as wrong:
        raise unreadable from wrong


def _refuse_part(name: str, content: bytes) -> None:
    if any(one in f"/{name}" for one in _PARTS):
        raise TemplateRefusedError(N_("模板里有宏或嵌入的对象；请另存为不带宏的 .docx，并去掉对象。"))
    if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content):
        raise TemplateRefusedError(_WHY["unreadable"])
    outside = [one for one in _RELATION.findall(content) if b"External" in one] if name.endswith(".rels") else []
    if any(link in one for one in outside for link in _LINKS):
        raise TemplateRefusedError(N_("模板会在打开时从别处取文件（图片、模板或对象）；请把它们放进文档，或者去掉。"))


def _run(template: bytes, order: Mapping[str, object], read: Callable[[IO[bytes]], Iterator[bytes]]) -> Iterator[bytes]:
    """Start the process, hand it the order, and give what it answers. Its environment is empty."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-B", "-m", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
    ) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - pipes
        try:
            line = json.dumps(
                {**order, "seconds": SECONDS, "template": base64.b64encode(template).decode()}, ensure_ascii=False
            ).encode()
            try:
                process.stdin.write(line + b"\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has failed before it read all; why, it says below
            yield from read(process.stdout)
            why = process.stderr.read().decode("utf-8", "replace").strip()
            if process.wait() != 0:
                raise TemplateRefusedError(_WHY.get(why, _WHY["unreadable"]) if process.returncode == FAILED else _WHY["slow"])
        finally:
            process.kill()


def _documents(pipe: IO[bytes]) -> Iterator[bytes]:
    while head := pipe.read(8):
        length = int.from_bytes(head, "big")
        document = pipe.read(length)
        if len(document) < length:
            return  # it was stopped in the middle of this one; why, is told by whoever waits for its end
        yield document
