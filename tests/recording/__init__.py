"""What the product shows, as plain text that two versions of it can be compared by: before a large move, and after it.

`make record DIR=before` makes every shipped demo under a fixed clock and fixed dice, walks the pages, files, papers and commands,
and writes what it met into DIR; `make compare A=before B=after` says what differs. Nothing here is a test, and nothing here knows
how the house is built: the product is reached through its front doors alone, all of which stand in `doors.py`.

| file | what it does |
|---|---|
| `doors.py` | THE ONLY FILE THAT IMPORTS THE PRODUCT. After a move, mend this one |
| `still.py` | the fixed clock and the fixed dice; put up before the doors are opened |
| `plain.py` | what is taken out of a text so that secrets and addresses do not differ, each rule beside its reason |
| `papers.py` | PDF, workbooks, archives and JSON as text |
| `town.py` | one demo: its rounds, its database as front doors left it, its browser |
| `walk.py` | every page that a GET reaches, for the office, for a unit's staff, for a visitor |
| `acts.py` | what only a POST makes: slips, invitations, bundles, certificates |
| `voters.py` | forms, reviews and receipts |
| `schemes.py` | check, score, explain, and the command line's help |
| `compare.py` | two records beside each other |
"""
