"""The server's clock jumps by hours, forward and back, while people vote and around the close, which is a stored state."""

from __future__ import annotations

import random
import time
from pathlib import Path

from survey_app.models import Campaign
from survey_app.services.campaign import campaigns
from tests.faults.breaking import A_ROUND, BEFORE, Outcome, outcome_of
from tests.faults.hall import crowd, voters
from tests.faults.history import compare
from tests.faults.place import Place
from tests.support.clock import NOON

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
#: After the close the clock goes back to before it, and forward again; each time nobody is let in.
AROUND_THE_CLOSE = ("-7200", "+3600", "-86400")
_HOURS = 3600


def library() -> str:
    """The library that moves clocks; "" where it is not installed."""
    return next((str(path) for path in sorted(Path("/").glob(LIBRARY.lstrip("/")))), "")


def jump(place: Place, rounds: int, *, seed: int = 8) -> Outcome:
    """So many jumps while people vote, then the close and three more. Raises AssertionError where somebody is let in after it."""
    dice, told = random.Random(seed), place.temporary / "clock"
    told.write_text("+0", encoding="ascii")
    moved = {
        "LD_PRELOAD": library(),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with place.serving(**moved) as server:
        town = place.town(A_ROUND * rounds + 200)
        phones = voters(town, dice)
        with crowd(server.address, town, phones) as hall:
            for _ in range(rounds):
                hall.wait_for(BEFORE)
                told.write_text(f"{dice.randint(-24, 24) * _HOURS:+d}", encoding="ascii")
            hall.wait_for(BEFORE)
            with place.session() as session:
                campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
                session.commit()
            time.sleep(1)  # whoever had been let in before the close was told by now
            closed_with = hall.acknowledged()
            for offset in AROUND_THE_CLOSE:
                told.write_text(offset, encoding="ascii")
                time.sleep(1)
                if hall.acknowledged() != closed_with:
                    raise AssertionError(f"with the clock at {offset} s somebody was told “recorded” after the close")
    return outcome_of("clock jumps by hours, also around the close", rounds, hall, compare(place, town, phones), phones)
