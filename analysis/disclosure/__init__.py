"""What published figures give away about single answers, and which figures still follow from what is published.

Lives here: linear forms of every figure, exact elimination, the test; what whole counts behind rounded figures leave open, and
what to give up so that enough does; the walk that says what a gap in the evidence takes along.
May not live here: what is shown and what is held back (the services' release and bundle), how a figure is worded.
"""
