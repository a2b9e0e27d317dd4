"""Every floor of the house, once: how many people have to be together before anything is shown of them, and why so many.

A floor is a number of people, and nothing else here is one. Where a sentence tells a floor it takes the number as a part. The
checker in a bundle reads what it needs from the bundle; it has a least floor of its own for the format, which a test holds
equal to PUBLISHED.
"""

from __future__ import annotations

from typing import Final

#: What an office may promise at the least: of fewer nothing is shown to anybody, and a group of fewer is never called anonymous.
#: With four or three the one who knows their own form, and two who tell each other theirs, are left with one or two.
PROMISED: Final = 5
#: What an office may promise at the most. Beyond it nearly every figure of a village is withheld, which says nothing and hides
#: what was meant to be heard.
PROMISED_MOST: Final = 100
#: Valid ballots behind a cell of counts in the bundle for everybody. More than an office shows itself: whoever takes the bundle
#: home combines it with whatever they know, for as long as they like.
PUBLISHED: Final = 10
#: People of a group who wrote something in their own words before anybody reads any of it: a hand is known by its words.
WORDS: Final = 10
#: Ballots of one form in any epoch of the log that holds any of them, and left behind by it: an epoch says roughly when its
#: ballots came, and of fewer it would say whose.
EPOCH: Final = 10
#: Ballots waiting before an epoch takes any of them: as many are taken as are left behind.
WAITING: Final = 2 * EPOCH
#: The step in which turnout is told while a vote is open: "eleven" after "ten" tells the clerk at the door whose ballot came in.
TURNOUT: Final = 10
