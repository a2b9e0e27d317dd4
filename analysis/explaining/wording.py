"""What an explanation is told with: phrases, titles of steps, names of labels, numbers as a person writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.explaining.parts import part_of
from analysis.explaining.phrases import PHRASES, tell_reason
from analysis.explaining.trace import TraceNode
from analysis.notes import Note, Notes
from analysis.numerals import in_full, shortened
from analysis.saying import Say
from analysis.step_names import is_inner, quantity_of
from analysis.values import Missing, Value, text_of


def decimal(value: Fraction) -> str:
    """A number as a person writes it: a decimal when it ends within six places, else the fraction and its beginning."""
    whole = in_full(value)
    if whole is not None:
        return whole
    near = shortened(value, 4)
    return f"{value} ≈ {near}" if len(str(value)) <= 12 else f"≈ {near}"


@dataclass(frozen=True)
class Wording:
    """How phrases are told, titles of steps and names of labels."""

    say: Say
    titles: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    moment: Callable[[str], str] = str  # how a moment in UTC is told where this is read

    def phrase(self, name: str, **parts: object) -> str:
        """A phrase with its parts filled in.

        Parameters
        ----------
        name
            Its key in `PHRASES`.
        **parts
            What stands in its braces.
        """
        return self.say(PHRASES[name], **parts)

    def value(self, value: Value) -> str:
        """Any value as a person writes it."""
        if isinstance(value, Fraction):
            return decimal(value)
        if isinstance(value, Missing):
            return self.phrase("missing", reason=tell_reason(value.reason, self.say))
        return self.phrase(text_of(value)) if isinstance(value, bool) else self.names.get(value, value)

    def short(self, value: Value) -> str:
        """A value inside a formula: an endless decimal loses its fraction, a negative number gets parentheses."""
        text = self.value(value).rsplit("≈ ", maxsplit=1)[-1]
        return f"({text})" if isinstance(value, Fraction) and value < 0 else text

    def bare_title(self, node: TraceNode) -> str:
        """A cell's name without its labels."""
        title = self.titles.get(node.name, node.name)
        if is_inner(node.name) and (part := part_of(node)):
            title = self.phrase("part", title=self.titles.get(node.name, quantity_of(node.name)), part=self.phrase(part))
        return title

    def title(self, node: TraceNode) -> str:
        """A cell's name: the step's title and its labels."""
        title = self.bare_title(node)
        labels = self.phrase("comma").join(self.names.get(label, label) for label in node.labels.values())
        return self.phrase("labels", title=title, labels=labels) if labels else title

    def tell_notes(self, notes: Notes) -> str:
        """Where evidence came from, in words."""
        return self.phrase("semicolon").join(map(self._note, notes))

    def _note(self, note: Note) -> str:
        if note.said:
            return note.said
        comma, entered = self.phrase("comma"), note.entered
        facts, reason = comma.join(part for part in (note.decider, note.on) if part), note.reason
        if note.decider and reason:
            told = self.phrase("note decided", facts=facts, reason=reason)
        else:
            told = " ".join(part for part in (facts, reason) if part)
        if note.amount:
            told = self.phrase("note amount", told=told, amount=note.amount)
        origin = self.phrase("note origin", **dict(entered.origin)) if entered.origin else ""
        entry = self.phrase("note entered", by=entered.by, day=self.moment(entered.at)) if entered.by else ""
        return comma.join(part for part in (told, origin, entry) if part)
