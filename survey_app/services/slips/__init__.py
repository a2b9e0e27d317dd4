"""Credentials on their way to voters: slips, invitations, the code on the wall. May not live here: what they are spent on
(`casting`).
"""
