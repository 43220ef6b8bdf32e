"""Code sets of social insurance: kind and state.

Here: codes that human resources and medical insurance share. Not here: payments and cards of one register
(registers.py).
"""

from suining_data.elements.code_sets import code_set
from suining_data.elements.model import Element

INSURANCE_TYPE_CODE = code_set(
    "insurance_type_code",
    "险种",
    "Kind of social insurance",
    None,
    {
        "pension_employee": "企业职工基本养老保险",
        "pension_government": "机关事业单位基本养老保险",
        "pension_resident": "城乡居民基本养老保险",
        "unemployment": "失业保险",
        "work_injury": "工伤保险",
        "maternity": "生育保险",
        "medical_employee": "职工基本医疗保险",
        "medical_resident": "城乡居民基本医疗保险",
        "medical_supplement": "大病医疗保险",
    },
    # The numbers are those of the social-insurance core system (AAE140), from memory.
    {
        "pension_employee": (
            "城镇职工基本养老保险",
            "企业养老",
            "企业职工养老保险",
            "职工养老",
            "企业养老保险",
            "城镇企业职工基本养老保险",
            "职工养老保险",
            "企业基本养老保险",
            "110",
        ),
        "pension_government": ("机关事业养老", "机关养老", "机关事业单位养老保险", "机关事业养老保险", "120"),
        "pension_resident": (
            "城乡居保",
            "城乡居民养老保险",
            "居民养老",
            "城居保",
            "新农保",
            "城乡居民社会养老保险",
            "居民养老保险",
            "170",
        ),
        "unemployment": ("失业", "210"),
        "work_injury": ("工伤", "410"),
        "maternity": ("生育", "510"),
        "medical_employee": ("职工医保", "城镇职工基本医疗保险", "职工医疗", "职工医疗保险", "城镇职工医保", "310"),
        "medical_resident": (
            "居民医保",
            "城乡居民医保",
            "城乡居民医疗保险",
            "新农合",
            "城镇居民基本医疗保险",
            "居民医疗",
            "居民医疗保险",
            "390",
            "391",
        ),
        "medical_supplement": ("大病保险", "大额医疗", "补充医疗保险", "330"),
    },
)

INSURANCE_STATUS_CODE = code_set(
    "insurance_status_code",
    "参保状态",
    "State of an insurance",
    None,
    {
        "active": "参保缴费",
        "suspended": "暂停缴费",
        "terminated": "终止参保",
        "benefit": "享受待遇",
        "unpaid": "未缴费",
    },
    {
        "active": ("正常参保", "参保", "正常", "正常缴费", "在保", "缴费", "在职参保", "参保中", "1"),
        "suspended": ("暂停参保", "中断", "暂停", "中断缴费", "停保", "断保", "暂停缴费(中断)", "2"),
        "terminated": ("终止", "终止缴费", "退保", "注销", "终止参保缴费", "已终止", "3", "4"),
        "benefit": ("领取待遇", "待遇领取", "离退休", "退休", "正常领取", "待遇享受", "在领"),
        "unpaid": ("欠费", "欠缴", "参保未缴费", "未到账"),
    },
)

ELEMENTS_OF_INSURANCE_CODES: tuple[Element, ...] = (INSURANCE_TYPE_CODE, INSURANCE_STATUS_CODE)
