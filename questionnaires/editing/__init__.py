"""A scheme's text changed in place: one value, one entry at a time, and every other character stays as its author wrote it.

Lives here: where things stand in a text, and changes as cuts of it. May not live here: what a form of the office asks for.
"""
