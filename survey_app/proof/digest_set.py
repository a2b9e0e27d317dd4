"""Very many digests at hand in little memory: laid side by side in order, 32 bytes each, a third of what a set of them takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

_DIGEST = 32


class DigestSet:
    """Digests of 32 bytes, to be asked for."""

    def __init__(self, laid: Iterable[bytes]) -> None:
        """Take digests laid end to end, in any order and in as many pieces as they come in."""
        self._sorted = np.sort(_digests(b"".join(laid)))

    def __len__(self) -> int:
        return len(self._sorted)

    def holds(self, asked: Sequence[bytes]) -> bool:
        """Whether every one of these is among them.

        Parameters
        ----------
        asked
            Digests of 32 bytes each, perhaps none.
        """
        if not asked:
            return True
        wanted = _digests(b"".join(asked))
        at = np.searchsorted(self._sorted, wanted)
        return bool((at < len(self._sorted)).all() and (self._sorted[at] == wanted).all())


def _digests(laid: bytes) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
    # Texts of bytes compare as bytes do, but for zeros at their end, which no two of one length differ by.
    return np.frombuffer(laid, dtype=f"S{_DIGEST}")
