"""Which passwords may be chosen: long ones that are no common password, no name from here, and not made of these alone.

Lives here: the judgement over a new password. May not live here: hashing and signing in (`accounts`). What was chosen before a
rule became stricter stays good: a password is judged when it is chosen, never when it is used.

How it judges: the password is folded (NFKC, lower case, letters and digits) and cut into pieces in the way that is easiest to
guess. A piece from the list costs as many guesses as its rank, a word from here one, a single character as many as there are of
its kind, one that repeats or follows its neighbour two. The product is a lower bound of the guesses somebody needs who knows list
and rule.
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from survey_app.errors import UserError
from survey_app.i18n import N_

LEAST_CHARACTERS = 15
MOST_CHARACTERS = 128  # argon2 hashes any length; this only keeps a body from being hashed for its size
#: Fewer guesses than this do not protect a stolen digest: at ten thousand a second they are through in twelve days.
LEAST_GUESSES = 10**10
#: Below this length a part of a name or a title is a coincidence.
LEAST_PART = 4
LIST = Path(__file__).with_name("common-passwords.txt.gz")  # its origin: common-passwords.md
#: What this program is called, in every spelling.
_SITE = ("pingyi", "评议", "評議", "pingyiban", "评议办", "evaluation")
#: Sentences that stand in every advice on good passwords, and first lines that everybody knows.
_FAMOUS = (
    "correcthorsebatterystaple", "tobeornottobe", "tobeornottobethatisthequestion", "thequickbrownfoxjumpsoverthelazydog",
    "maytheforcebewithyou", "onceuponatime", "iloveyouforever", "chuangqianmingyueguang", "yishidishangshuang",
    "woaibeijingtiananmen", "haohaoxuexitiantianxiangshang", "床前明月光疑是地上霜", "我爱北京天安门天安门上太阳升",
    "好好学习天天向上",
)  # fmt: skip


class PasswordError(UserError):
    """A password that may not be used, and why."""


def check_strength(password: str, context: Iterable[str] = ()) -> None:
    """Raises PasswordError for a password that is too short or long, or easily guessed.

    `context`: words that whoever guesses here would try first: the account's name, titles of campaigns.
    """
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < LEAST_CHARACTERS:
        raise PasswordError(
            N_("口令至少要 %(least)s 个字符，现在是 %(found)s 个；几个不相干的词连起来就很好记。"),
            least=LEAST_CHARACTERS,
            found=len(plain),
        )
    if len(plain) > MOST_CHARACTERS:
        raise PasswordError(N_("口令最多 %(most)s 个字符。"), most=MOST_CHARACTERS)
    if guesses(plain, context) < LEAST_GUESSES:
        raise PasswordError(N_("这个口令太常见，很容易被猜到；请换成几个不相干的词，不要用账户名、评议的名称、常见口令和连号。"))


def guesses(password: str, context: Iterable[str] = ()) -> int:
    """At least so many guesses find the password, for somebody who knows the list, the context and this rule."""
    text, own, listed = fold(password), _parts(context), _listed()
    longest = max(map(len, (*own, *_FAMOUS)), default=0)
    longest = max(longest, _longest_listed())
    best = [1]
    for end in range(1, len(text) + 1):
        fewest = best[end - 1] * _single(text, end - 1)
        for start in range(max(0, end - longest), end - 1):
            piece = text[start:end]
            rank = 1 if piece in own else listed.get(piece)
            if rank is not None:
                fewest = min(fewest, best[start] * rank)
        best.append(fewest)
    return best[-1]


def fold(text: str) -> str:
    """Letters and digits alone, in one width and in lower case: how the list is kept."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


def _single(text: str, at: int) -> int:
    """Guesses for one character that belongs to no piece."""
    here = text[at]
    if at and abs(ord(here) - ord(text[at - 1])) <= 1:
        return 2  # it repeats or follows its neighbour
    if here.isascii():
        return 10 if here.isdigit() else 26
    return 1000  # of the characters in daily use


def _parts(context: Iterable[str]) -> frozenset[str]:
    """The words themselves and every longer part of them."""
    found = set(map(fold, _SITE))
    for word in map(fold, context):
        found.add(word)
        found |= {word[start:end] for start in range(len(word)) for end in range(start + LEAST_PART, len(word) + 1)}
    return frozenset(found - {""})


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, int]:
    """Common passwords with their rank, read when the first password is chosen."""
    with gzip.open(LIST, "rt", encoding="utf-8") as lines:
        ranks = {line.rstrip("\n"): rank for rank, line in enumerate(lines, 1)}
    return ranks | dict.fromkeys(map(fold, _FAMOUS), 1)


@lru_cache(maxsize=1)
def _longest_listed() -> int:
    return max(map(len, _listed()))
