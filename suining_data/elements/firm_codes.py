"""Code sets of the registers of firms and associations that the smaller units keep.

Here: kinds of legal-service institutions; one line a code as `register` reads it.
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
)  # fmt: skip
