"""Identifiers of persons and organisations: check characters, reasons, and that nothing broken gets through."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from suining_data_tests.elements import numbers
from suining_data_tests.elements.judging import judge, masked

VECTORS = json.loads((Path(__file__).parent / "test_vectors.json").read_text(encoding="utf-8"))
FEW = settings(max_examples=25)


def values(con, element, texts):
    return [judged.value for judged in judge(con, element, texts)]


def reasons(con, element, text):
    return judge(con, element, [text])[0].broken


@pytest.mark.parametrize(
    ("element", "vectors"),
    [
        ("resident_id", "resident_id_valid"),
        ("resident_id", "hkmotw_residence_permit_valid_computed"),
        ("resident_id", "foreigner_pr_new_valid_official_samples"),
        ("uscc", "uscc_valid"),
        ("registration_number", "business_reg_15_valid"),
    ],
)
def test_published_numbers_are_accepted(con, element, vectors):
    assert [tuple(judged) for judged in judge(con, element, VECTORS[vectors])] == [(n, []) for n in VECTORS[vectors]]


def test_published_organization_codes_are_accepted_with_and_without_hyphen(con):
    for body, check in VECTORS["org_code_letters_use_A10_Z35"].items():
        assert values(con, "organization_code", [body + check, f"{body}-{check}"]) == [body + check] * 2


def test_published_invalid_usccs_are_refused(con):
    assert values(con, "uscc", VECTORS["uscc_invalid_checkchar"]) == [None, None]


def test_fifteen_digits_become_eighteen_and_are_marked(con):
    for old, new in VECTORS["resident_id_15_to_18"].items():
        assert tuple(judge(con, "resident_id", [old])[0]) == (new, ["upgraded"])


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("1.23E+17", ["spreadsheet"]),
        ("5.10903E+17", ["spreadsheet"]),
        ("510903198001010000", ["spreadsheet_zeros"]),
        ("51090319800101", ["length"]),
        ("5109**********1234", ["characters"]),
        ("51090319800101123Z", ["characters", "check_digit"]),
        ("990903198001011236", ["area", "check_digit"]),
        ("510903198002301231", ["birth_date", "check_digit"]),
        ("11010519491231002x", []),
        (" １１０１０５１９４９１２３１００２ｘ　", []),
        ("'11010519491231002X", []),
        ("110105 19491231 002X", []),
        ("不详", []),
        ("—", []),
    ],
)
def test_a_broken_resident_id_says_why(con, text, broken):
    assert reasons(con, "resident_id", text) == broken


def test_zeros_with_a_right_check_digit_only_warn(con):
    body = next(body for day in range(1, 29) if numbers.resident_check(body := f"510903199001{day:02d}100") == "0")
    assert tuple(judge(con, "resident_id", [body + "0"])[0]) == (body + "0", ["zeros"])


def test_a_birth_date_in_the_future_is_refused(con):
    body = "51090320990101123"
    assert reasons(con, "resident_id", body + numbers.resident_check(body)) == ["birth_date"]


def test_a_code_abolished_before_the_birth_is_accepted(con):
    """Numbers were issued later than births: 510903 exists since 2003, 512231 until 1981."""
    for body in ("51090319800101123", "51223119900101123"):
        number = body + numbers.resident_check(body)
        assert values(con, "resident_id", [number]) == [number]


@FEW
@given(st.lists(numbers.resident_ids, min_size=1, max_size=30))
def test_valid_resident_ids_are_accepted(con, ids):
    assert values(con, "resident_id", ids) == ids
    assert values(con, "resident_id", [f" {id.lower()}\t" for id in ids]) == ids
    assert all(ric.calc_check_digit(id) == id[17] for id in ids)


@FEW
@given(numbers.resident_ids)
def test_any_single_change_of_a_resident_id_is_refused(con, id):
    changed = numbers.single_changes(id[:17], "0123456789")
    assert set(values(con, "resident_id", [body + id[17] for body in changed])) == {None}


@FEW
@given(st.lists(numbers.old_resident_ids, min_size=1, max_size=30))
def test_an_upgraded_resident_id_has_the_right_check_digit(con, ids):
    upgraded = [id[:6] + "19" + id[6:] for id in ids]
    new = [body + numbers.resident_check(body) for body in upgraded]
    accepted = [judged for judged in judge(con, "resident_id", ids) if not judged.value]
    assert all("zeros" in judged.broken for judged in accepted)
    assert values(con, "resident_id", ids) == new


@FEW
@given(st.lists(numbers.usccs, min_size=1, max_size=30))
def test_valid_usccs_are_accepted(con, codes):
    assert values(con, "uscc", codes) == codes
    # stdnum takes only digits in the first eight places, the standard also N of rural collectives.
    assert all(stdnum_uscc.is_valid(code) for code in codes if code[:8].isdigit())


@FEW
@given(numbers.usccs)
def test_any_single_change_of_a_uscc_is_refused(con, code):
    assert set(values(con, "uscc", numbers.single_changes(code, numbers.USCC_ALPHABET))) == {None}


@FEW
@given(st.lists(numbers.organization_codes, min_size=1, max_size=30))
def test_valid_organization_codes_are_accepted(con, codes):
    assert values(con, "organization_code", codes) == codes
    wrong = [code[:8] + other for code in codes for other in "0123456789X" if other != code[8]]
    assert set(values(con, "organization_code", wrong)) == {None}


@FEW
@given(numbers.registration_numbers)
def test_any_single_change_of_a_registration_number_is_refused(con, number):
    assert values(con, "registration_number", [number]) == [number]
    assert set(values(con, "registration_number", numbers.single_changes(number, "0123456789"))) == {None}


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("110108000000016", ["length"]),
        ("9135O100M000100Y43", ["characters"]),
        ("91110000600037341N", ["check_character"]),
    ],
)
def test_a_broken_uscc_says_why(con, text, broken):
    assert [rule for rule in reasons(con, "uscc", text) if rule != "area"] == broken


def test_any_number_of_an_organization_is_kept_as_identifier(con):
    texts = ["91350100M000100Y43", "MA1K3BTP-2", "110108000000016", "510903ma1k3btp2", "有"]
    assert values(con, "organization_identifier", texts) == [
        "91350100M000100Y43",
        "MA1K3BTP2",
        "110108000000016",
        "510903MA1K3BTP2",
        None,
    ]


def test_real_estate_units_and_parcels(con):
    good = ["510903001001GB00001F00010001", "510903001001JA00001W00000000", "510903001001jc00001f00010001"]
    assert values(con, "real_estate_unit_code", good) == [code.upper() for code in good]
    assert reasons(con, "real_estate_unit_code", "510903001001GH00001F00010001") == ["shape"]  # marine
    assert reasons(con, "real_estate_unit_code", "510903001001GA00001F00010001") == ["shape"]  # A goes with J only
    assert reasons(con, "real_estate_unit_code", "510903001001GB00001F0001") == ["length"]
    assert values(con, "parcel_code", ["510903001001GB00001", "510903001001HB00001"]) == ["510903001001GB00001", None]


def test_masks_of_identifiers(con):
    assert masked(con, "resident_id", ["510900199001011234"]) == ["5109**********1234"]
    assert masked(con, "identity_number", ["E12345678", "H1"]) == ["E1*****78", "****"]
    assert masked(con, "account_number", ["6222000011112222333"]) == ["****2333"]
