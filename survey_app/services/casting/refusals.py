"""Why a ballot was not taken: one class a reason, each with its sentence. Nothing has changed when one is raised."""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.errors import RefusedError, UserError


class UnknownSlipError(RefusedError):
    """No slip or link of this campaign has this credential."""

    status = 403


class WrongStyleError(RefusedError):
    """The credential is real but belongs to another form. The sentence does not say which: that is not the asker's business."""

    status = 403


class SpentSlipError(RefusedError):
    """A ballot was recorded with this slip before; whether another one, is not said. `code` is its receipt code."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence, code=code)
        self.code = code


class VoidSlipError(RefusedError):
    """The slip's batch was declared void and reissued."""

    status = 410


class ClosedCampaignError(RefusedError):
    """The campaign is closed (or counted). `code`: the ballot code of a signed form that was recorded with this link, or ""."""

    status = 410

    def __init__(self, sentence: str, *, code: str = "", **parts: object) -> None:
        super().__init__(sentence, code=code, **parts)
        self.code = code


class NotOpenError(RefusedError):
    """The campaign has not been opened yet."""


class HaltedError(RefusedError):
    """The voting waits for its hour or is paused; what was filled in stays, and may be sent later."""


class StaleVersionError(RefusedError):
    """A signed ballot was meant to replace a version that has itself been replaced. `current` is the version in force."""

    def __init__(self, sentence: str, *, current: int) -> None:
        super().__init__(sentence, current=current)
        self.current = current


class FormError(UserError):
    """The request is not a filled form of ours (unknown, doubled or malformed fields, slots that do not exist)."""


class MissingItemError(UserError):
    """Required items without a mark; `slots` are their places on the ballot."""

    status = 422

    def __init__(self, sentence: str, slots: Sequence[int], **parts: object) -> None:
        super().__init__(sentence, **parts)
        self.slots = tuple(slots)


class LimitBrokenError(UserError):
    """A whole-ballot rule is broken: one that refuses the ballot, or a soft one the rater has not confirmed (`soft`).

    `slots`: the places the first broken rule looks at.
    """

    status = 422

    def __init__(self, sentence: str, slots: Sequence[int], *, soft: bool, **parts: object) -> None:
        super().__init__(sentence, **parts)
        self.slots = tuple(slots)
        self.soft = soft


class BusyError(UserError):
    """The database could not take the ballot now; sending the same submission again is safe."""

    status = 503
