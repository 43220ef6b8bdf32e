"""The conventions of statistical bureaus, one small table each."""

from typing import Any

import pytest

from suining_data_tests.ingestion.statistical_tables.conftest import Bureau, Rows, brief

TITLE = ["2023年5月遂宁市主要经济指标"]
MEANING = ("所属期", "指标路径", "地区", "计量项", "计量单位", "数值", "单元格")
Record = tuple[str | None, ...]

TABLES: dict[str, tuple[Rows, list[str], list[Record]]] = {
    "the month, January to the month, and growth of the nearest column at its left": (
        [TITLE, ["单位：亿元"], ["指标", "本月", "同比±%", "本月止累计", "同比±%", "增减额"], ["用电量", 1, 2, "1,234.50", "(3.5)", 6]],
        [],
        [
            ("2023年5月", "用电量", "全市", "level_current", "亿元", "1", "B4"),
            ("2023年5月", "用电量", "全市", "yoy", "%", "2", "C4"),
            ("2023年1-5月", "用电量", "全市", "level_cumulative", "亿元", "1234.50", "D4"),
            ("2023年1-5月", "用电量", "全市", "yoy", "%", "-3.5", "E4"),
            ("2023年1-5月", "用电量", "全市", "yoy_change", "亿元", "6", "F4"),
        ],
    ),
    "counties over measures, merged": (
        [["2019年8月税收（万元）"], ["税种", "船山区", None, "射洪县", None], [None, "本月", "累计", "本月", "累计"], ["增值税", 1, 2, None, 4]],
        ["A2:A3", "B2:C2", "D2:E2"],
        [
            ("2019年8月", "增值税", "船山区", "level_current", "万元", "1", "B4"),
            ("2019年1-8月", "增值税", "船山区", "level_cumulative", "万元", "2", "C4"),
            ("2019年1-8月", "增值税", "射洪县", "level_cumulative", "万元", "4", "E4"),
        ],
    ),
    "measures over counties, not merged": (
        [["2019年8月税收（万元）"], ["税种", "本月", None, "累计"], [None, "全市", "安居区", "全市"], ["增值税", 1, 2, 3]],
        [],
        [
            ("2019年8月", "增值税", "全市", "level_current", "万元", "1", "B4"),
            ("2019年8月", "增值税", "安居区", "level_current", "万元", "2", "C4"),
            ("2019年1-8月", "增值税", "全市", "level_cumulative", "万元", "3", "D4"),
        ],
    ),
    "counties down, indicators over their measures": (
        [["2023年1-5月各县（区）指标"], ["地区", "投资（亿元）", None], ["", "绝对值", "增速（%）"], ["合计", 9, 6.5], ["大英县", 2, 7]],
        ["B2:C2"],
        [
            ("2023年1-5月", "投资", "全市", "level_cumulative", "亿元", "9", "B4"),
            ("2023年1-5月", "投资", "全市", "yoy", "%", "6.5", "C4"),
            ("2023年1-5月", "投资", "大英县", "level_cumulative", "亿元", "2", "B5"),
            ("2023年1-5月", "投资", "大英县", "yoy", "%", "7", "C5"),
        ],
    ),
    "counties down, the indicator in the title": (
        [["2023年1—5月各县（市、区）固定资产投资增速（%）"], ["", "累计"], ["全市", 6]],
        [],
        [("2023年1-5月", "固定资产投资", "全市", "yoy", "%", "6", "B3")],
    ),
    "years as numbers, growth as a row of its own": (
        [["历年主要指标"], ["指标", 2018, 2019], ["地区生产总值（亿元）", 1221.4, 1345.7], ["　比上年增长(%)", 8.5, 8.1]],
        [],
        [
            ("2018年", "地区生产总值", "全市", "level_cumulative", "亿元", "1221.4", "B3"),
            ("2019年", "地区生产总值", "全市", "level_cumulative", "亿元", "1345.7", "C3"),
            ("2018年", "地区生产总值", "全市", "yoy", "%", "8.5", "B4"),
            ("2019年", "地区生产总值", "全市", "yoy", "%", "8.1", "C4"),
        ],
    ),
    "years across, months down": (
        [["全社会用电量（亿千瓦时）"], ["月份", "2022年", "2023年"], ["1-2月", 5, 6], ["3月", 2, None]],
        [],
        [
            ("2022年1-2月", "全社会用电量", "全市", "level_cumulative", "亿千瓦时", "5", "B3"),
            ("2023年1-2月", "全社会用电量", "全市", "level_cumulative", "亿千瓦时", "6", "C3"),
            ("2022年3月", "全社会用电量", "全市", "level_current", "亿千瓦时", "2", "B4"),
        ],
    ),
    "balances: since the year's beginning, the year before": (
        [["2023年5月末存贷款"], ["单位：亿元"], ["项目", "余额", "比年初增减额", "比年初增长（%）", "上年同期"], ["存款", 20, 1, 5, 18]],
        [],
        [
            ("2023年5月", "存款", "全市", "level_current", "亿元", "20", "B4"),
            ("2023年5月", "存款", "全市", "ytd_change", "亿元", "1", "C4"),
            ("2023年5月", "存款", "全市", "ytd_growth", "%", "5", "D4"),
            ("2022年5月", "存款", "全市", "level_current", "亿元", "18", "E4"),
        ],
    ),
    "serial numbers and numbers of columns are no figures": (
        [["2023年1-5月财政"], ["序号", "项目", "计量单位", "累计"], ["甲", "乙", "丙", 1], [1, "收入", "万元", 5]],
        [],
        [("2023年1-5月", "收入", "全市", "level_cumulative", "万元", "5", "D4")],
    ),
    "regions as sections": (
        [["2022年指标"], ["指标", "单位", "数值"], ["全市"], ["投资", "亿元", 1], ["船山区"], ["投资", "亿元", 2]],
        [],
        [
            ("2022年", "投资", "全市", "level_cumulative", "亿元", "1", "C4"),
            ("2022年", "投资", "船山区", "level_cumulative", "亿元", "2", "C6"),
        ],
    ),
    "parents by number, 其中 and blanks": (
        [
            ["2022年指标"], ["指标", "数值（万元）"], ["一、收入", 9], ["（一）税收收入", 6], ["　　其中：增值税", 4], ["　　　　　　契税", 1],
            ["（二）非税收入", 3], ["二、支出", 8], ["　#教育", 2],
        ],
        [],
        [
            ("2022年", path, "全市", "level_cumulative", "万元", value, cell)
            for path, value, cell in (
                ("收入", "9", "B3"), ("收入/税收收入", "6", "B4"), ("收入/税收收入/增值税", "4", "B5"), ("收入/税收收入/契税", "1", "B6"),
                ("收入/非税收入", "3", "B7"), ("支出", "8", "B8"), ("支出/教育", "2", "B9"),
            )
        ],
    ),
    "a list with the end of a quarter": (
        [["核算表"], ["行业", "县区", "结束日期", "绝对值(亿元)", "不变价指数", "核算阶段"], ["第一产业", "全市", "2022-06-30", 70, 104.1, "初步核算"]],
        [],
        [
            ("2022年1-2季度", "第一产业", "全市", "level_cumulative", "亿元", "70", "D3"),
            ("2022年1-2季度", "第一产业", "全市", "index", None, "104.1", "E3"),
        ],
    ),
    "points, shares of a plan, from month to month, contributions": (
        [
            ["2023年1-5月指标"],
            ["指标", "累计（万元）", "完成年度预算%", "环比（%）", "贡献率（%）", "拉动（百分点）", "增减百分点"],
            ["收入", 5, 45, 1, 30, 2, 0.3],
        ],
        [],
        [
            ("2023年1-5月", "收入", "全市", measure, unit, value, cell)
            for measure, unit, value, cell in (
                ("level_cumulative", "万元", "5", "B3"), ("plan_share", "%", "45", "C3"), ("mom", "%", "1", "D3"),
                ("contribution", "%", "30", "E3"), ("pull", "百分点", "2", "F3"), ("yoy_points", "百分点", "0.3", "G3"),
            )
        ],
    ),
    "a difference of a rate is in points": (
        [["2023年1-5月就业"], ["指标", "单位", "累计", "同比增减"], ["新增就业", "人", 15, -2], ["失业率", "%", 3.5, 0.1]],
        [],
        [
            ("2023年1-5月", "新增就业", "全市", "level_cumulative", "人", "15", "C3"),
            ("2023年1-5月", "新增就业", "全市", "yoy_change", "人", "-2", "D3"),
            ("2023年1-5月", "失业率", "全市", "level_cumulative", "%", "3.5", "C4"),
            ("2023年1-5月", "失业率", "全市", "yoy_points", "百分点", "0.1", "D4"),
        ],
    ),
    "an index says its base": (
        [["2023年5月居民消费价格"], ["项目", "上年同月=100"], ["食品烟酒", 102]],
        [],
        [("2023年5月", "食品烟酒", "全市", "index", "上年同月=100", "102", "B3")],
    ),
    "the number of a table and years from to are no part of its indicator": (
        [["2-1 分县区地区生产总值（2018-2019年）"], ["单位：亿元"], ["年 份", "全 市"], ["2019", "1345.7"]],
        [],
        [("2019年", "地区生产总值", "全市", "level_cumulative", "亿元", "1345.7", "B4")],
    ),
    "the title says whether a difference is in per cent; plans are no figures": (
        [["2023年1-5月财政"], ["单位：万元、%"], ["项目", "年初预算", "累计", "增减"], ["收入", 9, 5, 4]],
        [],
        [
            ("2023年1-5月", "收入", "全市", "level_cumulative", "万元", "5", "C4"),
            ("2023年1-5月", "收入", "全市", "yoy", "%", "4", "D4"),
        ],
    ),
    "growth in an amount is a difference, a difference in per cent is growth": (
        [["2023年1-5月指标（万元）"], ["指标", "累计", "同比增减（万元）", "增减（%）"], ["收入", 5, 2, 45]],
        [],
        [
            ("2023年1-5月", "收入", "全市", "level_cumulative", "万元", "5", "B3"),
            ("2023年1-5月", "收入", "全市", "yoy_change", "万元", "2", "C3"),
            ("2023年1-5月", "收入", "全市", "yoy", "%", "45", "D3"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_convention(bureau: Bureau, name: str) -> None:
    rows, merged, records = TABLES[name]
    assert brief(bureau.read(rows, merged=merged), *MEANING) == records


@pytest.mark.parametrize(
    ("sheet", "file", "period"),
    [
        ("1—2月", "ydzb_202305.xlsx", "2023年1-2月"), ("1~3月", "ydzb_202305.xlsx", "2023年1-3月"),
        ("1－5月", "ydzb_202305.xlsx", "2023年1-5月"), ("2023.04", "ydzb_202305.xlsx", "2023年1-4月"),
        ("202303", "ydzb_202305.xlsx", "2023年1-3月"), ("2023-05", "ydzb_202305.xlsx", "2023年1-5月"),
        ("前7个月", "ydzb_202308.xlsx", "2023年1-7月"), ("12月", "ydzb_202401.xlsx", "2023年1-12月"),
        ("上半年", "ydzb_202308.xlsx", "2023年1-2季度"), ("前三季度", "ydzb_202311.xlsx", "2023年1-3季度"),
        ("2023年1-5月", "ydzb_202401.xlsx", "2023年1-5月"), ("2022年", "ydzb_202305.xlsx", "2022年"),
        ("二〇二二年", "ydzb_202305.xlsx", "2022年"), ("Q3", "ydzb_202311.xlsx", "2023年1-3季度"),
    ],
)  # fmt: skip
def test_a_sheet_names_the_period_of_its_cumulative_figures(bureau: Bureau, sheet: str, file: str, period: str) -> None:
    records = bureau.read({sheet: [["主要指标"], ["指标", "累计", "同比"], ["用电量", 5, 3.2]]}, file=file)
    assert {record["所属期"] for record in records} == {period}


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("190.10*", "190.10", "P"), ("184.25(P)", "184.25", "P"), ("184.25（初步）", "184.25", "P"), ("190.1p", "190.1", "P"),
        ("-", None, "M"), ("—", None, "M"), ("…", None, "N"), ("...", None, "N"), ("#", None, "Q"), ("１２．５", "12.5", "A"),
        ("(12.3)", "-12.3", "A"), ("-0.29", "-0.29", "A"), ("15.5:45.2:39.3", "15.5:45.2:39.3", "A"), ("见附表", "见附表", "A"),
    ],
)  # fmt: skip
def test_marks_and_signs(bureau: Bureau, cell: str, value: str | None, status: str) -> None:
    records = bureau.read([TITLE, ["指标", "累计", "增速"], ["用电量", cell, 1], ["煤", None, 2]])
    assert brief(records, "数值", "状态")[0] == (value, status)
    assert len(records) == 3, "an empty cell is no figure"


@pytest.mark.parametrize(
    ("note", "status"), [("注：①为初步核算数。", "P"), ("①不含农户投资", "A"), ("注：本表未经审计。", "P")]
)
def test_the_note_of_a_mark_says_what_it_means(bureau: Bureau, note: str, status: str) -> None:
    (record,) = bureau.read([TITLE, ["指标", "累计"], ["投资", "184.25①"], [note]])
    assert (record["数值"], record["状态"]) == ("184.25", status)
    assert bureau.rejected == [("FOOTER", note)]


def test_tables_below_and_beside_each_other_have_their_own_titles(bureau: Bureau) -> None:
    rows: list[list[Any]] = [
        ["表一 2023年5月收入（万元）"], ["指标", "本月"], ["收入", 3], [], ["资料来源：财政局"], [],
        ["表二 2023年1-5月用电量"], ["单位：万千瓦时"], ["行业", "累计", None, "行业", "累计"], ["工业", 4, None, "建筑业", 5],
    ]  # fmt: skip
    assert brief(bureau.read(rows), "所属期", "指标", "计量单位", "数值", "表名", "单元格") == [
        ("2023年5月", "收入", "万元", "3", "表一 2023年5月收入（万元）", "B3"),
        ("2023年1-5月", "工业", "万千瓦时", "4", "表二 2023年1-5月用电量", "B10"),
        ("2023年1-5月", "建筑业", "万千瓦时", "5", "表二 2023年1-5月用电量", "E10"),
    ]


def test_percent_cells_and_release_date(bureau: Bureau) -> None:
    rows = [["2022年公报"], ["发布日期：2023年3月15日"], ["指标", "数值（亿元）", "增速"], ["投资", 5, 0.082]]
    records = bureau.read(rows, formats={"C4": "0.0%"})
    assert brief(records, "数值", "计量单位", "发布日期") == [("5", "亿元", "2023-03-15"), ("8.2", "%", "2023-03-15")]


def test_every_row_and_cell_is_accounted_for(bureau: Bureau) -> None:
    bureau.read(
        [TITLE, ["指标", "累计", None, None], ["一、工业"], ["产值", 5, None, "审核"], [], ["煤", 6], ["注：略"]]
    )
    assert sorted(rule for rule, _ in bureau.rejected) == ["BLANK_LINE", "FOOTER", "UNREAD"]
    assert (bureau.result.header_lines, bureau.result.raw_rows) == (3, 2)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["2022年", "2021年", "增长%"], "2022年"),
        (["2021年", "2022年", "增长%"], "2022年"),
    ],
)
def test_a_growth_belongs_to_the_latest_of_several_years(bureau, header, expected):
    records = bureau.read([["主要指标"], ["指标", *header], ["地区生产总值（亿元）", 1614.47, 1519.87, 4]])
    assert brief(records, "所属期", "计量项")[-1] == (expected, "yoy")


def test_each_year_beside_its_own_growth(bureau):
    records = bureau.read(
        [["指标", "2022年", "增长%", "2021年", "增长%"], ["地区生产总值（亿元）", 1614.47, 4, 1519.87, 8.2]]
    )
    assert [r["所属期"] for r in records if r["计量项"] == "yoy"] == ["2022年", "2021年"]


def test_a_year_as_an_index_of_the_year_before(bureau):
    records = bureau.read([["指标", "单位", "2019年", "2019年为2018年%"], ["地区生产总值", "亿元", 1345.7, 108.1]])
    assert brief(records, "所属期", "计量项", "数值")[-1] == ("2019年", "index", "108.1")


def test_a_change_against_the_month_before_is_no_growth(bureau):
    records = bureau.read(
        {"202305": [["项目", "本月末余额", "比上月增减", "比年初增减"], ["各项存款余额（亿元）", 2100.5, -10.2, 120.5]]}
    )
    assert [record["计量项"] for record in records] == ["level_current", "mom_change", "ytd_change"]


def test_a_note_about_the_whole_table_says_its_stage_of_accounting(bureau):
    records = bureau.read(
        {"2023年一季度": [["指标", "绝对额"], ["地区生产总值（亿元）", 350.21], ["注：本表为初步核算数。"]]}
    )
    assert [record["核算阶段"] for record in records] == ["preliminary"]


def test_a_note_about_one_figure_says_nothing_of_the_others(bureau):
    rows = [
        ["指标", "绝对额"],
        ["地区生产总值（亿元）", "350.21*"],
        ["进出口总额（亿元）", 9.1],
        ["注：*为初步核算数。"],
    ]
    records = bureau.read({"2023年一季度": rows})
    assert brief(records, "状态", "核算阶段") == [("P", None), ("A", None)]
