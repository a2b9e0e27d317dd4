"""What an answer of the printing page holds: the PDF as a browser would save it from the page's link."""

from __future__ import annotations

import base64
import re


def pdf_of(page: str) -> bytes:
    """The file in the page; the test fails when there is none, or more than one."""
    (found,) = re.findall(r'download="[^"]+\.pdf" href="data:application/pdf;base64,([A-Za-z0-9+/=]+)"', page)
    return base64.b64decode(found)


def seen_on(page: str) -> str:
    """The state the page's form carries back."""
    (found,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return str(found)
