"""The acts of the forms: a line added or taken out, written into the text at its place, with what else has to follow it.

Each takes what was typed and gives the new text, or says in one sentence what is missing. What a removed name leaves behind in
lists and weights goes with it; anything else that still names it, the checker says, at its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from analysis.numerals import SCHEME, read
from questionnaires.authoring.outline import SCALES, name_of
from questionnaires.editing.cuts import Value, add, add_section, append, key_in, remove, spelled, write
from questionnaires.editing.places import Path, UnplacedError, Written, at, place
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.scheme_desk.asked import UNCOUNTED, scale_names, walk_items
from survey_app.services.scheme_desk.fields import steps_of, way_of
from survey_app.services.scheme_desk.judged import quantity_names
from survey_app.services.scheme_desk.raters import walk_groups

Typed = Mapping[str, list[str]]


def act(text: str, kind: str, typed: Typed) -> str:
    """The text after this act. Raises UserError for what is missing, UnplacedError for a place that is not there."""
    if kind not in ACTS:
        raise UnplacedError(kind)
    return ACTS[kind](text, typed)


def _one(typed: Typed, name: str) -> str:
    return " ".join((typed.get(name) or [""])[0].split())


def _needed(typed: Typed, name: str, sentence: str) -> str:
    found = _one(typed, name)
    if not found or len(found) > 300:
        raise UserError(sentence)
    return found


def _word(root: Written, keyword: str) -> str:
    return spelled(root, keyword)


def _names(root: Written) -> list[str]:
    lists = root.under("lists")
    return [
        *(name for _way, name, _spot, _level in (*walk_items(root), *walk_groups(root))),
        *(name.text for name, _spot in (lists.pairs if lists else ())),
        *quantity_names(root),
        *scale_names(root),
    ]


def _add_item(text: str, typed: Typed) -> str:
    title = _needed(typed, "title", N_("请写测评内容的标题。"))
    root = place(text)
    name = name_of(title, _names(root))
    entry: dict[str, Value] = {_word(root, "title"): title}
    if scale := _one(typed, "scale"):
        entry[_word(root, "scale")] = scale
    if full := _one(typed, "full"):
        if read(full, SCHEME) is None:
            raise UserError(N_("满分要是一个数，例如 20。"))
        entry[_word(root, "full")] = full
    text, section = add_section(text, "items")
    under = _one(typed, "under")
    if not under:
        return _ask_it(add(text, (section,), name, entry), name)
    way = next((way for way, one, spot, _level in walk_items(root) if one == under and spot.under("parts") is not None), None)
    if way is None:
        raise UserError(N_("没有这个指标；请重新选。"))
    return add(text, way_of(place(text), (*way, "@parts")), name, entry)


def _ask_it(text: str, name: str) -> str:
    """An item under no indicator is asked on the first form, and counts where the first mean of items is taken."""
    root = place(text)
    forms = root.under("forms")
    if (
        forms is not None
        and forms.entries
        and (asked := forms.entries[0].under("ask_items")) is not None
        and asked.kind == "list"
    ):
        text = append(text, way_of(root, ("@forms", 0, "@ask_items")), name)
    root = place(text)
    quantities = root.under("quantities")
    for one, rule in quantities.pairs if quantities else ():
        mean = next(
            (key.text for key, spot in rule.pairs if key.text in ("平均分", "grade points") and spot.kind == "list"), None
        )
        if mean is not None:
            return append(text, (*way_of(root, ("@quantities",)), one.text, mean), name)
    return text


def _add_scale(text: str, typed: Typed) -> str:
    ready = _one(typed, "ready")
    if ready not in SCALES:
        raise UserError(N_("请选一套现成的选项；加好以后可以改。"))
    root = place(text)
    name = ready if ready not in _names(root) else name_of(ready, _names(root))
    text, section = add_section(text, "scales")
    return add(text, (section,), name, SCALES[ready])


def _add_choice(text: str, typed: Typed) -> str:
    label = _needed(typed, "title", N_("请写这一项怎样称呼。"))
    points = _needed(typed, "points", N_("请写这一项折多少分；不计分的写“不计”。"))
    if points not in UNCOUNTED and read(points, SCHEME) is None:
        raise UserError(N_("请写这一项折多少分；不计分的写“不计”。"))
    way = way_of(place(text), steps_of(_one(typed, "about")))
    answers, score = [(key.text, value) for key, value in at(place(text), way).pairs], read(points, SCHEME)
    if score is None or any(value.kind != "scalar" for _name, value in answers):
        return add(text, way, label, points)
    worse = [(name, value.text) for name, value in answers if (worth := read(value.text, SCHEME)) is None or worth < score]
    return _put_above(text, way, (label, points), worse)


def _add_group(text: str, typed: Typed) -> str:
    title = _needed(typed, "title", N_("请写这一类评议人怎样称呼。"))
    root = place(text)
    name = name_of(title, _names(root))
    weight = _one(typed, "weight")
    if weight and read(weight, SCHEME) is None:
        raise UserError(N_("权重要是一个数，例如 40。"))
    settings = [key for key in ("signed", "own_unit", "rated") if _one(typed, key)]
    text, section = add_section(text, "groups")
    text = add(
        text,
        (section,),
        name,
        {_word(root, "title"): title, **{_word(root, key): "是" if section == "评议主体" else "true" for key in settings}},
    )
    others = [one for _way, one, _spot, _level in walk_groups(root)]
    return _join_in(text, others, name, weight)


def _join_in(text: str, others: list[str], name: str, weight: str) -> str:
    """A new group fills what all the others fill, keeps the limits that all keep, and has its weight beside theirs."""
    for section, keyword in (("forms", "group"), ("ballot_rules", "group")):
        root = place(text)
        spot = root.under(section)
        ways: list[Path] = [
            way_of(root, (f"@{section}", step, f"@{keyword}"))
            for step in (
                [*range(len(spot.entries))]
                if spot and spot.kind == "list"
                else [key.text for key, _ in spot.pairs]
                if spot
                else []
            )
        ]
        for way in ways:
            listed = at(place(text), way) if _is_there(place(text), way) else None
            if listed is not None and listed.kind == "list" and set(others) <= set(listed.words()):
                text = append(text, way, name)
    if weight:
        for way, spot in _tables(place(text)):
            if set(others) == {key.text for key, _spot in spot.pairs}:
                text = add(text, way, name, weight)
    return text


def _is_there(root: Written, way: Path) -> bool:
    try:
        at(root, way)
    except UnplacedError:
        return False
    return True


def _tables(root: Written) -> list[tuple[Path, Written]]:
    """Every mapping inside a quantity, with its way."""
    found: list[tuple[Path, Written]] = []

    def look(way: Path, spot: Written) -> None:
        for key, value in spot.pairs:
            if value.kind == "map" and len(way) > 1:
                found.append(((*way, key.text), value))
            look((*way, key.text), value)
        for number, entry in enumerate(spot.entries):
            if entry.kind == "map":
                found.append(((*way, number), entry))
            look((*way, number), entry)

    quantities = root.under("quantities")
    if quantities is not None:
        look(way_of(root, ("@quantities",)), quantities)
    return found


def _add_form(text: str, typed: Typed) -> str:
    groups, items = typed.get("groups") or [], typed.get("items") or []
    if not groups or not items:
        raise UserError(N_("请选谁填、填什么。"))
    text, section = add_section(text, "forms")
    root = place(text)
    line: dict[str, Value] = {_word(root, "group"): groups, _word(root, "ask_items"): items}
    if at(root, (section,)).kind == "map":
        return text.replace(f"{section}: {{}}", f"{section}:\n  - {write(line)}", 1)
    return append(text, (section,), line)


def _add_limit(text: str, typed: Typed) -> str:
    groups, items, grades = typed.get("groups") or [], typed.get("items") or [], typed.get("grades") or []
    most, least = _one(typed, "most"), _one(typed, "least")
    if not groups or not items or not (most or least):
        raise UserError(N_("请选管谁的票、数哪些内容，再写至多或至少几个。"))
    root = place(text)
    title = _one(typed, "title") or _worded("、".join(grades), most, least)
    name = name_of(title, _names(root))
    rule: dict[str, Value] = {_word(root, "title"): title, _word(root, "group"): groups, _word(root, "over"): items}
    if grades:
        rule[_word(root, "grades")] = grades if len(grades) > 1 else grades[0]
    for key, amount in (("most", most), ("least", least)):
        if amount:
            if read(amount, SCHEME) is None:
                raise UserError(N_("至多、至少要写个数（2）或比例（20%）。"))
            rule[_word(root, key)] = amount
    if "%" in most + least or "/" in most + least:
        rule[_word(root, "base")] = _one(typed, "base") or "应填项"
        if most:
            rule[_word(root, "never_below")] = "1"
    rule[_word(root, "effect")] = _one(typed, "effect") or "不收"
    text, section = add_section(text, "ballot_rules")
    return add(text, (section,), name, rule)


def _worded(grades: str, most: str, least: str) -> str:
    """The sentence of a limit that nobody worded: it goes into the file, so it is in the file's first language."""
    return f"{grades}{f'至多 {most}' if most else ''}{f'至少 {least}' if least else ''}"


def _add_band(text: str, typed: Typed) -> str:
    least, grade = (
        _needed(typed, "least", N_("请写多少分以上、得什么等次。")),
        _needed(typed, "grade", N_("请写多少分以上、得什么等次。")),
    )
    score = read(least, SCHEME)
    if score is None:
        raise UserError(N_("请写多少分以上、得什么等次。"))
    way = way_of(place(text), steps_of(_one(typed, "about")))
    bands = [(key.text, value.text) for key, value in at(place(text), way).pairs]
    below = [(name, value) for name, value in bands if (lowest := _least(name)) is None or lowest < score]
    return _put_above(text, way, (f"{least} 以上", grade), below)


def _put_above(text: str, way: Path, new: tuple[str, str], below: list[tuple[str, str]]) -> str:
    """One more name above these, where the order counts."""
    for name, _value in below:
        text = remove(text, (*way, name))
    for name, value in [new, *below]:
        text = add(text, way, name, value)
    return text


def _least(band: str) -> Fraction | None:
    """From which score on a band goes; None for the rest."""
    return read(band.partition(" ")[0].removesuffix("以上"), SCHEME)


def _add_tiers(text: str, typed: Typed) -> str:
    of = _needed(typed, "of", N_("请选按哪个分数分等次。"))
    bands: dict[str, Value] = {}
    for line in (typed.get("bands") or [""])[0].splitlines():
        least, _gap, grade = (
            line.strip().replace("：", " ").replace(":", " ").replace("分以上", " ").replace("以上", " ").partition(" ")
        )
        if least and read(least, SCHEME) is not None and grade.strip():
            bands[f"{least} 以上"] = grade.strip()
        elif line.strip():
            raise UserError(N_("“%(line)s”看不懂；请一行写一个，如“90 上等”。"), line=line.strip()[:60])
    rest = _one(typed, "rest")
    if not bands or not rest:
        raise UserError(N_("请至少写一行“90 上等”，再写其余的叫什么。"))
    root = place(text)
    name = name_of("等次", _names(root))
    text, section = add_section(text, "quantities")
    chinese = section == "计算"
    rule: dict[str, Value] = {"分段" if chinese else "bands of": of, "各段" if chinese else "bands": {**bands, "其余": rest}}
    return _show(add(text, (section,), name, rule), "tiers", name)


def _add_flag(text: str, typed: Typed) -> str:
    title = _needed(typed, "title", N_("请写提示叫什么，例如“谈话”。"))
    of, sign = _needed(typed, "of", N_("请选看哪个数。")), _one(typed, "sign")
    limit = _needed(typed, "limit", N_("请写和多少比，例如 60 或 1/3。"))
    if sign not in (">=", ">", "<=", "<") or read(limit, SCHEME) is None:
        raise UserError(N_("请写和多少比，例如 60 或 1/3。"))
    root = place(text)
    name = name_of(title, _names(root))
    text, section = add_section(text, "quantities")
    rule: dict[str, Value] = {"判断" if section == "计算" else "test": f"{of} {sign} {limit}"}
    if then := _one(typed, "then"):
        rule[_word(root, "then")] = then
    return _show(add(text, (section,), name, rule), "flags", name)


def _show(text: str, keyword: str, name: str) -> str:
    """A new quantity stands in the results, too."""
    root = place(text)
    results = root.under("results")
    if results is None or results.kind != "map":
        return text
    way = way_of(root, ("@results",))
    key = key_in(root, results, keyword)
    return append(text, (*way, key), name) if results.of(key) is not None else add(text, way, key, [name])


def refuse_if_moved(shown: str, current: str, typed: Typed) -> None:
    """Refuse to take out what is not what the page showed: rows of a list move up when one above them goes. Raises UserError."""
    steps = steps_of(_one(typed, "about"))
    then, now = (at(place(text), way_of(place(text), steps)) for text in (shown, current))
    if shown[then.start : then.end] != current[now.start : now.end]:
        raise UserError(N_("这一处刚刚有人改过；什么也没有去掉，请看过现在的样子再定。"))


def _remove(text: str, typed: Typed) -> str:
    steps = steps_of(_one(typed, "about"))
    root = place(text)
    way = way_of(root, steps)
    gone = at(root, way)
    names = {str(way[-1])} if isinstance(way[-1], str) else set()
    if steps[0] in ("@items", "@groups"):
        names |= (
            {key.text for key, _spot in gone.pairs} if gone.under("parts") is None and gone.under("groups") is None else set()
        )
        inner = gone.under("parts") or gone.under("groups")
        names |= {key.text for key, _spot in (inner.pairs if inner else ())}
    text = remove(text, way)
    return _forget(text, names) if steps[0] in ("@items", "@groups", "@quantities") and len(names) else text


def _forget(text: str, names: set[str]) -> str:
    """Without these names in lists and in weights; a list of that one name alone stays, for the checker to tell."""
    while True:
        found = _named(place(text), names)
        if found is None:
            return text
        text = remove(text, found)


def _named(root: Written, names: set[str]) -> Path | None:
    def look(way: Path, spot: Written) -> Path | None:
        if spot.kind == "list" and len(spot.entries) > 1:
            for number, entry in enumerate(spot.entries):
                if entry.kind == "scalar" and entry.text in names:
                    return (*way, number)
        for key, value in spot.pairs:
            if len(way) > 2 and key.text in names and value.kind == "scalar" and len(spot.pairs) > 1:
                return (*way, key.text)
            if (hit := look((*way, key.text), value)) is not None:
                return hit
        return next((hit for number, entry in enumerate(spot.entries) if (hit := look((*way, number), entry)) is not None), None)

    for section in ("lists", "forms", "ballot_rules", "quantities", "results"):
        spot = root.under(section)
        if spot is not None and (hit := look(way_of(root, (f"@{section}",)), spot)) is not None:
            return hit
    return None


ACTS: Mapping[str, Callable[[str, Typed], str]] = {
    "item": _add_item,
    "scale": _add_scale,
    "choice": _add_choice,
    "group": _add_group,
    "form": _add_form,
    "limit": _add_limit,
    "band": _add_band,
    "tiers": _add_tiers,
    "flag": _add_flag,
    "remove": _remove,
}
