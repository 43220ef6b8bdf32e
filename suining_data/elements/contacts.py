"""Numbers of things that belong to a person: phone, bank account, vehicle plate.

Here: their shape and masks. Not here: identity numbers (identity.py).
"""

from suining_data.city import load_city
from suining_data.elements.cells import LOST_DIGITS, code_text, identifier, unless_damaged
from suining_data.elements.expressions import (
    BLANK,
    NOTHING,
    UNKNOWN,
    ascii_forms,
    null_if_nothing,
    says_nothing,
    trimmed,
)
from suining_data.elements.model import Element, Identifies, Rule, Then

V, X = "{v}", "{x}"
NOTHING_CODED = (*NOTHING, *UNKNOWN)
MOBILE = "1[3-9][0-9]{9}"
LANDLINE = "0[0-9]{2,3}-[0-9]{7,8}(?:-[0-9]{1,6})?"
# Area codes of Beijing and other very large cities have three digits (010, 02x), all others four.
AREA_CODE = "(?:010|02[0-9]|0[3-9][0-9]{2})"
LOCAL = "[2-8][0-9]{6,7}|[48]00[0-9]{7}|9[56][0-9]{3,6}|1[012][0-9]{1,3}"
SEPARATOR = "[,;、/|，；]"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def _phone() -> str:
    """Template: mobile numbers as 11 digits, land lines as 0810-2223333; of several numbers the first."""
    first = f"regexp_replace({ascii_forms(X)}, '^({BLANK}*[^,;、/|]*[0-9][^,;、/|]*)[,;、/|].*$', '\\1')"
    # a line break stays: two numbers on two lines are no number
    digits = f"regexp_replace({trimmed(first)}, '(?: |[\\x{{A0}}\\x{{2000}}-\\x{{200A}}\\x{{202F}}\\x{{3000}}])+|^''', '', 'g')"
    bare = f"regexp_replace({digits}, '^(?:\\+?86|0086)-?(1[3-9])', '\\1')"
    mobile = f"regexp_replace({bare}, '^(1[3-9][0-9])-([0-9]{{4}})-([0-9]{{4}})$', '\\1\\2\\3')"
    land = f"regexp_replace({mobile}, '^\\(?({AREA_CODE})\\)?-?([0-9]{{7,8}})', '\\1-\\2')"
    return (
        f"case when regexp_full_match({X}, '{MOBILE}|{AREA_CODE}-[0-9]{{7,8}}') then {X} "
        f"when {says_nothing(X, NOTHING_CODED)} then null else {null_if_nothing(land, NOTHING_CODED)} end"
    )


PHONE = Element(
    id="phone",
    label="联系电话",
    english="Phone number",
    form="11位手机号码，或带区号的固定电话",
    example="13800138000",
    sensitivity="L3",
    is_personal=True,
    clean=_phone(),
    rules=(
        Rule(
            "placeholder",
            "占位号码（如11111111111、13000000000），按空值处理",
            f"not (right({V}, 7) = repeat(right({V}, 1), 7) and length({V}) >= 7)",
            Then.DISCARD,
            "准确性",
        ),
        Rule(
            "shape",
            "不是有效的手机号码或固定电话号码",
            f"regexp_full_match({V}, '{MOBILE}|{LANDLINE}|{LOCAL}') or right({V}, 7) = repeat(right({V}, 1), 7)",
        ),
    ),
    identifies=Identifies.PHONE,
    mask=(
        f"case when regexp_full_match({V}, '{MOBILE}') then substr({V}, 1, 3) || '****' || right({V}, 4) "
        f"else substr({V}, 1, greatest(length({V}) - 4, 0)) || '****' end"
    ),
    sound=MOBILE,
)

ACCOUNT_NUMBER = identifier(
    id="account_number",
    label="银行账号",
    english="Bank account number",
    form="8至32位数字，按文本填写",
    example="6200000000000000001",
    sensitivity="L4",
    is_personal=True,
    **code_text("regexp_full_match({x}, '[0-9]{12,19}')", NOTHING_CODED, drop="-"),
    rules=(
        LOST_DIGITS,
        Rule("shape", "不是8至32位数字的账号", unless_damaged(f"regexp_full_match({V}, '[0-9]{{8,32}}')")),
    ),
    mask=f"'****' || right({V}, 4)",
    sound="[0-9]{12,18}[1-9]",
)

PLATE_NUMBER = identifier(
    id="plate_number",
    label="机动车号牌号码",
    english="Vehicle registration plate",
    form="省份简称、发牌机关字母和5或6位序号",
    example=f"{load_city().plate_prefix}00000",
    standard="GA 36-2018",
    sensitivity="L3",
    is_personal=True,
    **code_text(f"regexp_full_match({{x}}, '[{PROVINCES}][A-Z][0-9A-Z]{{5,6}}')", NOTHING_CODED, drop="·•.-"),
    rules=(
        Rule(
            "shape",
            "不是有效的机动车号牌号码",
            unless_damaged(
                f"regexp_full_match({V}, '[{PROVINCES}][A-Z][0-9A-HJ-NP-Z]{{4,5}}[0-9A-HJ-NP-Z挂学警港澳]')"
            ),
        ),
    ),
    mask=f"substr({V}, 1, 2) || '***' || right({V}, 2)",
    sound=f"[{PROVINCES}][A-Z][0-9A-HJ-NP-Z]{{5,6}}",
)

ELEMENTS_OF_CONTACTS: tuple[Element, ...] = (PHONE, ACCOUNT_NUMBER, PLATE_NUMBER)
