"""Opening on several machines: over TLS or not at all; and with a worker killed in mid-count the same comes out."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey_app.services.counting import cluster, counting, crews, key_ranges
from survey_app.services.counting.cluster import Certificates, ClusterError
from survey_app.services.demo import full_box
from tests.support.clock import NOON
from tests.support.dask_cluster import running
from tests.survey_app.services.counting.test_counting import LATER

PRESENT = find_spec("distributed") is not None


@pytest.fixture
def shown(tmp_path: Path) -> Certificates:
    """Files that are there; what is in them nobody reads here."""
    for name in ("ca.pem", "own.pem", "key.pem"):
        (tmp_path / name).write_text("")
    return Certificates(authority=tmp_path / "ca.pem", own=tmp_path / "own.pem", key=tmp_path / "key.pem")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", ""])
def test_a_key_goes_nowhere_without_tls(address: str, shown: Certificates) -> None:
    with pytest.raises(ClusterError, match="tls://"):
        cluster.cluster(address, shown)


def test_every_certificate_has_to_be_there(shown: Certificates) -> None:
    shown.key.unlink()
    with pytest.raises(ClusterError, match=r"key\.pem"):
        cluster.cluster("tls://127.0.0.1:8786", shown)
    with pytest.raises(ClusterError, match="--cluster-key"):
        cluster.certificates(shown.authority, shown.own, None)


@pytest.mark.skipif(PRESENT, reason="the extra is installed: what is said without it is not said")
def test_without_the_extra_it_is_said_how_to_get_it(shown: Certificates) -> None:
    with pytest.raises(ClusterError, match=r"pip install 'pingyi\[cluster\]'"):
        cluster.cluster("tls://127.0.0.1:8786", shown)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Dask's own; what it imports warns of what others do
@pytest.mark.skipif(not PRESENT, reason="the extra is not installed (requirements/cluster.lock): pip install 'pingyi[cluster]'")
def test_a_cluster_counts_what_one_process_counts_though_a_worker_is_killed(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(key_ranges, "BALLOTS", 10)
    campaign = full_box.make(session, 150, now=NOON)
    alone = counting.open_and_count(session, campaign, passphrase=full_box.PASSPHRASE, account="a", now=LATER, crew=crews.Alone())
    session.commit()
    killed: list[int] = []
    with running(tmp_path, workers=2) as dask:

        def kill(step: str, done: int, _whole: int) -> None:
            if step == "opening" and done and not killed:
                killed.append(dask.workers[0].pid)
                dask.workers[0].kill()

        again = counting.open_and_count(
            session,
            campaign,
            passphrase=full_box.PASSPHRASE,
            account="a",
            now=LATER,
            crew=cluster.cluster(dask.address, dask.certificates),
            progress=kill,
        )
        session.commit()
    assert len(killed) == 1
    assert again.digest == alone.digest
