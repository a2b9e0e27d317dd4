"""Formulas and conditions, parsed exactly: `0.5 × targets + 0.3 × own`, `incompetent >= 1/3 and position = principal`.

Grammar, loosest first: or · and · not · one comparison · + - · × ÷ · minus · number, "text", name, name @ label, (…), f(…).
A name is one word or several separated by single spaces. Chinese and English signs and words mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.saying import N_, in_source
from questionnaires.language.reader import exact
from questionnaires.telling import said

OPERATORS = {
    "×": "*",
    "÷": "/",
    "－": "-",
    "−": "-",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "==": "=",
    "（": "(",
    "）": ")",
    "，": ",",
    "＋": "+",
    "＞": ">",
    "＜": "<",
    "＝": "=",
}
WORDS = {"且": "and", "或": "or", "非": "not", "是": "true", "否": "false"}
FUNCTIONS = {
    "若": "if",
    "较大": "max",
    "较小": "min",
    "绝对值": "abs",
    "缺": "is_missing",
    "missing": "is_missing",
    "if": "if",
    "max": "max",
    "min": "min",
    "abs": "abs",
}
ARGUMENTS = {"if": (3, 3), "max": (2, 20), "min": (2, 20), "abs": (1, 1), "is_missing": (1, 1)}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_LOGIC = {"and", "or", "not", "true", "false"}
_SIGNED = re.compile(r"[^\W\d]\w{0,9}[-+－＋]{1,2}")
MOST_LENGTH = 1000
MOST_NESTING = 40
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?\s?%?)|(?P<text>\"[^\"]*\"|“[^”]*”|'[^']*')|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign>>=|<=|!=|==|[-+*/()=<>,@×÷－−≥≤≠（），＋＞＜＝]))"
)


def is_phrase(text: str) -> bool:
    """Whether a word or sign of the formulas stands in a name, so that the name has to be known before it can be read whole."""
    words = text.split()
    worded = len(words) > 1 and all(word.isidentifier() for word in words)
    return _SIGNED.fullmatch(text) is not None or (worded and any(WORDS.get(word, word) in _LOGIC for word in words))


def parts_of(phrase: str) -> list[str]:
    """What a phrase would be about if it were read as a formula: the names between its words."""
    parts, words = [""], phrase.split()
    for word in words:
        if WORDS.get(word, word) in _LOGIC:
            parts.append("")
        else:
            parts[-1] = f"{parts[-1]} {word}".strip()
    return [part for part in parts if part]


class FormulaError(ValueError):
    """A formula cannot be read: what is wrong, as a clause of a sentence, and at which character (from 1)."""

    def __init__(self, clause: str, at: int, **parts: object) -> None:
        self.what, self.at = said(clause, **parts), at
        super().__init__(self.what.tell(in_source))


@dataclass(frozen=True)
class Expression:
    """A node of a formula. op: num, text, truth, name, pick (of @ label), an operator or a function; `at`: its character.

    `word` of a number is how it was written: 60% is the same number as 0.6, and says something else.
    """

    op: str
    args: tuple[Expression, ...] = ()
    word: str = ""
    number: Fraction = Fraction(0)
    at: int = 1

    def names(self) -> Iterator[Expression]:
        """Every name in the formula, in order."""
        if self.op == "name":
            yield self
        for arg in self.args:
            yield from arg.names()


def constant(expression: Expression) -> Fraction | None:
    """The number that a formula without names is: a number, one over another, or either with a minus; None for anything else."""
    if expression.op == "num":
        return expression.number
    if expression.op == "neg" and (number := constant(expression.args[0])) is not None:
        return -number
    if expression.op == "/":
        above, below = (constant(arg) for arg in expression.args)
        return above / below if above is not None and below else None
    return None


@dataclass(frozen=True)
class _Token:
    kind: str
    word: str
    at: int


def parse(text: str, phrases: Sequence[str] = ()) -> Expression:
    """The formula in `text`. Raises FormulaError.

    `phrases`: names in which a word or sign of the formulas stands (`not trusted`, `B+`), longest first; they are read whole.
    """
    text = text.replace("％", "%")
    if len(text) > MOST_LENGTH:
        raise FormulaError(N_("算式太长"), MOST_LENGTH)
    parser = _Parser(_tokens(text, phrases), len(text) + 1)
    found = parser.either(0)
    if parser.token is not None:
        raise FormulaError(N_("“{word}”多余"), parser.token.at, word=parser.token.word)
    return found


def _phrase(text: str, position: int, phrases: Sequence[str]) -> str:
    """The longest phrase that stands here as a whole, "" for none."""
    for phrase in phrases:
        end = position + len(phrase)
        joined = end < len(text) and (text[end].isalnum() or text[end] == "_") and phrase[-1].isalnum()
        if text.startswith(phrase, position) and not joined:
            return phrase
    return ""


def _tokens(text: str, phrases: Sequence[str]) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text.rstrip()):
        start = position + len(text[position:]) - len(text[position:].lstrip())
        if phrase := _phrase(text, start, phrases):
            tokens.append(_Token("word", phrase, start + 1))
            position = start + len(phrase)
            continue
        hit = _TOKEN.match(text, position)
        if hit is None:
            at = position + len(text[position:]) - len(text[position:].lstrip())
            raise FormulaError(N_("不认识“{word}”"), at + 1, word=text[at])
        kind = str(hit.lastgroup)
        word, at = hit.group(kind).strip(), hit.start(kind) + 1
        if kind == "sign":
            word = OPERATORS.get(word, word)
        if kind == "word" and WORDS.get(word, word) in _LOGIC:
            kind, word = "logic", WORDS.get(word, word)
        if (kind == "word" and tokens and tokens[-1].kind == "word") or (
            kind == "number" and tokens and tokens[-1].kind == "word"
        ):
            tokens[-1] = _Token("word", f"{tokens[-1].word} {word}", tokens[-1].at)
        else:
            tokens.append(_Token(kind, word, at))
        position = hit.end()
    return tokens


class _Parser:
    """Recursive descent; `depth` guards against nests of brackets."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self.tokens, self.end, self.place = tokens, end, 0

    @property
    def token(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, *words: str) -> _Token | None:
        """The next token if it is one of these signs or logic words."""
        token = self.token
        if token is not None and token.kind in {"sign", "logic"} and token.word in words:
            self.place += 1
            return token
        return None

    def either(self, depth: int) -> Expression:
        if depth > MOST_NESTING:
            raise FormulaError(N_("括号太多层"), self.end)
        return self._chain(("or",), self._both, depth)

    def _both(self, depth: int) -> Expression:
        return self._chain(("and",), self._negation, depth)

    def _chain(self, words: tuple[str, ...], below: Callable[[int], Expression], depth: int) -> Expression:
        found = below(depth)
        while token := self.take(*words):
            found = Expression(token.word, (found, below(depth)), at=token.at)
        return found

    def _negation(self, depth: int) -> Expression:
        if token := self.take("not"):
            if depth > MOST_NESTING:
                raise FormulaError(N_("“非”太多层"), token.at)
            return Expression("not", (self._negation(depth + 1),), at=token.at)
        left = self._sum(depth)
        if token := self.take(*COMPARISONS):
            left = Expression(token.word, (left, self._sum(depth)), at=token.at)
            if again := self.take(*COMPARISONS):
                raise FormulaError(N_("一次只比较两个量，请用“且”连接"), again.at)
        return left

    def _sum(self, depth: int) -> Expression:
        return self._chain(("+", "-"), self._product, depth)

    def _product(self, depth: int) -> Expression:
        return self._chain(("*", "/"), self._sign, depth)

    def _sign(self, depth: int) -> Expression:
        if token := self.take("-"):
            if depth > MOST_NESTING:
                raise FormulaError(N_("负号太多"), token.at)
            return Expression("neg", (self._sign(depth + 1),), at=token.at)
        return self._atom(depth)

    def _atom(self, depth: int) -> Expression:
        token = self.token
        if token is None:
            raise FormulaError(N_("算式没有写完"), self.end)
        self.place += 1
        if token.kind == "number":
            value = exact(token.word)
            return Expression("num", word=token.word, number=Fraction(0) if value is None else value, at=token.at)
        if token.kind == "text":
            return Expression("text", word=token.word[1:-1], at=token.at)
        if token.word == "(" and token.kind == "sign":
            inner = self.either(depth + 1)
            self._close()
            return inner
        if token.kind == "logic" and token.word in {"true", "false"}:
            return Expression("truth", word=token.word, at=token.at)
        if token.kind != "word":
            raise FormulaError(N_("这里不应是“{word}”"), token.at, word=token.word)
        if token.word in FUNCTIONS and self.take("("):
            return self._call(token, depth)
        named = Expression("name", word=token.word, at=token.at)
        while self.take("@"):
            label = self.token
            if label is None or label.kind not in {"word", "text"}:
                raise FormulaError(N_("“@”后面要写主体或内容的名称"), token.at)
            self.place += 1
            named = Expression("pick", (named,), label.word.strip("\"'“”"), at=label.at)
        return named

    def _call(self, token: _Token, depth: int) -> Expression:
        function = FUNCTIONS[token.word]
        args = [self.either(depth + 1)]
        while self.take(","):
            args.append(self.either(depth + 1))
        self._close()
        least, most = ARGUMENTS[function]
        if not least <= len(args) <= most:
            raise FormulaError(N_("“{word}”要有 {least} 个内容"), token.at, word=token.word, least=least)
        return Expression(function, tuple(args), at=token.at)

    def _close(self) -> None:
        if not self.take(")"):
            at = self.token.at if self.token else self.end
            raise FormulaError(N_("缺少右括号"), at)
