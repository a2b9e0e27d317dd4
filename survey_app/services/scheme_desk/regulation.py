"""A whole scheme read as a regulation: who, what, on which form, under which limits, how it is counted and what was left open.

Every sentence is made of what the file says, with its source or why it was chosen; nothing of the method is left out, so that
whoever approves it approves what will be counted. Printable; the same for a draft and for a campaign's frozen scheme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.editing.places import Written, place
from questionnaires.model import BallotRule, Group, Item, Scheme
from survey_app.i18n import N_, language, listed, say
from survey_app.i18n import gettext as _
from survey_app.services.scheme_desk import counted
from survey_app.services.scheme_desk.asked import walk_items
from survey_app.services.scheme_desk.counted import Speech
from survey_app.services.scheme_desk.judged import EFFECTS
from survey_app.services.scheme_desk.raters import walk_groups


@dataclass(frozen=True, kw_only=True)
class RegulationArticle:
    """One article: what it is about, its sentence, and where that comes from or why it was chosen so."""

    about: str
    says: str
    source: str = ""
    because: str = ""
    note: str = ""


@dataclass(frozen=True)
class RegulationChapter:
    """A chapter with its articles."""

    title: str
    articles: tuple[RegulationArticle, ...]


ADMISSIONS = {"slip": N_("凭一次性凭条"), "link": N_("凭本人的专属链接"), "code": N_("凭大家共用的二维码，结果只作参考")}


def recite(scheme: Scheme) -> list[RegulationChapter]:
    """The scheme's chapters; one that has nothing to say is left out."""
    root = place(scheme.text)
    speech = Speech(_titles(scheme))
    chapters = (
        RegulationChapter(_("说明"), tuple(_notes(scheme))),
        RegulationChapter(_("评议对象"), tuple(_facts(scheme, root))),
        RegulationChapter(_("评议主体"), tuple(_groups(scheme, root))),
        RegulationChapter(_("测评内容"), tuple(_items(scheme, root))),
        RegulationChapter(_("选项和分值"), tuple(_scales(scheme, root))),
        RegulationChapter(_("谁评谁、填什么"), tuple(_forms(scheme, root))),
        RegulationChapter(_("填写要求"), tuple(_limits(scheme, root))),
        RegulationChapter(_("其他材料"), tuple(_evidence(scheme, root))),
        RegulationChapter(_("计算"), tuple(_counting(scheme, root, speech))),
        RegulationChapter(_("结果"), tuple(_results(scheme))),
        RegulationChapter(_("原文没有写明、由本方案选定的"), tuple(_policy(scheme, root))),
    )
    return [one for one in chapters if one.articles]


def _titles(scheme: Scheme) -> dict[str, str]:
    tongue = language()
    found = {key: one.title.in_(tongue) for key, one in scheme.quantities.items()}
    found |= {key: text.in_(tongue) for key, text in scheme.indicators.items()}
    found |= {key: one.text.in_(tongue) for key, one in scheme.items.items()}
    found |= {key: one.title.in_(tongue) for key, one in scheme.groups.items()}
    return found


def _article(about: str, says: str, spot: Written | None) -> RegulationArticle:
    """An article with what the file says of where it comes from."""
    said = {key: _plain(spot.under(key)) for key in ("source", "because", "note")} if spot is not None else {}
    return RegulationArticle(about=about, says=says, **said)


def _plain(spot: Written | None) -> str:
    """A text as the file has it, in the reader's language where it is in several."""
    if spot is None:
        return ""
    if spot.kind == "map":
        return next(
            (value.text for key, value in spot.pairs if key.text == language()), spot.pairs[0][1].text if spot.pairs else ""
        )
    return spot.text


def _entry(root: Written, section: str, name: str) -> Written | None:
    spot = root.under(section)
    return spot.of(name) if spot is not None else None


def _notes(scheme: Scheme) -> Iterator[RegulationArticle]:
    told = _("方案 %(key)s，版本 %(version)s", key=scheme.key, version=scheme.version)
    yield RegulationArticle(about=_("名称"), says=told)
    for key, text in scheme.notes.items():
        yield RegulationArticle(about=key, says=text.in_(language()))


def _facts(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    for one in scheme.facts:
        title = one.title.in_(language())
        if one.values:
            says = _("每个对象写明是哪一种：%(values)s。", values=listed(text.in_(language()) for text in one.values.values()))
        elif one.relation:
            says = _("写明与哪一个对象相连。")
        else:
            says = _("写明一个数。") if one.number else _("写明文字。")
        yield _article(title, says, _entry(root, "facts", one.key))


def _groups(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    spots = {name: spot for _way, name, spot, _level in walk_groups(root)}
    for one in scheme.groups.values():
        yield _article(one.title.in_(language()), _of_group(one), spots.get(one.key))


def _of_group(one: Group) -> str:
    parts = [_("署名") if one.signed else _("不署名"), _(ADMISSIONS[one.admission.value])]
    parts.append(_("只评自己单位的对象") if one.own_unit else _("评全部单位的对象"))
    if one.rated:
        parts.append(_("自己也被评，不评自己"))
    if one.sampled:
        parts.append(_("是抽样，结果带误差"))
    if one.comment:
        parts.append(_("可以写意见，最多 %(n)s 字", n=one.comment.most))
    return _("%(parts)s。", parts=_("；").join(parts))


def _items(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    for _way, name, spot, level in walk_items(root):
        if name in scheme.items:
            yield _article(
                "　" * level + scheme.items[name].text.in_(language()), _of_item(scheme, scheme.items[name], spot), spot
            )
        elif name in scheme.indicators:
            below = spot.under("parts")
            parts = [*(key.text for key, _value in below.pairs), *below.words()] if below is not None else []
            known = _titles(scheme)
            says = _("是指标，下面有：%(parts)s。", parts=listed(known.get(one, one) for one in parts))
            yield _article("　" * level + scheme.indicators[name].in_(language()), says, spot)


def _of_item(scheme: Scheme, item: Item, spot: Written) -> str:
    choices = scheme.scales[item.scale].choices
    if len(choices) > 12:
        answers = _("%(high)s 到 %(low)s", high=choices[0].label.in_(language()), low=choices[-1].label.in_(language()))
    else:
        answers = listed(one.label.in_(language()) for one in choices)
    says = _("填：%(answers)s。", answers=answers)
    full = spot.under("full")
    if full is not None:
        says += _("满分 %(full)s 分。", full=full.text)
    if (only := spot.under("asked_of")) is not None:
        known = _titles(scheme)
        says += _("只问%(groups)s。", groups=listed(known.get(one, one) for one in only.words()))
    if (where := spot.under("where")) is not None:
        says += _("只对%(where)s。", where=_where({key.text: tuple(value.words()) for key, value in where.pairs}))
    return says if item.required else says + _("可以不填。")


def _scales(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    spots = root.under("scales")
    for name, spot in spots.pairs if spots else ():
        scale = next((one for key, one in scheme.scales.items() if key == name.text), None)
        if scale is None:
            continue
        if scale.kind != "grades" or len(scale.choices) > 12:
            ends = {"high": scale.choices[0].label.in_(language()), "low": scale.choices[-1].label.in_(language())}
            says = _("从 %(high)s 到 %(low)s 里填一个数。", **ends)
        else:
            says = listed(
                _("%(label)s %(value)s 分", label=one.label.in_(language()), value=decimal(one.value))
                if one.value is not None
                else _("%(label)s不计分", label=one.label.in_(language()))
                for one in scale.choices
            )
        yield _article(name.text, says, spot)


def _where(where: Mapping[str, tuple[str, ...]]) -> str:
    return _("、").join(_("%(fact)s是%(values)s的", fact=fact, values=listed(values)) for fact, values in where.items())


def _forms(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    known = _titles(scheme)
    spots = root.under("forms")
    for at, spot in enumerate(spots.entries if spots else (), start=1):
        groups, asked, on = spot.under("group"), spot.under("ask_items"), spot.under("on")
        who = listed(known.get(one, one) for one in groups.words()) if groups else ""
        what = listed(known.get(one, one) for one in asked.words()) if asked else ""
        whom = (
            _where({key.text: tuple(value.words()) for key, value in on.pairs}) if on is not None and on.pairs else _("全部对象")
        )
        yield _article(_("第 %(n)s 张表", n=at), _("%(who)s评%(whom)s，填%(what)s。", who=who, whom=whom, what=what), spot)


def _limits(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    for rule in scheme.ballot_rules:
        yield _article(rule.text.in_(language()), _of_rule(scheme, rule), _entry(root, "ballot_rules", rule.key))


def _of_rule(scheme: Scheme, rule: BallotRule) -> str:
    known, test = _titles(scheme), rule.test
    groups = listed(known[key] for key in rule.groups)
    grades = listed(dict.fromkeys(text.in_(language()) for text in test.grades))
    over = listed(known.get(key, key) for key in test.items[:8]) + ("……" if len(test.items) > 8 else "")
    head = _("%(groups)s的每张票，在%(over)s里", groups=groups, over=over)
    amounts = []
    for amount, words in ((test.most, N_("至多 %(n)s")), (test.least, N_("至少 %(n)s"))):
        if amount is not None:
            amounts.append(_(words, n=amount.count if amount.count is not None else _percent(amount.share)))
    if test.kind == "count" and amounts:
        what = _(
            "%(grades)s%(amounts)s", grades=_("“%(grades)s”", grades=grades) if grades else "", amounts=_("，").join(amounts)
        )
        if test.base and any("%" in one for one in amounts):
            what += _("（按应填的算）") if test.base == "asked" else _("（按已填的算）")
        if test.never_below:
            what += _("，不少于 %(n)s 个", n=test.never_below)
    elif test.kind == "uniform":
        what = _("不得全部选同一个")
    elif test.kind == "distinct":
        what = _("各格不得重复")
    else:
        what = _("分数要合规定")
    return _("%(head)s，%(what)s；违反的，%(effect)s。", head=head, what=what, effect=_(EFFECTS[rule.effect]))


def _percent(share: Fraction | None) -> str:
    return f"{decimal(share * 100)}%" if share is not None else ""


def _evidence(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    for one in scheme.components:
        least, most = (decimal(number) if number is not None else "" for number in (one.least, one.most))
        bounds = _("从 %(least)s 到 %(most)s", least=least or "…", most=most or "…") if least or most else _("不限大小")
        yield _article(
            one.title.in_(language()), _("办公室填报一个数，%(bounds)s。", bounds=bounds), _entry(root, "components", one.key)
        )
    for key, text in scheme.event_kinds.items():
        yield _article(text.in_(language()), _("有日期的事，按次数或数额记。"), _entry(root, "events", key))
    for key in scheme.earlier:
        yield _article(key, _("以前各期的结果。"), _entry(root, "earlier", key))
    for key, choices in scheme.decisions.items():
        yield _article(key, _("由会议决定：%(choices)s。", choices=listed(choices)), _entry(root, "decisions", key))


def _counting(scheme: Scheme, root: Written, speech: Speech) -> Iterator[RegulationArticle]:
    quantities = root.under("quantities")
    for name, spot in quantities.pairs if quantities else ():
        info = scheme.quantities.get(name.text)
        says = counted.sentence(spot, speech)
        then = spot.under("then") if spot.kind == "map" else None
        if then is not None:
            says += _("后果：%(then)s。", then=_plain(then))
        yield _article(info.title.in_(language()) if info else name.text, says, spot if spot.kind == "map" else None)


def _results(scheme: Scheme) -> Iterator[RegulationArticle]:
    known, layout = _titles(scheme), scheme.layout
    told = (
        (_("总表"), layout.columns),
        (_("分评议主体"), layout.by_group),
        (_("分内容"), layout.by_item),
        (_("等次"), layout.tiers),
        (_("提示"), layout.flags),
        (_("比较范围"), layout.pools),
    )
    for about, names in told:
        if names:
            yield RegulationArticle(about=about, says=listed(known.get(one, one) for one in names))
    for question in layout.satisfaction:
        scale = scheme.scales[scheme.items[question.item].scale]
        grades = listed(one.label.in_(language()) for one in scale.choices if one.code in question.satisfied)
        says = _("%(item)s：选%(grades)s的算满意。", item=known[question.item], grades=grades)
        yield RegulationArticle(about=_("满意度"), says=says)


def _policy(scheme: Scheme, root: Written) -> Iterator[RegulationArticle]:
    spot = root.under("policy")
    why = _plain(spot.under("because")) if spot is not None and spot.kind == "map" else ""
    for at, (name, answer) in enumerate(scheme.policy_told(say)):
        yield RegulationArticle(about=name, says=answer, because="" if at else why)
