"""Reading a filled ballot out of a request: exact fields, each at most once, nothing unknown.

Lives here: from raw name/value pairs to a `FilledForm`. May not live here: whether the ballot is acceptable (services), HTML.
A form that is not ours (unknown or doubled field, a code no radio button of ours has) is refused whole with a sentence, once its
slip was looked at (`read_or_bare`); what a person can get wrong (a number out of range, no code typed) is kept and told beside
the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.numerals import BALLOT, SHORT, shortened
from analysis.numerals import read as read_number
from questionnaires.model import Choice
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.casting.cast import SUBMISSION_BYTES, Credential
from survey_app.services.casting.comment_text import tidy
from survey_app.services.casting.refusals import FormError, MissingItemError
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.sealing.sealed_content import Signature, SignatureError, check_signature
from survey_app.services.sealing.tokens import TokenError, parse_alias, parse_secret

RADIOS_MOST = 7  # more choices than this do not fit a thumb; a list or a number field takes over
STAGES = ("review", "send", "edit")
_LENGTHS = {
    "stage": 6,
    "secret": 64,
    "alias": 64,
    "submission": 32,
    "version": 6,
    "confirm": 2000,
    "name": 200,
    "ink": 20_000,
    "comment": 6000,
}
_PLACE = re.compile(r"[mn](0|[1-9]\d{0,4})", re.ASCII)
_CODE = re.compile(r"\d{0,5}", re.ASCII)
_SUBMISSION = re.compile(r"[0-9a-f]{32}")
_VERSION = re.compile(r"\d{1,6}", re.ASCII)
_LONGEST_TYPED = 20


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """One request's form. `marks` by place; `typed` what stood in number fields; `problems` sentences by place.

    `flaw`: it is not a form of ours, and nothing was read but whose slip it came with.
    """

    stage: str
    marks: tuple[int, ...]
    secret: str = ""
    alias: str = ""
    submission: bytes | None = None
    version: int | None = None
    confirmed: frozenset[str] = frozenset()
    name: str = ""
    ink: str = ""
    comment: str = ""
    typed: Mapping[int, str] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)
    flaw: FormError | None = None

    def credential(self) -> Credential:
        """The scanned secret, else the typed alias. Raises TokenError with the sentence for the code's field."""
        if self.secret:
            return Credential(secret=parse_secret(self.secret))
        if not self.alias.strip():
            raise TokenError(N_("请输入凭条或邀请函上印的编号（13 个字符），或扫描它的二维码打开本页。"))
        return Credential(alias=parse_alias(self.alias))

    def to_send(self, *, signed: bool) -> tuple[Signature | None, UserError | None]:
        """The signature to be cast with it, and what must be changed before it can be cast at all."""
        if self.flaw is not None:
            return None, self.flaw
        if self.problems:
            return None, MissingItemError(N_("这一项还没有填；请填上。"), sorted(self.problems))
        if not signed:
            return None, None
        try:
            return check_signature(self.name, self.ink), None
        except SignatureError as unsigned:
            return None, unsigned


def by_number(choices: Iterable[Choice]) -> bool:
    """Whether a place with these choices is answered in a number field: many values, all of them numbers."""
    offered = [choice for choice in choices if choice.kind != "unknown"]
    return len(offered) > 21 and all(choice.value is not None for choice in offered)


def read(pairs: Iterable[tuple[str, str]], paper: BallotPaper) -> FilledForm:
    """The filled form. Raises FormError for fields that are unknown, doubled, too long, or not of the shape we sent out."""
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise FormError(N_("收到的表格里“%(name)s”出现了两次，没有记录；请重新打开表格再填。"), name=name[:40])
        if name not in _LENGTHS and not _known_place(name, paper):
            raise FormError(N_("收到的表格里有不认识的字段“%(name)s”，没有记录；请重新打开表格再填。"), name=name[:40])
        if len(value) > _LENGTHS.get(name, _LONGEST_TYPED):
            raise FormError(N_("收到的表格里“%(name)s”太长，没有记录；请重新打开表格再填。"), name=name[:40])
        fields[name] = value
    if fields.get("stage") not in STAGES:
        raise FormError(N_("收到的表格不完整，没有记录；请重新打开表格再填。"))
    marks, typed, problems = _marks(fields, paper)
    return FilledForm(
        stage=fields["stage"],
        marks=tuple(marks),
        secret=fields.get("secret", ""),
        alias=fields.get("alias", ""),
        submission=_submission(fields.get("submission", "")),
        version=_version(fields.get("version", "")),
        confirmed=frozenset(key for key in fields.get("confirm", "").split(",") if key),
        name=fields.get("name", ""),
        ink=fields.get("ink", ""),
        comment=tidy(fields.get("comment", "")),
        typed=typed,
        problems=problems,
    )


def read_or_bare(pairs: Sequence[tuple[str, str]], paper: BallotPaper) -> FilledForm:
    """The filled form; of one that is not ours only whose slip it came with, and its flaw. Raises FormError for less."""
    try:
        return read(pairs, paper)
    except FormError as flaw:
        return _bare(pairs, flaw)


def _bare(pairs: Sequence[tuple[str, str]], flaw: FormError) -> FilledForm:
    """Whose slip, and which submission. Raises the flaw where nothing was to be reviewed or sent.

    A used slip answers by these two alone, so they are looked at before the flaw is told.
    """
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    once = {
        name: values[0]
        for name, values in found.items()
        if name in _LENGTHS and len(values) == 1 and len(values[0]) <= _LENGTHS[name]
    }
    if once.get("stage") not in ("review", "send"):
        raise flaw
    submission, version = once.get("submission", ""), once.get("version", "")
    return FilledForm(
        stage=once["stage"],
        marks=(),
        secret=once.get("secret", ""),
        alias=once.get("alias", ""),
        submission=_submission(submission) if _SUBMISSION.fullmatch(submission) else None,
        version=_version(version) if _VERSION.fullmatch(version) else None,
        flaw=flaw,
    )


def _known_place(name: str, paper: BallotPaper) -> bool:
    if not _PLACE.fullmatch(name) or int(name[1:]) >= len(paper.slots):
        return False
    return name[0] == "m" or by_number(paper.choices(int(name[1:])))


def _marks(fields: Mapping[str, str], paper: BallotPaper) -> tuple[list[int], dict[int, str], dict[int, str]]:
    marks, typed, problems = [], {}, {}
    for place in range(len(paper.slots)):
        mark = _code(fields.get(f"m{place}", ""), paper, place)
        number = fields.get(f"n{place}", "").strip()
        if number:
            typed[place] = number
            code, problem = number_code(number, paper.choices(place))
            if mark:
                problem = _("这里既填了数，又勾了不打分；请只留一样。")
            if problem:
                problems[place] = problem
            mark = mark or code
        marks.append(mark)
    return marks, typed, problems


def _code(text: str, paper: BallotPaper, place: int) -> int:
    if not _CODE.fullmatch(text):
        raise FormError(N_("收到的表格里有一项不是表上的选项，没有记录；请重新打开表格再填。"))
    code = int(text or "0")
    if code not in paper.codes[place]:
        raise FormError(N_("收到的表格里有一项不是表上的选项，没有记录；请重新打开表格再填。"))
    return code


def number_code(text: str, choices: Iterable[Choice]) -> tuple[int, str]:
    """The code of the choice worth exactly this number, or 0 and the sentence that says what may be filled in."""
    offered = [choice for choice in choices if choice.value is not None]
    number = read_number(text, BALLOT)
    for choice in offered:
        if choice.value == number:
            return choice.code, ""
    values = sorted(choice.value for choice in offered if choice.value is not None)
    least, most, step = plain_number(values[0]), plain_number(values[-1]), plain_number(values[1] - values[0])
    return 0, _(
        "“%(text)s”不能用；请填 %(least)s 到 %(most)s 之间的数，最小单位 %(step)s。",
        text=text,
        least=least,
        most=most,
        step=step,
    )


def plain_number(value: Fraction) -> str:
    """A scale's number as people write it: 87.5, not 175/2."""
    return shortened(value, SHORT)  # shown only; what decides stays a fraction


def _submission(text: str) -> bytes | None:
    if not text:
        return None
    if not _SUBMISSION.fullmatch(text):
        raise FormError(N_("收到的表格不完整，没有记录；请重新打开表格再填。"))
    return bytes.fromhex(text)[:SUBMISSION_BYTES]


def _version(text: str) -> int | None:
    if not text:
        return None
    if not _VERSION.fullmatch(text):
        raise FormError(N_("收到的表格不完整，没有记录；请重新打开表格再填。"))
    return int(text)
