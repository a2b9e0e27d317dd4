"""Files a page hands out: their kind, and a name no browser or folder stumbles over."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response, make_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"
PDF = "application/pdf"
JSON = "application/json"
ZIP = "application/zip"
YAML = "application/yaml"
_LONGEST = 80


def file_response(content: bytes | str, name: str, kind: str, *, inline: bool = False, once: bool = False) -> Response:
    """The file as an answer, under a name that may hold any words: what is no letter, digit or one of "_.-" becomes "-".

    `inline`: looked at in the browser first. `once`: nothing on the way may keep a copy (results, secrets).
    """
    response = make_response(content)
    response.headers["Content-Type"] = kind
    way = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file_name(name))}"
    if once:
        response.headers["Cache-Control"] = "no-store"
    return response


def file_name(name: str) -> str:
    """The name with nothing in it but letters, digits and "_.-", and not too long."""
    stem, dot, ending = name.rpartition(".")
    return (re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:_LONGEST] or "pingyi") + dot + ending
