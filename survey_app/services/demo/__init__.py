"""Rounds to look at: a campaign filled with drawn ballots, or a scheme's folder. May not live here: anything a real round
needs.
"""
