"""Other answers that a solver proposes where trying is too much work: proposals only, each checked in whole numbers.

HiGHS reckons with floats, so it never decides: that there is no solution, or that a bound holds, is not taken from it. Counts
that it proposes are rounded, and used if they add up and keep within every figure exactly. What it may do is counted in branches.

Lives here: the question as a mixed-integer programme. May not live here: what the answer means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.disclosure.whole import Counts, Shape
from analysis.late import late

if TYPE_CHECKING:
    from scipy import optimize
else:
    optimize = late("scipy.optimize")

#: Beyond this floats no longer tell whole numbers apart, and nothing is asked.
_LARGEST = 2**40


def propose(shape: Shape, least: Sequence[Counts], wanted: Sequence[Counts], nodes: int) -> tuple[Counts, ...] | None:
    """Counts that agree with every figure and for which a sum is as great as the solver finds.

    Parameters
    ----------
    shape
        The block.
    least
        By cell and choice, how many answers there are at least.
    wanted
        By cell and choice, the coefficients of the sum that is to be great.
    nodes
        How often the solver may branch.

    Returns
    -------
    tuple of tuple of int, or None
        None where it proposes nothing, or nothing that holds.

    Notes
    -----
    Two solvers, or one on two machines, may propose different counts, and one may find none where the other does. A decision that
    hangs on it is made once and kept; whoever makes it anew may withhold more, and never has to withhold less.
    """
    sizes = [len(one) for one in shape.truth]
    ends = np.cumsum([0, *sizes])
    people = np.zeros((len(sizes), ends[-1]))
    for at in range(len(sizes)):
        people[at, ends[at] : ends[at + 1]] = 1
    raters = [sum(one) for one in shape.truth]
    rows = [[one for own in terms for one in own] for terms, _, _ in shape.rows]
    if max((abs(one) for row in rows for one in row), default=0) * max(raters) > _LARGEST:
        return None
    held = [optimize.LinearConstraint(people, raters, raters)]
    if rows:
        bounds = [(low, high) for _, low, high in shape.rows]
        held.append(
            optimize.LinearConstraint(np.array(rows, dtype=float), [low for low, _ in bounds], [high for _, high in bounds])
        )
    found = optimize.milp(
        -np.array([one for own in wanted for one in own], dtype=float),
        integrality=np.ones(ends[-1]),
        bounds=optimize.Bounds(
            [one for own in least for one in own], [many for many, size in zip(raters, sizes, strict=True) for _ in range(size)]
        ),
        constraints=held,
        options={"node_limit": nodes},
    )
    if found.x is None:
        return None
    whole = [round(float(one)) for one in found.x]
    counts = tuple(tuple(whole[ends[at] : ends[at + 1]]) for at in range(len(sizes)))
    enough = all(x >= low for own, lows in zip(counts, least, strict=True) for x, low in zip(own, lows, strict=True))
    return counts if enough and shape.admits(counts) else None
