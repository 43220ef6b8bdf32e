"""Every kind of mistake in a catalogue is found, once, at its place, with a fix.

Here: one broken YAML per rule. Not here: the committed catalogue (test_units.py), reading itself (test_reading.py).
"""

from pathlib import Path

import pytest

from suining_data.catalog import Problem, check
from suining_data.catalog.checking import globs_meet
from suining_data.catalog.messages import MESSAGES
from suining_data_tests.catalog.conftest import SOUND, CatalogWith

CHANGES, REPORT = "public_security__changes", "public_security__report"

SAME_ROLE = "- {subject: person, role: member, values: {name: name}}"
EXCHANGE = "exchange: {table: hj.bd, watermark: bdsj, key: [gmsfhm, bdrq]}"
SEX_DERIVED = "\n      - {name: sex_code, element: sex_code, label: 性别, sql: case when name is null then 'm' end}"
DEATH_DATE, SHARED = "sql: \"case when change_code = 'died' then change_date end\"", "resident_id_by_document_type"

# rule, text replaced, its replacement, resource and field of the problem
BREAKS = [
    # form
    ("yaml", "resources:", "resources: [", ""),
    ("octal", "proposal: GA01", "proposal: 010203", CHANGES),
    ("octal", "proposal: GA01", "proposal: 0891", CHANGES),
    ("not_text", "proposal: GA01", "proposal: 2019-08-14", CHANGES),
    ("not_text", "proposal: GA01", "proposal: yes", CHANGES),
    ("not_text", "proposal: GA01", "proposal: 12:30", CHANGES),
    ("not_text", "proposal: GA01", "proposal: 510903001000", CHANGES),
    ("not_text", "proposal: GA01", "proposal: 12", CHANGES),
    ("duplicate_key", "    cycle: daily", "    cycle: daily\n    cycle: daily", CHANGES),
    ("missing", "    cycle: daily\n", "", CHANGES),
    ("unknown_option", "required: true", "requierd: true", f"{CHANGES} name"),
    ("unknown_option", "resources:", "ressources: []\nresources:", ""),
    ("choice", "cycle: daily", "cycle: hourly", CHANGES),
    ("choice", "sensitivity: L2}", "sensitivity: L9}", f"{CHANGES} change_date"),
    ("spelling", "name: change_date,", "name: ChangeDate,", f"{CHANGES} ChangeDate"),
    ("spelling", f"id: {CHANGES}", "id: public_security", "public_security"),
    ("bound", "min: 10", "min: -1", CHANGES),
    ("form", "key: [resident_id, name, change_date]", "key: resident_id", CHANGES),
    # files and resources
    ("unit_prefix", f"id: {CHANGES}", "id: health__changes", "health__changes"),
    ("duplicate_id", f"id: {REPORT}", f"id: {CHANGES}", CHANGES),
    ("duplicate_id", "301002/000001", "301001/000001", REPORT),
    ("code", '    code: "301001/000001"\n', "", CHANGES),
    ("code", '"301001/000001"', '"30101/000001"', CHANGES),
    ("related", "    cycle: daily", "    cycle: daily\n    related: [public_security__nothing]", CHANGES),
    ("expected_rows", "{min: 10, max: 20}", "{min: 30, max: 20}", CHANGES),
    # sharing
    ("condition", ", condition: 经审核", "", CHANGES),
    ("basis", "type: conditional, condition: 经审核", "type: none", CHANGES),
    ("basis", "unit: 元,", "unit: 元, share: {type: none},", f"{CHANGES} amount_cny"),
    ("open_not_shared", "{type: unconditional}", "{type: none, basis: 第一条}", REPORT),
    ("open_wider", "open: none", "open: unconditional", CHANGES),
    # delivery
    ("pattern", "hjbd_*.csv", "hjbd_[0-9].csv", CHANGES),
    ("pattern", "hjbd_*.csv", "a/hjbd_*.csv", CHANGES),
    ("patterns_meet", "yb_*.xlsx", "hjbd_2019*", REPORT),
    ("misplaced_option", "mode: delta, crs", "mode: delta, title_rows: 1, crs", CHANGES),
    ("misplaced_option", "mode: delta, crs", "mode: delta, records: data, crs", CHANGES),
    ("misplaced_option", '      sheets: "*"', '      delimiter: ","\n      sheets: "*"', REPORT),
    ("misplaced_option", '      sheets: "*"', '      encoding: gbk\n      sheets: "*"', REPORT),
    ("misplaced_option", "source: je", "source: _sheet", CHANGES),
    ("misplaced_option", "source: je", "source: _geometry", CHANGES),
    ("shape_missing", "format: csv", "format: shp", CHANGES),
    ("records", "format: csv", "format: json", CHANGES),
    ("archive", "mode: delta, crs", "mode: delta, archive: zip, crs", CHANGES),
    ("pages_archive", "format: csv", "format: json, records: data, archive: zip, member: '*', pages: {number: a, count: b, total: c}", CHANGES),
    ("misplaced_option", "mode: delta, crs", "mode: delta, pages: {number: a, count: b, total: c}, crs", CHANGES),
    ("archive", "mode: delta, crs", "mode: delta, member: \"*.csv\", crs", CHANGES),
    ("pattern", "mode: delta, crs", "mode: delta, archive: zip, member: \"a/*.csv\", crs", CHANGES),
    ("exchange", "format: csv, encoding: gb18030", "format: postgres", CHANGES),
    ("exchange", "mode: delta, crs", f"mode: delta, {EXCHANGE}, crs", CHANGES),
    ("exchange_files", 'format: csv, encoding: gb18030, pattern: "hjbd_*.csv"', f'format: postgres, {EXCHANGE}, pattern: "hjbd.jsonl"', CHANGES),
    ("undeclared_source", "format: csv, encoding: gb18030", f"format: postgres, {EXCHANGE.replace('bdsj', 'gxsj')}", CHANGES),
    ("unknown_layout", "indicators_in_rows", "indicators_in_columns", REPORT),
    ("layout_source", "source: 数值", "source: 数额", REPORT),
    ("crs_missing", ", crs: EPSG:4490", "", CHANGES),
    ("crs_idle", "element: longitude", "element: number, sensitivity: L1", CHANGES),
    ("crs_element", "EPSG:4490", "EPSG:4544", CHANGES),
    # columns
    ("unknown_element", "element: household_change_code", "element: change_kind", f"{CHANGES} change_code"),
    ("unknown_rule", "label: 金额,", "label: 金额, rules: {nothing: quarantine},", f"{CHANGES} amount_cny"),
    ("sensitivity", "label: 指标, sensitivity: L1", "label: 指标", f"{REPORT} indicator_name"),
    ("reserved_name", "name: amount_cny", "name: record_id", f"{CHANGES} record_id"),
    ("never_ingested", "label: 变动类型", "label: 死因", f"{CHANGES} change_code"),
    ("never_ingested", "source: bdlx", "source: 照片", f"{CHANGES} change_code"),
    ("unit", "unit: 元", "unit: 公斤", f"{CHANGES} amount_cny"),
    ("unit", "label: 姓名,", "label: 姓名, unit: 元,", f"{CHANGES} name"),
    ("unit_missing", " unit: 元,", "", f"{CHANGES} amount_cny"),
    ("duplicate_name", "name: amount_cny", "name: name", f"{CHANGES} name"),
    ("duplicate_name", "name: death_date", "name: amount_cny", f"{CHANGES} amount_cny"),
    ("duplicate_key", "[resident_id, name, change_date]", "[resident_id, resident_id]", CHANGES),
    ("duplicate_source", "source: je", "source: xm", f"{CHANGES} amount_cny"),
    ("unknown_column", "[resident_id, name, change_date]", "[resident_id, naem]", CHANGES),
    ("unknown_column", "then change_date end", "then changed_on end", f"{CHANGES} death_date"),
    ("unknown_column", "values: {resident_id: resident_id", "values: {resident_id: id_number", CHANGES),
    ("unknown_column", "valid_from: change_date", "valid_from: since", CHANGES),
    ("sql", "then change_date end", "then (change_date end", f"{CHANGES} death_date"),
    ("sql_not_scalar", "then change_date end", "then max(change_date) end", f"{CHANGES} death_date"),
    ("sql_not_scalar", "then change_date end", "then (select today()) end", f"{CHANGES} death_date"),
    ("unknown_derivation", DEATH_DATE, "derivation: death_date_by_change", f"{CHANGES} death_date"),
    ("two_expressions", DEATH_DATE, f"{DEATH_DATE}\n        derivation: {SHARED}", f"{CHANGES} death_date"),
    ("unknown_code", "= 'died'", "= 'deceased'", f"{CHANGES} death_date"),
    ("unknown_code", "= 'died'", "in ('died', 'gone')", f"{CHANGES} death_date"),
    ("unknown_code", "derived:", f"derived:{SEX_DERIVED}", f"{CHANGES} sex_code"),
    ("key", "[resident_id, name, change_date]", "[]", CHANGES),
    # entities
    ("unknown_attribute", "values: {resident_id: resident_id, name: name}", "values: {naem: name}", CHANGES),
    ("attribute_element", "name: name}", "name: name, birth_date: changed_at}", CHANGES),
    ("valid_from", "valid_from: change_date", "valid_from: changed_at", CHANGES),
    ("authority", "{default: 1}", "{default: 1, phone: 2}", CHANGES),
    ("authority_default", "{default: 1}", "{resident_id: 1}", CHANGES),
    ("authority_default", "{default: 1}", "{default: 1, name: {王: 2}}", CHANGES),
    ("duplicate_role", f"  - id: {REPORT}", f"      {SAME_ROLE}\n  - id: {REPORT}", CHANGES),
]  # fmt: skip


def test_the_sound_catalogue_has_no_problem(catalog_with: CatalogWith) -> None:
    assert catalog_with() == []


@pytest.mark.parametrize(("rule", "old", "new", "place"), BREAKS)
def test_a_mistake_is_reported_once_with_place_and_fix(
    catalog_with: CatalogWith, rule: str, old: str, new: str, place: str
) -> None:
    problems = catalog_with(old, new)
    (problem,) = [problem for problem in problems if problem.rule == rule]
    assert problem.file == "public_security.yaml"
    assert problem.line is not None
    assert " ".join(part for part in (problem.resource, problem.field) if part) == place
    assert problem.what
    assert problem.fix
    assert problem.english
    assert not any("\n" in str(each) or "Input should" in str(each) for each in problems)


def test_a_shared_expression_reads_declared_fields(catalog_with: CatalogWith) -> None:
    problems = catalog_with(DEATH_DATE, f"derivation: {SHARED}")
    assert [(problem.rule, problem.field) for problem in problems] == [("unknown_column", "death_date")] * 2


def test_every_rule_has_a_broken_example() -> None:
    assert {rule for rule, *_ in BREAKS} | {"file_name"} == set(MESSAGES)


def test_a_file_is_named_after_its_unit(catalog_with: CatalogWith) -> None:
    assert [problem.rule for problem in catalog_with(file="police.yaml")] == ["file_name"]


def test_a_resource_of_two_files_is_a_duplicate(catalog_with: CatalogWith, tmp_path: Path) -> None:
    (tmp_path / "health.yaml").write_text(SOUND.replace("id: public_security,", "id: health,"), encoding="utf-8")
    problems = catalog_with()
    assert {(problem.rule, problem.file) for problem in problems if problem.rule == "duplicate_id"} == {
        ("duplicate_id", "public_security.yaml")
    }


def test_mistakes_of_one_resource_do_not_hide_those_of_another(catalog_with: CatalogWith, tmp_path: Path) -> None:
    text = SOUND.replace("cycle: daily", "cycle: hourly").replace("label: 指标, sensitivity: L1", "label: 指标")
    (tmp_path / "public_security.yaml").write_text(text, encoding="utf-8")
    assert [problem.rule for problem in check(tmp_path)] == ["choice", "sensitivity"]


def test_a_problem_reads_as_one_line_with_place_and_fix() -> None:
    problem = Problem(
        "octal",
        "health.yaml",
        7,
        "health__births",
        "sex_code",
        "010 会被当作八进制数",
        "给值加上引号",
        "put it in quotes",
    )
    assert str(problem) == (
        "health.yaml 第 7 行 health__births sex_code: 010 会被当作八进制数。给值加上引号。 / put it in quotes."
    )


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("a_*.csv", "a_b_*.csv", True),
        ("a_*.csv", "b_*.csv", False),
        ("ybcb_*.csv", "ybcbql_*.csv", False),
        ("a_*.csv", "a_*.json", False),
        ("a?c*", "*bcd", True),
        ("*", "x", True),
        ("a", "a", True),
        ("a", "ab", False),
    ],
)
def test_patterns_meet_when_one_file_name_fits_both(one: str, other: str, meet: bool) -> None:
    assert globs_meet(one, other) is meet
    assert globs_meet(other, one) is meet
