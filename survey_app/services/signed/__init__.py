"""Forms that people sign with their name: their own copy, and who asked to read one. May not live here: anonymous ballots."""
