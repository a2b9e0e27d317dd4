"""The scheme desk: an office writes a scheme of its own, by forms or as text, and tries it before anybody is asked.

Lives here: drafts, what the forms ask and write, trials. May not live here: how a text is cut (`questionnaires.editing`).
"""
