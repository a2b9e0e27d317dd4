"""What a name in a file may fail to name: whole clauses, so that a language with genders and cases can say each rightly."""

from __future__ import annotations

from analysis.saying import N_

FACT = N_("名为“{name}”的名册栏目")
VALUE = N_("名为“{name}”的“{fact}”取值")
RELATION = N_("名为“{name}”的写明“指向”的名册栏目")
SUBJECT = N_("名为“{name}”的对象")
SCALE = N_("名为“{name}”的选项")
GRADE = N_("名为“{name}”的等次")
RATER_GROUP = N_("名为“{name}”的评议主体")
ITEM = N_("名为“{name}”的测评内容")
GROUP_OR_ITEM = N_("名为“{name}”的主体或内容")
LABEL = N_("名为“{name}”的主体、内容或名册栏目")
PART_OF = N_("名为“{name}”的“{of}”的主体或内容")
ALONG = N_("名为“{name}”的“{of}”里的{axis}")
BALLOT_RULE = N_("名为“{name}”的填写要求")
POLICY = N_("名为“{name}”的约定")
QUANTITY = N_("名为“{name}”的量")
CALCULATION = N_("名为“{name}”的计算")
FACT_OR_QUANTITY = N_("名为“{name}”的名册栏目或量")
COMPONENT = N_("名为“{name}”的其他材料")
EVENT = N_("名为“{name}”的事项")
EARLIER = N_("名为“{name}”的往期结果")
DECISION = N_("名为“{name}”的集体研究事项")
CHOICE = N_("名为“{name}”的结论")
