"""How a scheme is written: every keyword and rule form from the tables of the language, for whoever writes one at the office."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template

from questionnaires.teaching.entries import ReferenceEntry, entries
from questionnaires.teaching.schema import json_schema
from survey_app import access
from survey_app.i18n import say
from survey_app.roles import Capability
from survey_app.views.downloads import JSON, file_response

blueprint = Blueprint("language_help", __name__, url_prefix="/office/scheme-language")


@blueprint.get("")
@access.may(Capability.SEE_PROCEDURE)
def index() -> str:
    """All that can be written, under what it is written in."""
    places: dict[str, list[ReferenceEntry]] = {}
    for one in entries():
        places.setdefault(say(one.place), []).append(one)
    return render_template("office/language_help.html", places=places, say=say)


@blueprint.get("/schema.json")
@access.may(Capability.SEE_PROCEDURE)
def schema() -> Response:
    """The JSON Schema of a scheme file, for editors that complete and check while one writes."""
    return file_response(json.dumps(json_schema(say), ensure_ascii=False, indent=1), "scheme.json", JSON)
