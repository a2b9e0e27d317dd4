"""The count: pure functions from a frozen plan and evidence to a report.

Lives here: the plan's steps, integer tallies, exact arithmetic, ballot limits, tiers, traces, and the statistics that inform.
May not live here: Flask, the database, YAML, the clock, randomness, the environment.
"""
