"""What a digest may cost: the work of argon2id for printed codes and for passwords."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AliasCost:
    """Work of one alias digest: argon2id passes and memory in KiB. Fixed for as long as printed slips live."""

    time: int = 2
    memory: int = 19_456  # OWASP's smallest recommended setting for argon2id, about 30 ms


@dataclass(frozen=True)
class PasswordCost:
    """Work of one password digest: argon2id passes and memory in KiB (the default is well above OWASP's 19 MiB)."""

    time: int = 3
    memory: int = 65_536
