"""The machine under a vote. Lives here: whether this place may take ballots, and what an operator should know of it. May not live
here: counting requests (`measuring`), anything about a voter, a campaign's turnout."""
