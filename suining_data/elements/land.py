"""Code sets of land and the objects on it: land use, roads, facilities and places, city components, waters, forests.

Here: codes of the spatial registers, one line a code as `register` reads it.
Not here: shapes (geometry.py), parcels and buildings (places.py), the helper (code_sets.py).
"""

from suining_data.city import load_city
from suining_data.elements.cells import code_text, identifier, unless_damaged
from suining_data.elements.code_sets import register
from suining_data.elements.expressions import NOTHING, UNKNOWN, validated_where
from suining_data.elements.model import Element, Rule, Then

# County 6, class 2, subclass 2, sequence 6. The number of classes is from memory of the standard: only a warning.
CITY_COMPONENT_CODE = identifier(
    id="city_component_code",
    label="部件标识码",
    english="City component code: county, class, subclass, sequence",
    form="16位数字：县级区划6位、大类2位、小类2位、顺序号6位",
    example=f"{load_city().counties[0].code}0101000001",
    standard="GB/T 30428.2-2013",
    sensitivity="L1",
    **code_text("regexp_full_match({x}, '[0-9]{16}')", (*NOTHING, *UNKNOWN)),
    rules=(
        Rule("length", "不是16位数字", unless_damaged("regexp_full_match({v}, '[0-9]{16}')")),
        Rule(
            "class",
            "大类（第7至8位）不在01至06",
            validated_where("length({v}) = 16", "substr({v}, 7, 2) between '01' and '06'"),
            Then.WARN,
        ),
    ),
)

ELEMENTS_OF_LAND: tuple[Element, ...] = (
    # First level of the classification, and the codes of the second that parcels have; from memory of the standard.
    register(
        "land_use_code", "土地用途", "Land use",
        """
        05 商服用地 商业用地
        0501 零售商业用地
        0504 旅馆用地
        06 工矿仓储用地
        0601 工业用地 工业
        0604 仓储用地
        07 住宅用地 住宅
        0701 城镇住宅用地 城镇住宅
        0702 农村宅基地 宅基地
        08 公共管理与公共服务用地
        0801 机关团体用地
        0803 教育用地
        0805 医疗卫生用地
        09 特殊用地
        10 交通运输用地
        11 水域及水利设施用地
        12 其他土地
        """,
        "L1", standard="GB/T 21010-2017",
    ),
    register(
        "road_grade_code", "公路技术等级", "Technical grade of a road",
        """
        expressway 高速公路 高速
        first 一级公路 一级
        second 二级公路 二级
        third 三级公路 三级
        fourth 四级公路 四级
        unclassified 等外公路 等外
        """,
        "L1",
    ),
    register(
        "map_feature_type_code", "地图要素类别", "Kind of map feature",
        """
        address 地名地址 地址
        poi 兴趣点 POI
        road 道路 道路中心线
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "poi_category_code", "兴趣点分类", "Category of a point of interest",
        """
        school 学校 科教文化 幼儿园
        medical 医疗机构 医疗卫生 医院
        government 政府机构 机关单位 政府机关
        company 公司企业 企业
        shop 购物餐饮 商铺 餐饮
        other 其他 其它
        """,
        "L1",
    ),
    register(
        "component_status_code", "部件状态", "Status of a city component",
        """
        good 完好 正常
        damaged 破损 损坏
        lost 丢失 缺失
        removed 废弃 移除
        """,
        "L1",
    ),
    register(
        "water_feature_type_code", "水利对象类型", "Kind of water feature",
        """
        reservoir 水库
        river_section 河段 河段控制断面
        intake 取水口 取水许可
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "forest_type_code", "林种", "Kind of forest",
        """
        protection 防护林
        special 特种用途林 特用林
        timber 用材林
        energy 能源林 薪炭林
        economic 经济林
        """,
        "L1",
    ),
    register(
        "land_ownership_code", "土地权属", "Ownership of land",
        """
        state 国有 国家所有
        collective 集体 集体所有
        """,
        "L1",
    ),
    CITY_COMPONENT_CODE,
)  # fmt: skip
