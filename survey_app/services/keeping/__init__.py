"""What is kept of a round for years: the archive as one signed file, reading it again, the purge with its certificate.

Lives here: what goes into an archive and what never does. May not live here: terms of keeping and holds (`campaign`), the file's
layout (`survey_app.proof.round_archive`), how the result looks in it (`survey_app.exports.kept_round`).
"""
