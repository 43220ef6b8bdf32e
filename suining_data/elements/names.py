"""Names and free text: persons, organisations, places, remarks.

Here: the one form in which a name is written, and rules for damaged names. Not here: identifiers.

Organisation names have full-width brackets （） as on business licences. Nothing is removed from a name: the city at its
start and 有限公司 at its end are part of it. Two names in a cell (王、李, two lines, 王小明 李小红) are none.
"""

from suining_data.city import load_city
from suining_data.elements.cells import (
    LOST_DIGITS,
    NO_NAME,
    ONE_VALUE,
    ORDINARY_NUMBER,
    SOUND_NUMBER,
    code_text,
    identifier,
)
from suining_data.elements.expressions import (
    BLANK,
    BREAK,
    DAMAGED,
    GARBLED,
    HAN,
    NOTHING,
    SOUND_HAN,
    SOUND_PROSE,
    UNKNOWN,
    clean_of,
    half_width,
    null_if_nothing,
    one_of,
    plain_text,
    says_nothing,
    text_of_lines,
    trimmed,
)
from suining_data.elements.model import Cleaning, Element, Rule

V, X, T = "{v}", "{x}", "{t}"
# The most usual surnames, so that no word for "no name" and no 合计 matches
SOUND_PERSON = f"[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢唐冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔谭]{SOUND_HAN}{{1,2}}"
DOTS = "•．・‧∙⋅･"  # all are written for U+00B7 in names of minorities
NOTHING_NAMED = (*NOTHING, *UNKNOWN, "未取名", "未命名", "无名", "无字号")
COMPOUND_SURNAMES = """
    欧阳 上官 司马 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 东方 独孤 南宫 西门 端木 轩辕
    百里 呼延 申屠 太史 澹台 公冶 宗政 濮阳 淳于 单于 钟离 闾丘 鲜于 万俟 闻人 赫连 拓跋 公羊 东郭 第五
    梁丘 左丘 谷梁 段干
""".split()


def _person_name() -> Cleaning:
    """The templates `tidy` and `clean`: a name of Han characters only is kept; in others dots become ·, blanks between Han
    characters go.

    Line breaks stay, and the blank between two names of two characters or more, unless the first is a surname of two.
    """
    dotted = f"regexp_replace(trim(regexp_replace({T}, '{BLANK}+', ' ', 'g')), ' ?[{DOTS}·] ?', '·', 'g')"
    chinese = f"regexp_replace(replace({dotted}, ' ', ''), '({HAN})[.。．]', '\\1·', 'g')"
    surnames = "|".join(COMPOUND_SURNAMES)
    two = (
        f"regexp_matches({T}, '^{HAN}{{2,}}{BLANK}+{HAN}{{2,}}') and not regexp_matches({T}, '^(?:{surnames}){BLANK}')"
    )
    is_kept = f"regexp_matches({T}, '{BREAK}') or {two}"
    one = f"case when {is_kept} then {T} when regexp_matches({T}, '{HAN}') then {chinese} else {dotted} end"
    return _name("[一-鿿]+", trimmed(half_width(X), "、,，;；/|"), one)


def _name(fits: str, tidy: str, one: str) -> Cleaning:
    nothing = says_nothing(X, NOTHING_NAMED)
    return {
        "tidy": f"case when {nothing} then '' when regexp_full_match({X}, '{fits}') then null else {tidy} end",
        "clean": clean_of(null_if_nothing(one, NOTHING_NAMED)),
    }


def _organization_name() -> Cleaning:
    """The templates `tidy` and `clean`: full-width brackets, no blanks next to Han characters, single ones elsewhere."""
    # of two lines the second is the rest of the name if it begins with the legal form
    whole = f"regexp_replace({T}, '{BLANK}*{BREAK}{BLANK}*((?:股份)?有限(?:责任)?公司)', '\\1', 'g')"
    text = (
        f"case when regexp_matches({whole}, '{BREAK}') then {T} else regexp_replace({whole}, '{BLANK}+', ' ', 'g') end"
    )
    closed = f"regexp_replace(regexp_replace({text}, '({HAN}|[()（）]) ', '\\1', 'g'), ' ({HAN}|[()（）])', '\\1', 'g')"
    brackets = f"translate({closed}, '()[]〔〕﹙﹚', '（）（）（）（）')"
    return _name("[一-鿿（）]+", trimmed(half_width(X)), brackets)


def _masked_name() -> str:
    """SQL: 张*, 欧阳*, 王*明; names with dots keep the first part, Latin names the first word."""
    surname = f"case when {one_of(f'substr({V}, 1, 2)', COMPOUND_SURNAMES)} and length({V}) > 2 then 2 else 1 end"
    rest = f"length({V}) - ({surname})"
    return (
        f"case when contains({V}, '·') then split_part({V}, '·', 1) || '·*' "
        f"when contains({V}, ' ') then split_part({V}, ' ', 1) || ' *' "
        f"when {rest} <= 1 then substr({V}, 1, {surname}) || '*' "
        f"else substr({V}, 1, {surname}) || repeat('*', {rest} - 1) || right({V}, 1) end"
    )


def _damaged(what: str) -> Rule:
    reason = f"{what}含有损坏的字符（?、□、�、锟斤拷或造字区字符），请核对原始登记"
    return Rule("damaged", reason, f"not regexp_matches({V}, '{DAMAGED}|{GARBLED}')", dimension="准确性")


def _several(separated: str) -> Rule:
    return Rule("several_values", ONE_VALUE, f"not regexp_matches({V}, '{separated}')")


# "Smith, John" and "SMITH/JOHN" are one name
SEVERAL_PERSONS = _several(f"{BREAK}|[、;；|]|{HAN}(?:[,，/／&＆+]|{BLANK})")
ORGANIZATION_ENDS = "公司|合作社|厂|店|铺|行|局|院|校|所|社|部|中心|委员会"
SEVERAL_ORGANIZATIONS = _several(f"{BREAK}|[;；|]|(?:{ORGANIZATION_ENDS})[、,，/].*(?:{ORGANIZATION_ENDS})$")
SEVERAL_PLACES = _several(f"{BREAK}|[;；|]")
GARBLED_TEXT = Rule(
    "garbled",
    "含有乱码（锟斤拷、烫烫烫、�），请核对原始登记",
    f"not regexp_matches({V}, '{GARBLED}')",
    dimension="准确性",
)


PERSON_NAME = Element(
    id="person_name",
    label="姓名",
    english="Name of a person",
    form="不超过50个字符，不脱敏",
    example="张某某",
    standard="GB 18030-2022",
    sensitivity="L3",
    is_personal=True,
    **_person_name(),
    text_rules=(SEVERAL_PERSONS, NO_NAME),
    rules=(
        _damaged("姓名"),
        Rule("masked", "姓名已脱敏（含*），不能使用", f"not contains({V}, '*') and not contains({V}, '＊')"),
        Rule("length", "姓名超过50个字符", f"length({V}) <= 50"),
    ),
    mask=_masked_name(),
    sound=SOUND_PERSON,
)

ORGANIZATION_NAME = Element(
    id="organization_name",
    label="单位名称",
    english="Name of an organisation",
    form="2至200个字符，与证照一致",
    example=f"{load_city().name}某某有限公司",
    sensitivity="L1",
    **_organization_name(),
    text_rules=(SEVERAL_ORGANIZATIONS, NO_NAME),
    rules=(
        _damaged("单位名称"),
        Rule("length", "单位名称少于2个或超过200个字符", f"length({V}) between 2 and 200"),
    ),
    sound=f"{SOUND_HAN}{{2,30}}(?:{ORGANIZATION_ENDS}|馆|站|会|队)",
)

PLACE_NAME = Element(
    id="place_name",
    label="地名",
    english="Name of a place",
    form="不超过100个字符",
    example="某某村",
    sensitivity="L1",
    **text_of_lines((*NOTHING, *UNKNOWN)),
    text_rules=(SEVERAL_PLACES, NO_NAME),
    rules=(_damaged("地名"), Rule("length", "地名超过100个字符", f"length({V}) <= 100")),
    sound=f"{SOUND_HAN}{{1,8}}[村镇乡县区市路街社组站]",
)

TEXT = Element(
    id="text",
    label="文本",
    english="Free text",
    form="不超过4000个字符",
    clean=plain_text(),
    rules=(GARBLED_TEXT, Rule("length", "超过4000个字符", f"length({V}) <= 4000")),
    sound=f"{SOUND_HAN}{{2,20}}|{SOUND_PROSE}",
)

IDENTIFIER = identifier(
    id="identifier",
    label="部门内部编号",
    english="Identifier local to a department",
    form="不超过100个字符，按文本填写",
    example="A0001",
    **code_text(ORDINARY_NUMBER),
    rules=(LOST_DIGITS, Rule("length", "超过100个字符", f"length({V}) <= 100")),
    sound=SOUND_NUMBER,
)

ELEMENTS_OF_NAMES: tuple[Element, ...] = (PERSON_NAME, ORGANIZATION_NAME, PLACE_NAME, TEXT, IDENTIFIER)
