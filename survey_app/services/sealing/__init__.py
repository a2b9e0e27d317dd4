"""Secrets and keys. Lives here: slips' secrets, the campaign's key pair, trustees' shares, sealing and opening one
content.

May not live here: campaigns' states, ballots, pages.
"""
