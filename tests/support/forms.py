"""Forms as a browser sends them: read from the page first, then changed, then sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient


def fields_of(page: str, action: str) -> dict[str, Any]:
    """The fields of the form that is posted to this address, as a browser would send them: boxes ticked, texts as filled.

    A form without an address goes to its own page.
    """
    forms = re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL)
    posted = [inside for tag, inside in forms if 'method="post"' in tag and f'action="{action}"' in tag]
    posted += [inside for tag, inside in forms if 'method="post"' in tag and "action=" not in tag]
    assert posted, f"no form goes to {action}"
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", posted[0]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = not re.search(r'type="(checkbox|radio)"', tag) or " checked" in tag
        if name and ticked and " disabled" not in tag:
            one = unescape(value[1]) if value else ""
            found[name[1]] = [*found.get("exit", []), one] if name[1] == "exit" else one
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', posted[0]):
        found[name] = unescape(text).replace("\n", "\r\n")
    return found


def opened(client: FlaskClient, page: str, action: str = "") -> dict[str, Any]:
    """The form of that page as it comes to the client."""
    return fields_of(client.get(page).get_data(as_text=True), action or page)


def sent(client: FlaskClient, address: str, form: dict[str, Any], **changes: str) -> tuple[int, str]:
    """Send the form on with these changes; the status and the page that answers."""
    answer = client.post(address, data={**form, **changes})
    return answer.status_code, unescape(answer.get_data(as_text=True))
