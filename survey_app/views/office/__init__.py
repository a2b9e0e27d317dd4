"""Pages of the office, behind a sign-in. May not live here: pages a voter meets (`voter`), queries, rules."""
