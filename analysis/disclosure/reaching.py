"""Which numbers of a report rest on any of some cells of counts: yes or no, where `origins` also says with which coefficients.

A page asks it of every step of every calculation that it shows, so nothing is worked out here but that; what a number rests on is
the same as in `origins`, and a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from analysis.disclosure.origins import OF_ALL, Cell
from analysis.explaining.trace import TraceNode, trace_node
from analysis.ops.relate import Pool, RelateParams, competing, pool_of
from analysis.ops.sources import TallyParams
from analysis.values import Key, Missing


class Reach:
    """Whether numbers of one report rest on any of `cells` (subject, group, item); looked up when asked for and kept."""

    def __init__(self, cells: Collection[Cell]) -> None:
        """Nothing is looked up yet."""
        self._cells = frozenset(cells)
        self._known: dict[tuple[str, Key], bool] = {}
        self._pools: dict[tuple[str, Key, Pool | Missing], bool] = {}
        self._rivals: dict[tuple[str, tuple[Key, ...]], frozenset[Key]] = {}

    def node(self, node: TraceNode) -> bool:
        """Whether one cell of a trace does."""
        if not self._cells:
            return False
        at = (node.name, node.key)
        if at not in self._known:
            self._known[at] = self._made(node)
        return self._known[at]

    def beside(self, node: TraceNode) -> bool:
        """Whether any does of those that it competes with."""
        if not self._cells:
            return False
        beside = node.beside
        if not beside.keys:
            return False
        at = (beside.of, beside.keys)
        if at not in self._rivals:
            rivals = ((key, trace_node(node.context, node.plan, beside.of, key, "rival")) for key in beside.keys)
            self._rivals[at] = frozenset(key for key, rival in rivals if self.node(rival))
        return bool(self._rivals[at] - {node.key})

    def _made(self, node: TraceNode) -> bool:
        params = node.step.params
        if isinstance(params, TallyParams):
            subject, group, item = node.key
            return params.what != "answered" and (subject, group, item) in self._cells
        if isinstance(params, RelateParams) and params.how in OF_ALL and isinstance(node.value, Fraction):
            return self._of_pool(node, params)
        return any(self.node(one) for one in node.own_inputs)

    def _of_pool(self, node: TraceNode, params: RelateParams) -> bool:
        """What everybody in a pool is told alike rests on all who have a value there."""
        at = node.step.axes.index(params.over)
        place = (node.name, (*node.key[:at], *node.key[at + 1 :]), pool_of(params.pool, node.key[at], node.context))
        if place not in self._pools:
            keys = competing(params.pool, params.of, node.step.axes, node.key, node.context, over=params.over).keys
            members = (trace_node(node.context, node.plan, params.of, key, "of") for key in keys)
            self._pools[place] = any(self.node(one) for one in members if isinstance(one.value, Fraction))
        return self._pools[place]
