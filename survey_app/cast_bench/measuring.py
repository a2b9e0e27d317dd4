"""One run: a hall on a database, our server and the bare page beside it, scenario after scenario, then the count.

Lives here: which scenarios there are, and their figures. May not live here: how they are told (`telling`).
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from survey_app import schema
from survey_app.cast_bench import crowd, phones
from survey_app.cast_bench.hall import BoxReckoning, Hall, build, close_and_compare, marks_of
from survey_app.cast_bench.postgresql import ShortLivedPostgresql
from survey_app.cast_bench.sampling import SECONDS_APART
from survey_app.cast_bench.servers import BenchServer, bare, family_processor, ours, samples_in
from survey_app.config import Config
from survey_app.database import audit_keys, make_engine
from survey_app.services.sealing.tokens import mint_alias

#: Client processes, and voters of each at the same moment while the server is to be kept busy.
CLIENTS, AT_ONCE = 2, 24
#: No server here is faster, in complete responses a second: so many slips are made for each second of being kept busy.
_FASTEST = 1500
#: Voters who come first and are not in the figures: every worker has its form at hand then.
_WARM = 40
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BenchEffort:
    """How much is done. `arrivals`: (voters, within so many seconds); `beside`: the same again beside a crowd."""

    rounds: int = 3
    seconds: float = 5.0
    arrivals: Sequence[tuple[int, float]] = ((500, 60.0), (2000, 60.0))
    beside: Sequence[tuple[int, float]] = ((500, 60.0),)
    half_sent: int = 64
    guessers: int = 150
    profile_seconds: float = 5.0

    def slips(self) -> int:
        """How many slips one run may need."""
        busy = self.rounds * self.seconds * 2 + self.profile_seconds * 2
        coming = sum(voters for voters, _seconds in (*self.arrivals, *self.beside))
        return int(busy * _FASTEST) + coming * 2 + _WARM * 4 + 100


QUICK = BenchEffort(rounds=1, seconds=2.0, arrivals=((60, 4.0),), beside=((60, 4.0),), profile_seconds=2.0)
TINY = BenchEffort(rounds=1, seconds=0.3, arrivals=(), beside=((10, 0.5),), half_sent=4, guessers=2, profile_seconds=0.0)


@dataclass
class Voters:
    """Who is still to come, and what those who came were told."""

    hall: Hall
    next: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    unanswered: list[int] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


def measure(database: str, workers: int, effort: BenchEffort) -> Json:
    """The figures of one database with so many workers. Raises NoPostgresqlError where there is none."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pingyi-bench-")))
        url, first = f"sqlite:///{folder / 'data' / 'pingyi.db'}", 0
        if database == "postgresql":
            cluster = stack.enter_context(ShortLivedPostgresql.started())
            cluster.create("bench")
            url, first = cluster.url("bench"), cluster.first_process()
        (folder / "data").mkdir(mode=0o700)
        config = Config(data=folder / "data", database_url=url, workers=workers)
        engine = make_engine(url, keys=audit_keys(config))
        schema.upgrade(engine)
        voters = Voters(build(engine, effort.slips()))
        engine.dispose()
        figures: Json = {"database": database, "workers": workers, **_scenarios(config, voters, effort, folder, first)}
        outcome: BoxReckoning = close_and_compare(engine, voters.hall, voters.acknowledged, voters.unanswered)
        engine.dispose()
        return {**figures, "failed": dict(voters.failed), "ballots": asdict(outcome)}


def _scenarios(config: Config, voters: Voters, effort: BenchEffort, folder: Path, database: int) -> Json:
    figures: Json = {}
    with ours(config) as server:
        sizes = _warm(server, voters)
        with bare(config, folder, sizes) as page:
            for review in (False, True):
                name = "form, review, send" if review else "form, send"
                figures[name] = _side_by_side(server, page, voters, effort, review=review, database=database)
        for number, seconds in effort.arrivals:
            figures[f"{number} within {seconds:g} s"] = _arriving(server, voters, number, seconds)
        for number, seconds in effort.beside:
            alone = figures.get(f"{number} within {seconds:g} s") or _arriving(server, voters, number, seconds)
            with _crowded(server, voters.hall, effort) as told:
                beside = _arriving(server, voters, number, seconds)
            figures[f"{number} within {seconds:g} s, beside {effort.half_sent} half-sent and {effort.guessers} guessing"] = {
                **beside, "alone": alone["requests"], "guesses": told,
            }  # fmt: skip
        figures["worker_bytes"] = server.heaviest_worker()
        figures["sizes"] = sizes
    if effort.profile_seconds:
        figures["profile"] = _profile(config, voters, effort, folder)
    return figures


def _warm(server: BenchServer, voters: Voters) -> dict[str, int]:
    """Let every worker see the form once; the sizes of its answers."""
    seen = [
        _play(server, voters, seconds=0.0, arrivals=[0.02 * n for n in range(_WARM)], review=review) for review in (True, False)
    ]
    return dict(seen[0]["sizes"])


def _side_by_side(
    server: BenchServer, page: BenchServer, voters: Voters, effort: BenchEffort, *, review: bool, database: int
) -> Json:
    """Both servers kept busy in turn, round after round."""
    rounds = []
    for _ in range(effort.rounds):
        mine = _busy(server, voters, effort.seconds, review=review, database=database)
        beside = _busy(page, voters, effort.seconds, review=review, database=0, paths="/bare/{kind}")
        rounds.append({"ours": mine, "bare": beside, "ratio": mine["per_second"] / beside["per_second"]})
    ratios = [one["ratio"] for one in rounds]
    middle = sorted(rounds, key=lambda one: one["ratio"])[len(rounds) // 2]
    return {
        "ratio": statistics.median(ratios),
        "ratio_spread": [min(ratios), max(ratios)],
        "processor_ratio": middle["bare"]["milliseconds_of_processor"] / middle["ours"]["milliseconds_of_processor"],
        "ours": middle["ours"],
        "bare": middle["bare"],
    }


def _busy(server: BenchServer, voters: Voters, seconds: float, *, review: bool, database: int, paths: str = "") -> Json:
    """Always as many voters as there are places, for so long."""
    before, beneath = server.processor(), family_processor(database) if database else 0.0
    seen = _play(server, voters, seconds=seconds, arrivals=None, review=review, paths=paths)
    spent, below = server.processor() - before, (family_processor(database) if database else 0.0) - beneath
    done = max(1, seen["done"])
    return {
        "responses": seen["done"],
        "per_second": done / (seen["ended"] - seen["began"]),
        "milliseconds_of_processor": 1000 * spent / done,
        "database_milliseconds": 1000 * below / done,
        "requests": _percentiles(seen["seconds"]),
    }


def _arriving(server: BenchServer, voters: Voters, number: int, seconds: float) -> Json:
    """So many voters, one after another at even distances, half of them without script."""
    arrivals = [seconds * n / number for n in range(number)]
    seen = _play(server, voters, seconds=0.0, arrivals=arrivals, review=True)
    return {"responses": seen["done"], "requests": _percentiles(seen["seconds"])}


@contextlib.contextmanager
def _crowded(server: BenchServer, hall: Hall, effort: BenchEffort) -> Iterator[dict[str, int]]:
    """A crowd that sends half requests and types false codes, for as long as the block lasts."""
    plan = {
        "host": server.host, "port": server.port, "path": f"/v/{hall.style_id}", "half_sent": effort.half_sent,
        "guessers": effort.guessers, "marks": marks_of(0), "aliases": [str(mint_alias()) for _ in range(2000)],
    }  # fmt: skip
    told: dict[str, int] = {}
    with _client(crowd.__file__) as process:
        assert process.stdin is not None  # noqa: S101 - asked for in `_client`
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        time.sleep(1.0 if effort.guessers > 10 else 0.1)
        yield told
        said, _none = process.communicate()
        told.update(json.loads(said))


def _profile(config: Config, voters: Voters, effort: BenchEffort, folder: Path) -> dict[str, Json]:
    """Milliseconds of processor for each complete response, by part, in a server of its own that is looked at meanwhile."""
    found: dict[str, Json] = {}
    for review in (False, True):
        samples = folder / f"samples-{review}"
        samples.mkdir()
        with ours(config, samples) as server:
            _play(server, voters, seconds=0.0, arrivals=[0.02 * n for n in range(_WARM)], review=review)
            before = samples_in(samples)
            seen = _play(server, voters, seconds=effort.profile_seconds, arrivals=None, review=review)
            spent = samples_in(samples) - before
        each = 1000 * SECONDS_APART / max(1, seen["done"])
        found["form, review, send" if review else "form, send"] = {part: looks * each for part, looks in spent.most_common()}
    return found


def _play(
    server: BenchServer, voters: Voters, *, seconds: float, arrivals: list[float] | None, review: bool, paths: str = ""
) -> Json:
    """Let voters come: those of `arrivals` at their moments, else as many as there are places for so many seconds."""
    hall, most = voters.hall, len(arrivals) if arrivals else int(seconds * _FASTEST)
    address = f"/v/{hall.style_id}"
    plans = []
    for client in range(CLIENTS):
        numbers = range(client * most // CLIENTS, (client + 1) * most // CLIENTS)
        first = (0 if paths else voters.next) + numbers.start  # to the bare page anybody may come, and as often as they like
        mine = arrivals[client::CLIENTS][: len(numbers)] if arrivals else []
        plans.append({
            "host": server.host, "port": server.port, "review": review, "bare": bool(paths), "seconds": seconds,
            "at_once": 0 if arrivals else AT_ONCE, "first": first,
            "voters": len(mine) if arrivals else 100 * len(numbers) if paths else len(numbers),
            "arrivals": mine,
            "paths": {kind: paths.format(kind=kind) if paths else address for kind in ("form", "review", "send")},
            "secrets": hall.secrets[first : first + len(numbers)],
            "marks": [marks_of(first + n) for n in range(len(numbers))],
        })  # fmt: skip
    seen = _together(plans)
    if not paths:
        voters.next += most
        for one in seen:
            voters.acknowledged.update({int(number): code for number, code in one["acknowledged"].items()})
            voters.unanswered += one["unanswered"]
            voters.failed.update(one["failed"])
    times: dict[str, list[float]] = {}
    for one in seen:
        for kind, taken in one["seconds"].items():
            times.setdefault(kind, []).extend(taken)
    return {
        "done": sum(one["done"] for one in seen),
        "began": min(one["began"] for one in seen),
        "ended": max(one["ended"] for one in seen),
        "seconds": times,
        "sizes": {kind: size for one in seen for kind, size in one["sizes"].items()},
    }


def _together(plans: Sequence[Json]) -> list[Json]:
    """Every plan in a process of its own, at the same time."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(_client(phones.__file__)) for _ in plans]
        for client, plan in zip(clients, plans, strict=True):
            assert client.stdin is not None  # noqa: S101 - asked for in `_client`
            json.dump(plan, client.stdin)
            client.stdin.close()
            client.stdin = None
        return [json.loads(client.communicate()[0]) for client in clients]


@contextlib.contextmanager
def _client(program: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-I", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _percentiles(times: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Milliseconds at the middle and at the ends of each kind of request, and the longest."""
    found = {}
    for kind, taken in times.items():
        ordered = sorted(taken)
        found[kind] = {f"p{share}": 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 95, 99)}
        found[kind]["longest"] = 1000 * ordered[-1]
    return found
