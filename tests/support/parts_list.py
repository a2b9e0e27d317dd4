"""The list of parts (SBOM) of what runs: every package of run.lock, and every one built into static/js/vendor, with its version,
its digests and its licence.

    python -m tests.support.parts_list > sbom.json          (`make sbom`)

CycloneDX 1.5, as JSON. Made of the lock file and of what the installed packages say of themselves, without a moment or a number
drawn by lot, so that two lists of one lock are equal byte for byte. Needs nothing but Python.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from importlib import metadata
from typing import Any

from tests.support.house import ROOT

LOCK = ROOT / "requirements" / "run.lock"
BUILT = ROOT / "static" / "js" / "vendor" / "manifest.json"
BUILT_LOCK = ROOT / "requirements" / "editor" / "package-lock.json"
_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")


def locked(text: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and digests (SHA-256) of each package of a lock file. Raises ValueError for a line of another kind."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        told = _PACKAGE.match(line.strip())
        digests = sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
        if told is None or not digests:
            raise ValueError(f"no pinned package: {line.strip()[:80]}")
        found.append((told["name"].lower(), told["version"], digests))
    return sorted(found)


def parts(text: str) -> dict[str, Any]:
    """The list of parts of a lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
            }
        },
        "components": (components := [*(_part(*one) for one in locked(text)), *built_in()]),
        "dependencies": [{"ref": project["name"], "dependsOn": [one["bom-ref"] for one in components]}],
    }


def built_in() -> list[dict[str, Any]]:
    """What the browser gets that others wrote: the packages of which the editor is built, their digests from its lock file."""
    pinned = json.loads(BUILT_LOCK.read_text(encoding="utf-8"))["packages"]
    found = []
    for name, told in json.loads(BUILT.read_text(encoding="utf-8"))["packages"].items():
        version = told["version"]
        digest = base64.b64decode(pinned[f"node_modules/{name}"]["integrity"].removeprefix("sha512-")).hex()
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": version,
                "purl": purl,
                "externalReferences": [
                    {
                        "type": "distribution",
                        "url": f"https://www.npmjs.com/package/{name}/v/{version}",
                        "hashes": [{"alg": "SHA-512", "content": digest}],
                    }
                ],
                "licenses": [{"expression": told["license"]}],
            }
        )
    return found


def _part(name: str, version: str, digests: list[str]) -> dict[str, Any]:
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(name, version),
        "name": name,
        "version": version,
        "purl": _purl(name, version),
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
            }
        ],
    }
    licence = _licence(name, version)
    return part | ({"licenses": [licence]} if licence else {})


def _licence(name: str, version: str) -> dict[str, Any] | None:
    """What the installed package says of its licence; None where this version is not installed here or says nothing."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if said["Version"] != version:
        return None
    if "License-Expression" in said:
        return {"expression": said["License-Expression"]}
    classified = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License :: ")]
    named = next(iter(classified), "") or (said["License"] if "License" in said else "").partition("\n")[0][:100]  # noqa: SIM401 - it has no `get`
    return {"license": {"name": named}} if named else None


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


if __name__ == "__main__":
    json.dump(parts(LOCK.read_text(encoding="utf-8")), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
