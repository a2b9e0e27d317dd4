"""Small rounds of the published systems for the browser walk: what is typed, and what must come out (five_systems.md)."""
