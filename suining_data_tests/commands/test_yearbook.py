"""`suining macro yearbook` writes what the analysts' file has, or says why it cannot."""

from pathlib import Path

import duckdb
import openpyxl
import pytest

from suining_data.commands.errors import Mistake
from suining_data.commands.macro import yearbook
from suining_data.settings import settings


@pytest.fixture
def analysts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    file = settings().published / "analyst" / "suining.duckdb"
    file.parent.mkdir(parents=True)
    return file


def test_the_workbook_has_the_figures_of_the_published_file(
    analysts_file: Path, empty_warehouse: Path, tmp_path: Path
) -> None:
    analysts_file.write_bytes(empty_warehouse.read_bytes())
    with duckdb.connect(str(analysts_file)) as con:
        con.execute(
            "insert into macro.indicator (indicator_code, name_zh, kind, theme, is_known) values ('g', '产值', 'flow', 'accounts', true)"
        )
        con.execute(
            "insert into macro.latest (figure_id, indicator_code, region_name, period_start, period_end, frequency, measure_code, "
            "value, unit, multiplier, is_published) "
            "values ('f', 'g', '某市', '2020-01-01', '2020-12-31', 'Y', 'level_current', 1403.18, '亿元', 100000000, true)"
        )
    yearbook(tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["国民经济核算"]
    assert [cell.value for cell in sheet[3]] == ["指标", "单位", "2020年"]
    assert [cell.value for cell in sheet[5]] == ["产值", "亿元", 1403.18]


@pytest.mark.parametrize(("name", "said"), [("book.csv", ".xlsx"), ("nowhere/book.xlsx", "没有这个目录")])
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(Mistake, match=said):
        yearbook(tmp_path / name)


def test_without_the_macro_base_nothing_is_written(analysts_file: Path, tmp_path: Path) -> None:
    duckdb.connect(str(analysts_file)).close()
    with pytest.raises(Mistake, match="没有宏观经济库"):
        yearbook(tmp_path / "book.xlsx")
    assert list(tmp_path.glob("*book*")) == []
