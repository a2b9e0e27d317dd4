"""A loaded scheme: frozen, checked, and complete enough that no other room needs to read YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from analysis.evidence import Slot
from analysis.limits import Effect, LimitTable
from analysis.saying import Say
from questionnaires.telling import Told

#: Whether a rater who is also a subject rates that subject: not, like everybody else, or that subject alone.
Oneself = Literal["no", "also", "only"]
#: How a form is shown: one subject at a time, one item at a time, a table of subjects by items, or everything on one page.
Shape = Literal["subject", "item", "grid", "all"]


@dataclass(frozen=True)
class Text:
    """A sentence in several languages; `words` maps a BCP 47 tag to the sentence. The first entry is the fallback."""

    words: Mapping[str, str]

    def in_(self, language: str) -> str:
        """The sentence in `language`, else in its base language, else in the scheme's first language."""
        for tag in (language, language.split("-", maxsplit=1)[0]):
            if tag in self.words:
                return self.words[tag]
        return next(iter(self.words.values()))


@dataclass(frozen=True)
class Choice:
    """One answer a rater can give. `code` is the mark (1..k); `value` its points, None for "do not know" and for words alone."""

    code: int
    key: str
    label: Text
    value: Fraction | None
    kind: Literal["grade", "number", "unknown"] = "grade"


@dataclass(frozen=True)
class Scale:
    """The choices of an item, best first as the scheme lists them. `kind` steers the widget on the form."""

    key: str
    kind: Literal["grades", "numbers", "ranks", "points"]
    choices: tuple[Choice, ...]

    @property
    def wordy(self) -> bool:
        """Whether its grades are words without points: they can be counted, and nothing can be added up of them."""
        return any(choice.value is None and choice.kind == "grade" for choice in self.choices)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing asked. `parent` is the indicator it belongs to (a key of `Scheme.indicators`), or ""."""

    key: str
    text: Text
    scale: str
    parent: str = ""
    help: Text | None = None
    required: bool = True


@dataclass(frozen=True)
class CommentQuestion:
    """Free words asked once a form, about the form as a whole. `ask`: the scheme's own question, None for the usual one."""

    most: int
    ask: Text | None = None


class Admission(StrEnum):
    """What lets a rater in: a printed code good once, a signed rater's own link, or a code shared by all (indicative only)."""

    SLIP = "slip"
    LINK = "link"
    CODE = "code"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A rater group. `own_unit`: its raters belong to one unit and rate that unit only; otherwise they rate every unit.

    `sampled`: a sample of a larger public, so results carry a margin; False means everyone entitled was asked.
    `drawn`: those entitled are only the ones who were asked, and nobody counted the public; otherwise they are the public itself.
    `rated`: its raters are themselves subjects (the roster may name the subject each one is).
    `oneself`: whether a rater who is a subject rates that subject, too, or nobody else.
    `barred`: the subject named beside a rater is one that this rater must not rate, not the rater.
    `comment`: its forms ask for free words, too; None: they do not.
    """

    key: str
    title: Text
    signed: bool
    admission: Admission
    own_unit: bool
    sampled: bool = False
    rated: bool = False
    parent: str = ""
    drawn: bool = False
    comment: CommentQuestion | None = None
    oneself: Oneself = "no"
    barred: bool = False


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A column of the roster. `values` lists what is allowed (key -> title) when the fact is a choice; empty: free text.

    `relation`: the value is another subject's id (team, predecessor …). `of`: "subject" or "unit".
    A `required` fact must be filled on every subject that matches `where`.
    """

    key: str
    title: Text
    values: Mapping[str, Text] = field(default_factory=dict)
    relation: bool = False
    of: Literal["subject", "unit"] = "subject"
    required: bool = True
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # asked only of these subjects, as in FormLine
    number: bool = False  # the column holds an exact number


@dataclass(frozen=True)
class FormLine:
    """One row of the table unit × position × rater group -> items: raters of `group` answer `items` on subjects matching `where`.

    `where` maps a fact (of the subject or of its unit) to the allowed values; an absent fact matches all. `periods`: those in
    which it is asked; none for every period.
    """

    group: str
    where: Mapping[str, tuple[str, ...]]
    items: tuple[str, ...]
    periods: tuple[str, ...] = ()

    def asked_in(self, period: str) -> bool:
        """Whether it is asked when this period is counted; where no period is said, all lines are."""
        return not self.periods or not period or period in self.periods


@dataclass(frozen=True)
class Amount:
    """A least or most: either a `share` of a base or a plain `count`."""

    share: Fraction | None = None
    count: int | None = None


#: Stands among the facts of `BallotTest.each` for the subject itself: a limit on what one rater gives each subject.
EACH_SUBJECT = "@subject"


@dataclass(frozen=True, kw_only=True)
class BallotTest:
    """What a ballot rule counts. `items` on subjects matching `where`, marks whose choice key is in `choices`.

    `base`: shares are of the slots asked, or of those answered. `round_most`/`round_least`: how a share becomes a whole
    number ("inside": never beyond the written share: most down, least up). `never_below`: the most is at least this.
    `each`: facts, or `EACH_SUBJECT`; one table for every combination of their values on the form. A "sum" of points lies between
    `least` and `most` where it has to come out exactly, else between `least_points` and `most_points`; a "mean" of those answered
    between these two.
    """

    kind: Literal["count", "uniform", "sum", "mean", "distinct"]
    items: tuple[str, ...]
    choices: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: Amount | None = None
    most: Amount | None = None
    base: Literal["asked", "answered"] = "asked"
    round_most: str = "inside"
    round_least: str = "inside"
    never_below: int = 0
    each: tuple[str, ...] = ()
    grades: tuple[Text, ...] = ()  # the grades as the author named them, for sentences
    least_points: Fraction | None = None
    most_points: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class BallotRule:
    """A whole-ballot rule as written; its tables for a style come from `questionnaires.styles`."""

    key: str
    text: Text
    groups: tuple[str, ...]
    effect: Effect
    source: str = ""
    line: int = 0
    test: BallotTest = field(default_factory=lambda: BallotTest(kind="count", items=()))


@dataclass(frozen=True, kw_only=True)
class ComponentField:
    """Other evidence asked of the office per subject: a column of the evidence sheet. `where` as in FormLine.

    `otherwise` is the value of an empty cell where the scheme says that empty means something; None: missing evidence.
    """

    key: str
    title: Text
    where: Mapping[str, tuple[str, ...]]
    least: Fraction | None = None
    most: Fraction | None = None
    otherwise: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class QuantityInfo:
    """What a page needs to show a quantity. `axes` of its table; `shown` says how: digits after the point, percent, grade …"""

    key: str
    title: Text
    axes: tuple[str, ...]
    kind: Literal["number", "share", "grade", "flag", "text", "rank"]
    digits: int | None = None
    note: Text | None = None
    source: str = ""
    line: int = 0
    labels: Mapping[str, Text] = field(default_factory=dict)  # grade key -> title, for kind "grade"
    praise: bool = False  # a flag that is good news, told apart from those that call somebody to account


@dataclass(frozen=True)
class SatisfactionQuestion:
    """One question of the satisfaction page: the item, the choices that count as satisfied, and who was asked."""

    item: str
    satisfied: tuple[int, ...]
    groups: tuple[str, ...]
    index: str = ""  # quantity with the index (0..100) of this item, "" when the mean of choice values is the index


@dataclass(frozen=True, kw_only=True)
class ResultLayout:
    """What the result pages show, in the scheme's order; every name is a quantity of the plan."""

    columns: tuple[str, ...]
    by_group: tuple[str, ...]
    by_item: tuple[str, ...]
    tiers: tuple[str, ...]
    flags: tuple[str, ...]
    pools: tuple[str, ...]  # facts that make up the comparison pool
    satisfaction: tuple[SatisfactionQuestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A whole scheme, frozen. `text` is the file as written, `digest` its SHA-256, `plan` the canonical JSON plan."""

    key: str
    version: str
    title: Text
    languages: tuple[str, ...]
    text: str
    digest: str
    facts: tuple[Fact, ...]
    scales: Mapping[str, Scale]
    items: Mapping[str, Item]
    indicators: Mapping[str, Text]
    groups: Mapping[str, Group]
    forms: tuple[FormLine, ...]
    ballot_rules: tuple[BallotRule, ...]
    components: tuple[ComponentField, ...]
    event_kinds: Mapping[str, Text]
    quantities: Mapping[str, QuantityInfo]
    layout: ResultLayout
    policy: tuple[tuple[Told, Told], ...]  # printed policy block: what was left open, how it was settled
    plan: str
    notes: Mapping[str, Text] = field(default_factory=dict)  # "about", "use" … printed on the form
    sides: Mapping[str, Text] = field(default_factory=dict)  # inner nodes of the tree of groups, key -> title
    item_parents: Mapping[str, str] = field(default_factory=dict)  # item or indicator -> indicator above it
    grades: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # scale -> grade -> its choice keys
    decisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what people decide -> the choices they have
    decision_where: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # about whom; nothing: anybody
    event_bounds: Mapping[str, ComponentField] = field(default_factory=dict)  # between which numbers one event's amount lies
    earlier: tuple[str, ...] = ()  # quantities of earlier periods that the office must bring
    earlier_grades: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # earlier quantity -> its grades; () for a number
    shapes: Mapping[str, Shape] = field(default_factory=dict)  # group -> how its form is shown; others by their size

    def policy_told(self, say: Say) -> tuple[tuple[str, str], ...]:
        """The policy as people read it: what was left open, how it was settled."""
        return tuple((name.tell(say), answer.tell(say)) for name, answer in self.policy)


@dataclass(frozen=True)
class RosterSubject:
    """A subject as the roster has it: `facts` hold the subject's own facts and those of its unit."""

    id: str
    name: str
    unit: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Style:
    """A ballot style: who rates what. `excluded` is the subject that its rater is, or may not rate ("" for none): left out of
    it, unless it is a form on which raters rate themselves alone.

    `slots` in the order shown; `limits` are judged over positions in `slots`.
    """

    group: str
    unit: str
    excluded: str
    slots: tuple[Slot, ...]
    limits: tuple[LimitTable, ...]
