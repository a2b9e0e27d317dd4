"""Why there is no value: every reason the count knows, by the code that reports and bundles write."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A reason; its words, in each language, stand where it is shown. A test asks for words for every one."""

    NOT_APPLICABLE = "not applicable"  # the quantity is not asked of this subject at all
    # what people did not give
    BLANK = "blank"
    UNKNOWN = "unknown"  # they said they do not know
    NOT_RATED = "not rated"
    NO_VALID_RESULT = "no valid result"  # the method itself gives none: a quorum not met
    NOT_ELIGIBLE = "not eligible"
    # what the evidence lacks
    NO_EVIDENCE = "no evidence"
    NOT_COUNTED = "not counted"  # heads
    NOT_DECIDED = "not decided"
    NO_RESULT = "no result"  # of an earlier period
    NO_SUCH_FACT = "no such fact"
    NO_SUCH_SUBJECT = "no such subject"
    NOT_A_NUMBER = "not a number"
    # what the arithmetic cannot give
    NO_VALUES = "no values"
    NO_WEIGHT = "no weight"
    DIVIDED_BY_ZERO = "divided by zero"
    ALL_TRIMMED = "all trimmed"
    TOO_FEW_VALUES = "too few values"
    NO_SUCH_PLACE = "no such place"  # the third of two
    ALL_EQUAL = "all equal"
    NO_ROOT = "no root"  # of a number below zero
    # what no rule provides for
    NO_ROW = "no row"
    IN_NO_BAND = "in no band"
    IN_NO_TIER = "in no tier"
    NO_CASE = "no case"
