"""Whether a number that a quantity is compared with can make any difference: one it never reaches is a slip of the hand."""

from __future__ import annotations

from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.compiling.expressions import Expression, constant
from questionnaires.compiling.quantity import Quantity
from questionnaires.compiling.scope import Scope
from questionnaires.language.nodes import Node

MOST_SHARE = 5  # a ratio to a mean may pass 1, but hardly 5


def check_bound(compiler: Scope, name: str, node: Node, of: Quantity, expression: Expression) -> None:
    """Note a comparison with a number outside all that the quantity can be, or of points with a percentage."""
    bound = constant(expression)
    if bound is None:
        return
    percent = expression.op == "num" and expression.word.endswith("%")
    check_number(compiler, name, node, of, bound, percent=percent)


def check_number(compiler: Scope, name: str, node: Node, of: Quantity, bound: Fraction, *, percent: bool) -> None:
    """The same for a bound that stands by itself, as in a band."""
    span = of.span
    if of.share and bound > MOST_SHARE:
        compiler.reader.bad(node, "share-bound", name=name, of=_shown(of), bound=decimal(bound))
    elif span.beyond(bound):
        least, most = ("…" if end is None else decimal(end) for end in (span.low, span.high))
        compiler.reader.bad(node, "bound-beyond", name=name, of=_shown(of), bound=decimal(bound), least=least, most=most)
    elif percent and not of.share and span.high is not None and span.high > MOST_SHARE:
        compiler.reader.bad(
            node, "percent-of-points", name=name, of=_shown(of), percent=decimal(bound * 100), most=decimal(span.high)
        )


def _shown(of: Quantity) -> str:
    return of.step.partition("·")[0]
