"""The messages for mistakes in the catalogue: for each rule what is wrong and how to fix it, in Chinese and English.

Here: the texts. Not here: when a rule is broken (reading.py: form; checking.py, checking_rows.py: meaning).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """The texts of a problem without its place; `english` has both what is wrong and how to fix it."""

    rule: str
    what: str
    fix: str
    english: str


# rule -> what is wrong (Chinese), how to fix it (Chinese), both in English
MESSAGES = {
    # form
    "yaml": (
        "不是可读的 YAML",
        "检查缩进、括号、引号，文件存为 UTF-8",
        "this is not YAML ({cause}): check indentation and quotes",
    ),
    "form": ("{name} 的形式不对", "对照 catalog/model.py 改正", "{name} has the wrong form: see catalog/model.py"),
    "octal": ("{text} 会被当作八进制数", "给值加上引号", "{text} looks like an octal number: put it in quotes"),
    "not_text": ("{text} 会被当作数字、日期或是非值", "给值加上引号", "{text} is not read as text: put it in quotes"),
    "duplicate_key": ("{name} 写了两次", "只留一处", "{name} is given twice: keep one"),
    "missing": ("缺少 {name}", "补上 {name}", "{name} is missing: add it"),
    "unknown_option": ("没有 {name} 这一项", "{fix}", "there is no option {name}: {english}"),
    "choice": ("{name} 不能是 {given}", "只能是 {allowed} 之一", "{name} is one of {allowed}, not {given}"),
    "spelling": ("{name} 的写法 {given} 不合规则", "写成 {shape}", "{name} {given} does not have the form {shape}"),
    "bound": ("{name} 的值 {given} 超出范围", "界限为 {limit}", "{name} {given} is out of range: the limit is {limit}"),
    # files and resources
    "file_name": ("文件名与单位 {unit} 不符", "文件改名为 {unit}.yaml", "the file of unit {unit} is named {unit}.yaml"),
    "unit_prefix": (
        "资源 {id} 不属于单位 {unit}",
        "以 {unit}__ 开头，或移到该单位的文件",
        "{id} is not a resource of {unit}: begin the id with {unit}__, or move it to the file of its unit",
    ),
    "duplicate_id": (
        "{value} 已用于 {file} 第 {line} 行",
        "换一个",
        "{value} is already used in {file} line {line}: choose another",
    ),
    "related": (
        "没有资源 {id}",
        "改为目录中的资源标识",
        "there is no resource {id}: use the id of a resource of the catalogue",
    ),
    "code": (
        "缺少信息资源代码，或写法不对",
        "写成六位数字、斜线、六位数字，如 301001/000001，加引号",
        "the resource code is six digits, a slash, six digits, in quotes",
    ),
    "expected_rows": ("min {min} 大于 max {max}", "对调或改正", "min {min} is above max {max}: correct one of them"),
    # sharing
    "condition": ("有条件共享缺少共享条件", "补上 condition", "conditional sharing needs its condition: add it"),
    "basis": ("不予共享缺少法律依据", "补上 basis", "a resource that is not shared needs its legal basis: add it"),
    "open_not_shared": (
        "不予共享的资源不能开放",
        "open 改为 none",
        "a resource that is not shared cannot be open: set open to none",
    ),
    "open_wider": (
        "有条件共享的资源不能无条件开放",
        "open 改为 conditional 或 none",
        "a conditionally shared resource cannot be open without conditions: set open to conditional or none",
    ),
    # delivery
    "pattern": (
        "{pattern} 只能用 * 和 ?，不含目录",
        "改写 pattern",
        "{pattern} may use only * and ? and no folder: rewrite it",
    ),
    "patterns_meet": (
        "{pattern} 与 {other} 的 {theirs} 会匹配同一文件",
        "换用不同的文件名开头",
        "one file can match {pattern} and {theirs} of {other}: begin the names differently",
    ),
    "misplaced_option": (
        "{option} 只用于 {formats}",
        "删去，或改正 format",
        "{option} is only for {formats}: remove it",
    ),
    "records": (
        "{format} 缺少 records（记录所在）",
        "补上：JSON 为路径，XML 为标签",
        "{format} needs records: the path (JSON) or tag (XML) of a record",
    ),
    "archive": (
        "archive 与 member 须同时登记",
        "补上 archive: zip 与 member（包内文件名，如 *.csv），或都删去",
        "archive and member go together: give both (member names the file inside, as *.csv) or neither",
    ),
    "exchange": (
        "format: postgres 与 exchange（库表、增量标记、主键）须同时登记",
        "补上 exchange，或改正 format",
        "format postgres and exchange (table, watermark, key) go together: give both or neither",
    ),
    "exchange_files": (
        "交换库的取数文件按次序累加，pattern 中须有一个 *",
        "写成 mode: delta，pattern 如 czrk_*.jsonl",
        "files of an exchange table are numbered and add up: give mode delta and a pattern with one *",
    ),
    "pages_archive": (
        "分页的来件不能是压缩包",
        "删去 archive 与 member，或删去 pages",
        "pages do not come as archives: remove archive and member, or pages",
    ),
    "undeclared_source": (
        "{source} 不是登记的来源列",
        "在 fields.source 中登记或改正",
        "{source} is not a declared source: correct it, or declare it in fields.source",
    ),
    "unknown_layout": (
        "没有版式 {layout}",
        "改为 statistical_layouts.yaml 中的一种：{layouts}",
        "there is no layout {layout}: write one of statistical_layouts.yaml ({layouts})",
    ),
    "layout_source": (
        "统计表给不出列 {source}",
        "从 fields 删去，或改为 {sources} 中的一列",
        "a statistical table has no column {source}: remove the field, or use one of {sources}",
    ),
    "shape_missing": (
        "图形没有登记",
        "在 fields 中补上来源列 _geometry，数据元用 geometry",
        "the shape is not declared: add a field with the source _geometry and an element geometry",
    ),
    "crs_missing": (
        "有坐标而未说明坐标系",
        "在 delivery 中补上 crs",
        "coordinates are delivered without a coordinate system: add crs to delivery",
    ),
    "crs_idle": ("说明了坐标系而没有坐标", "删去 crs", "there are no coordinates: remove crs"),
    "crs_element": (
        "{element} 不能是 {crs} 坐标",
        "经纬度用 longitude、latitude，米制用 coordinate_x、coordinate_y；图形用 {shapes}",
        "{element} cannot be in {crs}: use longitude, latitude for degrees, coordinate_x, coordinate_y for metres, {shapes} for shapes",
    ),
    # columns
    "unknown_element": (
        "没有数据元 {element}",
        "改用已有数据元，或在 elements/ 中新增",
        "there is no data element {element}: use an existing one, or add it to elements/",
    ),
    "unknown_rule": (
        "数据元 {element} 没有规则 {name}",
        "改为 {allowed} 之一，或删去",
        "{element} has no rule {name}: use one of {allowed}, or remove it",
    ),
    "sensitivity": (
        "数据元 {element} 不自带敏感级别，此项也未定级",
        "补上 sensitivity（L1 至 L4）",
        "neither element {element} nor the field has a sensitivity: add L1 to L4",
    ),
    "reserved_name": (
        "{name} 是系统自用的列名",
        "换一个 name",
        "{name} is a column of the system: choose another name",
    ),
    "never_ingested": (
        "死因、照片、生物特征不接入",
        "删去此项",
        "causes of death, photos and biometrics are never ingested: remove it",
    ),
    "unit": ("数据元 {element} 没有计量单位 {unit}", "{fix}", "element {element} has no unit {unit}: {english}"),
    "unit_missing": (
        "未说明来件的计量单位",
        "补上 unit（{allowed}）",
        "the unit of measure is missing: add unit, one of {allowed}",
    ),
    "duplicate_name": ("列名 {name} 用了两次", "换一个 name", "the name {name} is used twice: choose another"),
    "duplicate_source": (
        "来源列 {name} 登记了两次",
        "只登记一次，另一列写在 derived",
        "the source {name} is declared twice: declare it once, and write the second column under derived",
    ),
    "unknown_column": (
        "没有列 {name}",
        "改为 fields 或 derived 中的 name",
        "there is no column {name}: use one of fields or derived",
    ),
    "unknown_derivation": (
        "derivations.yaml 中没有表达式 {name}",
        "改为 {allowed} 之一，或在 derivations.yaml 中新增",
        "derivations.yaml has no expression {name}: use one of {allowed}, or add it there",
    ),
    "two_expressions": (
        "同时写了 sql 和 derivation",
        "只留一项",
        "sql and derivation exclude each other: keep one",
    ),
    "sql": ("sql 无法解析", "改正表达式", "the sql cannot be parsed ({cause}): correct it"),
    "sql_not_scalar": (
        "sql 只能是同一行各列的表达式",
        "去掉查询、聚合、窗口",
        "the sql may use only columns of the same row: remove queries, aggregates and windows",
    ),
    "unknown_code": (
        "{code} 不是 {column} 的代码",
        "改为 {allowed} 之一",
        "{code} is not a code of {column}: use one of {allowed}",
    ),
    "key": ("缺少主键", "在 key 中列出能区分各行的列", "the key is empty: list the columns that identify a row"),
    # entities
    "unknown_attribute": (
        "{subject} 没有属性 {attribute}",
        "改为 {allowed} 之一",
        "{subject} has no attribute {attribute}: use {allowed}",
    ),
    "attribute_element": (
        "属性 {attribute} 不能取自数据元 {element} 的列 {column}",
        "改用数据元 {allowed} 的列",
        "attribute {attribute} cannot come from {column} with the element {element}: use a column with {allowed}",
    ),
    "valid_from": (
        "{column} 不是日期",
        "改用日期列，或在 derived 中换算",
        "{column} is not a date: use a date column, or derive one",
    ),
    "authority": (
        "{attribute} 不在 values 中",
        "删去，或补上该属性",
        "{attribute} is not in values: remove it, or add the attribute to values",
    ),
    "authority_default": ("{attribute} 没有权威次序", "补上 default", "{attribute} has no rank: add a default"),
    "duplicate_role": (
        "{subject} 的角色 {role} 用了两次",
        "换一个 role",
        "the role {role} is used twice: choose another",
    ),
}


def message(rule: str, **given: object) -> Message:
    """The texts of a rule with its placeholders filled."""
    what, fix, english = (text.format_map(given) for text in MESSAGES[rule])
    return Message(rule, what, fix, english)
