"""From a scheme's text to values that know where they stand. Lives here: YAML, keywords, problems by line with their
remedy.

May not live here: what a scheme declares (`sections`), what it means (`rules`).
"""
