"""A linked city of a few rows with open pairs, and workbooks as clerks hand them back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from suining_data.ingestion import create_ledger
from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench
from suining_data_tests.linkage.test_deterministic_linkage import NUMBER

BORN = "1949-12-31"  # as NUMBER says


class Waiting(Bench):
    """A resolved person, and rows that may be about him."""

    def __init__(self, empty_warehouse: Path) -> None:
        super().__init__(empty_warehouse)
        create_ledger(self.con)
        for resource, file in ((RESIDENTS, "czhjrk_20190831.csv"), (INSURANCE, "ybcb_20190831.csv")):
            self.con.execute(
                """insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes,
                status, run_id, declaration) values (?, 'b', 'u', ?, '', 0, 'in_force', '', '')""",
                [resource, file],
            )
        self.resolved = self.stage(
            RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="1", registered_address="船山区1号"
        )

    def unsure(self, **reported: str) -> int:
        """A row with the name and birth of the resolved person, but of the other sex."""
        return self.stage(RESIDENTS, name="王小明", birth_date=BORN, sex_code="2", **reported)

    def golden(self) -> None:
        """The base as far as it is shown: another address than the first reported one."""
        self.con.execute("""
            create or replace table spatial.address as select 'A1' as address_id, '船山区金色路9号' as address;
            create or replace table population.person as
            select person_id, '王小明' as name, null::varchar as former_name, '1' as sex_code, null::date as birth_date,
                null::date as death_date, '13900000000' as phone, null::varchar as registered_address_id,
                'A1' as residence_address_id, 2 as record_count, identifier as resident_id
            from linked.person_identity where identifier_type = 'resident_id'
        """)

    def pair_ids(self) -> list[str]:
        return [id for (id,) in self.query("select pair_id from linked.review order by record_id_l")]

    def decisions(self) -> list[tuple[object, ...]]:
        return self.con.sql(
            "select token_r, verdict, decided_by, reason from registry.decision order by rowid"
        ).fetchall()


@pytest.fixture
def waiting(empty_warehouse: Path) -> Iterator[Waiting]:
    waiting = Waiting(empty_warehouse)
    yield waiting
    waiting.con.close()


def fill_in(file: Path, filled: dict[str, tuple[str, str, str]]) -> None:
    """Write 判定, 判定人, 理由 of pairs into the workbook, as a spreadsheet would save it."""
    with CalamineWorkbook.from_path(file) as book:
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets.items():
            header = rows[0]
            for row in rows[1:] if "配对编号" in header else []:
                texts = filled.get(str(row[header.index("配对编号")]), ("", "", ""))
                for title, value in zip(("判定", "判定人", "理由"), texts, strict=True):
                    row[header.index(title)] = value
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
