"""Backups: everything in one file, sealed to a key that is kept elsewhere, and the way back. Lives here: the copy of the database
without the order of casting, the archive, the seal, restoring, the drill. May not live here: what the copied rows mean.
"""
