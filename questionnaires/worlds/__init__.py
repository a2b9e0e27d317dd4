"""Small worlds in which a scheme shows what it does: lines met exactly and just missed, nobody came, everybody is level.

Lives here: what such a world is made of, how the one that meets a line exactly is found, what the method says in it.
May not live here: YAML text, sentences of pages, randomness: the same scheme always has the same worlds.
"""
