"""Killed in the middle of casting: what was acknowledged is there, once, and a resend gets the same receipt."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.models import Ballot
from survey_app.services.casting import cast
from survey_app.services.casting.cast import Credential
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import GOOD_MARKS, QUICK, build

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 4


def test_no_acknowledged_ballot_is_lost_or_doubled_by_kill_9(
    session: Session, engine: Engine, config: Config, tmp_path: Path
) -> None:
    town = build(session, slips=1500)
    session.close()
    secrets = [tokens.secret_text(secret) for secret, _ in town.slips]
    acknowledged: dict[str, str] = {}
    for round_number in range(ROUNDS):
        waiting = [secret for secret in secrets if secret not in acknowledged]
        (tmp_path / "secrets").write_text("\n".join(waiting), encoding="ascii")
        command = [sys.executable, "-m", "tests.faults.caster", config.database_url, town.guests, str(tmp_path / "secrets")]
        with (tmp_path / f"out{round_number}").open("w+", encoding="ascii") as out:
            process = subprocess.Popen(command, cwd=ROOT, stdout=out)
            while process.poll() is None and (tmp_path / f"out{round_number}").stat().st_size < 500:
                time.sleep(0.01)  # until casting is under way: some ten acknowledgements
            time.sleep(0.05 + 0.07 * round_number)
            assert process.poll() is None, "it finished before it could be killed: give it more slips"
            process.kill()
            process.wait()
            out.seek(0)
            lines = out.read().split("\n")[:-1]  # the last line may have been cut off by the kill; then it was not said
        acknowledged |= dict(line.split(" ") for line in lines)
    assert len(acknowledged) >= 10 * ROUNDS
    with session_factory(engine)() as look:
        codes = {tokens.crockford(leaf, 20) for leaf in look.scalars(select(Ballot.leaf))}
        count = look.scalar(select(func.count()).select_from(Ballot)) or 0
        if engine.dialect.name == "sqlite":
            assert look.scalar(text("PRAGMA integrity_check")) == "ok"
    assert len(codes) == count
    assert {code.replace("-", "") for code in acknowledged.values()} <= codes
    # At most the four under way at each kill were stored without an answer; their resend finds them.
    assert count <= len(acknowledged) + 4 * ROUNDS
    for secret, code in list(acknowledged.items())[:20]:
        with session_factory(engine)() as again:
            receipt = cast.cast(
                again,
                style_id=town.guests,
                credential=Credential(secret=tokens.parse_secret(secret)),
                submission_id=hashlib.sha256(secret.encode()).digest()[:16],
                marks=GOOD_MARKS,
                alias_cost=QUICK,
            )
        assert receipt.code == code
