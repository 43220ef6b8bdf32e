"""Code sets of the registers of firms and associations that the smaller units keep.

Here: kinds of legal-service institutions, licences, stations and projects; one line a code as `register` reads it.
Not here: registers of the key departments (registers.py), of services and care (service_codes.py).
"""

from suining_data.elements.code_sets import register
from suining_data.elements.model import Element, Then

ELEMENTS_OF_FIRM_CODES: tuple[Element, ...] = (
    register(
        "legal_institution_type_code", "法律服务机构类别", "Kind of legal-service institution",
        """
        law_firm 律师事务所 律所 律师执业机构
        notary 公证处 公证机构
        legal_service 基层法律服务所 法律服务所
        appraisal 司法鉴定机构 司法鉴定所 司法鉴定中心
        arbitration 仲裁委员会 仲裁机构
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "culture_license_type_code", "文旅许可证类别", "Kind of licence for culture or tourism",
        """
        entertainment_venue 娱乐经营许可证 娱乐场所经营许可证
        internet_venue 网络文化经营许可证 网络文化经营许可证（互联网上网服务）
        performance 营业性演出许可证
        travel_agency 旅行社业务经营许可证 旅行社经营许可证
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "hazardous_chemical_license_type_code", "危险化学品许可证类别", "Kind of licence for hazardous chemicals",
        """
        hazardous_chemicals_production 安全生产许可证 危险化学品安全生产许可证 危险化学品生产企业安全生产许可证
        hazardous_chemicals_trade 危险化学品经营许可证
        hazardous_chemicals_use 危险化学品安全使用许可证
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "discharge_management_code", "排污许可管理类别", "Strictness of a discharge permit",
        """
        key 重点管理 重点
        simplified 简化管理 简化
        """,
        "L1",
    ),
    register(
        "monitoring_medium_code", "环境监测要素", "What an environmental station monitors",
        """
        air 环境空气 空气 大气
        surface_water 地表水 水质 地表水水质
        drinking_water 饮用水水源 集中式饮用水水源地 饮用水水源地
        noise 声环境 噪声
        soil 土壤 土壤环境
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "project_approval_type_code", "项目审批类型", "How an investment project is admitted",
        """
        approval 审批 审批制
        verification 核准 核准制
        filing 备案 备案制
        """,
        "L1",
    ),
)  # fmt: skip
