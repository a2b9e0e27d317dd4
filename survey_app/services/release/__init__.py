"""What may leave: the release plan, what is held back and why. May not live here: how it is shown (`results`)."""
