"""Names of organisations: the name core without variable spelling, and the endings of branch names.

Here: the lists of legal forms and of branch endings, and the SQL that uses them. Not here: cleaning a delivered name
(names.py), kinds of organisations (organizations.py).
"""

from suining_data.city import City

# a form before the shorter form that it ends with
LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司")
SHORTENED_FORMS = ("股份",)  # the rest of a legal form in a shortened name
# endings of branch names only
BRANCH_ENDINGS = (
    *("分公司", "支公司", "分店", "分厂", "分社", "分所", "分院", "分校", "分部"),
    *("分行", "支行", "分理处", "营业部", "门市部"),
    "第[一二三四五六七八九十0-9]+(?:店|门店)",
)
# endings of branch names and of independent firms: it is a branch if the name of a parent is before the ending
OUTLET_ENDINGS = ("营业厅", "经营部", "销售部", "项目部", "办事处", "加油站", "店")
PARENT_ENDINGS = ("公司", "合作社", "联合社", "信用社", "银行", "事务所")

_FORM = f"(?:{'|'.join(LEGAL_FORMS)})$"
_ANY_FORM = f"(?:{'|'.join((*LEGAL_FORMS, *SHORTENED_FORMS))})$"


def name_core(name: str, city: City) -> str:
    """SQL: a name without the parts that departments omit or write differently; null if nothing is left.

    Brackets, blanks, province and city at the start and the legal form at the end are removed; a county has its current
    name. Two names with the same core are the same name, even with two legal forms; the part of a branch stays.
    """
    core = f"translate({name}, '（）() 　', '')"
    for county in city.counties:
        if county.now:
            core = f"replace({core}, '{county.name}', '{county.now}')"
    return f"nullif(regexp_replace(regexp_replace({core}, '{_location(city)}', ''), '{_ANY_FORM}', ''), '')"


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


def branch_part(core: str) -> str:
    """SQL: the end of a core that distinguishes a branch from its parent and other branches; '' if there is none."""
    return f"regexp_extract({core}, '[^市县区镇乡]*(?:{'|'.join(BRANCH_ENDINGS)})$')"


def _location(city: City) -> str:
    """Pattern: province and city at the start, each optional, with or without the word for its kind."""
    kinds = (
        (division.short_name, division.name.removeprefix(division.short_name)) for division in (city.province, city)
    )
    return "^" + "".join(f"(?:{short}(?:{kind})?)?" for short, kind in kinds)
