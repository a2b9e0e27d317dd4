"""A workbook as LibreOffice has it after working out every formula anew.

LibreOffice takes the values stored beside the formulas as they are unless its profile says otherwise: a test without that line
would compare what we wrote with what we wrote.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def convert(content: bytes, folder: Path, kind: str) -> bytes:
    """The workbook opened, every formula worked out, and saved as `kind` (xlsx, pdf). `folder` is the caller's own and empty."""
    profile, source, out = folder / "profile", folder / "book.xlsx", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    source.write_bytes(content)
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", kind]
    done = subprocess.run([*command, "--outdir", out, source], capture_output=True, text=True, check=False, timeout=300)
    made = out / f"book.{kind}"
    assert made.is_file(), done.stdout + done.stderr
    return made.read_bytes()
