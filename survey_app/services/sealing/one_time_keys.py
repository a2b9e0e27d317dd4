"""Keys made for one opening: trustees seal their shares to them, the server opens with them once, and they are overwritten.

Lives here: the memory they lie in. May not live here: what they open (`share_letters`), pages.

Such a key must be nowhere after the opening: what trustees handed on would else open for whoever found it and the database. So
it is never in the database nor in a file. It lies in one page of memory that all processes of a server share, because the next
request may come to another of them: an anonymous mapping made before they are forked, kept out of core files and of swap where
the system lets us, and overwritten with zeros when its key was used, replaced or is too old. A restart forgets it, and processes
on another machine never knew it. What a library copied on its way is Python's to reuse; that cannot be overwritten from here.

One key a campaign, for one act: what was handed on for the count opens no signed form.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import fcntl
import mmap
import struct
import sys
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.sealing import age_files, share_letters, trustees
from survey_app.services.sealing.share_letters import LetterError

#: So long trustees have to bring what they hand on.
LIFE = dt.timedelta(hours=24)
_SLOT = struct.Struct("<q10sq80s")  # campaign (0: free), act, end in seconds, private key as text
_SLOTS = mmap.PAGESIZE // _SLOT.size


class OpeningAct(StrEnum):
    """What an opening is for."""

    COUNT = "count"
    BUNDLE = "bundle"
    READING = "reading"


class NoOneTimeKeyError(RefusedError):
    """There is no key for this act: none was made, it was used, it is too old, or it is another process's."""


@dataclass(frozen=True)
class OneTimeKey:
    """The public half as shown, and until when the private half is kept."""

    recipient: str
    until: dt.datetime

    @property
    def fingerprint(self) -> str:
        """What trustees compare aloud, in groups of four."""
        return trustees.in_fours(trustees.fingerprint_of(self.recipient))


class OneTimeKeys:
    """The memory itself. Made once, before a server's processes are forked."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self._lock = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the memory is; a process that dies lets go of it
        weakref.finalize(self, self._lock.close)
        if sys.platform == "linux":
            self._memory.madvise(mmap.MADV_DONTDUMP)
            at = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
            ctypes.CDLL(None).mlock(ctypes.c_void_p(at), ctypes.c_size_t(mmap.PAGESIZE))  # refused: `pingyi doctor` names swap

    def make(self, campaign: int, act: OpeningAct, *, now: dt.datetime) -> OneTimeKey:
        """A new key; whatever this campaign had is overwritten.

        Parameters
        ----------
        campaign
            The campaign's number.
        act
            The only thing this key may be used for.
        now
            The moment, from which it lives for `LIFE`.

        Returns
        -------
        OneTimeKey
            Its public half.
        """
        recipient, secret = age_files.make_identity()
        until = now + LIFE
        with self._locked():
            slots = [(at, *_SLOT.unpack_from(self._memory, at * _SLOT.size)) for at in range(_SLOTS)]
            for at, owner, *_rest in slots:
                if owner == campaign:
                    self._wipe(at)
            # its own, or a free one, or else the one that would end first
            place = min(slots, key=lambda slot: (slot[1] not in (campaign, 0), slot[3]))[0]
            _SLOT.pack_into(
                self._memory, place * _SLOT.size, campaign, act.encode(), int(until.timestamp()), secret.encode("ascii")
            )
        return OneTimeKey(recipient, until)

    def find(self, campaign: int, act: OpeningAct, *, now: dt.datetime) -> OneTimeKey | None:
        """The key that waits for this act; None where there is none."""
        found = self._secret(campaign, act, now)
        return OneTimeKey(age_files.public_of(found[0]), found[1]) if found else None

    def waiting(self, campaign: int, *, now: dt.datetime) -> OneTimeKey | None:
        """The key of this campaign, whatever it is for."""
        return next((key for act in OpeningAct if (key := self.find(campaign, act, now=now))), None)

    def forget(self, campaign: int) -> None:
        """Overwrite this campaign's key."""
        with self._locked():
            for at in range(_SLOTS):
                if _SLOT.unpack_from(self._memory, at * _SLOT.size)[0] == campaign:
                    self._wipe(at)

    def shares(self, campaign: int, key: str, act: OpeningAct, released: Sequence[bytes], *, now: dt.datetime) -> list[str]:
        """The shares in what trustees handed on, to be used at once and kept nowhere.

        Parameters
        ----------
        campaign, key
            The campaign's number and its key, which stands in every letter.
        act
            What the opening is for.
        released
            Age files, each sealed to the one-time key.
        now
            The moment.

        Raises
        ------
        NoOneTimeKeyError
            When no key waits for this act.
        LetterError
            Naming by its place every file that is not what it should be.
        """
        found = self._secret(campaign, act, now)
        if found is None:
            raise NoOneTimeKeyError(
                N_("现在没有为这一步准备好的一次性公钥：没有做过、已经用过、过了期，或程序重启过；请重新制作，再请保管人交付。")
            )
        shares, problems = [], []
        for place, one in enumerate(released, 1):
            try:
                shares.append(share_letters.share_released(found[0], one, key))
            except LetterError as wrong:
                problems.append(_("第 %(place)s 份：%(what)s。", place=place, what=_(wrong.sentence, **wrong.parts)))
        if problems:
            raise LetterError(N_("交付的文件没有通过核对，什么也没有打开。%(problems)s"), problems=" ".join(problems))
        return shares

    def _secret(self, campaign: int, act: OpeningAct, now: dt.datetime) -> tuple[str, dt.datetime] | None:
        with self._locked():
            for at in range(_SLOTS):
                owner, kind, until, secret = _SLOT.unpack_from(self._memory, at * _SLOT.size)
                if owner and until <= now.timestamp():
                    self._wipe(at)
                elif owner == campaign and kind.rstrip(b"\0").decode() == act:
                    return secret.rstrip(b"\0").decode("ascii"), now + dt.timedelta(seconds=until - int(now.timestamp()))
        return None

    def _wipe(self, at: int) -> None:
        self._memory[at * _SLOT.size : (at + 1) * _SLOT.size] = bytes(_SLOT.size)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Between processes; within one, nothing that is done here lets another greenlet run."""
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
