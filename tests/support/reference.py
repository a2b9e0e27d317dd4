"""Write what is generated from the tables of the scheme language, in Chinese and English: `python -m tests.support.reference`."""

from __future__ import annotations

from questionnaires.reference import PAGE, SCHEMA, page, schema_text
from tests.support.tongues import english

if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), english), encoding="utf-8")
    SCHEMA.write_text(schema_text(english), encoding="utf-8")
