"""What a notice or the public page says of everybody: a row for each, one class after another, under the columns chosen.

May not live here: whose results these are and when (`publishing`); how a sheet looks (`printing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.services.results import pools
from survey_app.services.results.loaded import Loaded


@dataclass(frozen=True)
class PostedTable:
    """Whom it names, under which heads; columns in which nothing stands are left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def offered(loaded: Loaded) -> list[tuple[str, str]]:
    """What may be posted: grades and scores, quantity and title."""
    return [(key, loaded.view.title(key)) for key in (*loaded.scheme.layout.tiers, *loaded.scheme.layout.columns)]


def usual(loaded: Loaded) -> list[str]:
    """What is posted where nobody chose: the grades, and the first score where there are none."""
    return list(loaded.scheme.layout.tiers) or [key for key, _title in offered(loaded)][:1]


def table(loaded: Loaded, keys: Sequence[str]) -> PostedTable:
    """Everybody whom the reader sees and of whom one of these quantities says something."""
    return loaded.view.lately(("posted", loaded.allowed, tuple(keys)), lambda: _table(loaded, keys))


def _table(loaded: Loaded, keys: Sequence[str]) -> PostedTable:
    rows = []
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    for person in loaded.visible():
        own = facts.get(person.code, {})
        pool = pools.pool_title(loaded, [own.get(fact, "") for fact in loaded.scheme.layout.pools])
        cells = [loaded.view.cell(key, {"subject": person.code}) for key in keys]
        if any(cell.applies for cell in cells):
            rows.append((pool, person.unit_name, person.name, person.duty, *(cell.text for cell in cells)))
    rows.sort(key=lambda row: row[0])  # one comparison pool after another, each in the roster's order
    heads = (_("比较范围"), _("单位"), _("姓名或名称"), _("职务"), *(loaded.view.title(key) for key in keys))
    used = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    return PostedTable(tuple(heads[at] for at in used), tuple(tuple(row[at] for at in used) for row in rows))
