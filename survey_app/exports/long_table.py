"""Every released figure as one long table, a row a figure, for programs: csv, and Parquet where fastparquet is installed.

Lives here: which figures have a row, in the order of the pages. May not live here: what a column means (`figure_columns`), which
figure may leave (the result view).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.model import Scheme
from questionnaires.tables.csv import neutral
from survey_app.errors import RefusedError
from survey_app.exports.figure_columns import COLUMNS, FORMAT, NAMES, ColumnKind
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.release.plan import OUTCOMES
from survey_app.services.release.readers import ANSWERS, BY_GROUP, BY_ITEM, FLAG, SCORE
from survey_app.services.results import pools
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.words import WITHHELD

if TYPE_CHECKING:
    import fastparquet
    import pandas as pd
else:
    pd, fastparquet = late("pandas"), late("fastparquet")

_Cell = str | int | float | bool | None
_Line = dict[str, _Cell]
_BLANK = "blank"


class NoParquetError(RefusedError):
    """The package that writes Parquet is not installed here."""

    def __init__(self) -> None:
        """Say what to install."""
        super().__init__(
            N_("这台服务器没有装写 Parquet 的 fastparquet；请用同样内容的 CSV，或者让管理员按 requirements/parquet.lock 安装。")
        )


def has_parquet() -> bool:
    """Whether Parquet can be written here."""
    return find_spec("fastparquet") is not None


def frame(loaded: Loaded) -> pd.DataFrame:
    """The table: the columns of the catalogue, each of its own type whatever stands in it."""
    lines = list(_lines(loaded))
    return pd.DataFrame(
        {column.name: pd.Series([line.get(column.name) for line in lines], dtype=column.kind.value) for column in COLUMNS},
        columns=list(NAMES),
    )


def to_csv(loaded: Loaded) -> bytes:
    """The table as csv: UTF-8 with a mark, and no text that a spreadsheet would run."""
    table = frame(loaded)
    for column in COLUMNS:
        if column.kind == ColumnKind.TEXT:
            table[column.name] = table[column.name].map(neutral, na_action="ignore")
    return b"\xef\xbb\xbf" + table.to_csv(index=False, lineterminator="\r\n").encode()


def to_parquet(loaded: Loaded) -> bytes:
    """The table as Parquet. Raises NoParquetError where it cannot be written here."""
    if not has_parquet():
        raise NoParquetError
    target = _Kept()
    meaning = {f"means {column.name}": _(column.means) for column in COLUMNS}
    fastparquet.write(
        "figures.parquet",
        frame(loaded),
        compression="SNAPPY",
        write_index=False,
        open_with=lambda _path, _mode: target,
        custom_metadata={"format": FORMAT, **meaning},
    )
    return target.getvalue()


class _Kept(io.BytesIO):
    """A file in memory that can still be read when its writer has closed it."""

    def close(self) -> None:
        """Not yet."""


def _lines(loaded: Loaded) -> Iterator[_Line]:
    campaign, base = loaded.campaign, dict[str, _Cell]()
    base |= {"format": FORMAT, "campaign": campaign.key, "period": campaign.period, "scheme": campaign.scheme_key}
    base |= {"scheme_version": campaign.scheme_version, "scheme_digest": campaign.scheme_digest}
    base |= {"report_digest": loaded.stored.digest}
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    for person in loaded.visible():
        own = facts.get(person.code, {})
        pool = pools.pool_title(loaded, [own.get(fact, "") for fact in loaded.scheme.layout.pools])
        about: _Line = {
            **base,
            "pool": pool,
            "unit": person.unit,
            "unit_name": person.unit_name,
            "subject": person.code,
            "subject_name": person.name,
        }
        for line in _of_person(loaded, person):
            yield {**about, **line}


def _of_person(loaded: Loaded, person: Person) -> Iterator[_Line]:
    """The figures of one subject, each where the release plan and the publication let its section out."""
    layout = loaded.scheme.layout
    if loaded.lets("scores"):
        for key in (*layout.columns, *layout.tiers):
            yield from _figure(loaded, SCORE, key, {"subject": person.code})
    for kind, keys, section in ((BY_GROUP, layout.by_group, "groups"), (BY_ITEM, layout.by_item, "answers")):
        for key in keys if loaded.lets(section) else ():
            if "rater" not in (loaded.view.axes(key) or ("rater",)):
                for labels in loaded.view.places(key, person.code):
                    yield from _figure(loaded, kind, key, {**labels, "subject": person.code})
    if loaded.lets(OUTCOMES):
        yield from _flags(loaded, person)
    if loaded.lets("answers"):
        yield from _answers(loaded, person)


def _figure(loaded: Loaded, kind: str, key: str, labels: Mapping[str, str]) -> Iterator[_Line]:
    shown = loaded.view.cell(key, labels)
    if shown.applies:
        at: _Line = {"group": labels.get("group"), "item": labels.get("item")}
        yield {"kind": kind, "quantity": key, "title": loaded.view.title(key), **at, **_value(loaded.scheme, key, shown)}


def _value(scheme: Scheme, key: str, shown: Shown) -> _Line:
    """A figure in the columns of its type."""
    info = scheme.quantities.get(key)
    if shown.missing:
        return {"shown": shown.text, "missing": shown.text}
    if shown.truth is not None:
        return {"type": "truth", "truth": shown.truth, "shown": shown.text}
    if shown.number is None:
        return {"type": "grade", "grade": shown.text, "shown": shown.text}
    kind = info.kind if info and info.kind in ("share", "rank") else "number"
    exact = None if shown.announced else str(shown.number.exact)
    return {"type": kind, "value": float(shown.number.exact), "exact": exact, "shown": shown.text, "coarse": shown.coarse}


def _flags(loaded: Loaded, person: Person) -> Iterator[_Line]:
    for key in loaded.scheme.layout.flags:
        for flag in loaded.view.flags(key, person.code):
            at: _Line = {"group": flag.labels.get("group"), "item": flag.labels.get("item")}
            said: _Line = {"missing": flag.reason} if flag.raised is None else {"type": "truth", "truth": flag.raised}
            yield {"kind": FLAG, "quantity": key, "title": flag.title, **at, **said, "shown": flag.fraction}


def _answers(loaded: Loaded, person: Person) -> Iterator[_Line]:
    scheme, language = loaded.scheme, loaded.view.language
    asked = loaded.view.asked(person.code)
    for item in scheme.items.values():
        for group in (one for one in scheme.groups if (one, item.key) in asked):
            at: _Line = {"kind": ANSWERS, "title": item.text.in_(language), "group": group, "item": item.key}
            given = loaded.view.answers(person.code, group, item.key)
            if given is None or given.withheld:
                yield {**at, "type": "count", "missing": _(WITHHELD)}
                continue
            counted = [(choice.key, given.of(choice.code)) for choice in scheme.scales[item.scale].choices]
            for choice, count in [*counted, (_BLANK, given.blank)]:
                yield {**at, "choice": choice, "type": "count", "count": count, "value": float(count), "shown": str(count)}
