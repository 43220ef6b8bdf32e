"""How often each kind of error occurs: all error rates of the synthetic deliveries.

Here: the rates, each with a description of its error (DOMAIN.md sections 3 to 5).
Not here: how an error is made (corruption.py for values, damage.py for lines, the views for stale or contradictory facts).

A rate is the share of values (or rows, or lines) with the error. The rates are estimates for the deliveries of a county-level
city; none is measured.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorRates:
    """Shares between 0 and 1. Change one with `dataclasses.replace`."""

    # Values of identity numbers
    id_lower_x: float = 0.20  # of the numbers ending in X: delivered with a small x
    id_full_width: float = 0.002  # ５１０９...
    id_blanks: float = 0.004  # leading, trailing or inner blanks
    id_spreadsheet: float = 0.0012  # 5.10903E+17, or the last three digits 000
    id_wrong_check: float = 0.0015  # one digit mistyped
    id_transposed: float = 0.0012  # two neighbouring digits swapped
    id_missing: float = 0.003  # empty
    id_fifteen: float = 0.015  # the old 15-digit number, where the bearer ever had one
    id_of_someone_else: float = 0.0002  # the number of another person

    # Values of names
    name_look_alike: float = 0.002  # homophone or look-alike character: 静 / 靖, 晓 / 小
    name_unreadable: float = 0.0012  # a character became ?, □, U+FFFD or a private-use one
    name_inner_blank: float = 0.002  # 王 伟
    name_dot_variant: float = 0.5  # of the dotted names: • ． ・ ‧ . instead of ·
    name_missing: float = 0.0003

    # Values of dates, sexes, phones, codes, money
    date_placeholder: float = 0.002  # 1900-01-01, 9999-12-31
    date_impossible: float = 0.0008  # 2019-02-30
    date_other_style: float = 0.004  # 2019.8.14 in a column of 20190814
    sex_contradicts_id: float = 0.0006
    phone_malformed: float = 0.004  # ten digits, or a note instead of a number
    phone_decorated: float = 0.01  # +86-, blanks, hyphens
    code_unknown: float = 0.0006  # a code that no table has
    label_instead_of_code: float = 0.01  # 男 in a column of codes
    money_unit_mix: float = 0.0006  # 元 in a column of 万元
    optional_missing: float = 0.01  # any value that the catalogue does not require
    text_blanks: float = 0.004  # blanks around a text

    # Values of organisations
    uscc_wrong_check: float = 0.0015
    uscc_missing: float = 0.01
    old_number_instead_of_uscc: float = 0.006  # registration number in the column of the unified code
    organization_brackets: float = 0.25  # of the bracketed names: () instead of （）
    organization_short_name: float = 0.015  # without 遂宁市 or 有限公司
    sole_trader_without_uscc: float = 0.12  # of the sole traders of before 2015: only the old number
    old_tax_number: float = (
        0.05  # of the taxpayers of before 2015: area and organisation code instead of the unified code
    )
    organization_former_name: float = 0.25  # of the renamed ones: still the old name

    # Values of places
    address_stale_place: float = 0.02  # of the places whose town or village was merged: the old name
    address_short: float = 0.05  # without 四川省遂宁市
    division_old_code: float = 0.05  # of the places in 射洪: 510922 instead of 510981
    coordinate_swapped: float = 0.002
    coordinate_zero: float = 0.003
    shape_crossed: float = 0.003  # two corners of a polygon swapped: its outline crosses itself
    shape_without_zone: float = 0.003  # eastings of EPSG:4523 without the zone 35
    real_estate_unit_short: float = 0.002  # a digit lost

    # Facts that contradict each other or are out of date
    stale_name: float = 0.5  # of those who changed their name: the former name
    stale_address: float = 0.3  # of those who moved: the former address
    stale_phone: float = 0.25  # of those who changed their number: the former number
    stale_marital_status: float = 0.35  # of those who married or divorced since 2010: the status before
    stale_employer: float = 0.25  # of those who changed their employer: the former one
    dead_yet_paid: float = 0.15  # of the pensioners who died within the last year: paid after the month of death
    dead_yet_registered: float = 0.08  # of those who died since 2018: still in the register of residents
    dead_yet_insured: float = 0.1  # of the deceased: their insurance still runs
    death_date_differs: float = 0.05  # of the deceased: another day than in the certificate
    death_date_missing: float = 0.1  # of those struck off for death: without a date of death
    double_registration: float = 0.0008  # of the residents: registered at two places
    married_twice: float = 0.0004  # of the marriages: one spouse is married already
    overlapping_insurance: float = 0.006  # of those who changed their employer: insured at both at once
    shared_number: float = 0.00004  # of the people: truly carry the number of another person
    same_name_as_father: float = 0.0008  # of the sons
    same_name_and_birth: float = 0.0006  # of the people: same name, sex and birth date as somebody else
    deregistered_with_licence: float = 0.2  # of the licences of deregistered holders: still valid
    repeated_row: float = 0.0008  # the same record twice in one file
    sole_trader_without_name: float = 0.12

    # Lines of text files
    line_bad_bytes: float = 0.00003
    line_stray_quote: float = 0.00003
    line_short: float = 0.00005
    line_nul: float = 0.00001
    line_blank: float = 0.00003
    line_break_in_quotes: float = 0.0002  # of the records with a long text: a legitimate line break inside quotes


RATES = ErrorRates()
