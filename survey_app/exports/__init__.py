"""Results as files. Lives here: writing xlsx and csv so that no text of a person is ever run as a formula.

May not live here: what is exported (services decide), Flask, the database.
"""
