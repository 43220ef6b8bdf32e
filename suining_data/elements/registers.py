"""Code sets of single departments: values that one register uses and no national standard covers.

Here: status and kind codes of the register of one department. One line a code: the code (an English word of ours, or
the standard's own), its Chinese label, then the other spellings that departments use.
Not here: national code sets (person_codes.py, organization_codes.py), the helper itself (code_sets.py).
"""

from suining_data.elements.code_sets import register
from suining_data.elements.model import Element, Then

PERSONS = (
    register(
        "marriage_registration_code", "婚姻登记类型", "Kind of marriage registration",
        """
        marriage 结婚登记 结婚 IA
        divorce 离婚登记 离婚 IB
        marriage_reissue 补领结婚证 补结婚证 补发结婚证 补领结婚登记证 ICA
        divorce_reissue 补领离婚证 补离婚证 补发离婚证 补领离婚登记证 ICB
        annulled 撤销婚姻登记 撤销婚姻 撤销 ID
        """,
        "L3", is_personal=True,
    ),
    register(
        "cancellation_reason_code", "注销户口原因", "Reason for cancelling a household registration",
        """
        death 死亡 死亡注销 宣告死亡 去世
        emigrated 出国定居 出国 出国出境 出国（境）定居 赴港澳台定居
        enlisted 参军 服兵役 入伍 应征入伍
        duplicate 重复户口 重户 重复 重户注销
        other 其他 其它 其他注销
        """,
        "L3", is_personal=True,
    ),
    register(
        "welfare_type_code", "社会救助类别", "Kind of social assistance",
        """
        urban_minimum 城市最低生活保障 城市低保 城镇低保
        rural_minimum 农村最低生活保障 农村低保
        urban_destitute 城市特困供养 城市特困 城市特困人员
        rural_destitute 农村特困供养 农村特困 农村特困人员 农村五保
        """,
        "L3", is_personal=True,
    ),
    register(
        "benefit_status_code", "待遇发放状态", "Status of a benefit",
        """
        paid 正常发放 正常 发放 在发
        suspended 暂停发放 暂停 停发
        terminated 终止发放 终止 死亡终止
        """,
    ),
    register(
        "card_status_code", "社保卡状态", "Status of a social security card",
        """
        active 正常 已激活 启用
        inactive 未激活 未启用 待激活
        lost 挂失 已挂失 正式挂失 临时挂失
        cancelled 注销 已注销 销卡
        locked 锁定 锁卡 冻结
        """,
    ),
    register(
        "disability_type_code", "残疾类别", "Kind of disability",
        """
        1 视力残疾 视力
        2 听力残疾 听力
        3 言语残疾 言语
        4 肢体残疾 肢体
        5 智力残疾 智力
        6 精神残疾 精神
        7 多重残疾 多重
        """,
        "L4", standard="GB/T 26341-2010", is_personal=True,
    ),
    register(
        "disability_level_code", "残疾等级", "Level of disability",
        """
        1 一级 壹级 1级
        2 二级 贰级 2级
        3 三级 叁级 3级
        4 四级 肆级 4级
        """,
        "L4", standard="GB/T 26341-2010", is_personal=True,
    ),
)  # fmt: skip

EDUCATION = (
    register(
        "enrolment_change_code", "学籍变动类型", "Kind of enrolment change",
        """
        entered 入学 新生入学 招生
        transferred_in 转入 转学转入
        transferred_out 转出 转学转出
        suspended 休学
        resumed 复学
        left 退学 辍学
        graduated 毕业 毕业离校 结业
        died 死亡
        """,
    ),
    register(
        "enrolment_status_code", "学籍状态", "Status of an enrolment",
        """
        enrolled 在读 在校 在籍 就读 注册学籍
        suspended 休学
        graduated 毕业 已毕业
        completed 结业
        left 退学 退学离校 肄业 开除
        transferred 转出 转学 已转出
        """,
    ),
    register(
        "school_type_code", "办学类型", "Kind of school",
        """
        kindergarten 幼儿园
        primary 小学 教学点 小学教学点
        junior 初级中学 初中
        nine_year 九年一贯制学校 九年一贯制
        senior 高级中学 高中
        complete 完全中学 完中
        twelve_year 十二年一贯制学校 十二年一贯制
        vocational 中等职业学校 中职 职业高中 中专
        special 特殊教育学校 特教 特教学校
        college 高等学校 高校 高职院校
        """,
        "L1",
    ),
)  # fmt: skip

ORGANIZATIONS = (
    register(
        "party_type_code", "主体类别", "Person or organisation",
        """
        person 自然人 个人 自然人股东 个人股东 自然人投资人
        organization 单位 法人 企业 企业法人 法人股东 企业法人股东 非自然人 事业单位 国家机关 机关 社会团体 其他组织
        other 其他 其它
        """,
        "L1",
    ),
    register(
        "position_code", "职务", "Position in an organisation",
        """
        investor 出资人 股东 投资人 出资者 合伙人
        representative 法定代表人 法人代表 法人
        chair 董事长 董事局主席 董事长兼总经理
        executive_director 执行董事 执行董事兼总经理 执行董事兼经理
        director 董事 副董事长 独立董事
        supervisor 监事 监事会主席 监事长 监事会主席(监事长)
        manager 总经理 经理 副总经理 副经理 财务负责人
        partner 执行事务合伙人
        head 负责人
        operator 经营者
        other 其他 其它 其他人员
        """,
        "L1",
    ),
    register(
        "listing_type_code", "监管决定类别", "Kind of supervisory decision",
        """
        abnormal 列入经营异常名录 经营异常名录 异常名录 列入异常名录 列入
        abnormal_removed 移出经营异常名录 移出异常名录 移出
        serious 列入严重违法失信名单 严重违法失信 严重违法失信名单 列入严重违法失信企业名单
        serious_removed 移出严重违法失信名单 移出严重违法失信企业名单
        penalty 行政处罚 处罚
        """,
        "L1",
    ),
    register(
        "credit_record_type_code", "信用记录类别", "Kind of credit record",
        """
        permit 行政许可 许可
        penalty 行政处罚 处罚
        debtor 失信被执行人
        tax 重大税收违法案件 重大税收违法失信主体
        wages 拖欠农民工工资 拖欠农民工工资失信联合惩戒对象
        red_list 守信红名单 红名单
        other 其他失信名单 失信名单 黑名单 其他
        """,
        "L1",
    ),
    register(
        "tax_credit_rating_code", "纳税信用级别", "Tax credit rating",
        """
        A A级
        B B级
        M M级
        C C级
        D D级
        """,
        "L1", standard="国家税务总局公告2014年第40号",
    ),
    register(
        "provider_type_code", "定点医药机构类型", "Kind of designated provider",
        """
        hospital 定点医院 医院 综合医院 专科医院 中医医院 定点医疗机构
        community 社区卫生服务机构 社区卫生服务中心 社区卫生服务站
        township 乡镇卫生院 卫生院 中心卫生院
        village 村卫生室 卫生室
        clinic 诊所 门诊部 医务室
        pharmacy 定点零售药店 零售药店 药店 定点药店
        other 其他 其它
        """,
        "L1",
    ),
    register(
        "designation_status_code", "定点协议状态", "Status of a designation",
        """
        active 有效 正常 定点 协议有效
        suspended 暂停协议 暂停 中止 中止协议
        terminated 解除协议 终止 解除 取消定点
        expired 协议到期 到期
        """,
        "L1",
    ),
    register(
        "road_license_type_code", "道路运输许可类别", "Kind of road transport licence",
        """
        operator 道路运输经营许可 道路运输经营许可证 经营许可 经营许可证
        practitioner 从业资格 从业资格证 道路运输从业资格 道路运输从业人员从业资格证
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
)  # fmt: skip

SPACE = (
    register(
        "address_status_code", "门楼牌状态", "Status of an address",
        """
        in_use 在用 正常 启用 有效
        planned 预编 预留 待启用
        retired 注销 停用 已注销 拆除 无效
        """,
        "L1",
    ),
    register(
        "right_type_code", "不动产权利类型", "Kind of real-estate right",
        """
        collective_land 集体土地所有权 集体所有权
        state_land 国家土地所有权
        state_construction 国有建设用地使用权
        state_construction_house 国有建设用地使用权/房屋所有权 国有建设用地使用权/房屋(构筑物)所有权
        homestead 宅基地使用权
        homestead_house 宅基地使用权/房屋所有权 宅基地使用权/房屋(构筑物)所有权
        collective_construction 集体建设用地使用权
        collective_construction_house 集体建设用地使用权/房屋所有权 集体建设用地使用权/房屋(构筑物)所有权
        contracted_land 土地承包经营权 农村土地承包经营权
        forest 林地使用权/森林、林木使用权 林权 林地使用权 林地使用权/森林、林木所有权
        mortgage 抵押权
        other 其他权利 其它权利 其他
        """,
    ),
    register(
        "right_nature_code", "不动产权利性质", "Nature of a real-estate right",
        """
        granted 出让 出让/商品房 国有出让
        allocated 划拨 划拨/房改房 国有划拨
        leased 国有土地租赁 租赁
        invested 作价出资（入股） 作价出资 作价入股
        authorised 授权经营
        household_contract 家庭承包
        other_contract 其他方式承包 其它方式承包
        approved 批准拨用 批准使用
        market_house 市场化商品房 商品房 市场化商品住房
        reform_house 房改房
        resettlement_house 拆迁安置房 安置房
        self_built 自建房 自建 农民自建房
        other 其他 其它
        """,
    ),
    register(
        "right_status_code", "权属状态", "Status of a real-estate right",
        """
        provisional 临时
        current 现势 有效 现实 正常
        historic 历史 历史状态 已转移
        terminated 终止 注销 已注销 失效
        """,
    ),
    register(
        "division_level_code", "政区级别", "Level of a division",
        """
        city 地级 市级 地市级 地级市
        county 县级 区县级 县
        town 乡级 乡镇级 乡镇街道 镇级
        village 村级 村（社区）级 村社区
        functional_area 功能区
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "division_code_system_code", "区划代码体系", "Code system of a division code",
        """
        NBS 统计用区划代码 统计 国家统计局 统计局
        MCA 民政区划代码 民政 民政部
        """,
        "L1",
    ),
    register(
        "date_precision_code", "日期精确程度", "How exact a date is",
        """
        day 日 精确到日
        year 年 精确到年 仅知年份
        list 名录 名录之间 两次名录之间
        """,
        "L1",
    ),
    register(
        "transit_record_type_code", "公交记录类别", "Kind of transit record",
        """
        stop 站点 线路站点
        vehicle 车辆 营运车辆
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
)  # fmt: skip

# Measures of the observation model; a header that says only 同比 does not say its basis: it is that of the indicator.
STATISTICS = (
    register(
        "measure_code", "计量项", "Measure",
        """
        level_current 本期 本月 当月 本季 当期 余额 期末数 绝对值 总量 本期(万元) 本月(万元)
        level_cumulative 累计 本年累计 累计值 1月至本月累计 累计(万元)
        yoy_real 可比价增长 增速(可比价) 可比价增长(%) 实际增长 实际增长(%)
        yoy 同比增长 同比 增速 增长 同比(%) 同比±% 同比增长(%) 比上年同期增长(%)
        yoy_nominal 名义增长
        index 指数
        share 占比 比重 占比(%) 比重(%)
        yoy_change 增减额 同比增减额 比上年增减额 比上年同期增减额
        yoy_points 增减百分点 同比增减百分点 百分点 个百分点
        mom 环比 环比增长 环比(%) 比上月增长 比上月增长(%)
        mom_change 比上月增减额 比上月增减
        ytd_change 比年初增减额 比年初增减 比年初增加
        ytd_growth 比年初增长 比年初增长(%) 较年初增长
        plan_share 完成年度预算 完成预算 完成年度计划 完成计划 占预算
        contribution 贡献率 贡献率(%)
        pull 拉动百分点 拉动
        average_growth 年均增长 年均增长(%) 年均增速
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "vintage_code", "核算阶段", "Vintage",
        """
        preliminary 初步核算 初步 初步核算数 快报
        final 最终核实 最终 最终核算 最终核实数 年报
        census_revision 普查修订 修订 经普修订
        """,
        "L1", unreadable_then=Then.QUARANTINE,
    ),
    register(
        "observation_status_code", "观测值状态", "Status of an observation",
        """
        A 正式数 正常值
        P 初步数 快报数
        E 估计数 预计数
        N 不足最小单位 数值过小
        M 无此项数据
        Q 不公布
        """,
        "L1", standard="SDMX CL_OBS_STATUS",
    ),
)  # fmt: skip

ELEMENTS_OF_REGISTERS: tuple[Element, ...] = (*PERSONS, *EDUCATION, *ORGANIZATIONS, *SPACE, *STATISTICS)
