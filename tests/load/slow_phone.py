"""How long a phone on a bad line waits for a form of twelve subjects and eight items, and what the form weighs.

    python -m tests.load.slow_phone [--visits 5] [--slower 2]

Starts a server of its own (`pingyi serve`, as in production), opens the form in Chromium throttled to 400 kbit/s with 400 ms
delay and a processor so many times slower than this one, each time as a first visit, and prints: bytes by part, time until the
form can be filled, time until the script has prepared it. `make bench-phone`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from survey_app.database import make_engine, session_factory
from tests.journeys.conftest import LiveServer, serving
from tests.support.chromium import chromium
from tests.survey_app.views.voter.test_long_form import LONG
from tests.survey_app.views.voter.test_network import SLOW
from tests.towns.small_scheme import build

FILLABLE = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
PREPARED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> int:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--visits", type=int, default=5)
    words.add_argument("--slower", type=int, default=2)
    given = words.parse_args()
    visits = given.visits
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as server, chromium() as browser:
        address = f"{server.address}/v/{form_on(server)}"
        seen = [visit(browser, address, given.slower) for _ in range(visits)]
    weights = seen[0][2]
    for part, weight in weights.items():
        sys.stdout.write(f"{weight:8.0f} bytes  {part.rpartition('/')[2]}\n")
    sys.stdout.write(f"{sum(weights.values()):8.0f} bytes in {len(weights)} requests\n")
    for title, times in (("can be filled", [one[0] for one in seen]), ("prepared by the script", [one[1] for one in seen])):
        sys.stdout.write(
            f"{title}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms, of {visits} first visits\n"
        )
    return 0


def form_on(server: LiveServer) -> str:
    """A campaign with a long form in the server's database; the form's id."""
    engine = make_engine(f"sqlite:///{server.data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        town = build(session, text=LONG, subjects=12)
    engine.dispose()
    return town.guests


def visit(browser: Browser, address: str, slower: int) -> tuple[float, float, dict[str, float]]:
    """One first visit: ms until something to fill is painted, ms until the script is done, bytes by address."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    line = context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    weights: dict[str, float] = {}
    line.send("Network.enable")
    line.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    line.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    line.send("Network.emulateNetworkConditions", SLOW)
    line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="networkidle")
    fillable, prepared = page.evaluate(FILLABLE), page.evaluate(PREPARED)
    context.close()
    return (
        fillable,
        prepared,
        {addresses[one]: weight for one, weight in weights.items() if not addresses[one].startswith("data:")},
    )


if __name__ == "__main__":
    sys.exit(main())
