"""Word lists of the made-up city: streets, estates, trades, name parts of minorities, rare characters.

Here: lists, and their form as SQL. Not here: real names and their frequencies (data/reference/names).
The streets are invented or of a kind every Chinese city has; no list names a real firm or person.
"""

from suining_data.sql import literals


def sql_list(items: list[str] | tuple[str, ...]) -> str:
    """A DuckDB list literal."""
    return f"[{literals(items)}]"


STREETS = (
    "遂州中路 遂州北路 凯旋中路 明月路 滨江中路 滨江北路 嘉禾东路 嘉禾西路 育才中路 和平西路 和平东路 德胜路 香林南路 燕山街 "
    "天宫路 玉龙路 银河北路 银河南路 渠河中路 慈音街 川中大道 东升路 红旗路 北固路 南强路 文星街 永盛街 建设路 人民路 新华街 "
    "解放路 解放下街 兴隆街 太和大道 子昂路 美丰大道 卓筒大道 蓬莱路 江南路 柔刚街 安居大道 琼江路 凤凰路 梧桐路 桃李街"
).split()
ESTATES = (
    (
        "金色 翡翠 滨江 锦绣 阳光 東方 盛世 香榭 龙湾 芙蓉 凤台 观音湖 涪江 碧水 世纪 南湖 紫荆 银杏 天泰 江山 书香 和润 康宁 嘉泰 "
        "德水 福星 星河 鹭岛 望江 青莲"
    )
    .replace("東", "东")
    .split()
)
ESTATE_ENDINGS = "花园 小区 苑 名城 华府 雅居 广场 公馆 家园 印象".split()

BRANDS = (
    (
        "鑫 瑞 恒 宏 泰 盛 兴 隆 達 丰 源 华 通 联 诚 信 和 顺 康 安 佳 美 嘉 润 博 远 创 智 德 龙 凤 翔 腾 金 银 玉 荣 昌 富 贵 吉 祥 "
        "万 亿 天 海 江 川 云 峰 林 森 旺 裕 东 蜀 巴 锦 涪 卓 凯 欧 亚 中 正 大 广 永 久 长 新 欣 悦 乐 福 禄 旭 晨 辉 耀"
    )
    .replace("達", "达")
    .split()
)
# trade as in the name, industry (GB/T 4754-2017 class), weight among companies, weight among sole traders
TRADES: tuple[tuple[str, str, int, int], ...] = (
    ("商贸", "F5199", 14, 2),
    ("建筑工程", "E4710", 10, 0),
    ("建筑劳务", "E5030", 5, 0),
    ("装饰工程", "E5011", 6, 1),
    ("电子科技", "C3989", 5, 0),
    ("食品", "C1399", 4, 2),
    ("酒业", "C1512", 2, 1),
    ("纺织", "C1711", 3, 0),
    ("机械制造", "C3484", 3, 0),
    ("化工", "C2614", 2, 0),
    ("物流", "G5431", 5, 2),
    ("农业开发", "A0141", 8, 1),
    ("养殖", "A0313", 3, 3),
    ("房地产开发", "K7010", 4, 0),
    ("物业服务", "K7020", 3, 0),
    ("信息技术", "I6513", 5, 0),
    ("广告传媒", "L7259", 4, 1),
    ("企业管理咨询", "L7243", 4, 0),
    ("旅游开发", "N7869", 1, 0),
    ("医药", "F5251", 2, 3),
    ("汽车服务", "O8111", 2, 3),
    ("教育咨询", "L7249", 2, 0),
    ("餐饮", "H6210", 3, 18),
    ("副食", "F5211", 1, 20),
    ("服装", "F5232", 1, 10),
    ("五金建材", "F5281", 2, 6),
    ("理发", "O8040", 0, 7),
    ("茶楼", "H6231", 0, 6),
    ("水果", "F5223", 0, 5),
    ("快递", "G6020", 1, 1),
    ("家电维修", "O8131", 0, 3),
    ("诊所", "Q8425", 0, 2),
)
SOLE_ENDINGS = "店 经营部 商行 门市 铺 超市 工作室".split()
BRANCH_ENDINGS = "营销服务部 办事处 经营部 分厂 加油站 汽车站 连锁店 购物广场 餐厅 营业部 门市部 分店 服务站 项目部 仓储中心 直营店".split()
BUSINESS_SCOPES = {
    "F": "批发、零售：日用百货、五金交电、建筑材料、预包装食品；互联网零售。",
    "E": "房屋建筑工程、市政公用工程、土石方工程施工；建筑劳务分包。",
    "C": "生产、加工、销售本企业产品；货物进出口。",
    "A": "农作物种植；畜禽养殖、销售；农业技术推广。",
    "H": "餐饮服务；预包装食品销售。",
}
OTHER_SCOPE = "依法须经批准的项目，经相关部门批准后方可开展经营活动。"

UYGUR = "阿卜杜拉 买买提 艾力 吐尔逊 古丽娜尔 阿依古丽 热依汗 努尔兰 库尔班 玉素甫 帕提古丽 迪力木拉提 阿不都热合曼 麦麦提明".split()
YI_CLANS = "吉克 阿木 沙马 吉木 曲比 海来 阿尔 马海".split()
YI_GIVEN = "伍呷 阿呷 尔古 拉铁 木呷 子布 有色 日哈 阿依 史布".split()
TIBETAN = "扎西 多吉 卓玛 央金 旺堆 次仁 格桑 索朗 拉姆 平措 丹增 白玛".split()
FOREIGN = (
    "SMITH JOHN|BROWN EMMA|TANAKA YUKI|KIM MINJUN|IVANOV PETR|MUELLER ANNA|NGUYEN VAN AN|SINGH ARJUN|"
    "MARTIN CLAIRE|ROSSI LUCA"
).split("|")
RARE_CHARACTERS = "䶮 㛃 𬭎 𫖯 䲟 㼆 𬀪 𦙶 㭎 𬍛".split()  # in GB 18030, most not in GBK
OUTSIDE_PLACES = (
    "四川省成都市武侯区 四川省成都市金牛区 四川省南充市顺庆区 四川省绵阳市涪城区 四川省资阳市安岳县 四川省广安市武胜县 重庆市潼南区 "
    "重庆市渝北区 重庆市合川区 四川省德阳市中江县 四川省绵阳市三台县 贵州省遵义市红花岗区 云南省昭通市镇雄县 湖北省恩施市"
).split()
