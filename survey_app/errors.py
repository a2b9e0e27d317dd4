"""Bad news for people: one translatable sentence saying what is wrong, where, and what to do."""

from __future__ import annotations


class UserError(Exception):
    """A request that cannot be fulfilled, told in one sentence. `status` is the HTTP status the edge answers with."""

    status = 400

    def __init__(self, sentence: str, **parts: object) -> None:
        super().__init__(sentence % parts if parts else sentence)
        self.sentence = sentence
        self.parts = parts


class NotFoundError(UserError):
    """There is no such thing for this person (also used where it exists but is none of their business)."""

    status = 404


class RefusedError(UserError):
    """Understood, but it may not be done now; nothing was changed."""

    status = 409
