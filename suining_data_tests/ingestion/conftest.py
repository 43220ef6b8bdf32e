"""A landing folder, a catalogue entry in a line, and a way to look at what came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pytest

from suining_data.catalog.model import Delivery, ExpectedRows, Field, Resource, Share, ShareType, Unit
from suining_data.ingestion import Ingested, ingest
from suining_data.settings import Settings


def resource_of(
    sources: Sequence[str],
    required: Sequence[str] = (),
    elements: Mapping[str, str] = MappingProxyType({}),
    **delivery: Any,
) -> Resource:
    """A resource of 市公安局 with the given source columns, delivered as said; a column is `text` unless `elements` names
    its element."""
    return Resource(
        id="public_security__thing",
        proposal="GA99",
        name="测试",
        abstract="测试",
        share=Share(type=ShareType.UNCONDITIONAL),
        open=ShareType.NONE,
        cycle="daily",
        bases=["population"],
        delivery=Delivery(**{"format": "csv", "pattern": "*", "mode": "delta", **delivery}),
        expected_rows=ExpectedRows(min=0, max=10),
        key=["field_1"],
        fields=[
            Field(
                source=s, name=f"field_{n}", element=elements.get(s, "text"), label=f"标签{n}", required=s in required
            )
            for n, s in enumerate(sources, start=1)
        ],
    )


@dataclass
class Desk:
    """Where deliveries of one resource arrive."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    unit: Unit

    def deliver(self, name: str, content: bytes | str) -> Path:
        path = self.settings.landing / self.unit.id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def refresh(self, resource: Resource, **options: Any) -> Ingested:
        return ingest(self.con, self.settings, self.unit, resource, "run", **options)

    def rows(self, result: Ingested) -> list[dict[str, Any]]:
        """Raw rows of all batches in force, in file order; null for ''."""
        rows: list[dict[str, Any]] = []
        for item in result.current:
            found = self.con.execute(f"select * from '{item.raw}' order by _line")
            names = [column[0] for column in found.description]
            rows += [{k: v or None for k, v in zip(names, row, strict=True)} for row in found.fetchall()]
        return rows

    def rejected(self, result: Ingested) -> list[tuple[int, str]]:
        """Line and rule of what could not become a row."""
        found = []
        for item in result.current:
            found += self.con.execute(f"select line, rule from '{item.rejected}' order by line").fetchall()
        return found

    def statuses(self) -> dict[str, str]:
        return dict(self.con.execute("select file_name || ':' || raw_rows, status from governance.batch").fetchall())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    unit = Unit(id="public_security", name="市公安局", uscc="115109000086617700", origin="department")
    with duckdb.connect() as con:
        yield Desk(con, Settings(data=tmp_path), unit)


def balances(result: Ingested) -> bool:
    """Every line of every batch in force is accounted for."""
    return all(
        b.lines_total
        == (b.header_lines or 0) + (b.continuation_lines or 0) + (b.raw_rows or 0) + (b.rejected_rows or 0)
        for b in (item.batch for item in result.current)
    )
