"""What an account proves itself with beside its password, and what its owner is told. Secrets stand here sealed or as digests."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.account import Account
from survey_app.models.base import Base


class TotpSecret(Base):
    """An authenticator's secret, sealed under the server's key file; `last_step` is the newest time step whose code was used."""

    __tablename__ = "totp_secret"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[dt.datetime]


class RecoveryCode(Base):
    """One unused recovery code of an account, as a digest. Whoever uses it deletes the row."""

    __tablename__ = "recovery_code"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class Passkey(Base):
    """A passkey's public half, and how often its authenticator says it was used (0: it does not count)."""

    __tablename__ = "passkey"

    credential: Mapped[bytes] = mapped_column(LargeBinary(1023), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(60))
    since: Mapped[dt.datetime]

    account: Mapped[Account] = relationship(lazy="joined")


class SpentChallenge(Base):
    """A challenge that a passkey has answered: it is answered once. Kept until it would have run out anyway."""

    __tablename__ = "spent_challenge"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    until: Mapped[dt.datetime]


class OwnerNotice(Base):
    """Something that was done to an account, told to its owner until it is acknowledged.

    `mark`: the browser in which it was done (as in `SignInSession`); that browser is not asked to acknowledge it.
    """

    __tablename__ = "owner_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(String(80))
    browser: Mapped[str] = mapped_column(String(40))
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    seen: Mapped[bool] = mapped_column(default=False)


class OfficeStatement(Base):
    """Something the office states about itself, which its pages say from then on; by whom and when."""

    __tablename__ = "office_statement"

    what: Mapped[str] = mapped_column(String(30), primary_key=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[dt.datetime]
