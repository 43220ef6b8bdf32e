"""The normal text of an address: its parts in one way of writing, its names as they are.

Here: SQL of the text without province and city, and of the normal text, which is compared (address_forms.py) and taken
apart (dbt_like_sql/macros/address.sql). Not here: which division a name means, the text that is shown (dbt_like_sql/).

In the normal text letters and digits are ASCII; there are no blanks, marks and remarks; numerals before a counted part are
digits: 第十二社, 12村民小组 and 村12队 are 12组, 三幢, 叁座, 3号楼 and 3# are 3栋, 3栋2门 is 3栋2单元, 5号附2号 and 5之2 are
5-2号, 门牌号05 is 5, 7组3 is 7组3号; a room has no 号, 室, 户 or 房; 村委会 is 村, 居委会 is 社区, 街办 is 街道; a county
has its kind. Most texts need few of the steps, so each is behind a look whether a text needs it.
"""

from collections.abc import Callable
from functools import partial

from suining_data.city import City, load_city
from suining_data.linkage.town_names import longest_first, towns
from suining_data.sql import literal

NUMERALS = "〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖"
DIGITS = "000123456789123456789"
TENS = "十百拾佰"
STREET = "路|街|巷|弄|段|大道"
_COUNTED = "(?:生产队|队|村民小组|居民小组|村民组|居民组|小组|组|社(?:[^区]|$)|号|单元|栋|幢|座|楼|层|室|户|附|之)"
TRADITIONAL = "號棟單樓層組區縣鎮鄉門戶寧"
_MARKS = "\\s　,，.。、;；:：/·|"
_FORMS = {
    **{chr(ord(c) + 0xFEE0): c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#-()[]"},
    **{c: c.upper() for c in "abcdefghijklmnopqrstuvwxyz"},
    **{chr(ord(c) + 0xFEE0): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"},
    **dict.fromkeys("—–‐−~～", "-"),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    **dict(zip(TRADITIONAL, "号栋单楼层组区县镇乡门户宁", strict=True)),
}

Steps = tuple[tuple[str, str], ...]

_NOT_NEAT = r"[^\p{Han}0-9A-Z#-]"
_HAS_MARK = rf"{_NOT_NEAT}|[{TRADITIONAL}]|[^0-9A-Z号]-|-[^0-9A-Z附]"
# what ends the name of a place, or a part of one: not a remark, though in brackets
_PLACE = "园苑城府庭厦场寓邨村港湾郡都里区栋幢座楼期号室户院段侧面组社"
_NEAT: Steps = (
    # a remark: what a place was, or the last words, if they have no number and name no place
    (r"[(\[][原现旧曾][^()\[\]]*[)\]]", ""),
    (rf"[(\[][^()\[\]0-9A-Z{NUMERALS}{TENS}]*[^()\[\]0-9A-Z{NUMERALS}{TENS}{_PLACE}#][)\]][{_MARKS}]*$", ""),
    # a mark between two numbers keeps them apart
    (rf"({STREET})([0-9]+)[{_MARKS}]+([0-9A-Z])", r"\1\2号\3"),
    (rf"([0-9A-Z])[{_MARKS}]+([0-9A-Z])", r"\1-\2"),
    (rf"{_NOT_NEAT}+", ""),
    ("([^0-9A-Z号])-+", r"\1"),
    ("-+([^0-9A-Z附]|$)", r"\1"),
)
_TENS: Steps = (
    ("([1-9])百([1-9])十([1-9])", r"\1\2\3"),
    ("([1-9])百([1-9])十", r"\1\20"),
    ("([1-9])百0([1-9])", r"\10\2"),
    ("([1-9])百", r"\100"),
    ("([1-9])十([1-9])", r"\1\2"),
    ("十([1-9])", r"1\1"),
    ("([1-9])十", r"\10"),
    ("十", "10"),
)
# whether any of the variants below is in a text: without groups a pattern is many times faster
_HAS_VARIANT = (
    "[0-9](?:社|村民|居民|小组|生产队|队|附|之|号附|号之|号楼|[层#F])|门牌|[^0-9A-Z]0+[1-9]|组[0-9-]+$|[0-9A-Z](?:幢|座|#)|第[0-9]|委会|委员会|号-|街办|栋[0-9]+门"
    f"|[0-9A-Z]-[0-9]+-[0-9]|栋[0-9]+-[0-9]|楼[0-9]|(?:{STREET})[0-9]+(?:-[0-9]+)?(?:[^0-9A-Z号栋幢座单楼层组社段路街巷弄米公里线年期区村-]|$)"
)
_VARIANTS: Steps = (
    ("门牌号?([0-9])", r"\1"),
    ("([^0-9A-Z])0+([1-9])", r"\1\2"),
    ("村?(?:村民委员会|村委会)", "村"),
    ("(?:社区)?(?:居民委员会|居委会)", "社区"),
    ("(村|社区)([0-9]+)(?:生产队|队)", r"\1\2组"),
    ("([0-9])(?:社|村民小组|居民小组|村民组|居民组|小组)([^区]|$)", r"\1组\2"),
    ("街办(?:事处)?", "街道"),
    (rf"((?:{STREET})[0-9]+(?:-[0-9]+)?)#", r"\1号"),
    ("([0-9])#单元", r"\1单元"),
    ("((?:单元|楼|栋)[0-9]+)#$", r"\1号"),
    ("(组[0-9]+(?:-[0-9]+)?)#?$", r"\1号"),
    ("([0-9A-Z])(?:号楼|幢|座|#楼|#)", r"\1栋"),
    ("(栋[0-9]+)门([0-9])", r"\1单元\2"),
    ("([0-9])F([0-9]{3,4})?$", r"\1楼\2"),
    ("第([0-9]+)(组|栋|单元|楼|层|号|室)", r"\1\2"),
    ("([0-9])层", r"\1楼"),
    ("([0-9])(?:号?-?附|号之|之)([0-9]+)号?", r"\1-\2号"),
    ("([0-9])号-([0-9]+)(?:号|([^0-9-])|$)", r"\1-\2号\3"),
    (
        rf"((?:{STREET})[0-9]+(?:-[0-9]+)?)([^0-9A-Z号栋单楼组段路街巷弄米公里线年期区村-]|$)",
        r"\1号\2",
    ),
    ("([^0-9A-Z路街巷弄段道栋组元-])([0-9A-Z]{1,3})-([0-9]{1,2})-([0-9]{1,4})[号室户]?$", r"\1\2栋\3单元\4"),
    ("栋([0-9]{1,2})-([0-9]{3,4})[号室户]?$", r"栋\1单元\2"),  # of fewer digits the second may be a room on a floor
)  # fmt: skip
# the last number is a room if it follows a part of a building, and not the name of a street or a village with such a word (鼓楼街15号)
_KIND_OF_ROOM = "(?:[号室户]|号?房间?)$"
_HAS_ROOM = f"(?:栋|幢|座|单元|楼|号)[^路街巷弄段道镇乡村社组]*[0-9A-Z]{_KIND_OF_ROOM}"
_FLOOR_AND_ROOM = "([0-9]+)楼([0-9]+)$"


def canonical_address(column: str, city: City | None = None) -> str:
    """SQL: an address without postcode, country, province and city, which all addresses share; null without more."""
    city = city or load_city()
    counties = _counties(city)
    shared = f"(?:中华人民共和国|中国)?(?:(?:{counties})?(?:{'|'.join(city.beginnings)}))+"
    is_shared = f"contains({column}, '{city.short_name}') or regexp_matches({column}, '^(?:[0-9]{{6}}|.{{0,7}}{city.province.name})')"
    whole = column
    for county in city.counties:
        if county.name.startswith("市"):  # of the two 市 in a row one is often left out
            whole = f"replace({whole}, '{city.name}{county.name[1:]}', '{city.name}{county.name}')"
    return f"nullif(case when {is_shared} then regexp_replace({whole}, '^(?:[0-9]{{6}})?(?:{shared})?', '') else {column} end, '')"


def address_text(column: str, city: City | None = None) -> str:
    """SQL: the normal text of an address. Default city: that of city.yaml."""
    city = city or load_city()
    return chained(
        column,
        _neat,
        partial(canonical_address, city=city),
        partial(_with_kind_of_county, city=city),
        _counted,
        partial(_with_one_variant, city=city),
        _without_kind_of_room,
        _room_on_floor,
    )


def chained(value: str, *steps: Callable[[str], str]) -> str:
    """SQL: a value after steps, each of which names its own value more than once; a list of one is a `let`."""
    for step in steps:
        value = f"list_transform([{value}], lambda x: {step('x')})[1]"
    return value


def digits(x: str) -> str:
    """SQL: a text with numerals, in digits."""
    single = f"translate({x}, '{NUMERALS}拾佰', '{DIGITS}十百')"
    return f"case when regexp_matches({x}, '[{TENS}]') then {_replaced(single, _TENS)} else {single} end"


def _neat(x: str) -> str:
    ascii_text = f"translate({x}, {literal(''.join(_FORMS))}, {literal(''.join(_FORMS.values()))})"
    return f"case when regexp_matches({x}, {literal(_HAS_MARK)}) then {_replaced(ascii_text, _NEAT)} else {x} end"


def _counted(x: str) -> str:
    """Digits for the numerals before counted parts; the longest first, for 十二组 ends like 二组."""
    found = f"regexp_extract_all({x}, '[{NUMERALS}{TENS}]+{_COUNTED}')"
    longest = f"list_reverse(list_sort(list_transform({found}, lambda part: {{'length': length(part), 'part': part}})))"
    inner = f"list_transform({longest}, lambda each: each.part)"
    replaced = f"list_reduce({inner}, lambda text, part: replace(text, part, {digits('part')}), {x})"
    return f"case when regexp_matches({x}, '[{NUMERALS}{TENS}]{_COUNTED}') then {replaced} else {x} end"


def _with_kind_of_county(x: str, city: City) -> str:
    """A county has its kind, which may be left out before a town of it."""
    names = towns(city)
    short = {county.name[:-1]: county for county in city.counties if county.now is None and len(county.name) > 2}
    written = " ".join(
        f"when regexp_matches({x}, '^{name}(?:{longest_first(of_county)})') then '{county.name}' || substr({x}, {len(name) + 1})"
        for name, county in short.items()
        if (of_county := [town for town, counties in names.items() if county.code in counties])
    )
    kinds = "".join(sorted({county.name[-1] for county in city.counties}))
    is_short = f"regexp_matches({x}, '^(?:{longest_first(short)})[^{kinds}]')"
    return f"case when {is_short} then case {written} else {x} end else {x} end"


def _counties(city: City) -> str:
    return "|".join(county.name for county in city.counties)


def _with_one_variant(x: str, city: City) -> str:
    counties = _counties(city)
    last_county = (rf"^(?:{counties})+({counties})", r"\1")
    has_variant = f"regexp_matches({x}, '{_HAS_VARIANT}|^(?:{counties}){{2}}')"
    return f"case when {has_variant} then {_replaced(x, (last_county, *_VARIANTS))} else {x} end"


def _without_kind_of_room(x: str) -> str:
    has_room = f"right({x}, 1) in ('号', '室', '户', '房', '间') and regexp_matches({x}, '{_HAS_ROOM}')"
    return f"case when {has_room} then regexp_replace({x}, '{_KIND_OF_ROOM}', '') else {x} end"


def _room_on_floor(x: str) -> str:
    """3楼303 is 303, 3楼1 is 3-1."""
    floor, room = (f"regexp_extract({x}, '{_FLOOR_AND_ROOM}', {group})" for group in (1, 2))
    is_said_twice = f"starts_with({room}, {floor}) and length({room}) = length({floor}) + 2"
    form = f"case when {is_said_twice} then '\\2' else '\\1-\\2' end"
    has_floor = f"contains({x}, '楼') and regexp_matches({x}, '{_FLOOR_AND_ROOM}')"
    return f"case when {has_floor} then regexp_replace({x}, '{_FLOOR_AND_ROOM}', {form}) else {x} end"


def _replaced(text: str, steps: Steps) -> str:
    for pattern, replacement in steps:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return text
