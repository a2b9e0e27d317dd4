"""A server process stand-in for the kill tests: casts ballot after ballot and says so on stdout after each acknowledgement.

Run as `python -m tests.faults.caster URL STYLE FILE-OF-SECRETS`; four threads share the slips.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from pathlib import Path

from survey_app.database import make_engine, session_factory
from survey_app.services.casting import cast
from survey_app.services.casting.cast import Credential
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import GOOD_MARKS, QUICK


def main(url: str, style: str, secrets: Path) -> None:
    engine = make_engine(url)
    slips = iter(secrets.read_text(encoding="ascii").split())
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                text = next(slips, None)
            if text is None:
                return
            with session_factory(engine)() as session:
                receipt = cast.cast(
                    session,
                    style_id=style,
                    credential=Credential(secret=tokens.parse_secret(text)),
                    submission_id=hashlib.sha256(text.encode()).digest()[:16],
                    marks=GOOD_MARKS,
                    alias_cost=QUICK,
                )
            with lock:
                sys.stdout.write(f"{text} {receipt.code}\n")
                sys.stdout.flush()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
