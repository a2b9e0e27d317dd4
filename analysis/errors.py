"""What the count can refuse, each as one sentence in two languages: what is wrong and where. Nothing is ever half counted."""

from __future__ import annotations

KINDS_ZH = {"number": "数", "text": "文字", "truth": "是非", "missing": "缺"}
AXES_ZH = {"subject": "对象", "group": "主体", "item": "内容", "period": "时期", "rater": "评议人", "rival": "对手"}


class AnalysisError(Exception):
    """The count cannot go on. `step` is the plan's step it stopped at ("" when none), `line` its line in the scheme file.

    `sentence` is English and `zh` Chinese; `told` gives either with its place. `zh` may be left out where no scheme file and
    no spreadsheet can lead to the error, only a plan or a report somebody wrote by hand.
    """

    foreign = "计算停在这里（{}）"  # what a Chinese reader is told where only the English sentence exists

    def __init__(self, sentence: str, zh: str = "", *, step: str = "", line: int = 0) -> None:
        """Keep the sentence in both languages, and where it happened."""
        where = f" (step {step}" + (f", line {line})" if line else ")") if step else ""
        super().__init__(sentence + where)
        self.sentence = sentence
        self.zh = zh or self.foreign.format(sentence)
        self.step = step
        self.line = line

    def told(self, language: str = "zh") -> str:
        """The sentence with its place, in Chinese or English."""
        if not language.startswith("zh"):
            return str(self)
        where = f"（“{self.step}”" + (f"，方案第 {self.line} 行）" if self.line else "）") if self.step else ""
        return self.zh + where

    def at(self, step: str, line: int) -> AnalysisError:
        """The same error, placed at a step; an error that already knows its step keeps it."""
        return self if self.step else type(self)(self.sentence, self.zh, step=step, line=line)


class PlanError(AnalysisError):
    """The plan itself is malformed: an unknown step, parameter, reference or literal."""

    foreign = "计算步骤不合规定（{}）"


class EvidenceError(AnalysisError):
    """The evidence contradicts itself or the plan: two values for one cell, a mark outside its scale."""


class ConservationError(AnalysisError):
    """Ballots got lost or appeared: the books do not add up."""
