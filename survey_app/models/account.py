"""Accounts of the office and of unit staff, their sign-in sessions, one-time links, and the counters that slow guessing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Base, Word
from survey_app.models.roster import Unit
from survey_app.roles import Role


class Account(Base):
    """Somebody who signs in. Voters never have one. `password` is None until the one-time link was used."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password: Mapped[str | None] = mapped_column(String(200))  # argon2id, encoded with its parameters
    disabled: Mapped[bool] = mapped_column(default=False)
    created: Mapped[dt.datetime]

    bound_units: Mapped[list[AccountUnit]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountUnit.unit_id"
    )
    given_roles: Mapped[list[AccountRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """What the account is there for (`survey_app.roles`)."""
        return frozenset(one.role for one in self.given_roles)


class AccountRole(Base):
    """One role of an account."""

    __tablename__ = "account_role"
    __table_args__ = (CheckConstraint("role IN ('head', 'clerk', 'key_holder', 'monitor', 'staff')", name="role"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(Word(Role, 10), primary_key=True)


class AccountUnit(Base):
    """A unit of one campaign whose published results a staff account may see.

    It points at the roster's row and not at a code: codes like "01" stand in every campaign, and mean another place in each.
    """

    __tablename__ = "account_unit"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True, index=True)

    unit: Mapped[Unit] = relationship(lazy="joined")


class UnboundCode(Base):
    """A unit code typed for an account before codes belonged to campaigns, that fits no unit or several. It opens nothing."""

    __tablename__ = "unbound_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)


class SignInSession(Base):
    """One signed-in browser. Only the digest of its 128-bit secret is stored: a copied database signs nobody in.

    No address stands here, and of the browser only its kind (`browsers`). `mark` is the digest of a cookie by which a browser of
    this account is known again.
    """

    __tablename__ = "sign_in_session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(40))
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created: Mapped[dt.datetime]
    seen: Mapped[dt.datetime]
    confirmed: Mapped[dt.datetime]  # when password (and factor) were last given in this session

    account: Mapped[Account] = relationship(lazy="joined")


class OneTimeLink(Base):
    """A link with which a person sets a password, once. Without an account it makes the first office account."""

    __tablename__ = "one_time_link"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expires: Mapped[dt.datetime]

    account: Mapped[Account | None] = relationship()


class Attempts(Base):
    """Failed attempts under one key, and when the last one was; keys are digests, so no name or code stands here."""

    __tablename__ = "attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)  # seconds since the epoch
    failures: Mapped[int]
