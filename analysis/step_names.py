"""How the steps of a plan are called: a quantity's own step bears its name, those on the way to it a number behind a dot.

A plan written by hand may call its steps anything; only explanations look here, to tell a named quantity from a step on its way.
"""

from __future__ import annotations

_DOT = "·"


def inner_step(quantity: str, number: int) -> str:
    """The name of a step on the way to a quantity: `name·1`.

    Parameters
    ----------
    quantity
        The quantity it is made for.
    number
        Which of its steps, from 1.
    """
    return f"{quantity}{_DOT}{number}"


def is_inner(step: str) -> bool:
    """Whether a step is one on the way to a quantity."""
    return _DOT in step


def quantity_of(step: str) -> str:
    """The quantity that a step was made for: for a quantity's own step, itself."""
    return step.partition(_DOT)[0]
