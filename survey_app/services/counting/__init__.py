"""After the close: opening the box, counting, letting comments out, destroying the ballots. May not live here: what is
shown.
"""
