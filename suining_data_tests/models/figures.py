"""Figures that departments and the province report, and the macro base that is made of them.

Here: inserting figures, building the base. Not here: what is expected of it (test_macro.py, test_macro_series.py).
"""

MONTHLY = "staged.statistics__monthly_indicators"
QUARTERLY = "staged.statistics__quarterly_gdp"
PROVINCE = "staged.sichuan_statistics__indicators"
OBSERVATION = "macro.observation"
LATEST = "macro.latest"
TABLES = (
    OBSERVATION,
    LATEST,
    "macro.release",
    "macro.revision",
    "macro.month",
    "macro.chained_index",
    "macro.growth",
    "macro.per_capita",
)
SECTORS = ["第一产业增加值", "第二产业增加值", "第三产业增加值"]


def monthly(bench, *figures, **shared):
    row = {"region_name": "遂宁市", "unit_name": "亿元", "measure_code": "level_cumulative", "period_name": "2020"}
    for figure in figures:
        bench.insert(MONTHLY, **row | shared | {"record_id": monthly.next} | figure)
        monthly.next += 1


monthly.next = 1


def observe(bench, columns="indicator_code, measure_code, value"):
    bench.build("macro.reported_figure", "macro.indicator", *TABLES)
    return bench.query(f"select {columns} from {OBSERVATION} order by record_id, 1")


def figure(bench, *rows, columns, table=LATEST, resource=PROVINCE):
    """Observations of one figure, or of several; the columns of a table that is made of them."""
    defaults = {"region_name": "遂宁市", "unit_name": "亿元", "received_on": "2026-11-01", "file_name": "a.json"}
    for n, row in enumerate(rows, start=1):
        bench.insert(resource, **{"record_id": n, "batch_id": row.get("file_name", "a.json"), **defaults, **row})
    observe(bench)
    return bench.query(f"select {columns} from {table} order by all")
