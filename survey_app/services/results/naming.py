"""What the figures of a report are called, in one language: quantities, the labels of their axes, and grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from questionnaires.model import QuantityInfo, Scheme


@dataclass(frozen=True)
class Naming:
    """Names for one reader. `label`: an axis and a label of it in words; `grades`: words a quantity has no title for."""

    quantities: Mapping[str, QuantityInfo]
    language: str
    label: Callable[[str, str], str]
    grades: Mapping[str, str] = field(default_factory=dict)

    def title(self, key: str) -> str:
        """A quantity's title, or its name."""
        return self.quantities[key].title.in_(self.language) if key in self.quantities else key

    def labels(self, labels: Mapping[str, str], *, without: str = "subject") -> str:
        """The labels of a cell in words, the subject left out."""
        return " · ".join(self.label(axis, label) for axis, label in labels.items() if axis != without)


def of_scheme(scheme: Scheme, language: str) -> Naming:
    """As the scheme names them."""
    return Naming(scheme.quantities, language, lambda axis, label: label_name(scheme, axis, label, language))


def label_name(scheme: Scheme, axis: str, label: str, language: str) -> str:
    """A label of an axis in words."""
    if axis == "group":
        if label in scheme.groups:
            return scheme.groups[label].title.in_(language)
        return scheme.sides[label].in_(language) if label in scheme.sides else label
    if axis == "item":
        if label in scheme.items:
            return scheme.items[label].text.in_(language)
        return scheme.indicators[label].in_(language) if label in scheme.indicators else label
    return label
