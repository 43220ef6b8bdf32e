"""Characters and words that people write for one another: the lists from which errors in texts are made.

Here: lists, as SQL where they are pairs. Not here: which field has which error (corruption.py), how often (errors.py).
"""

# Homophones and look-alikes of given names
LOOK_ALIKES = ("静晓红艳芳燕丽云伟志建国华军勇强涛辉平明", "靖小洪燕方艳莉芸玮智健帼桦均永蔷滔晖萍铭")
# Simplified characters and their traditional or variant forms
VARIANTS = (
    "陈叶刘张杨赵吴黄孙马罗郑谢许邓冯苏卢钟谭陆贾韦龙万汤华国伟丽兰军红云凤兴庆义学东荣贵宝强刚艳娇琼莲莹静飞鹏辉峰群",
    "陳葉劉張楊趙吳黃孫馬羅鄭謝許鄧馮蘇盧鍾譚陸賈韋龍萬湯華國偉麗蘭軍紅雲鳳興慶義學東榮貴寶強剛艷嬌瓊蓮瑩靜飛鵬輝峯羣",
)
# First characters that sound or look like another one
FIRST_CHARACTERS = (
    "王陈李张刘周吴徐黄胡曾何唐蒋罗郑肖余魏杨谢廖邓冯彭袁田宋曹程赵孙",
    "汪程黎章柳邹伍许王扶增贺汤姜骆正萧于卫扬解缪登逢澎元由宗曾陈肖苏",
)
# Of brands and trades in names of organisations
ORGANIZATION_LOOK_ALIKES = ("鑫恒宏盛源丰通联诚佳博远智德凤", "新衡洪胜缘峰同连城家搏运知得风")

NAME_NOTES = "（户主） （已故） （迁出） (户主) (已故) （大）".split()
NICKNAME_PREFIXES = "小 阿".split()
ADDED_CHARACTERS = "群 华 英 明 芳 平".split()
