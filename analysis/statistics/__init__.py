"""Statistics that inform and never decide: shares, means, silence, agreement, ranks, weights, change,
classes, importance.

Lives here: the formulas of the catalogue, exact where it says exact, with a reason where something is undefined. The only room of
the count with floats. May not live here: what decides (lines, tiers, quotas), and how a figure is worded.
"""
