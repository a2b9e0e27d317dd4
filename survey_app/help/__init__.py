"""The office's help, as texts in Markdown: a folder for each language, a file for each topic, the same headings in all of them.

Lives here: the texts and how they are read and searched. May not live here: the pages that show them (`views.office.help_pages`).
"""
