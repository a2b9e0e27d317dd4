"""The picture of a scheme's form: its first group's, filled with nothing; where nobody fills one in, what the office brings."""

from __future__ import annotations

from functools import lru_cache

from questionnaires.loader import load_scheme
from questionnaires.methods import methods
from questionnaires.model import Scheme
from questionnaires.shipped import shipped
from survey_app.i18n import gettext as _
from survey_app.i18n import speaking
from survey_app.presenting.form_picture import PicturedForm, PicturedLine, draw
from survey_app.services.scheme_desk import samples, specimens

_LINES = 3


@lru_cache(maxsize=256)
def picture_of(name: str, tag: str) -> str | None:
    """The picture of a published method, or of a shipped system by its `name/version`; None for what there is not.

    Kept: methods and systems are part of the program.
    """
    texts = {one.key: one.path for one in shipped()} | {one.key: one.path for one in methods()}
    if name not in texts:
        return None
    with speaking(tag):
        return draw(form_of(load_scheme(texts[name].read_text(encoding="utf-8"), name), tag))


def form_of(scheme: Scheme, tag: str) -> PicturedForm:
    """What stands on a scheme's picture, in this language."""
    styles = specimens.styles_of(scheme)
    title = scheme.title.in_(tag)
    if not styles:
        lines = tuple(PicturedLine(one.title.in_(tag), "cell", ()) for one in scheme.components[:_LINES]) or tuple(
            PicturedLine(scheme.quantities[key].title.in_(tag) if key in scheme.quantities else key, "cell", ())
            for key in scheme.earlier[:_LINES]
        )
        return PicturedForm(title=title, about=_("办公室填报"), lines=lines)
    style = styles[0]
    first = style.slots[0].subject
    names = {one.id: one.name for one in samples.roster_of(scheme, 2)}
    asked = [slot.item for slot in style.slots if slot.subject == first]
    lines = tuple(_line(scheme, item, tag) for item in asked[:_LINES])
    if len(asked) == 1:  # one question about each: the next lines are the next people's
        others = list(dict.fromkeys(slot.subject for slot in style.slots))[:_LINES]
        answers = _line(scheme, asked[0], tag)
        lines = tuple(PicturedLine(names.get(one, one), answers.kind, answers.answers) for one in others)
        about = answers.words
    else:
        about = names.get(first, first)
    return PicturedForm(title=title, about=about, lines=lines, more=_("共 %(n)s 处要填", n=len(style.slots)))


def _line(scheme: Scheme, item: str, tag: str) -> PicturedLine:
    scale = scheme.scales[scheme.items[item].scale]
    return PicturedLine(scheme.items[item].text.in_(tag), scale.kind, tuple(one.label.in_(tag) for one in scale.choices))
