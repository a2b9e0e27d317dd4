"""The office's own act after the count: what is published, to whom, from when, and what it shows them.

May not live here: what may leave at all (`release`), figures (`results`).
"""
