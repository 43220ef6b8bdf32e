"""Code sets of public services and care: credentials, special care, poverty relief, housing fund, courts.

Here: codes of the registers of the smaller units, one line a code as `register` reads it.
Not here: registers of the key departments (registers.py), the helper (code_sets.py).
"""

from suining_data.elements.cells import code_text, identifier, unless_damaged
from suining_data.elements.code_sets import register
from suining_data.elements.expressions import NOTHING, UNKNOWN
from suining_data.elements.model import Element, Rule, Then

SERVICES = (
    register(
        "case_result_code", "办件结果", "Result of an application",
        """
        granted 准予 准予许可 准予登记 同意 通过 办结
        refused 不予许可 不予登记 不予批准 不通过 退件
        withdrawn 撤回 申请人撤回 终止办理 作废
        pending 在办 办理中 审批中 待办
        """,
        "L2",
    ),
    register(
        "credential_type_code", "证照类型", "Kind of credential",
        """
        business_license 营业执照 企业法人营业执照 个体工商户营业执照
        food_license 食品经营许可证
        drug_license 药品经营许可证
        road_license 道路运输经营许可证
        road_qualification 道路运输从业资格证 从业资格证
        medical_license 医疗机构执业许可证
        construction_qualification 建筑业企业资质证书
        marriage_certificate 结婚证
        divorce_certificate 离婚证
        disability_certificate 残疾人证 中华人民共和国残疾人证
        social_security_card 社会保障卡 社保卡
        birth_certificate 出生医学证明
        residence_permit 居住证
        real_estate_certificate 不动产权证书 不动产权证
        other 其他 其它
        """,
        "L1",
    ),
)  # fmt: skip

CARE = (
    register(
        "special_care_type_code", "优抚对象类别", "Kind of entitlement to special care",
        """
        disabled_soldier 残疾军人 伤残军人
        martyr_family 烈士遗属 烈属
        duty_death_family 因公牺牲军人遗属 因公牺牲军属
        illness_death_family 病故军人遗属 病故军属
        demobilised_soldier 在乡复员军人 复员军人
        ill_veteran 带病回乡退伍军人 带病回乡退役军人
        war_veteran 参战退役人员 参战人员
        rural_veteran 农村籍退役士兵 60周岁以上农村籍退役士兵 老年农村籍退役士兵
        martyr_child 烈士老年子女 部分烈士子女
        """,
        "L3", is_personal=True,
    ),
    register(
        "injury_level_code", "伤残等级", "Level of a disability suffered in service",
        """
        1 一级 因战一级
        2 二级 因战二级
        3 三级 因战三级
        4 四级 因战四级
        5 五级 因战五级
        6 六级 因战六级
        7 七级 因战七级
        8 八级 因战八级
        9 九级 因战九级
        10 十级 因战十级
        """,
        "L4", standard="军人残疾等级评定标准（2011）", is_personal=True,
    ),
    register(
        "poverty_type_code", "贫困户属性", "Kind of poor household",
        """
        ordinary 一般贫困户 一般农户
        minimum_income 低保贫困户 低保户
        destitute 特困供养贫困户 五保户 五保贫困户 特困户
        """,
        "L3", is_personal=True,
    ),
    register(
        "poverty_cause_code", "主要致贫原因", "Main cause of poverty",
        """
        illness 因病 因病致贫
        disability 因残 因残致贫
        schooling 因学 因学致贫
        disaster 因灾 因灾致贫
        land 缺土地
        water 缺水
        skill 缺技术
        labour 缺劳力 缺劳动力
        funds 缺资金
        roads 交通条件落后
        motivation 自身发展动力不足 自身发展力不足
        """,
        "L4", is_personal=True,
    ),
    register(
        "poverty_exit_code", "脱贫属性", "Whether the household has left poverty",
        """
        poor 未脱贫
        left_with_support 已脱贫（享受政策） 已脱贫 脱贫享受政策
        left 已脱贫（不享受政策） 脱贫不享受政策 稳定脱贫
        fallen_back 返贫
        """,
        "L3", is_personal=True,
    ),
    register(
        "housing_fund_status_code", "公积金账户状态", "Status of a housing-fund account",
        """
        active 正常 缴存 正常缴存 1
        frozen 封存 已封存 集中封存 2
        closed 销户 已销户 提取销户 3
        """,
    ),
)  # fmt: skip

COURTS = (
    register(
        "performance_code", "履行情况", "How far a judgement has been performed",
        """
        none 全部未履行 未履行
        part 部分未履行 部分履行
        full 全部履行 已履行 履行完毕
        """,
        "L2",
    ),
)  # fmt: skip

# The part of a resident id that courts publish: area and year of birth, or all but month and day, and the last digits.
MASKED_IDENTITY_NUMBER = identifier(
    id="masked_identity_number",
    label="证件号码（已脱敏）",
    english="Identity number, partly masked as published",
    sensitivity="L2",
    is_personal=True,
    **code_text("regexp_full_match({x}, '[0-9X*]+')", (*NOTHING, *UNKNOWN)),
    rules=(
        Rule("unmasked", "公开的证件号码未脱敏，不得接入", "not regexp_full_match({v}, '[0-9]{17}[0-9X]|[0-9]{15}')"),
        Rule("shape", "不是部分打码的18位或15位证件号码", unless_damaged("regexp_full_match({v}, '[0-9]{4,14}[*]{2,}[0-9X]{0,4}')"), Then.WARN),
    ),
    mask="substr({v}, 1, 4) || '****'",
)  # fmt: skip

ELEMENTS_OF_SERVICE_CODES: tuple[Element, ...] = (*SERVICES, *CARE, *COURTS, MASKED_IDENTITY_NUMBER)
