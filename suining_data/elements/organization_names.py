"""Names of organisations: the name core without variable spelling, and the endings of branch names.

Here: the lists of legal forms and of branch endings, and the SQL that uses them. Not here: cleaning a delivered name
(names.py), kinds of organisations (organizations.py).
"""

from suining_data.city import City

# a form before the shorter form that it ends with
LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司")
PARTNERSHIPS = ("特殊普通合伙", "普通合伙", "有限合伙")
SHORTENED_FORMS = ("股份",)  # the rest of a legal form in a shortened name
# endings of branch names only
BRANCH_ENDINGS = (
    *("分公司", "支公司", "分店", "分厂", "分社", "分所", "分院", "分校", "分部", "分站", "分中心"),
    *("分行", "支行", "分理处", "营业部", "门市部", "营销服务部", "直营店", "连锁店", "加盟店", "旗舰店", "专卖店"),
    "第[一二三四五六七八九十0-9]+(?:店|门店)",
)
# endings of branch names and of independent firms: it is a branch if the name of a parent is before the ending
OUTLET_ENDINGS = (
    *(
        "营业厅",
        "营业所",
        "经营部",
        "销售部",
        "服务部",
        "项目部",
        "工程部",
        "办事处",
        "代办处",
        "联络处",
        "服务站",
        "服务点",
    ),
    *("加油站", "加气站", "汽车站", "客运站", "购物广场", "购物中心", "配送中心", "物流中心", "超市", "商场", "卖场"),
    *("餐厅", "食堂", "仓库", "车间", "门诊部", "卫生室", "收购站", "店"),
)
PARENT_ENDINGS = ("公司", "合作社", "联合社", "信用社", "银行", "事务所")
# A name that ends so is whole: what follows it in a longer name is a part of the organisation, not the rest of its name.
_WHOLE = "(?:公司|合伙|超市|[社行店厂院校园局所站心会部队馆场铺庄楼坊吧室处办堂城委厅村区])(?: |$)"
# What a longer name may have after a shorter one of the same organisation.
_MERE_FORMS = (
    "总公司",
    "公司",
    "集团",
    "控股",
    "股份",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "委员会",
    "人民政府",
)
# Characters that distinguish the parts of one organisation: the second shop, the southern gate.
_ORDINALS = "[0-9A-Za-z一二三四五六七八九十东西南北中上下前后左右甲乙丙丁]"
_UNWRITTEN = '（）() 　·•.．-－—_“”"《》<>〈〉、,，'  # marks that departments write or leave out

_FORM = f"(?:{'|'.join(LEGAL_FORMS)})$"
_EVERY_FORM = f"(?:{'|'.join((*LEGAL_FORMS, *PARTNERSHIPS))})"
_SHORTENED = f"(?:{'|'.join(SHORTENED_FORMS)})$"
_PART = f"(?:{'|'.join((*BRANCH_ENDINGS, *OUTLET_ENDINGS))})$"


def name_core(name: str, city: City) -> str:
    """SQL: a name without the parts that departments omit or write differently; null if nothing is left.

    Brackets, blanks and marks, province and city at the start, and legal forms wherever they are, are removed; a county
    has its current name. Two names with the same core are the same name, even with two legal forms; the part of a branch
    stays.
    """
    core = f"translate({name}, '{_UNWRITTEN}', '')"
    for county in city.counties:
        if county.now:
            core = f"replace({core}, '{county.name}', '{county.now}')"
    plain = f"regexp_replace(regexp_replace({core}, '{_location(city)}', ''), '{_EVERY_FORM}', '', 'g')"
    return f"nullif(regexp_replace({plain}, '{_SHORTENED}', ''), '')"


def is_short_form(name: str, fuller: str, city: City) -> str:
    """SQL: of two names with the same core, the first lacks the place at the start or the legal form of the other."""
    place = f"^(?:{city.province.short_name}|{city.short_name})"
    return (
        f"(regexp_matches({fuller}, '{place}') and not regexp_matches({name}, '{place}') "
        f"or regexp_matches({fuller}, '{_FORM}') and not regexp_matches({name}, '{_FORM}'))"
    )


def parent_name(name: str) -> str:
    """SQL: the name of the parent at the start of the name of a branch; null if it is not the name of a branch."""
    parent = f"^(.{{2,}}(?:{'|'.join(PARENT_ENDINGS)}))"
    branch = f"[^（(]*(?:{'|'.join((*BRANCH_ENDINGS, *OUTLET_ENDINGS))})$"
    return f"nullif(regexp_extract({name}, '{parent}{branch}', 1), '')"


def is_branch(core: str) -> str:
    """SQL: whether a core has an ending that only branches have."""
    return f"regexp_matches({core}, '(?:{'|'.join(BRANCH_ENDINGS)})$')"


def is_part(names: str, whole_core: str, core: str, city: City) -> str:
    """SQL: whether `core` goes on where the other name ends, so that it is a branch, shop or office of that organisation.

    It is none if only a place, a legal form or one character is left out; nor if the shorter name may be cut and the
    longer one does not end like the name of a branch. `names`: the names with the shorter core, blanks between them.
    """
    whole, longer = without_county(whole_core, city), without_county(core, city)
    rest, nothing = _rest(whole, longer), f"(?:{_place(city)}|{'|'.join(_MERE_FORMS)})*"
    return (
        f"(length({whole}) between 2 and length({longer}) - 2 and starts_with({longer}, {whole}) "
        f"and length({rest}) >= 2 and not regexp_full_match({rest}, '{nothing}') "
        f"and (regexp_matches({names}, '{_WHOLE}') or regexp_matches({longer}, '{_PART}')))"
    )


def is_part_with_ending(whole_core: str, core: str, city: City) -> str:
    """SQL: as is_part, and the longer name ends like the name of a branch or shop."""
    any_name = "'公司'"
    return f"({is_part(any_name, whole_core, core, city)} and regexp_matches({core}, '{_PART}'))"


def without_county(core: str, city: City) -> str:
    """SQL: a core without the county at its start."""
    return f"regexp_replace({core}, '^{_county(city)}', '')"


def differ_in_ordinals(core: str, other: str) -> str:
    """SQL: whether two cores differ only in characters that distinguish the parts of one organisation."""
    plain, other_plain = (f"regexp_replace({each}, '{_ORDINALS}', '', 'g')" for each in (core, other))
    return f"({core} <> {other} and {plain} = {other_plain})"


def _rest(whole: str, longer: str) -> str:
    """SQL: what a longer core has after a shorter one; the office of a street is the street itself."""
    return f"regexp_replace(substr({longer}, length({whole}) + 1), case when ends_with({whole}, '街道') then '^办事处' else '^$' end, '')"


def _county(city: City) -> str:
    kinds = {county.name[:-1]: county.name[-1] for county in city.counties}
    return "(?:" + "|".join(f"{short}[区县市]?" for short in kinds) + ")"


def _place(city: City) -> str:
    return f"(?:{city.province.short_name}省?|{city.short_name}市?|{_county(city)})"


def _location(city: City) -> str:
    """Pattern: province and city at the start, each optional, with or without the word for its kind."""
    kinds = (
        (division.short_name, division.name.removeprefix(division.short_name)) for division in (city.province, city)
    )
    return "^" + "".join(f"(?:{short}(?:{kind})?)?" for short, kind in kinds)
