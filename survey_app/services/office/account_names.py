"""What an account may be called: a name that nobody takes for another's, nor for the machine's.

The second person and whoever reads the log of acts know an account by its name alone. So no character of it may be invisible,
and none is called as the log calls what no account did.
"""

from __future__ import annotations

import unicodedata

from survey_app.errors import UserError
from survey_app.i18n import N_

MOST_CHARACTERS = 80
#: Controls, invisible marks of writing and of direction, half characters, private and unassigned ones.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Who acts in the log where no account does, as it is stored and as it is told (`audit`, `act_sentences.who`); folded.
NOT_PEOPLE = frozenset(
    {"server", "the server", "服务器", "command line", "the command line", "命令行", "somebody not signed in", "没有登录的人"}
)  # fmt: skip


def tidy_name(name: str) -> str:
    """A name as it is stored and looked for."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def refuse_odd(shown: str) -> None:
    """Raises UserError for a tidied name that is empty or long, that has what nobody sees, or that is the machine's."""
    if not shown or len(shown) > MOST_CHARACTERS:
        raise UserError(N_("请填写账户名，最多 80 个字符。"))
    if any(unicodedata.category(one) in _UNSEEN for one in shown):
        raise UserError(N_("账户名里有看不见的字符，会和别人的账户名分不清；请重新输入，不要粘贴。"))
    if shown.casefold() in NOT_PEOPLE:
        raise UserError(N_("操作记录里“%(name)s”指的不是人；请换一个账户名。"), name=shown)
