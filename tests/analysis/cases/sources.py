"""Hand-worked cases of the ops that read the evidence."""

from tests.analysis.cases import case

CASES = [
    case(
        "counts of one choice",
        "up: a 2 good of 3 valid ballots, b 1, c 0; down: a 0, b 1, c 0",
        {"op": "tally", "what": "count", "choices": ["good"]},
        {"a up q": "2", "b up q": "1", "c up q": "0", "a down q": "0", "b down q": "1", "c down q": "0"},
    ),
    case(
        "a blank line counts, a blank ballot does not",
        "the third ballot of up leaves c open; the fourth is wholly blank: 1, not 2",
        {"op": "tally", "what": "count", "choices": ["blank"], "groups": ["up"]},
        {"a up q": "0", "b up q": "0", "c up q": "1"},
    ),
    case(
        "answered leaves out do-not-know",
        "up: a 3, b 3 less one dk = 2, c 3 less one open line = 2",
        {"op": "tally", "what": "answered", "groups": ["up"]},
        {"a up q": "3", "b up q": "2", "c up q": "2"},
    ),
    case(
        "points are counts times values",
        "up: a 2×100 + 1×60 = 260, b 100 + 60 = 160, c 2×0 = 0",
        {"op": "tally", "what": "points", "groups": ["up"]},
        {"a up q": "260", "b up q": "160", "c up q": "0"},
    ),
    case(
        "entitled where counted",
        "unit U has 12 entitled; nobody counted those of V",
        {"op": "heads", "what": "entitled"},
        {
            "a up": "12",
            "b up": "12",
            "c up": "12",
            "a down": ("not counted",),
            "b down": ("not counted",),
            "c down": ("not counted",),
        },
    ),
    case(
        "valid ballots come from the books",
        "up: 4 cast, 1 of them blank, 3 valid; down: 2",
        {"op": "heads", "what": "valid"},
        {"a up": "3", "b up": "3", "c up": "3", "a down": "2", "b down": "2", "c down": "2"},
    ),
    case(
        "single marks, numbered after sorting the ballots",
        "down's ballots are (2,1,4) and (2,3,2); sorted, (2,1,4) is number 1",
        {"op": "mark", "groups": ["down"]},
        {
            "a down q s2/1": "60",
            "b down q s2/1": "100",
            "c down q s2/1": ("unknown",),
            "a down q s2/2": "60",
            "b down q s2/2": "0",
            "c down q s2/2": "60",
        },
    ),
    case("a fact as text", "the roster has x, x, y", {"op": "fact", "fact": "class"}, {"a": "x", "b": "x", "c": "y"}),
    case(
        "a fact as number",
        "only b's age is given: 1/2",
        {"op": "fact", "fact": "age", "as": "number"},
        {"a": ("no such fact",), "b": "1/2", "c": ("no such fact",)},
    ),
    case(
        "no evidence is not zero",
        "a has 0.9, b has 0, c has nothing",
        {"op": "component", "component": "target"},
        {"a": "0.9", "b": "0", "c": ("no evidence",)},
    ),
    case(
        "events counted", "a has two merits, the others none", {"op": "event", "kinds": ["merit"]}, {"a": "2", "b": "0", "c": "0"}
    ),
    case(
        "amounts within a span, last day included",
        "of a's merits 2 in February and 1/2 on 1 July, only the latter is since March",
        {"op": "event", "kinds": ["merit"], "what": "amount", "since": "2025-03-01", "until": "2025-07-01"},
        {"a": "1/2", "b": "0", "c": "0"},
    ),
    case(
        "the months that end with the counted period",
        "six months to the end of 2025 begin on 1 July: a's merit of that day counts, the one of February does not",
        {"op": "event", "kinds": ["merit"], "months": 6},
        {"a": "1", "b": "0", "c": "0"},
    ),
    case(
        "the periods right before the counted one",
        "before 2025 are 2024 and 2023, whether or not anybody has a result: b has one of 2024, c none at all",
        {"op": "past", "quantity": "score", "back": 2},
        {
            "a 2023": "80",
            "a 2024": "90",
            "b 2023": ("no result",),
            "b 2024": "70",
            "c 2023": ("no result",),
            "c 2024": ("no result",),
        },
    ),
    case(
        "earlier periods",
        "the latest period that occurs is 2024: a 90, b 70, c none",
        {"op": "past", "quantity": "score", "last": 1},
        {"a 2024": "90", "b 2024": "70", "c 2024": ("no result",)},
    ),
    case(
        "no earlier period at all",
        "a quantity nobody has: one period called none",
        {"op": "past", "quantity": "other"},
        {"a none": ("no result",), "b none": ("no result",), "c none": ("no result",)},
    ),
    case(
        "a decision",
        "the committee decided for b only",
        {"op": "decision", "decision": "verified"},
        {"a": ("not decided",), "b": "good", "c": ("not decided",)},
    ),
    case(
        "a literal table, labels in the axes' own order",
        "written item first, kept group first",
        {"op": "table", "axes": ["item", "group"], "rows": [["q", "up", ["num", "0.4"]]]},
        {"up q": "0.4"},
    ),
]
