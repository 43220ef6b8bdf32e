"""Code sets of land and what stands on it: land use, roads, facilities and places, city components, waters, forests.

Here: codes of the spatial registers, one line a code as `register` reads it.
Not here: shapes (geometry.py), parcels and buildings (places.py), the helper (code_sets.py).
"""

from suining_data.elements.code_sets import register
from suining_data.elements.model import Element

ELEMENTS_OF_LAND: tuple[Element, ...] = (
    # First level of the classification, and those of the second that parcels have; from memory of the standard.
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
)  # fmt: skip
