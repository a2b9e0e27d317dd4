"""The proof log's mathematics: tree, signed checkpoints, the figure of the books, and the checker that ships in every bundle.

Lives here: pure functions over bytes and records. May not live here: databases, pages, and (in `verify`) anything of ours.
"""
