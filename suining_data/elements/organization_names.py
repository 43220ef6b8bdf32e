"""Names of organisations: what of one is spelling, and which end as those of branches do.

Here: the lists of legal forms and of branch endings, and the SQL made of them. Not here: cleaning a delivered name
(names.py), kinds of organisations (organizations.py).
"""

from suining_data.city import City

# the longer before what it ends with
LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司")
SHORTENED_FORMS = ("股份",)  # what is left of a legal form where a name is cut short
# what only branches end with
BRANCH_ENDINGS = (
    *("分公司", "支公司", "分店", "分厂", "分社", "分所", "分院", "分校", "分部"),
    *("分行", "支行", "分理处", "营业部", "门市部"),
    "第[一二三四五六七八九十0-9]+(?:店|门店)",
)
# what branches end with and firms of their own do too: of a branch where the name of a parent stands before it
OUTLET_ENDINGS = ("营业厅", "经营部", "销售部", "项目部", "办事处", "加油站", "店")
PARENT_ENDINGS = ("公司", "合作社", "联合社", "信用社", "银行", "事务所")

_FORM = f"(?:{'|'.join(LEGAL_FORMS)})$"
_ANY_FORM = f"(?:{'|'.join((*LEGAL_FORMS, *SHORTENED_FORMS))})$"


def name_core(name: str, city: City) -> str:
    """SQL: a name without what departments leave out or write differently, null where nothing is left.

    Brackets and blanks, province and city before it and the legal form behind it go; a county has the name of today.
    The same core is the same name, also of two legal forms; what distinguishes branches stays.
    """
    core = f"translate({name}, '（）() 　', '')"
    for county in city.counties:
        if county.now:
            core = f"replace({core}, '{county.name}', '{county.now}')"
    return f"nullif(regexp_replace(regexp_replace({core}, '{_location(city)}', ''), '{_ANY_FORM}', ''), '')"


def is_short_form(name: str, fuller: str, city: City) -> str:
    """SQL: of two names of the same core the first lacks what the other has, a place before it or a legal form behind."""
    place = f"^(?:{city.province.short_name}|{city.short_name})"
    return (
        f"(regexp_matches({fuller}, '{place}') and not regexp_matches({name}, '{place}') "
        f"or regexp_matches({fuller}, '{_FORM}') and not regexp_matches({name}, '{_FORM}'))"
    )


def parent_name(name: str) -> str:
    """SQL: the name of the parent that the name of a branch starts with; null when it is not that of a branch."""
    parent = f"^(.{{2,}}(?:{'|'.join(PARENT_ENDINGS)}))"
    branch = f"[^（(]*(?:{'|'.join((*BRANCH_ENDINGS, *OUTLET_ENDINGS))})$"
    return f"nullif(regexp_extract({name}, '{parent}{branch}', 1), '')"


def branch_part(core: str) -> str:
    """SQL: the end of a core that distinguishes a branch from its parent and from other branches, '' where there is none."""
    return f"regexp_extract({core}, '[^市县区镇乡]*(?:{'|'.join(BRANCH_ENDINGS)})$')"


def _location(city: City) -> str:
    """Pattern: province and city at the beginning, each there or not, with or without the word for its kind."""
    kinds = (
        (division.short_name, division.name.removeprefix(division.short_name)) for division in (city.province, city)
    )
    return "^" + "".join(f"(?:{short}(?:{kind})?)?" for short, kind in kinds)
