"""How a number is shown: digits and the geometry of charts. Pure. May not live here: which numbers are shown (services)."""
