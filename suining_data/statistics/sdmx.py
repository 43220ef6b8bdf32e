"""The macro base as SDMX: structure (SDMX-ML 3.0) and every observation (SDMX-CSV 2.0).

Here: code lists, concepts, the data structure, the data flow; keys and periods as SDMX has them. Not here: what an observation is
(dbt_like_sql/macro/observation.sql), the names of codes (code.code).

An observation without a period has no place in SDMX and is not in the data; the rule `period_read` counts them. REPORT
numbers what one release says twice of the same thing.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from lxml import etree

from suining_data.city import load_city
from suining_data.sql import literal

if TYPE_CHECKING:
    from pysdmx.model import Codelist, Component

Connection = duckdb.DuckDBPyConnection

FOLDER = "sdmx"
STRUCTURE, DATA = f"{FOLDER}/structure.xml", f"{FOLDER}/observation.csv"
FLOW, SCHEME, VERSION = "MACRO", "CS_MACRO", "1.0"
NOT_APPLICABLE = "_Z"  # as SDMX writes it
FREQUENCIES = {"Y": "A", "H": "S"}  # what SDMX calls otherwise than the base

# id -> both names, and the code list
DIMENSIONS = {
    "FREQ": ("频率", "Frequency", "CL_FREQ"),
    "INDICATOR": ("指标", "Indicator", "CL_INDICATOR"),
    "REF_AREA": ("地区", "Reference area", "CL_AREA"),
    "MEASURE": ("计量项", "Measure", "CL_MEASURE"),
    "CALIBER": ("口径", "Caliber", None),
    "VINTAGE": ("核算阶段", "Vintage", "CL_VINTAGE"),
    "RELEASE": ("发布", "Release", None),
    "REPORT": ("同一发布中的第几个数", "Which of the numbers that one release gives", None),
    "TIME_PERIOD": ("时期", "Time period", None),
}
MEASURES = {"OBS_VALUE": ("数值", "Observed value", None)}
ATTRIBUTES = {
    "UNIT_MEASURE": ("计量单位（不含倍数）", "Unit of measure, without its multiple", None),
    "UNIT_MULT": ("单位倍数（10的幂）", "Unit multiplier, a power of ten", None),
    "PRICE_BASE": ("价格基础", "Price basis", "CL_PRICE_BASE"),
    "OBS_STATUS": ("观测值状态", "Observation status", "CL_OBS_STATUS"),
    "RELEASE_DATE": ("发布日期", "Day of the release", None),
    "RELEASE_DATE_KIND": ("发布日期的依据", "How the day of the release is known", "CL_RELEASE_DATE_KIND"),
    "PUBLISHED": ("是否已公布数", "Whether it was published", None),
    "SOURCE": ("出处与说明", "Source and note", None),
}
REQUIRED = ("UNIT_MULT", "OBS_STATUS", "RELEASE_DATE_KIND", "PUBLISHED")
TYPES = {"TIME_PERIOD": "PERIOD", "OBS_VALUE": "DOUBLE", "REPORT": "INTEGER", "UNIT_MULT": "INTEGER"}
TYPES |= {"RELEASE_DATE": "DATE", "PUBLISHED": "BOOLEAN"}

NAMES = """select name_zh, name_en from code.code_set where code_set = $code_set"""
CODES = "select code, name_zh, name_en from code.code where code_set = $code_set order by position"
CODE_LISTS = {
    "CL_FREQ": "frequency",
    "CL_MEASURE": "measure_code",
    "CL_VINTAGE": "vintage_code",
    "CL_PRICE_BASE": "price_basis",
    "CL_OBS_STATUS": "observation_status_code",
    "CL_RELEASE_DATE_KIND": "release_date_kind",
}
# a region that has no code has one of its name
AREA = f"coalesce(series_division_code, 'X' || left(md5(region_name), 8), {literal(NOT_APPLICABLE)})"
INDICATORS = "select indicator_code, name_zh, name_en from macro.indicator order by indicator_code"
AREAS = f"""
    select {AREA} as code, coalesce(max(name), max(region_name), '不详'), null
    from macro.observation left join spatial.division
        on series_division_code = spatial.division.division_code and code_system_code = 'NBS' and is_current
    group by code order by code
"""
_MONTHS = "(date_diff('month', period_start, period_end) + 1)"
OBSERVATIONS = f"""
    with observation as (
        select
            *,
            {AREA} as area,
            case
                when period_start = period_end then strftime(period_end, '%Y-%m-%d')
                when frequency = 'Y' and {_MONTHS} = 12 and month(period_start) = 1 then strftime(period_end, '%Y')
                when frequency = 'H' and {_MONTHS} = 6 and month(period_start) in (1, 7)
                    then strftime(period_end, '%Y-S') || month(period_end) // 6
                when frequency = 'Q' and {_MONTHS} = 3 and month(period_start) % 3 = 1
                    then strftime(period_end, '%Y-Q') || month(period_end) // 3
                when frequency = 'M' and {_MONTHS} = 1 then strftime(period_end, '%Y-%m')
                else strftime(period_start, '%Y-%m-%d') || '/P' || {_MONTHS} || 'M'
            end as time_period
        from macro.observation where period_end is not null
    )
    select
        'dataflow' as STRUCTURE,
        $flow as STRUCTURE_ID,
        'I' as ACTION,
        case frequency {" ".join(f"when '{own}' then '{code}'" for own, code in FREQUENCIES.items())} else frequency end as FREQ,
        indicator_code as INDICATOR,
        area as REF_AREA,
        measure_code as MEASURE,
        coalesce(caliber, {literal(NOT_APPLICABLE)}) as CALIBER,
        coalesce(vintage_code, {literal(NOT_APPLICABLE)}) as VINTAGE,
        release_id as RELEASE,
        row_number() over (
            partition by frequency, indicator_code, area, measure_code, caliber, vintage_code, release_id, time_period
            order by observation_id
        ) as REPORT,
        time_period as TIME_PERIOD,
        value as OBS_VALUE,
        base_unit as UNIT_MEASURE,
        cast(log10(multiplier) as integer) as UNIT_MULT,
        price_basis as PRICE_BASE,
        status_code as OBS_STATUS,
        released_at as RELEASE_DATE,
        release_date_kind as RELEASE_DATE_KIND,
        is_published as PUBLISHED,
        source_note as SOURCE
    from observation
    order by INDICATOR, REF_AREA, MEASURE, CALIBER, FREQ, TIME_PERIOD, VINTAGE, RELEASE, REPORT
"""
BETWEEN = "\n"  # both names of something, until each is written with its language
COMMON = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common}Name"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def write_sdmx_files(con: Connection, folder: Path) -> None:
    """Write structure and data into a folder. Both stay as they are, byte for byte, while the base does."""
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / STRUCTURE).write_bytes(_structure(con))
    flow = f"{_agency()}:{FLOW}({VERSION})"
    rows = OBSERVATIONS.replace("$flow", literal(flow))
    con.execute(f"copy ({rows}) to {literal(folder / DATA)} (header)")


def _agency() -> str:
    return "".join(each for each in load_city().english_name.upper() if each.isalnum())


def _structure(con: Connection) -> bytes:
    from pysdmx import model
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model.message import Header

    agency, city = model.Agency(_agency()), load_city()
    lists = [_code_list(con, id, code_set) for id, code_set in CODE_LISTS.items()]
    lists.append(_code_list_of("CL_INDICATOR", "指标", "Indicators", con.execute(INDICATORS).fetchall()))
    lists.append(_code_list_of("CL_AREA", "地区", "Areas", con.execute(AREAS).fetchall()))
    declared = DIMENSIONS | MEASURES | ATTRIBUTES
    concepts = [model.Concept(id, name=_both(zh, en)) for id, (zh, en, _) in declared.items()]
    components = model.Components([_component(id, code_list) for id, (_, _, code_list) in declared.items()])
    scheme = model.ConceptScheme(
        id=SCHEME, name=_both("宏观经济库的概念", "Concepts of the macro base"), agency=agency, items=concepts
    )
    structure = model.DataStructureDefinition(
        id=FLOW,
        name=_both("宏观经济观测值", "Observations of the macro base"),
        agency=agency,
        version=VERSION,
        components=components,
    )
    flow = model.Dataflow(
        id=FLOW,
        name=_both(f"{city.name}宏观经济库", f"Macro base of {city.english_name}"),
        agency=agency,
        version=VERSION,
        structure=f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={_agency()}:{FLOW}({VERSION})",
    )
    [(last,)] = con.execute("select max(released_at) from macro.release").fetchall()
    # not the time of day: the file is shared by snapshots while it says the same
    prepared = datetime.combine(last, datetime.min.time(), UTC) if last else datetime(2000, 1, 1, tzinfo=UTC)
    header = Header(id=FLOW, prepared=prepared, sender=model.Organisation(_agency()))
    text = write_sdmx([*lists, scheme, structure, flow], Format.STRUCTURE_SDMX_ML_3_0, header=header)
    return _in_both_languages(str(text).encode())


def _code_list(con: Connection, id: str, code_set: str) -> "Codelist":
    asked = {"code_set": code_set}
    [(zh, en)] = con.execute(NAMES, asked).fetchall()
    rows = con.execute(CODES, asked).fetchall()
    if id == "CL_FREQ":
        rows = [(FREQUENCIES.get(code, code), name, english) for code, name, english in rows]
    if id == "CL_VINTAGE":
        rows.append((NOT_APPLICABLE, "未注明", "Not stated"))
    return _code_list_of(id, zh, en, rows)


def _code_list_of(id: str, zh: str, en: str | None, rows: list[tuple[str, str, str | None]]) -> "Codelist":
    from pysdmx import model

    codes = [model.Code(code, name=_both(name, english)) for code, name, english in rows]
    return model.Codelist(id=id, name=_both(zh, en), agency=model.Agency(_agency()), version=VERSION, items=codes)


def _component(id: str, code_list: str | None) -> "Component":
    from pysdmx import model

    role = model.Role.DIMENSION if id in DIMENSIONS else model.Role.MEASURE if id in MEASURES else model.Role.ATTRIBUTE
    return model.Component(
        id,
        role is model.Role.DIMENSION or id in REQUIRED,
        role,
        model.ItemReference("Concept", _agency(), SCHEME, VERSION, id),
        local_dtype=model.DataType[TYPES.get(id, "STRING")],
        local_enum_ref=f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist={_agency()}:{code_list}({VERSION})"
        if code_list
        else None,
        attachment_level="O" if role is model.Role.ATTRIBUTE else None,
    )


def _both(zh: str, en: str | None) -> str:
    return f"{zh}{BETWEEN}{en}" if en else zh


def _in_both_languages(message: bytes) -> bytes:
    """A message of pysdmx, which takes every name for English, with the names of both languages."""
    tree = etree.fromstring(message)
    for name in list(tree.iter(COMMON)):
        zh, _, en = (name.text or "").partition(BETWEEN)
        name.text = zh
        name.set(LANGUAGE, "zh")
        if en:
            other = etree.Element(COMMON)
            other.text, other.tail = en, name.tail
            other.set(LANGUAGE, "en")
            name.addnext(other)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
