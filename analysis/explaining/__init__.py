"""How a figure came about, in words. Lives here: the trace through the plan's steps and the sentences that say it.

May not live here: counting itself (`ops`), who may read it (services).
"""
