"""A rule of a table as it is declared: the condition on its rows, its severity, its texts.

Here: the shape of a rule, its severities, the dimensions of GB/T 36344-2018. Not here: which rules a table has
(contracts.py), Great Expectations (expectations.py), the asset checks that Dagster shows (suite.py).
"""

from dataclasses import dataclass
from enum import StrEnum

CHECK_OF_DIMENSION = {
    "规范性": "conformity",
    "完整性": "completeness",
    "准确性": "accuracy",
    "一致性": "consistency",
    "时效性": "timeliness",
    "可访问性": "accessibility",
}
SCHEMA = "schema"  # the rule that the columns are the declared ones; until it is met, no other rule can be validated


class Severity(StrEnum):
    BLOCK = "block"  # if such a rule is broken, the table is not promoted
    WARN = "warn"  # broken rules are counted and shown


@dataclass(frozen=True)
class TableRule:
    """A rule of a table. `breaks`: SQL, true for a row that breaks it; or `failing_rows`: SELECT of these rows."""

    id: str
    dimension: str  # a key of CHECK_OF_DIMENSION
    severity: Severity
    zh: str
    en: str
    breaks: str | None = None
    failing_rows: str = ""
    refers_to: tuple[str, str] | None = None  # of a reference to another table: the table, its column

    def rows(self, table: str) -> str:
        """SELECT of the rows of `table` that break the rule."""
        sql = self.failing_rows or f"select * from {{table}} where {self.breaks}"
        return f"{sql}\n".replace("{table}", table)
