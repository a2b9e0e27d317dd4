"""Write what is generated from the tables of the scheme language, in Chinese and English: `make reference`."""

from __future__ import annotations

from questionnaires.teaching import recipes
from questionnaires.teaching.reference import PAGE, page
from questionnaires.teaching.schema import SCHEMA, schema_text
from tests.support.tongues import english
from tests.towns.reference_town import WHOLE

if __name__ == "__main__":
    PAGE.write_text(page(english, WHOLE), encoding="utf-8")
    SCHEMA.write_text(schema_text(english), encoding="utf-8")
    recipes.PAGE.write_text(recipes.page(recipes.cookbook()), encoding="utf-8")
