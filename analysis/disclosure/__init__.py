"""What published figures give away about single answers. Lives here: linear forms of every figure, exact elimination, the
test.

May not live here: what is shown and what is held back (the services' release), how a figure is worded.
"""
