"""Who is rated by whom: units, subjects, raters. Lives here: reading, checking and taking over a roster. May not live
here: slips.
"""
