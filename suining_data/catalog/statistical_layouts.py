"""How statistical tables are written: the layouts and words of statistical_layouts.yaml.

Here: the model of that file, the columns that such a table gives. Not here: reading tables (ingestion/statistical_tables).
"""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

LAYOUTS = Path(__file__).resolve().parent / "statistical_layouts.yaml"
FIGURE_SOURCES = (
    "所属期", "指标", "上级指标", "指标路径", "地区", "计量项", "计量单位", "数值", "状态", "核算阶段", "发布日期", "备注", "表名",
    "工作表", "单元格",
)  # fmt: skip

Dimension = Literal["indicator", "region", "period", "measure"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Layout(Strict):
    """What the first columns of a row may say, and what the cells of the header may say."""

    rows: list[Dimension] = Field(min_length=1)
    columns: list[Dimension] = Field(min_length=1)


class Measure(Strict):
    """What a header or a label says about a figure. `span`: the month alone, from January on, or the end of it."""

    code: str
    words: list[str]
    span: Literal["month", "to_date", "end"] | None = None
    before: int = 0  # years
    is_open: bool = False  # an amount, or per cent where header or title have that unit

    def but(self, **changes: object) -> "Measure":
        """The measure with another code, span or number of years before."""
        return self.model_copy(update=changes)


class RegionWords(Strict):
    city: list[str]
    province: list[str]
    others: list[str]


class Words(Strict):
    layouts: dict[str, Layout]
    heads: dict[str, list[str]]
    measures: list[Measure]
    regions: RegionWords
    marks: dict[str, list[str]]
    behind: dict[str, list[str]]
    notes: list[str]
    preliminary: list[str]
    vintages: dict[str, list[str]]


def written_words() -> str:
    """The file as it is written: what its words decide is read again when they change."""
    return LAYOUTS.read_text(encoding="utf-8")


@cache
def words() -> Words:
    return Words.model_validate(yaml.safe_load(written_words()))
