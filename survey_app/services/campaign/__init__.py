"""A campaign before its first ballot. Lives here: its states, scheme, forms, notice, custody rehearsal.

May not live here: who is rated by whom (`roster`), slips, ballots.
"""
