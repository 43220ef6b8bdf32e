"""How often each kind of error occurs: all error rates of the synthetic deliveries.

Here: the rates, each with a description of its error (DOMAIN.md sections 3 to 5).
Not here: how an error is made (corruption.py for values, damage.py for lines, the views for stale or contradictory facts).

A rate is the share of values (or rows, or lines) with the error. The rates are estimates for the deliveries of a county-level
city; none is measured. There are two profiles: USUAL, and WILD for a city whose departments err at least three times as often
and in more ways.
"""

from dataclasses import dataclass, replace


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
    id_of_father: float = 0.0  # of the numbers of minors: the father's number in the child's row
    id_former: float = 0.0  # of those whose number was reissued: the number before
    id_typo_passing_check: float = 0.0  # a wrong digit, and a check digit that fits it

    # Values of names
    name_look_alike: float = 0.002  # homophone or look-alike character: 静 / 靖, 晓 / 小
    name_unreadable: float = 0.0012  # a character became ?, □, U+FFFD or a private-use one
    name_inner_blank: float = 0.002  # 王 伟
    name_dot_variant: float = 0.5  # of the dotted names: • ． ・ ‧ . instead of ·
    name_missing: float = 0.0003
    name_variant: float = 0.0  # traditional or variant characters: 陈 / 陳, 叶 / 葉
    name_reordered: float = 0.0  # 吴春长 / 吴长春, 春长吴
    name_first_character: float = 0.0  # the first character sounds or looks like another: 王 / 汪
    name_contained: float = 0.0  # a character dropped or added: 周丽群 / 周丽
    name_noted: float = 0.0  # 郑有才（户主）
    name_cut_at_dot: float = 0.0  # of the dotted names: the part before the dot
    name_without_dot: float = 0.0  # of the dotted names: the dot left out
    name_nickname: float = 0.0  # 小 or 阿 and the last character

    # Values of dates, sexes, phones, codes, money
    date_placeholder: float = 0.002  # 1900-01-01, 9999-12-31
    date_impossible: float = 0.0008  # 2019-02-30
    date_other_style: float = 0.004  # 2019.8.14 in a column of 20190814
    birth_lunar: float = 0.0  # the day of the lunar calendar, about 30 days before
    birth_first_of_january: float = 0.0  # of an unknown day only the year
    birth_year_off: float = 0.0  # a year too early or too late
    birth_day_month_swapped: float = 0.0  # of the dates for which that gives a date
    sex_contradicts_id: float = 0.0006
    phone_malformed: float = 0.004  # ten digits, or a note instead of a number
    phone_decorated: float = 0.01  # +86-, blanks, hyphens
    phone_of_clerk: float = 0.0  # the number of the village's clerk, which many people give
    code_unknown: float = 0.0006  # a code that no table has
    label_instead_of_code: float = 0.01  # 男 in a column of codes
    money_unit_mix: float = 0.0006  # 元 in a column of 万元
    optional_missing: float = 0.01  # any value that the catalogue does not require
    text_blanks: float = 0.004  # blanks around a text

    # Values of organisations
    uscc_wrong_check: float = 0.0015
    uscc_missing: float = 0.01
    uscc_of_other: float = 0.0  # the code of another organisation
    uscc_of_parent: float = 0.0  # of the branches: the code of the parent
    uscc_typo_passing_check: float = 0.0  # a wrong digit, and check characters that fit it
    old_number_instead_of_uscc: float = 0.006  # registration number in the column of the unified code
    organization_brackets: float = 0.25  # of the bracketed names: () instead of （）
    organization_short_name: float = 0.015  # without 遂宁市 or 有限公司
    sole_trader_without_uscc: float = 0.12  # of the sole traders of before 2015: only the old number
    old_tax_number: float = (
        0.05  # of the taxpayers of before 2015: area and organisation code instead of the unified code
    )
    organization_former_name: float = 0.25  # of the renamed ones: still the old name
    organization_look_alike: float = 0.0  # homophone or look-alike character in the brand: 鑫 / 新

    # Values of places
    address_stale_place: float = 0.02  # of the places whose town or village was merged: the old name
    address_short: float = 0.05  # without 四川省遂宁市
    address_without_county: float = 0.0  # 遂宁市永兴镇..., and further down without 镇 or 街道
    address_sub_group: float = 0.0  # 3社 instead of 3组
    address_chinese_digits: float = 0.0  # 三组一二号
    address_former_county: float = 0.0  # 市中区, of which 船山区 and 安居区 were made in 2003
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
    closed_yet_insuring: float = 0.05  # of those whose former employer has closed: still insured there
    dead_yet_paid: float = 0.15  # of the pensioners who died within the last year: paid after the month of death
    dead_yet_registered: float = 0.08  # of those who died since 2018: still in the register of residents
    dead_yet_insured: float = 0.1  # of the deceased: their insurance still runs
    death_date_differs: float = 0.05  # of the deceased: another day than in the certificate
    death_date_missing: float = 0.1  # of those struck off for death: without a date of death
    double_registration: float = 0.0008  # of the residents: registered at two places
    married_twice: float = 0.0004  # of the marriages: one spouse is married already
    overlapping_insurance: float = 0.006  # of those who changed their employer: insured at both at once
    shared_number: float = 0.00004  # of the people: truly carry the number of another person
    number_reissued: float = 0.0  # of the people: had another number before
    same_name_as_father: float = 0.0008  # of the sons
    same_name_and_birth: float = 0.0006  # of the people: same name, sex and birth date as somebody else
    deregistered_with_licence: float = 0.2  # of the licences of deregistered holders: still valid
    repeated_row: float = 0.0008  # the same record twice in one file
    sole_trader_without_name: float = 0.12
    registered_to_another: float = 0.004  # of the dwellings: the contract names another buyer than the registered owner
    sold_twice: float = 0.003  # of the dwellings: sold to somebody else before
    sold_while_mortgaged: float = 0.02  # of the dwellings that were sold on: the seller's mortgage goes on
    contract_area_differs: float = 0.005  # of the dwellings: a larger area in the contract
    contract_address_differs: float = 0.003  # of the dwellings: another room in the contract
    copy_holder_differs: float = 0.002  # of the dwellings: another owner in the province's copy of the register
    copy_area_differs: float = 0.004  # of the dwellings: another area in the province's copy
    copy_status_differs: float = (
        0.004  # of the dwellings: current instead of historic in the province's copy, or the reverse
    )
    branch_other_ending: float = 0.0  # of the branches: 营业部, 加油站, 办事处 ... instead of 分公司

    # Lines of text files
    line_bad_bytes: float = 0.00003
    line_stray_quote: float = 0.00003
    line_short: float = 0.00005
    line_nul: float = 0.00001
    line_blank: float = 0.00003
    line_break_in_quotes: float = 0.0002  # of the records with a long text: a legitimate line break inside quotes


USUAL = ErrorRates()
WILD = replace(
    USUAL,
    id_full_width=0.006,
    id_blanks=0.012,
    id_spreadsheet=0.0036,
    id_wrong_check=0.0045,
    id_transposed=0.0036,
    id_missing=0.009,
    id_fifteen=0.03,
    id_of_someone_else=0.0006,
    id_of_father=0.003,
    id_former=0.3,
    id_typo_passing_check=0.001,
    name_look_alike=0.006,
    name_unreadable=0.0036,
    name_inner_blank=0.006,
    name_missing=0.0009,
    name_variant=0.01,
    name_reordered=0.001,
    name_first_character=0.002,
    name_contained=0.003,
    name_noted=0.005,
    name_cut_at_dot=0.1,
    name_without_dot=0.1,
    name_nickname=0.0005,
    date_placeholder=0.006,
    date_impossible=0.0024,
    birth_lunar=0.006,
    birth_first_of_january=0.006,
    birth_year_off=0.006,
    birth_day_month_swapped=0.006,
    sex_contradicts_id=0.002,
    phone_malformed=0.012,
    phone_decorated=0.03,
    phone_of_clerk=0.04,
    code_unknown=0.002,
    optional_missing=0.03,
    uscc_wrong_check=0.0045,
    uscc_missing=0.03,
    uscc_of_other=0.002,
    uscc_of_parent=0.05,
    uscc_typo_passing_check=0.001,
    old_number_instead_of_uscc=0.02,
    organization_short_name=0.05,
    organization_former_name=0.5,
    organization_look_alike=0.01,
    old_tax_number=0.15,
    address_stale_place=0.2,
    address_short=0.15,
    address_without_county=0.03,
    address_sub_group=0.1,
    address_chinese_digits=0.03,
    address_former_county=0.02,
    division_old_code=0.15,
    stale_name=0.75,
    stale_address=0.6,
    stale_phone=0.6,
    stale_marital_status=0.6,
    stale_employer=0.5,
    closed_yet_insuring=0.15,
    dead_yet_registered=0.2,
    dead_yet_insured=0.3,
    death_date_differs=0.15,
    death_date_missing=0.25,
    double_registration=0.0024,
    shared_number=0.00012,
    number_reissued=0.004,
    same_name_as_father=0.0024,
    same_name_and_birth=0.0018,
    repeated_row=0.0024,
    registered_to_another=0.012,
    sold_twice=0.009,
    sold_while_mortgaged=0.06,
    contract_area_differs=0.015,
    contract_address_differs=0.009,
    copy_holder_differs=0.006,
    copy_area_differs=0.012,
    copy_status_differs=0.012,
    branch_other_ending=0.6,
)
PROFILES = {"usual": USUAL, "wild": WILD}


def profile_of(rates: ErrorRates) -> str:
    """Name of the profile with these rates; "own" for rates of no profile."""
    return next((name for name, profile in PROFILES.items() if profile == rates), "own")
