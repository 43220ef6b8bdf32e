"""A delivery that is broken says so, disturbs nothing else, and what was published stays whole."""

from suining_data.orchestration.refresh import Outcome
from suining_data_tests.end_to_end import published
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.nights import (
    CHANGES,
    COLLAPSED,
    CORRECTED,
    DAMAGED_LINES,
    HOSTILE,
    NO_WORKBOOK,
    OTHER_ENCODING,
    RENAMED,
    TAXPAYERS,
)


def refusal(city: City, file: str) -> tuple[str, str, str]:
    """Resource and both sentences of the one refusal of a file."""
    [(resource, zh, en)] = city.warehouse(
        f"select resource_id, refusal_zh, refusal_en from governance.batch where file_name = '{file}' and status = 'refused'"
    )
    return str(resource), str(zh), str(en)


def statuses(city: City, file: str) -> list[object]:
    found = city.query(f"select status from governance.batch where file_name = '{file}' order by all")
    return [status for (status,) in found]


def raw_rows_of_batches(city: City) -> list[tuple[object, ...]]:
    return city.query(f"select batch_id, raw from governance.row_account where resource_id = '{CHANGES}' order by 1")


def test_a_renamed_column_is_named_with_what_to_do(broken_city: City) -> None:
    resource, zh, en = refusal(broken_city, RENAMED)
    assert resource == CHANGES
    for part in (RENAMED, "gmsfhm", "公民身份号码", "sfzhm", "public_security.yaml"):
        assert part in zh
    assert "gmsfhm" in en
    assert broken_city.warehouse(
        "select has_passed, is_blocking from governance.check_result "
        f"where table_name = 'raw.{CHANGES}' and check_name = 'batches_accepted'"
    ) == [(False, False)]


def test_a_file_in_another_encoding_is_refused_with_the_one_it_looks_like(broken_city: City) -> None:
    _, zh, _ = refusal(broken_city, OTHER_ENCODING)
    assert "UTF-8" in zh


def test_a_register_that_collapses_is_refused(broken_city: City) -> None:
    resource, zh, _ = refusal(broken_city, COLLAPSED)
    assert resource == TAXPAYERS
    assert "少" in zh
    assert f"--accept {id_of(broken_city, COLLAPSED)}" in zh


def test_a_page_that_is_not_a_workbook_is_refused(broken_city: City) -> None:
    resource, _, _ = refusal(broken_city, NO_WORKBOOK)
    assert resource == "civil_affairs__marriages"


def test_what_was_published_before_a_night_of_broken_files_is_published_after_it(
    broken_city: City, delivered_city: City
) -> None:
    """All of the bases and libraries, whatever was wrong with the files; a known file under another name changes nothing."""
    assert broken_city.outcome is Outcome.REFUSALS
    before, after = (published.contents(city.settings.published) for city in (delivered_city, broken_city))
    assert after.keys() == before.keys()
    changed = {table for table, content in after.items() if content != before[table]}
    assert {table for table in changed if not table.startswith("governance.")} == set()
    assert published.is_whole(broken_city.settings.published)
    assert published.balances(broken_city.settings.published)


def test_a_file_delivered_twice_is_one_batch(broken_city: City, delivered_city: City) -> None:
    assert raw_rows_of_batches(broken_city) == raw_rows_of_batches(delivered_city) != []


def test_the_refused_files_stay_refused_while_they_lie_there(changed_city: City) -> None:
    assert changed_city.outcome is Outcome.REFUSALS
    for file in (RENAMED, OTHER_ENCODING, HOSTILE, COLLAPSED, NO_WORKBOOK):
        assert statuses(changed_city, file) == ["refused"], file


def test_damaged_lines_are_put_aside_one_by_one_with_their_line_numbers(changed_city: City) -> None:
    rejected = changed_city.query(
        f"select line_number, rule from governance.quarantine where resource_id = '{CHANGES}' and scope = 'line' "
        f"and file_name = '{DAMAGED_LINES}' order by line_number"
    )
    assert [line for line, _ in rejected] == [27, 28, 29, 30]
    assert len({rule for _, rule in rejected}) == 4
    assert published.balances(changed_city.settings.published)


def test_a_corrected_file_replaces_its_predecessor(changed_city: City) -> None:
    assert statuses(changed_city, CORRECTED) == ["in_force", "replaced"]


def test_a_register_that_collapses_is_taken_in_when_somebody_accepts_it(corrected_city: City) -> None:
    assert corrected_city.outcome is Outcome.DONE
    assert statuses(corrected_city, COLLAPSED) == ["in_force"]
    assert corrected_city.warehouse(f"select distinct batch_id from staged.{TAXPAYERS}") == [
        (id_of(corrected_city, COLLAPSED),)
    ]
    assert published.balances(corrected_city.settings.published)


def id_of(city: City, file: str) -> object:
    [(batch_id,)] = city.warehouse(f"select batch_id from governance.batch where file_name = '{file}'")
    return batch_id
