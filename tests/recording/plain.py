"""What is taken out of a text before it is kept: secrets and addresses that a draw made, each by a rule with its reason.

| taken out | becomes | because |
|---|---|---|
| the campaign's key, a ballot style's name | `‹round›`, `‹form: group, unit, left out›` | drawn; what they stand for is kept |
| forgery tokens, one-time links, known browsers | `‹token›` | drawn, and signed with a drawn key |
| slip secrets, typed codes, receipts | `‹secret›`, `‹code›`, `‹receipt›` | drawn |
| 16 hexadecimal digits and more, also in fours and eights | `‹hex›` | tags, leaves, roots, keys: they hold drawn bytes |
| … except digests of what no draw decides | as they are | scheme, plan, evidence; tally and report too, under the same dice |
| 40 base-64 characters and more, not all hexadecimal | `‹base64›` | signatures, sealed bytes |
| names of joined style sheets and scripts | `‹asset›` | they follow the files' content |
| the folder in which all this happened | `‹folder›` | drawn by the system |
| indentation, blank lines, blanks at a line's end | one blank at most | a template may be laid out otherwise |

In JSON a list of records that held something that is taken out is sorted afterwards: its order may come from what was taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CODE = "0-9A-HJKMNP-TV-Z"
_NAME = re.compile(rf"(?<![0-9A-Za-z])(?:[{_CODE}]{{10}}|[0-9a-z]{{12}})(?![0-9A-Za-z])")
_FOURS = "[0-9a-f]{4}(?:[0-9a-f]{4})?"
_HEX = re.compile(rf"(?<![0-9A-Za-z])(?:[0-9a-f]{{16,}}|(?:{_FOURS}[ :-]){{3,}}{_FOURS})(?![0-9A-Za-z])")
_RULES = (
    (re.compile(r'(name="(?:csrf_token|submission)" value=")[^"]*'), r"\1‹token›"),
    (re.compile(r"/assets/[0-9a-f]{16}/"), "/assets/‹asset›/"),
    (re.compile(r"(/office/link/)[A-Za-z0-9_-]{16,}"), r"\1‹token›"),
    (re.compile(rf"(?<![0-9A-Za-z])[{_CODE}]{{26}}(?![0-9A-Za-z])"), "‹secret›"),
    (re.compile(rf"(?<![0-9A-Za-z-])(?:[{_CODE}]{{4}}-){{3}}[{_CODE}](?![0-9A-Za-z-])"), "‹code›"),
    (re.compile(rf"(?<![0-9A-Za-z-])(?:[{_CODE}]{{5}}[- ]){{3,5}}[{_CODE}]{{1,5}}(?![0-9A-Za-z-])"), "‹receipt›"),
    (re.compile(r"(?<![0-9A-Za-z+/])(?![0-9a-f]+(?![0-9A-Za-z+/=]))[A-Za-z0-9+/]{40,}={0,2}(?![0-9A-Za-z+/=])"), "‹base64›"),
)


@dataclass
class Plain:
    """The rules with the names that one demo drew. `names` by what was drawn, `kept` digests that stay."""

    folder: str = ""
    names: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def text(self, text: str) -> str:
        """The text without what a draw decides."""
        if self.folder:
            text = text.replace(self.folder, "‹folder›")
        text = _NAME.sub(lambda found: self.names.get(found[0], found[0]), text)
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
        return _HEX.sub(self._hex, text)

    def lines(self, text: str) -> str:
        """The same, with indentation and blank lines gone."""
        lines = (" ".join(line.split(" ")).strip() for line in self.text(text).splitlines())
        return "\n".join(re.sub(r"[ \t]+", " ", line) for line in lines if line) + "\n"

    def _hex(self, found: re.Match[str]) -> str:
        plain = re.sub(r"[ :-]", "", found[0])
        return found[0] if any(plain in one for one in self.kept) else "‹hex›"
