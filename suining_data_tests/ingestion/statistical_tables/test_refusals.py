"""What is not understood is refused with sheet, cell, what was found and what was expected."""

import pytest

from suining_data.ingestion.reading import Refused
from suining_data_tests.ingestion.statistical_tables.conftest import Bureau, Rows

TITLE = ["2023年1-5月主要指标"]
REFUSED: dict[str, tuple[Rows, str, str, str]] = {
    "an unknown header": ([TITLE, ["指标", "累计", "某某"], ["收入", 3, 2]], "C2", "“某某”", "a measure or a region or a period"),
    "an unknown county in the header": ([TITLE, ["指标", "某县", "射洪市"], ["收入", 3, 2]], "B2", "“某县”", "a region"),
    "an unknown county in a row": ([TITLE, ["地区", "投资（亿元）"], ["全市", 3], ["某县", 2]], "A4", "“某县”", "a region"),
    "figures without a header": ([TITLE, ["指标", "累计"], ["收入", 3, 2]], "C3", "“2”", "a measure"),
    "a period that is none": ([TITLE, ["年份", "投资（亿元）"], ["2019年", 3], ["去年底", 2]], "A4", "“去年底”", "a period"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_does_not_fit(bureau: Bureau, name: str) -> None:
    rows, cell, found, expected = REFUSED[name]
    with pytest.raises(Refused) as refused:
        bureau.read({"表1": rows})
    assert refused.value.en.startswith(f"sheet 表1 cell {cell}: found {found}, expected ")
    assert expected in refused.value.en
    assert refused.value.zh.startswith(f"工作表“表1”单元格 {cell}: 这里是{found}，应为")


def test_a_figure_without_a_year_is_not_filled_in(bureau: Bureau) -> None:
    with pytest.raises(Refused, match="year and months"):
        bureau.read([["主要指标"], ["指标", "累计"], ["收入", 3]], file="ydzb_new.xlsx")


def test_a_sheet_without_a_table(bureau: Bureau) -> None:
    with pytest.raises(Refused, match="no header"):
        bureau.read([["请各单位核对后报送"]])
