"""Acts that take two people: who asks, who confirms, what one person could do alone. May not live here: the acts themselves."""
