"""What teaches the language, made from its own tables: the reference, the JSON Schema, words for editors.

May not live here: the tables themselves (`sections`, `rules`, `language`), and what only a page of the documents says.
"""
