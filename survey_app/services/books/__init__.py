"""How many: head-counts, turnout, and whether they agree. May not live here: what anybody answered."""
