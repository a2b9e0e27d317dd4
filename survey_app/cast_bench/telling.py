"""The figures of `pingyi bench cast` as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_PERCENTILES = ("p50", "p95", "p99", "longest")
Json = Mapping[str, Any]


def describe(runs: Sequence[Json]) -> str:
    """Every run: what was reached, where the time went, what became of the ballots."""
    return "\n\n".join("\n".join(_lines(run)) for run in runs)


def _lines(run: Json) -> list[str]:
    title = f"== {run['database']}, {run['workers']} workers"
    if "skipped" in run:
        return [f"{title}: skipped: {run['skipped']}"]
    lines = [title]
    for name, figures in run.items():
        if isinstance(figures, Mapping) and "ratio" in figures:
            lines += _busy(name, figures)
        elif isinstance(figures, Mapping) and "requests" in figures:
            lines.append(f"{name}: {figures['responses']} complete responses")
            lines += _requests("", figures["requests"])
            if "alone" in figures:
                lines += _requests("alone, ", figures["alone"])
                lines.append(f"  false codes answered, by status: {_pairs(figures['guesses'])}")
    for name, parts in run.get("profile", {}).items():
        whole = sum(parts.values())
        lines.append(f"where {name} spends {whole:.2f} ms of processor a response (sampled, while it is looked at):")
        lines += [f"  {part:<18} {spent:6.3f} ms  {spent / whole:4.0%}" for part, spent in parts.items()] if whole else []
    ballots = run["ballots"]
    lines.append(f"memory of the heaviest worker: {run['worker_bytes'] / 1e6:.0f} MB; bytes of answers: {_pairs(run['sizes'])}")
    lines.append(f"no answer, or another than 200, by request: {_pairs(run['failed']) or 'none'}")
    lines.append(
        f"ballots: {ballots['acknowledged']} acknowledged, {ballots['unanswered']} unanswered, {ballots['counted']} counted: "
        f"{ballots['lost']} lost, {ballots['double']} double, {ballots['astray']} marks astray"
    )
    return lines


def _busy(name: str, figures: Json) -> list[str]:
    mine, beside, spread = figures["ours"], figures["bare"], figures["ratio_spread"]
    lines = [f"kept busy with {name}: ratio to a bare Flask page {figures['ratio']:.3f} ({spread[0]:.3f} to {spread[1]:.3f})"]
    for title, one in (("pingyi", mine), ("bare", beside)):
        below = f" and {one['database_milliseconds']:.2f} of the database" if one["database_milliseconds"] else ""
        lines.append(
            f"  {title}: {one['per_second']:.0f} complete responses a second, {one['milliseconds_of_processor']:.2f} ms of "
            f"processor each{below}"
        )
        lines += _requests("", one["requests"])
    lines.append(f"  ratio by processor time of the web server: {figures['processor_ratio']:.3f}")
    return lines


def _requests(before: str, requests: Json) -> list[str]:
    return [
        f"  {before}{kind:<7}" + "".join(f"  {name} {taken[name]:7.1f}" for name in _PERCENTILES) + "  ms"
        for kind, taken in requests.items()
    ]


def _pairs(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())
