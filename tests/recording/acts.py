"""What only a POST or a command makes: slips, invitations, bundles and what the checker says of them,
certificates of destruction. Last of all, because it changes the rounds."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from flask.testing import FlaskClient

from tests.recording.town import PASSPHRASE, PASSWORD, Round, Town, fresh, move_clock_past, post, spread
from tests.recording.walk import OFFICE_TONGUES, TONGUES, put
from tests.support.application import take_note

MOST_PRINTED = 3
UNTIL = "2026-12-21"  # a month after the clock stands, a day before it is moved to


def act(town: Town, office: FlaskClient) -> None:
    """Everything, in an order that never changes."""
    for one in town.rounds:
        if one.state == "open":
            prints(town, office, one)
    counted = [one for one in town.rounds if one.state == "counted"]
    for one in counted:
        appeal(town, office, one)
        settle(town, office, one)
        bundles(town, one)
    for one in counted:
        destruction(town, one)


def prints(town: Town, office: FlaskClient, one: Round) -> None:
    """Slips and invitations in every language, by their text."""
    address = f"/office/campaigns/{one.key}/print"
    for style in spread(list(one.styles), MOST_PRINTED):
        for tongue in TONGUES:
            fields = {"style": style, "meeting": "大礼堂", "count": "3", "language": tongue}
            put(town, "prints", f"{one.label}/slips/{one.styles[style]}-{tongue}", post(office, f"{address}/slips", **fields))
    page = office.get(f"{address}/").get_data(as_text=True)
    asked = re.findall(r'name="group" value="([^"]*)">\s*<input type="hidden" name="unit" value="([^"]*)"', page)
    for group, unit in spread(asked, MOST_PRINTED):
        for tongue in TONGUES:
            answer = post(office, f"{address}/invitations", group=group, unit=unit, language=tongue)
            put(town, "prints", f"{one.label}/invitations/{group}-{unit}-{tongue}", answer)


def settle(town: Town, office: FlaskClient, one: Round) -> None:
    """Every outcome confirmed: no bundle is made while one is open."""
    address = f"/office/results/{one.key}/outcomes/"
    page = office.get(address).get_data(as_text=True)
    for about in sorted(set(re.findall(r'name="about" value="([^"]*)"', page))):
        answer = post(office, f"{address}all", about=html.unescape(about), reason="记下来比较")
        town.write("stored", f"{one.label}/settled-{about}.txt", f"status {answer.status_code}")


def bundles(town: Town, one: Round) -> None:
    """The public bundle and one for an auditor, opened; what the checker says, from inside and from the command line."""
    folder = fresh(town.data / "bundles" / one.key)
    public, secret = folder / "public.zip", f"{PASSPHRASE}\n"
    said = [town.run("bundle", one.key, str(public), "--publish", typed=secret)]
    key = town.run("auditor-key", str(folder / "key.json"), typed=f"{PASSWORD}\n{PASSWORD}\n")
    hexes = re.findall(r"^[0-9a-f]{64}$", key, re.MULTILINE)
    said += [town.run("bundle", one.key, str(folder / "sealed"), "--auditor", hexes[0], typed=secret)]
    opened = folder / "auditors.zip"
    said += [town.run("auditor-open", str(folder / "sealed-1"), str(folder / "key.json"), str(opened), typed=f"{PASSWORD}\n")]
    for archive in (file for file in (public, opened) if file.is_file()):
        said += [f"=== {archive.name}", town.run("verify", str(archive)), _own_verdict(archive, folder)]
        with zipfile.ZipFile(archive) as inside:
            for name in inside.namelist():
                if name != "verify.py":
                    town.keep("bundles", f"{one.label}/{archive.stem}/{name}.txt", inside.read(name))
    town.write("bundles", f"{one.label}/verdicts.txt", "\n".join(said))
    published = town.visitor().get(f"/log/{one.key}/bundle.zip")
    same = public.is_file() and published.get_data() == public.read_bytes()
    town.write("bundles", f"{one.label}/published.txt", f"status {published.status_code}, the same bytes as the file: {same}")


def _own_verdict(archive: Path, folder: Path) -> str:
    """What the checker inside the archive says, run alone as a doubter would."""
    with zipfile.ZipFile(archive) as inside:
        inside.extract("verify.py", folder)
    done = subprocess.run(
        [sys.executable, "-I", f"{folder}/verify.py", str(archive)], capture_output=True, text=True, check=False
    )
    return f"{done.stdout}{done.stderr}--- status {done.returncode}"


def appeal(town: Town, office: FlaskClient, one: Round) -> None:
    """The openings are kept until a day; before it an auditor may be given them."""
    address = f"/office/campaigns/{one.key}/appeal"
    post(office, f"{address}/fix", until=UNTIL)
    put(town, "prints", f"{one.label}/appeal-fixed", office.get(f"{address}/"))


def destruction(town: Town, one: Round) -> None:
    """The end of the appeal period, and the certificate."""
    address = f"/office/campaigns/{one.key}/appeal"
    move_clock_past(32)
    again = town.visitor()
    post(again, "/office/sign-in", name="评议办", password=PASSWORD)
    take_note(town.app)  # of the sign-in from a browser nobody knew: the office's own pages are what is recorded
    post(again, f"{address}/destroy", title=one.title)
    for tongue in OFFICE_TONGUES:
        put(town, "prints", f"{one.label}/appeal-over-{tongue}", again.get(f"{address}/?lang={tongue}"))
        put(town, "prints", f"{one.label}/certificate-{tongue}", again.get(f"{address}/certificate.pdf?lang={tongue}"))
    move_clock_past(0)
