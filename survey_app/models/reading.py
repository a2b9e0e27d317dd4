"""Who read whose signed form, and why: rows that are added before the form is shown, and never changed or removed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Integer, LargeBinary, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class FormReading(Base):
    """One reading of one version of a signed form by somebody else than its author, who is shown every row.

    `kind` 'office': an account opened it on a page, `reader` is its name. 'auditor': it left in a bundle sealed to the public key
    `reader`, so the time is that of giving it away. The tables' triggers refuse to change or remove a row; the foreign keys do
    not cascade, so the form's campaign and rater stay as well.
    """

    __tablename__ = "form_reading"
    __table_args__ = (
        CheckConstraint("kind = 'auditor' OR (kind = 'office' AND length(reason) > 0)", name="kind"),
        CheckConstraint("length(leaf) = 32", name="leaf"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("rater.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(String(7))
    reader: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime]


_TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER form_reading_changed BEFORE UPDATE ON form_reading BEGIN SELECT RAISE(ABORT, 'only added'); END",
        "CREATE TRIGGER form_reading_removed BEFORE DELETE ON form_reading BEGIN SELECT RAISE(ABORT, 'only added'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'only added'; END $$",
        "CREATE TRIGGER form_reading_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON form_reading EXECUTE FUNCTION only_added()",
    ),
}


@event.listens_for(FormReading.__table__, "after_create")
def _keep(_table: object, connection: Connection, **_options: object) -> None:
    for statement in _TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
