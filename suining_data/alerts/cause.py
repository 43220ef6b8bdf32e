"""A cause of an alert, and text that may leave the house.

Here: the kinds of causes, the key of a cause, masking. Not here: which causes there are now (failed_runs.py, findings.py).
"""

import hashlib
import re
from dataclasses import dataclass

from suining_data.display import visible

KINDS = {  # in the order in which a message names them
    "run_failed": ("运行失败", "run failed"),
    "gate": ("质量关卡未通过", "blocking check failed"),
    "refused": ("来件未采用", "delivery refused"),
    "check": ("检查未通过", "check failed"),
    "score": ("质量得分下降", "quality score fell"),
    "overdue": ("逾期未交", "delivery overdue"),
    "undeclared": ("来件无人登记", "undeclared file"),
    "late": ("旧批次后到", "old delivery came late"),
    "vanished": ("来件文件不见了", "file vanished"),
}
OTHER = ("来件问题", "problem of deliveries")  # a kind of governance.delivery_problem that has no name here
DUTY = "平台值班 (duty officer)"
LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){8,}[Xx]?")  # ids, phones, accounts; the eight digits of a date stay
MARKUP = str.maketrans({"[": "［", "]": "］", "<": "＜", ">": "＞", "`": "｀", "*": "＊", "#": "＃"})
MOST_CHARACTERS = 400


@dataclass(frozen=True)
class Cause:
    """Something that is wrong now. `about` is what makes it this cause and no other; `page` is its page in the UI."""

    kind: str
    about: tuple[str, ...]
    whose: str
    zh: str  # what happened and what to do
    en: str
    page: str

    @property
    def key(self) -> str:
        """The same for the same cause in every tick; opaque, because a file name may be part of it."""
        return key_of(self.kind, *self.about)

    @property
    def kind_names(self) -> tuple[str, str]:
        """The name of the kind in Chinese and in English."""
        return KINDS.get(self.kind, OTHER)


def key_of(kind: str, *about: str) -> str:
    """The key of a cause."""
    return hashlib.sha256("\0".join((kind, *about)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def safe(text: str, keep: str | None = None) -> str:
    """The text in one line, without long numbers, and without what could become a link. `keep` is an id that must stay."""
    line = visible(" ".join(text.split()))
    parts = line.split(keep) if keep else [line]
    masked = (keep or "").join(LONG_NUMBER.sub("…", part) for part in parts)
    shown = masked.translate(MARKUP).replace("://", "：//")
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}…"


def asset_page(table: str) -> str:
    """The page of a table's checks in the UI."""
    return f"assets/{table.replace('.', '/')}?view=checks"
