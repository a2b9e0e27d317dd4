"""Whether time tells an account that exists from one that does not, or a right slip from a wrong one: a clock compares.

    python -m tests.load.telling_times [--rounds 200]

Sends both kinds in turn to an application in this process, with the real cost of a password, and prints the medians and how often
the slower of a pair is of the one kind: 0.5 is chance (area under the ROC curve). The plan of controls asks for less than 0.55.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from survey_app import create_app
from survey_app.config import Config
from survey_app.costs import AliasCost, PasswordCost
from survey_app.extensions import resources
from survey_app.roles import EVERYTHING
from survey_app.services.office import accounts, factors, signing_in
from survey_app.services.office.accounts import SignInError
from survey_app.services.sealing import tokens
from survey_app.starting import prepared
from tests.support.clock import NOON
from tests.towns.small_scheme import build

NAME, PASSWORD = "评议办", "窗外的梧桐 seven green kites"
SECRET = "the server's own secret, 32 characters"


def area(first: list[float], second: list[float]) -> float:
    """How often one of `first` took longer than one of `second`; a tie counts half."""
    return sum((a > b) + (a == b) / 2 for a in first for b in second) / (len(first) * len(second))


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def compared(title: str, rounds: int, one: Callable[[], object], other: Callable[[], object]) -> None:
    """Both in turn, so that what else the machine does hits both alike."""
    one(), other()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        pair = ((one, times[0]), (other, times[1]))
        for act, found in pair if number % 2 else reversed(pair):
            found.append(timed(act))
    medians = [statistics.median(found) * 1000 for found in times]
    print(f"{title:46}{medians[0]:9.2f} ms {medians[1]:9.2f} ms   area {area(*times):.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, choices=range(10, 5001), metavar="10..5000")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        cost = PasswordCost()
        config = Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", alias_cost=AliasCost(), password_cost=cost)
        prepared(config).dispose()
        app = create_app(config)
        with resources(app).writing() as session:
            accounts.create_account(session, name=NAME, roles=EVERYTHING, password=PASSWORD, cost=cost, now=NOON)
            factors.state_without(session, by=NAME, now=NOON)
            session.commit()
            town = build(session, slips=1)

        def sign_in(name: str) -> None:
            with resources(app).writing() as session:
                try:
                    signing_in.admit(session, name, "not the one", "", cost=cost, secret=SECRET, now=NOON)
                except SignInError:
                    session.rollback()

        def look_up(secret: str) -> None:
            with app.test_client() as phone:
                phone.post(f"/v/{town.guests}", data={"secret": secret, "stage": "review"}).close()

        print(f"{'':46}{'first':>12} {'second':>12}   how often the first is the slower: 0.5 is chance")
        compared("sign-in: a name there is / there is not", rounds, lambda: sign_in(NAME), lambda: sign_in("没有这个人"))
        wrong = [tokens.secret_text(tokens.mint_secret()) for _ in range(2)]
        compared("slip: two secrets nobody has", rounds, lambda: look_up(wrong[0]), lambda: look_up(wrong[1]))
        resources(app).engine.dispose()


if __name__ == "__main__":
    main()
