"""Taking an op's parameters out of the plan's JSON one by one, each checked by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.axes import Axes, Ref
from analysis.errors import PlanError
from analysis.header import Header
from analysis.values import Value, literal, number


@dataclass
class ParameterReader:
    """Takes an op's parameters out of its JSON one by one, and remembers which steps were referred to."""

    raw: Mapping[str, object]
    known: Mapping[str, Axes]
    header: Header
    refs: list[str] = field(default_factory=list)

    def get(self, name: str) -> object:
        """The raw parameter, or None."""
        return self.raw.get(name)

    def need(self, name: str) -> object:
        """The raw parameter.

        Raises
        ------
        PlanError
            When it is not there.
        """
        if self.raw.get(name) is None:
            raise PlanError("parameter-needed", name=name)
        return self.raw[name]

    def as_ref(self, raw: object) -> str:
        """A raw value as the name of an earlier step, which is remembered in `refs`.

        Raises
        ------
        PlanError
            When it is not one.
        """
        if not isinstance(raw, str) or raw not in self.known:
            raise PlanError("not-an-earlier-step", given=raw)
        self.refs.append(raw)
        return raw

    def as_ref_or_literal(self, raw: object) -> Ref | Value:
        """A raw value as a step (text) or a literal (list)."""
        return Ref(self.as_ref(raw)) if isinstance(raw, str) else literal(raw)

    def ref(self, name: str) -> str:
        """A step."""
        return self.as_ref(self.need(name))

    def opt_ref(self, name: str) -> str | None:
        """A step, or None."""
        return None if self.get(name) is None else self.ref(name)

    def refs_in(self, name: str) -> tuple[str, ...]:
        """A list of steps, perhaps empty."""
        return tuple(self.as_ref(raw) for raw in self.listed(name))

    def ref_or_literal(self, name: str) -> Ref | Value:
        """A step or a literal."""
        return self.as_ref_or_literal(self.need(name))

    def opt_ref_or_literal(self, name: str) -> Ref | Value | None:
        """A step, a literal, or None."""
        return None if self.get(name) is None else self.ref_or_literal(name)

    def text(self, name: str) -> str:
        """A text.

        Raises
        ------
        PlanError
            When it is missing or no text.
        """
        raw = self.need(name)
        if not isinstance(raw, str):
            raise PlanError("not-a-text", name=name, given=raw)
        return raw

    def opt_text(self, name: str) -> str | None:
        """A text, or None."""
        return None if self.get(name) is None else self.text(name)

    def choice(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words.

        Parameters
        ----------
        name
            The parameter.
        allowed
            The words it may be.
        default
            What it is when it is not written; None when it has to be.

        Raises
        ------
        PlanError
            When it is missing or another word.
        """
        raw = self.get(name) if self.get(name) is not None or default is None else default
        if not isinstance(raw, str) or raw not in allowed:
            raise PlanError("not-one-of", name=name, known=tuple(allowed), given=raw)
        return raw

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts.

        Raises
        ------
        PlanError
            When it is missing or anything else.
        """
        raw = self.need(name)
        if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
            raise PlanError("not-texts", name=name)
        return tuple(raw)

    def listed_name(self, raw: object, names: str) -> str:
        """A name of the evidence, which must stand in the plan's list where the plan has that list.

        Parameters
        ----------
        raw
            The name as written.
        names
            Which list: one of `header.NAME_LISTS`.

        Raises
        ------
        PlanError
            When it is no text or not in the list.
        """
        allowed = self.header.names[names]
        if not isinstance(raw, str) or (allowed is not None and raw not in allowed):
            raise PlanError("not-listed", given=raw, names=names)
        return raw

    def opt_texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, or None."""
        return None if self.get(name) is None else self.texts(name)

    def number(self, name: str) -> Fraction:
        """An exact number written as text."""
        return number(self.need(name))

    def opt_number(self, name: str) -> Fraction | None:
        """An exact number, or None."""
        return None if self.get(name) is None else self.number(name)

    def integer(self, name: str) -> int:
        """A positive integer, written as a JSON integer or as text.

        Raises
        ------
        PlanError
            When it is missing, not whole or below 1.
        """
        raw = self.need(name)
        value = Fraction(raw) if isinstance(raw, int) and not isinstance(raw, bool) else number(raw)
        if value.denominator != 1 or value < 1:
            raise PlanError("not-whole", name=name, given=raw)
        return value.numerator

    def opt_integer(self, name: str) -> int | None:
        """A positive integer, or None."""
        return None if self.get(name) is None else self.integer(name)

    def truth(self, name: str, *, default: bool = False) -> bool:
        """A truth.

        Parameters
        ----------
        name
            The parameter.
        default
            What it is when it is not written.

        Raises
        ------
        PlanError
            When it is neither true nor false.
        """
        raw = self.get(name)
        if raw is None:
            return default
        if not isinstance(raw, bool):
            raise PlanError("not-true-or-false", name=name)
        return raw

    def listed(self, name: str) -> list[object]:
        """A list of anything; nothing is an empty list.

        Raises
        ------
        PlanError
            When it is no list.
        """
        raw = self.get(name)
        if raw is None:
            return []
        if not isinstance(raw, list):
            raise PlanError("not-a-list", name=name)
        return raw

    def sub(self, raw: object, allowed: Sequence[str]) -> ParameterReader:
        """A reader for a nested object, which adds to the same `refs`.

        Parameters
        ----------
        raw
            The nested object.
        allowed
            The names it may have.

        Raises
        ------
        PlanError
            When it is no object, or has another name.
        """
        if not isinstance(raw, dict):
            raise PlanError("not-an-object-with", given=raw, known=tuple(allowed))
        unknown = sorted(set(raw) - set(allowed))
        if unknown:
            raise PlanError("unknown-parameter", name=unknown[0], known=tuple(allowed))
        return ParameterReader(raw, self.known, self.header, self.refs)
