"""The tester of the revision that keeps when and by whom something was printed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

CAMPAIGN = text(
    "INSERT INTO campaign (id, key, title, period, asker, purpose, asks, until, state, scheme_key, scheme_version, scheme_text,"
    " scheme_digest, public_key, wrapped_key, salt, demo, created)"
    " VALUES (1, 'k', 't', '2026', '', '', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, '2026-11-01 08:00:00')"
)


@dataclass(frozen=True)
class Printings:
    """A letter of before counts as printed once, at a time nobody knows; a batch stays in force; no row awaits a decision."""

    def before(self, connection: Connection) -> None:
        """A campaign with a slip batch, a letter that was printed and one that was not."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(text("INSERT INTO unit (id, campaign_id, code, name, place, facts) VALUES (1, 1, 'U', 'u', 1, '{}')"))
        connection.execute(
            text(
                "INSERT INTO ballot_style (id, campaign_id, group_key, content, digest, leaf_version)"
                " VALUES ('s', 1, 'g', '{}', '', 1)"
            )
        )
        connection.execute(
            text("INSERT INTO slip_batch (id, campaign_id, style_id, meeting, issued, void) VALUES (1, 1, 's', 'm', 3, false)")
        )
        rater = "INSERT INTO rater (id, campaign_id, code, name, group_key, tag) VALUES"
        connection.execute(text(f"{rater} (1, 1, 'A', 'a', 'g', :tag), (2, 1, 'B', 'b', 'g', NULL)"), {"tag": b"t" * 32})

    def after(self, connection: Connection) -> None:
        """Nothing lost and nothing made up."""
        raters = connection.execute(text("SELECT code, printings, printed, printed_by FROM rater ORDER BY id")).all()
        assert raters == [("A", 1, None, ""), ("B", 0, None, "")]
        batches = connection.execute(text("SELECT issued, void, printed, printed_by, elsewhere FROM slip_batch")).all()
        assert [(row[0], bool(row[1]), *row[2:4], bool(row[4])) for row in batches] == [(3, False, None, "", False)]
        assert connection.execute(text("SELECT count(*) FROM unit WHERE absent")).scalar() == 0
