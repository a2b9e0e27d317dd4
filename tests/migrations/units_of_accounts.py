"""The tester of the revision that binds unit accounts to units of campaigns."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

CAMPAIGN = text(
    "INSERT INTO campaign (id, key, title, period, asker, purpose, asks, until, state, scheme_key, scheme_version, scheme_text,"
    " scheme_digest, public_key, wrapped_key, salt, demo, created)"
    " VALUES (:id, :key, 't', '2026', '', '', '', '', 'counted', 's', 'v', '', '', :blob, :blob, :blob, false,"
    " '2026-11-01 08:00:00')"
)


@dataclass(frozen=True)
class UnitsOfAccounts:
    """A code of one campaign becomes its unit; one of two campaigns, or of none, opens nothing and is kept to be shown."""

    def before(self, connection: Connection) -> None:
        """Two campaigns that both have a unit "01"; "02" stands in the second alone; "99" nowhere."""
        for number, key in ((1, "first"), (77, "other")):
            connection.execute(CAMPAIGN, {"id": number, "key": key, "blob": b"x"})
        unit = text("INSERT INTO unit (id, campaign_id, code, name, place, facts) VALUES (:id, :campaign, :code, 'u', 1, '{}')")
        for number, campaign, code in ((501, 1, "01"), (502, 77, "01"), (503, 77, "02")):
            connection.execute(unit, {"id": number, "campaign": campaign, "code": code})
        account = text("INSERT INTO account (id, name, role, disabled, created) VALUES (:id, :name, 'staff', false, :now)")
        for number, name in ((901, "both"), (902, "strange")):
            connection.execute(account, {"id": number, "name": name, "now": "2026-11-01 08:00:00"})
        bound = text("INSERT INTO account_unit (account_id, unit_code) VALUES (:account, :code)")
        for number, code in ((901, "01"), (901, "02"), (902, "99")):
            connection.execute(bound, {"account": number, "code": code})

    def after(self, connection: Connection) -> None:
        """Only "02" is access; "01" and "99" are words for the office."""
        assert connection.execute(text("SELECT account_id, unit_id FROM account_unit")).all() == [(901, 503)]
        asked = text("SELECT account_id, unit_code FROM unbound_code ORDER BY account_id, unit_code")
        assert connection.execute(asked).all() == [(901, "01"), (902, "99")]
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM account_unit")).scalar_one() == 0
