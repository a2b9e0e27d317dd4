"""The satisfaction page: share and index per question and place, with a margin only where a group is a sample.

Everybody who was asked and answered is a complete count and has no margin; the page says which it is (statistics, rule 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.shares import Margin, margin
from analysis.statistics.silence import share_bounds
from questionnaires.model import Group, SatisfactionQuestion
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Headcount
from survey_app.presenting import figures
from survey_app.presenting.charts import dots
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results.cells import Answers, Shown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.pools import pool_title
from survey_app.services.results.sampled_scores import Entitled, entitled_of
from survey_app.services.results.words import WITHHELD

#: So many places are drawn under each other; all of them stand in the table.
DRAWN = 40


@dataclass(frozen=True, kw_only=True)
class GroupShare:
    """One group's answers on one question about one place: `found` of `answered` satisfied, beside it those without opinion."""

    group: str
    found: int
    answered: int
    unknown: int
    blank: int
    share: str
    margin_words: str
    basis: str
    part: Fraction | None
    ends: tuple[Fraction, Fraction] | None
    counts: tuple[tuple[str, int], ...]
    withheld: bool = False  # too few answered: every number here is 0 and none is to be printed


@dataclass(frozen=True)
class PlaceLine:
    """One place under one question: its index as the scheme computes it, and a share per group that was asked."""

    person: Person
    index: Shown | None
    groups: tuple[GroupShare, ...]


@dataclass(frozen=True)
class Ranking:
    """What one group said of the places of one pool: best first, drawn; `summary` says it in a sentence, `left` how many of the
    places stand in the table alone."""

    group: str
    summary: str
    chart: Drawing
    left: int


@dataclass(frozen=True)
class PoolOfPlaces:
    """The places of one comparison pool, and what each group said of them."""

    title: str
    lines: tuple[PlaceLine, ...]
    rankings: tuple[Ranking, ...]


@dataclass(frozen=True)
class Question:
    """One question with its places, by comparison pool."""

    title: str
    index_title: str
    pools: tuple[PoolOfPlaces, ...]


def questions(loaded: Loaded, campaign: Campaign, heads: list[Headcount]) -> list[Question]:
    """Every question of the scheme's satisfaction page, about the places the caller may see; none where the plan says so."""
    if not loaded.lets("satisfaction"):
        return []
    del campaign
    return [_question(loaded, one, entitled_of(heads)) for one in loaded.scheme.layout.satisfaction]


def _question(loaded: Loaded, question: SatisfactionQuestion, entitled: Entitled) -> Question:
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    pools: dict[tuple[str, ...], list[PlaceLine]] = {}
    for person in loaded.visible():
        groups = tuple(
            share_of(loaded, question, person, group, entitled)
            for group in question.groups
            if (group, question.item) in loaded.view.asked(person.code)
        )
        if not groups:
            continue
        index = loaded.view.cell(question.index, {"subject": person.code}) if question.index else None
        pool = tuple(facts[person.code].get(fact, "") for fact in loaded.scheme.layout.pools)
        pools.setdefault(pool, []).append(PlaceLine(person, index, groups))
    item = loaded.scheme.items[question.item]
    return Question(
        item.text.in_(loaded.view.language),
        loaded.view.title(question.index) if question.index else "",
        tuple(_pool(item.text.in_(loaded.view.language), pool_title(loaded, labels), lines) for labels, lines in pools.items()),
    )


def _pool(question: str, title: str, lines: list[PlaceLine]) -> PoolOfPlaces:
    groups = dict.fromkeys(share.group for line in lines for share in line.groups)
    rankings = tuple(one for group in groups if (one := _ranking(question, group, lines)) is not None)
    return PoolOfPlaces(title, tuple(lines), rankings)


def _ranking(question: str, group: str, lines: list[PlaceLine]) -> Ranking | None:
    """The places one group spoke of, best first; equal ones in roster order. None where nothing may be shown."""
    found = [(line, share, share.part) for line in lines for share in line.groups if share.group == group]
    there = [(line, share, part) for line, share, part in found if part is not None]
    if not there:
        return None
    there.sort(key=lambda one: -one[2])
    rows = [
        dots.DotRow(
            label=line.person.name,
            share=part,
            note=f"{share.share} {share.found}/{share.answered}",
            low=share.ends[0] if share.ends else None,
            high=share.ends[1] if share.ends else None,
        )
        for line, share, part in there[:DRAWN]
    ]
    summary = _summary([(line.person.name, part, share.share) for line, share, part in there])
    summary += _told_apart(there[0][1], there[-1][1])
    chart = dots.dots(_("%(question)s：%(group)s的满意率", question=question, group=group), rows)
    return Ranking(group, summary, chart, len(there) - len(rows))


def _summary(found: list[tuple[str, Fraction, str]]) -> str:
    """Who has the most and who the least, of name, share and how that is written; those who are level are counted."""
    high, low = max(part for _name, part, _told in found), min(part for _name, part, _told in found)
    told = {part: words for _name, part, words in found}
    if len(found) == 1:
        return ""
    if high == low:
        return _("%(n)s 个都是 %(share)s。", n=len(found), share=told[high])
    best, worst = (_named([name for name, part, _told in found if part == end]) for end in (high, low))
    return _("%(best)s最高，%(high)s；%(worst)s最低，%(low)s。", best=best, high=told[high], worst=worst, low=told[low])


def _named(names: list[str]) -> str:
    return names[0] if len(names) == 1 else _("%(name)s等 %(n)s 个", name=names[0], n=len(names))


def _told_apart(best: GroupShare, worst: GroupShare) -> str:
    """That the first and the last of a sample may stand the other way round, where their stretches meet."""
    if best.ends is None or worst.ends is None or best.share == worst.share or worst.ends[1] < best.ends[0]:
        return ""
    return _("但是抽样的误差范围有重叠，最高的和最低的分不出高低，不要按名次排队。")


@dataclass(frozen=True, kw_only=True)
class TypicalMargin:
    """One sampled group on one question: the stretch of the middle one of its places, in a sentence, and how wide the widest
    is."""

    question: str
    group: str
    places: int
    sentence: str


def margins(loaded: Loaded, heads: list[Headcount]) -> list[TypicalMargin]:
    """What the margins of each sampled group come to, in a sentence."""
    found = []
    for question in questions(loaded, loaded.campaign, heads):
        by_group: dict[str, list[tuple[Fraction, GroupShare, Person]]] = {}
        for pool in question.pools:
            for line in pool.lines:
                for share in line.groups:
                    if share.ends is not None and share.part is not None:
                        reach = share.ends[1] - share.ends[0]
                        by_group.setdefault(share.group, []).append((reach, share, line.person))
        for group, rows in by_group.items():
            rows.sort(key=lambda one: one[0])
            _reach, share, person = rows[len(rows) // 2]
            low, high = share.ends or (Fraction(0), Fraction(1))
            sentence = _(
                "例如%(name)s：一百人里约 %(n)s 人满意，可能在 %(low)s 到 %(high)s 人之间。",
                name=person.name,
                n=figures.number((share.part or Fraction(0)) * 100, 0).text,
                low=figures.number(low * 100, 0).text,
                high=figures.number(high * 100, 0).text,
            )
            if len(rows) > 1:
                wide = figures.number(rows[-1][0] * 100, 0).text
                sentence += _("%(n)s 处里范围最宽的一处有 %(wide)s 人宽。", n=len(rows), wide=wide)
            found.append(TypicalMargin(question=question.title, group=group, places=len(rows), sentence=sentence))
    return found


@dataclass(frozen=True, kw_only=True)
class SatisfactionSummary:
    """One group on one question in a sentence: how many of those who answered at all places shown, and where most and least."""

    question: str
    group: str
    sentence: str


def summaries(asked: list[Question]) -> list[SatisfactionSummary]:
    """Every question and group, in the scheme's order; from shares as released, places held back left out and told."""
    made = []
    for question in asked:
        by_group: dict[str, list[tuple[GroupShare, Person]]] = {}
        for pool in question.pools:
            for line in pool.lines:
                for share in line.groups:
                    by_group.setdefault(share.group, []).append((share, line.person))
        for group, rows in by_group.items():
            made.append(SatisfactionSummary(question=question.title, group=group, sentence=_overall(rows)))
    return made


def _overall(rows: list[tuple[GroupShare, Person]]) -> str:
    there = [(part, share, person) for share, person in rows if (part := share.part) is not None]
    held = sum(share.withheld for share, _person in rows)
    told = _("另有 %(n)s 处人数太少没有公布。", n=held) if held else ""
    if not there:
        return told or _("没有人作答。")
    answered = sum(share.answered for _part, share, _person in there)
    found = Fraction(sum(share.found for _part, share, _person in there), answered)
    whole = _("%(all)s 人作答，%(share)s 满意。", all=answered, share=figures.share(found).text)
    if len(there) == 1 and (stretch := there[0][1].ends) is not None:
        low, high = (_percent(end.limit_denominator(10_000)) for end in stretch)
        whole += _("全体可能在 %(low)s 到 %(high)s 之间。", low=low, high=high)
    best, worst = max(there, key=lambda one: one[0]), min(there, key=lambda one: one[0])
    ends = _summary([(person.name, part, share.share) for part, share, person in there]) + _told_apart(best[1], worst[1])
    return whole + ends + told


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """One group's shares of satisfied, by place and question: `columns` the questions, a cell "" where it was not asked."""

    group: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Person, tuple[str, ...]], ...]


def matrices(asked: list[Question]) -> list[Matrix]:
    """By place and question, for each group that was asked several questions; the places in roster order."""
    found: dict[str, dict[str, tuple[Person, dict[str, str]]]] = {}
    for question in asked:
        for pool in question.pools:
            for line in pool.lines:
                for share in line.groups:
                    rows = found.setdefault(share.group, {})
                    rows.setdefault(line.person.code, (line.person, {}))[1][question.title] = share.share
    made = []
    for group, rows in found.items():
        columns = tuple(dict.fromkeys(title for _person, cells in rows.values() for title in cells))
        if len(columns) > 1 and len(rows) > 1:
            told = tuple((person, tuple(cells.get(title, "") for title in columns)) for person, cells in rows.values())
            made.append(Matrix(group=group, columns=columns, rows=told))
    return made


def share_of(loaded: Loaded, question: SatisfactionQuestion, person: Person, group: str, entitled: Entitled) -> GroupShare:
    """One group's answers on one question about one place, as released."""
    scheme, language = loaded.scheme, loaded.view.language
    scale = scheme.scales[scheme.items[question.item].scale]
    given = loaded.view.answers(person.code, group, question.item) or Answers()
    if given.withheld:
        title = scheme.groups[group].title.in_(language)
        return GroupShare(
            group=title,
            found=0,
            answered=0,
            unknown=0,
            blank=0,
            share=_(WITHHELD),
            margin_words="",
            basis="withheld",
            part=None,
            ends=None,
            counts=(),
            withheld=True,
        )
    by_choice = [(choice, given.of(choice.code)) for choice in scale.choices]
    answered = sum(count for choice, count in by_choice if choice.kind != "unknown")
    found = sum(count for choice, count in by_choice if choice.code in question.satisfied)
    own = scheme.groups[group]
    asked = entitled.get((person.unit if own.own_unit else "", group))
    found_margin = margin_of(own, found, answered, asked)
    share = Fraction(found, answered) if answered else None
    ends = None
    if found_margin.least is not None and found_margin.most is not None:
        ends = (Fraction(found_margin.least), Fraction(found_margin.most))
    return GroupShare(
        group=own.title.in_(language),
        found=found,
        answered=answered,
        unknown=sum(count for choice, count in by_choice if choice.kind == "unknown"),
        blank=given.blank,
        share=figures.share(share).text if share is not None else "",
        margin_words=margin_words(found_margin, own, asked),
        basis=found_margin.basis,
        part=share,
        ends=ends,
        counts=tuple((choice.label.in_(language), count) for choice, count in by_choice),
    )


def margin_of(group: Group, found: int, answered: int, entitled: int | None) -> Margin:
    """The margin of one group's share. Those entitled are the public itself only where the scheme says so."""
    more = entitled is not None and answered > entitled
    return margin(found, answered, population=entitled if more or not group.drawn else None, sampled=group.sampled)


def margin_words(found: Margin, group: Group, asked: int | None) -> str:
    """What the margin is, or why there is none, and what the silent leave open; one is never told as the other."""
    silent = _silence(found, asked) if group.drawn or not group.sampled else ""
    return _("；").join(part for part in (_margin(found), silent) if part)


def _margin(found: Margin) -> str:
    if found.least is None or found.most is None:
        return _no_margin(found)
    low, high = (_percent(Fraction(bound).limit_denominator(10_000)) for bound in (found.least, found.most))
    if found.people is not None:
        return _("抽样：全体应在 %(low)s 到 %(high)s 之间（一百次抽样至多五次例外，按应到人数推算）", low=low, high=high)
    return _("抽样：全体应在 %(low)s 到 %(high)s 之间（一百次抽样约五次例外）", low=low, high=high)


def _silence(found: Margin, asked: int | None) -> str:
    """Between which values the share of those who were asked lies, whatever the others would have said."""
    if asked is None or not 0 < found.answered < asked:
        return ""
    bounds = share_bounds(found.found, found.answered, asked)
    return _(
        "请了 %(asked)s 人，%(silent)s 人没有表示意见，这不是抽样误差：算上他们，满意率在 %(low)s 到 %(high)s 之间",
        asked=asked,
        silent=bounds.silent,
        low=_percent(bounds.least),
        high=_percent(bounds.most),
    )


def _percent(share: Fraction) -> str:
    return figures.share(share, 0).text


def _no_margin(found: Margin) -> str:
    if found.basis == "nobody_answered":
        return _("没有人作答")
    if found.basis == "complete_count":
        return _("全数统计：应答的人都答了，没有抽样误差")
    if found.basis == "more_than_entitled":
        return _("作答的比应到的多，不算误差；请查明")
    if found.population is None:
        return _("不是抽样：该请的都请了（应到人数没有登记），没有抽样误差")
    return _("不是抽样：该请的都请了，没有抽样误差")
