"""What a check of the digests says. Here: one finding, and all of a check. Not here: the checks (deliveries.py, tables.py, snapshots.py)."""

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Where something differs."""

    LANDING = "landing"
    RAW = "raw"
    WAREHOUSE = "warehouse"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Finding:
    """A file or table that is not as it was written. `said`: which one, what is wrong, and what to run; both languages."""

    stage: Stage
    said: str

    def __str__(self) -> str:
        return f"{self.stage}  {self.said}"


@dataclass
class Checked:
    """What a check has found, how much it compared by stage, and what else the reader should know."""

    findings: list[Finding] = field(default_factory=list)
    compared: dict[Stage, int] = field(default_factory=dict)  # files, in the warehouse tables
    notes: list[str] = field(default_factory=list)

    def add(self, stage: Stage, compared: int, *said: str) -> None:
        """Add what was compared in a stage, and what differs there."""
        self.compared[stage] = self.compared.get(stage, 0) + compared
        self.findings += [Finding(stage, each) for each in said]
