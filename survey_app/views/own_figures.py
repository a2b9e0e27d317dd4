"""What somebody without an account reads of one subject: the context of `results/figures.html`, for a visit and for a link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from survey_app.services.results import answers, by_item, outcomes, overview
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.outcomes import Proposal
from survey_app.services.results.overview import OverviewRow

#: Why an outcome came about, as far as whoever reads may know it.
Because = Callable[[OverviewRow, Proposal], tuple[str, ...]]


def of_subject(loaded: Loaded, code: str, *, because: Because | None = None) -> dict[str, object]:
    """The figures of one subject as published. `because`: what stands instead of the reasons; None leaves them as they are.

    Raises NotFoundError for a subject the reader may not see.
    """
    row, layout, view = overview.row(loaded, code), loaded.scheme.layout, loaded.view
    keys = [*layout.columns, *layout.tiers]
    proposals = outcomes.apart(outcomes.of_subject(loaded, code))
    if because is not None:
        proposals = [replace(one, why=because(row, one), source="") for one in proposals]
    return {
        "row": row,
        # no cells where the scores were not published
        "numbers": [(view.title(key), cell, ()) for key, cell in zip(keys, [*row.cells, *row.tiers], strict=False)],
        "groups": answers.by_group(loaded, code),
        "group_columns": [view.title(name) for name in layout.by_group],
        "group_steps": defaultdict[object, tuple[object, ...]](tuple),
        "by_group_keys": layout.by_group,
        "by_item": by_item.by_item(loaded, code, unfold=False),
        "items": answers.distributions(loaded, code),
        "proposals": proposals,
        "may_rule": False,
    }


def own_numbers(row: OverviewRow, one: Proposal) -> tuple[str, ...]:
    """The votes by which a flag of one's own was raised. Why else an outcome came about, and by which rule, may tell of others:
    that one's own team was graded low."""
    flag = next((flag for flag in row.flags if (flag.key, flag.at) == (one.spot.about, one.spot.place)), None)
    told = [flag.fraction, flag.share and f"= {flag.share}", flag.sentence] if flag is not None else []
    said = " ".join(part for part in told if part)
    return (said,) if said else ()
