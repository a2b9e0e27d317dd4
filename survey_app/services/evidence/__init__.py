"""What is not voted on: scores, events, decisions, earlier results as the office enters them. May not live here: ballots."""
