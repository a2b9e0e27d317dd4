"""Reading several tables together: the union of axes, the keys of the union, a column of values at given keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from analysis.axes import Axes, order_axes
from analysis.values import NOT_APPLICABLE, Key, Table, Value


def unite_axes(axes: Iterable[Axes]) -> Axes:
    """The union of axes, in order."""
    return order_axes({axis for one in axes for axis in one})


def projector(source: Axes, target: Axes) -> Callable[[Key], Key]:
    """A function from a key to the part of it over fewer axes.

    Parameters
    ----------
    source
        The axes of the keys it will be given.
    target
        The axes of the keys it returns: a subset of `source`.
    """
    if source == target:
        return _same
    indices = [source.index(axis) for axis in target]
    if not indices:
        return _empty
    if len(indices) == 1:
        only = indices[0]
        return lambda key: (key[only],)
    return itemgetter(*indices)


def _same(key: Key) -> Key:
    return key


def _empty(_: Key) -> Key:
    return ()


def read_column(table: Table, axes: Axes, keys: Sequence[Key]) -> list[Value]:
    """The values of a table at many keys.

    Parameters
    ----------
    table
        The table to read.
    axes
        The axes of `keys`; all axes of the table are among them.
    keys
        Where to read.

    Returns
    -------
    list of Value
        One per key, NOT_APPLICABLE where the table has no cell.
    """
    get = table.cells.get
    if table.axes == axes:
        if len(table.cells) == len(keys) and list(table.cells) == keys:  # the usual case, without looking each one up
            return list(table.cells.values())
        return [get(key, NOT_APPLICABLE) for key in keys]
    part = projector(axes, table.axes)
    return [get(part(key), NOT_APPLICABLE) for key in keys]


def reader(table: Table, axes: Axes) -> Callable[[Key], Value]:
    """A function that reads a table at one key; NOT_APPLICABLE where it has no cell.

    Parameters
    ----------
    table
        The table to read.
    axes
        The axes of the keys; all axes of the table are among them.
    """
    get, part = table.cells.get, projector(axes, table.axes)
    return lambda key: get(part(key), NOT_APPLICABLE)


def unite_keys(tables: Sequence[Table]) -> tuple[Axes, list[Key]]:
    """The axes and keys of several tables read together, as docs/plan.md defines the union.

    Tables with the same axes are united. Tables with different axes are joined on the labels they have in common. A table whose
    axes are a proper subset of another's brings no keys; it is only read.

    Returns
    -------
    tuple of (Axes, list of Key)
        Without a table: no axes, and the one empty key.
    """
    by_axes: dict[Axes, dict[Key, None]] = {}
    for table in tables:
        if not any(set(table.axes) < set(other.axes) for other in tables):
            by_axes.setdefault(table.axes, {}).update(dict.fromkeys(table.cells))
    if not by_axes:
        return (), [()]
    axes, keys = (), [()]  # type: tuple[Axes, list[Key]]
    for index, (more, rows) in enumerate(by_axes.items()):
        axes, keys = (more, list(rows)) if index == 0 else _join(axes, keys, more, list(rows))
    return axes, keys


def _join(left_axes: Axes, left: list[Key], right_axes: Axes, right: list[Key]) -> tuple[Axes, list[Key]]:
    common = tuple(axis for axis in left_axes if axis in right_axes)
    axes = order_axes({*left_axes, *right_axes})
    left_part, right_part = projector(left_axes, common), projector(right_axes, common)
    rows: dict[Key, list[Key]] = {}
    for key in right:
        rows.setdefault(right_part(key), []).append(key)
    both = (*left_axes, *(axis for axis in right_axes if axis not in common))
    rest = projector(right_axes, tuple(axis for axis in right_axes if axis not in common))
    arrange = projector(both, axes)
    return axes, [arrange((*key, *rest(match))) for key in left for match in rows.get(left_part(key), ())]
