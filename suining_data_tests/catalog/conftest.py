"""A small sound catalogue to be broken in one place at a time.

Here: the fixture `catalog_with`. Not here: what is expected of a break (test_*.py).
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data.catalog import Problem, check

SOUND = """\
unit: {id: public_security, name: 市公安局, origin: department, is_key: true}
resources:
  - id: public_security__changes
    proposal: GA01
    code: "301001/000001"
    name: 户籍人口变动
    abstract: 逐笔变动
    share: {type: conditional, condition: 经审核}
    open: none
    cycle: daily
    bases: [population]
    delivery: {format: csv, encoding: gb18030, pattern: "hjbd_*.csv", mode: delta, crs: EPSG:4490}
    expected_rows: {min: 10, max: 20}
    key: [resident_id, name, change_date]
    fields:
      - {source: gmsfhm, name: resident_id, element: resident_id, label: 公民身份号码}
      - {source: xm, name: name, element: person_name, label: 姓名, required: true}
      - {source: bdlx, name: change_code, element: household_change_code, label: 变动类型}
      - {source: bdrq, name: change_date, element: date, label: 变动日期, sensitivity: L2}
      - {source: bdsj, name: changed_at, element: datetime, label: 变动时间, sensitivity: L2}
      - {source: je, name: amount_cny, element: money_cny, label: 金额, unit: 元, sensitivity: L3}
      - {source: jd, name: longitude, element: longitude, label: 经度}
    derived:
      - name: death_date
        element: date
        label: 死亡日期
        sensitivity: L3
        sql: "case when change_code = 'died' then change_date end"
    entities:
      - subject: person
        role: member
        valid_from: change_date
        authority: {default: 1}
        values: {resident_id: resident_id, name: name}
  - id: public_security__report
    proposal: TJ01
    code: "301002/000001"
    name: 月报
    abstract: 交叉表
    share: {type: unconditional}
    open: unconditional
    cycle: monthly
    bases: [macro]
    delivery:
      format: xlsx
      pattern: "yb_*.xlsx"
      mode: delta
      sheets: "*"
      layouts: [indicators_in_rows]
    expected_rows: {min: 10, max: 20}
    key: [indicator_name, region_name]
    fields:
      - {source: 指标, name: indicator_name, element: text, label: 指标, sensitivity: L1}
      - {source: 地区, name: region_name, element: place_name, label: 地区}
      - {source: 计量项, name: measure_code, element: measure_code, label: 计量项}
      - {source: 数值, name: value, element: number, label: 数值, sensitivity: L1}
"""

CatalogWith = Callable[..., list[Problem]]


@pytest.fixture
def catalog_with(tmp_path: Path) -> CatalogWith:
    """Problems of the sound catalogue after one text was replaced by another."""

    def broken(old: str = "", new: str = "", file: str = "public_security.yaml") -> list[Problem]:
        assert old in SOUND, old
        (tmp_path / file).write_text(SOUND.replace(old, new, 1), encoding="utf-8")
        return check(tmp_path)

    return broken
