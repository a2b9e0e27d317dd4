"""A village whose scheme is written in all four languages, for looking at, listening to and measuring the voter's pages.

Villagers (slips) give five officials a grade and may give the first a number; members (signed) give grades; whoever is in the
hall takes a form by the code on the wall. At most 20 % of the five, which is one, may be called excellent; members, if they call
nobody poor, are asked whether they mean it. `CHINESE_ONLY` has the rarer kinds of questions, and words in Chinese alone.
"""

from __future__ import annotations

TEXT = """
scheme: village
version: 2026-01-01
title:
  zh-Hans: 村干部年度评议
  zh-Hant: 村幹部年度評議
  en: Yearly review of village officials
  ug: كەنت كادىرلىرىنى يىللىق باھالاش
languages: [zh-Hans, zh-Hant, en, ug]
policy: common policy
facts:
  rank: {values: [first, other]}
scales:
  grades:
    excellent: {points: 100, title: {zh-Hans: 优秀, zh-Hant: 優秀, en: Excellent, ug: ئەلا}}
    good: {points: 80, title: {zh-Hans: 称职, zh-Hant: 稱職, en: Competent, ug: لاياقەتلىك}}
    fair: {points: 60, title: {zh-Hans: 基本称职, zh-Hant: 基本稱職, en: Just competent, ug: ئاساسەن لاياقەتلىك}}
    poor: {points: 0, title: {zh-Hans: 不称职, zh-Hant: 不稱職, en: Not competent, ug: لاياقەتسىز}}
  hundred: {kind: numbers, from: 0, to: 100}
groups:
  guests: {title: {zh-Hans: 村民, zh-Hant: 村民, en: Villagers, ug: كەنت ئاھالىسى}, comment: true}
  members: {title: {zh-Hans: 镇领导, zh-Hant: 鎮領導, en: Town leaders, ug: بازار رەھبەرلىرى}, signed: true}
  hall: {title: {zh-Hans: 到会群众, zh-Hant: 到會群眾, en: People in the hall, ug: يىغىندىكى ئامما}, admission: shared code}
items:
  overall:
    scale: grades
    ask:
      zh-Hans: 总的来看，他干得怎么样？
      zh-Hant: 總的來看，他幹得怎麼樣？
      en: "All in all, how well do they work?"
      ug: "ئومۇمەن ئۇنىڭ خىزمىتى قانداق؟"
  score:
    scale: hundred
    ask: {zh-Hans: 给他打个分, zh-Hant: 給他打個分, en: A score for them, ug: ئۇنىڭغا نومۇر قويۇڭ}
    required: false
    where: {rank: first}
forms:
  - {group: guests, ask: [overall, score]}
  - {group: [members, hall], ask: overall}
ballot rules:
  few excellent:
    group: guests
    items: overall
    grades: excellent
    at most: 20%
    base: asked
    effect: refuse
    title:
      zh-Hans: 优秀不超过两成。
      zh-Hant: 優秀不超過兩成。
      en: At most a fifth may be excellent.
      ug: ئەلا بەشتىن بىرىدىن ئاشمىسۇن.
  some poor:
    group: members
    items: overall
    grades: poor
    at least: 20%
    base: asked
    effect: warn
    title:
      zh-Hans: 不称职不少于两成。
      zh-Hant: 不稱職不少於兩成。
      en: At least a fifth should be not competent.
      ug: لاياقەتسىز بەشتىن بىرىدىن ئاز بولمىسۇن.
quantities:
  mean: {grade points: overall}
  mean score: {grade points: score}
results: {by group: [mean, mean score]}
"""

CHINESE_ONLY = """
scheme: kinds
version: 2026-01-01
title: {zh-Hans: 多种题型}
languages: [zh-Hans]
policy: common policy
scales:
  grades: {好: 100, 差: 0}
  places: {kind: ranks, from: 1, to: 4}
  budget: {kind: points, from: 0, to: 10}
  hundred: {kind: numbers, from: 0, to: 100}
groups: {guests: {title: 群众}, members: {title: 委员, signed: true}}
items:
  排队: {scale: places, ask: 按工作成绩排个先后}
  分点: {scale: budget, ask: 把十分分给大家}
  打分: {scale: hundred, ask: 打个分}
  整体: grades
forms: [{group: guests, ask: [排队, 分点, 打分]}, {group: members, ask: 整体}]
ballot rules:
  each place once: {group: guests, items: 排队, all different: true, effect: refuse}
  ten points: {group: guests, items: 分点, sum: 10, effect: refuse}
quantities:
  mean: {grade points: [排队, 分点, 打分, 整体]}
results: {by item: [mean]}
"""
