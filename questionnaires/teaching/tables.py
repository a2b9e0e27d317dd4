"""The tables of keywords in the order of a file, each under the name of what it explains."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.language.keys import KeyTable
from questionnaires.sections.asked_keys import BALLOT_RULE_KEYS, FORM_KEYS, ITEM_KEYS
from questionnaires.sections.declared_keys import (
    CHOICE_KEYS,
    COMMENT_KEYS,
    FACT_KEYS,
    GROUP_KEYS,
    SCALE_KEYS,
)
from questionnaires.sections.evidence_keys import COMPONENT_KEYS, DECISION_KEYS, EARLIER_KEYS, EVENT_KEYS
from questionnaires.sections.file_keys import ANYWHERE_KEYS, FILE_KEYS, QUANTITY_KEYS
from questionnaires.sections.settled_keys import POLICY_KEYS, QUESTION_KEYS, RESULT_KEYS

TABLES: Mapping[str, KeyTable] = {
    "file": FILE_KEYS,
    "anywhere": ANYWHERE_KEYS,
    "policy": POLICY_KEYS,
    "facts": FACT_KEYS,
    "scales": SCALE_KEYS,
    "choice": CHOICE_KEYS,
    "groups": GROUP_KEYS,
    "comment": COMMENT_KEYS,
    "items": ITEM_KEYS,
    "forms": FORM_KEYS,
    "ballot_rules": BALLOT_RULE_KEYS,
    "components": COMPONENT_KEYS,
    "events": EVENT_KEYS,
    "earlier": EARLIER_KEYS,
    "decisions": DECISION_KEYS,
    "quantity": QUANTITY_KEYS,
    "results": RESULT_KEYS,
    "satisfaction": QUESTION_KEYS,
}
