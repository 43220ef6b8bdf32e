"""The texts that a clerk reads: labels of items, states, verdicts and evidence, in Chinese and English.

Here: texts. Not here: where they are shown (terminal.py, sheets.py), which items a subject has (subjects/).
"""

from dataclasses import dataclass

from suining_data.subjects import load_subjects

PERSON, ORGANIZATION = "person", "organization"
SUBJECTS = {name: load_subjects()[name].zh for name in (PERSON, ORGANIZATION)}
STATES = {
    "uncertain": "把握不足",
    "ambiguous": "不止一个可能",
    "two_numbers": "疑似一人两号",
    "conflicting": "相符而有矛盾",
    "vetoed": "判定未能采用",
}
VERDICTS = {"same": "相同", "different": "不同", "unsure": "不确定"}
WHY = {
    "uncertain": "相符之处不足以认定 (a match is likely, but not certain enough)",
    "ambiguous": "另有同样可能的对象，或经其他记录相连而有冲突 "
    "(another subject is as likely, or a chain of records leads to a conflict)",
    "two_numbers": "两个有效号码，其余相符，可能为同一对象 (two valid numbers, but all else says that they are one)",
    "conflicting": "其余相符，但出生、性别、死亡日期或名称矛盾，请核对 "
    "(a match but for birth, sex, death or name, which contradict)",
    "vetoed": "已判定相同，但与号码、出生、性别、死亡日期或另一判定矛盾，未采用 "
    "(the decision `same` is not applied: numbers, births, sex, death or another decision contradict it)",
}

# subject -> item of the pair view, which is also the name of linkage's comparison -> its Chinese label
ITEMS = {name: load_subjects()[name].review_items for name in (PERSON, ORGANIZATION)}


@dataclass(frozen=True)
class Evidence:
    """The result of one comparison: `level` in Chinese and English, `weight` in bits (above 0: a match is more likely)."""

    comparison: str
    level: str
    weight: float

    @property
    def zh(self) -> str:
        return self.level.partition(" ")[0]


def evidence_text(subject: str, evidence: list[Evidence]) -> str:
    """The evidence in one Chinese sentence, the largest weight first, whatever its sign."""
    ordered = sorted(evidence, key=lambda each: -abs(each.weight))
    return "；".join(f"{ITEMS[subject][each.comparison]}{each.zh}（{each.weight:+.1f}）" for each in ordered)


def percentage(probability: float) -> str:
    """A probability in percent, never as 100 %."""
    return ">99.99%" if probability > 0.9999 else f"{probability:.2%}"
