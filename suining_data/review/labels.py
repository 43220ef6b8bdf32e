"""What a clerk reads: the labels of items, states, verdicts and evidence in Chinese and English.

Here: texts. Not here: where they are shown (terminal.py, sheets.py), which items a subject has (subjects/).
"""

from dataclasses import dataclass

from suining_data.subjects import load_subjects

PERSON, ORGANIZATION = "person", "organization"
SUBJECTS = {name: load_subjects()[name].zh for name in (PERSON, ORGANIZATION)}
STATES = {
    "uncertain": "把握不足",
    "ambiguous": "不止一个可能",
    "vetoed": "判定未能采用",
}
VERDICTS = {"same": "相同", "different": "不同", "unsure": "不确定"}
WHY = {
    "uncertain": "相符之处不足以认定 (likely, but not sure enough)",
    "ambiguous": "另有同样可能的对象，或经其他记录相连而有冲突 (another is as likely, or a chain of records conflicts)",
    "vetoed": "已判定相同，但与号码、出生、性别、死亡日期或另一判定矛盾，未采用 "
    "(decided the same, but numbers, births, sex, death or another decision contradict it: not obeyed)",
}

# what a party reports -> how it is called, and the comparison of linkage that uses it
ITEMS = {name: load_subjects()[name].review_items for name in (PERSON, ORGANIZATION)}


@dataclass(frozen=True)
class Evidence:
    """What one comparison says: `level` in Chinese and English, `weight` in bits, above 0 for one subject."""

    comparison: str
    level: str
    weight: float

    @property
    def zh(self) -> str:
        return self.level.partition(" ")[0]


def in_words(subject: str, evidence: list[Evidence]) -> str:
    """The evidence in one Chinese sentence, what speaks loudest first."""
    ordered = sorted(evidence, key=lambda each: -abs(each.weight))
    return "；".join(f"{ITEMS[subject][each.comparison]}{each.zh}（{each.weight:+.1f}）" for each in ordered)


def likely(probability: float) -> str:
    """A probability as people read it; nothing is certain."""
    return ">99.99%" if probability > 0.9999 else f"{probability:.2%}"
