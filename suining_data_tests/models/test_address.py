"""What an address of Suining is taken apart to, and which division it is found in."""

import pytest

ELEMENTS = [
    "county_name",
    "area_name",
    "town_name",
    "village_name",
    "village_group",
    "street",
    "door_number",
    "estate",
    "building",
    "unit",
    "floor",
    "room",
    "remainder",
]


def parse(bench, address, hint=None):
    """The elements that were found, with division, level and confidence."""
    bench.insert("linked.address_record", record_id=1, role="x", address_id="A1", address=address, division_code=hint)
    bench.build("spatial.address")
    columns = [*ELEMENTS, "division_code", "parse_level", "parse_confidence"]
    row = dict(zip(columns, bench.query(f"select {', '.join(columns)} from spatial.address")[0], strict=True))
    found = " ".join(row[name] for name in ELEMENTS if row[name])
    return found, row["division_code"], row["parse_level"], float(row["parse_confidence"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "船山区南津路街道邮拱局社区3组218号",
            ("船山区 南津路街道 邮拱局社区 3组 218号", "510903001", "door_number", 1.0),
        ),
        (
            "安居区拦江镇东平社区7组",
            ("安居区 拦江镇 东平社区 7组", "510904104002", "village_group", 1.0),
        ),
        (
            "射洪市太和街道遂州中路123号锦绣花园3栋2单元501号",
            ("射洪市 太和街道 遂州中路 123号 锦绣花园 3栋 2单元 501", "510981001000", "room", 0.9),
        ),
        (
            "船山区镇江寺街道滨江北路二段88号附2号",
            ("船山区 镇江寺街道 滨江北路二段 88-2号", "510903004000", "door_number", 0.9),
        ),
        (
            "蓬溪县赤城镇新村路12号",
            ("蓬溪县 赤城镇 新村路 12号", "510921100000", "door_number", 0.9),
        ),
        (
            "大英县卓筒井镇文家村4组",
            ("大英县 卓筒井镇 文家村 4组", "510923", "village_group", None),
        ),
        # without the kind of the village: only if the town has such a village, and only before a group
        (
            "安居区东禅镇板凳垭7组3",
            ("安居区 东禅镇 板凳垭村 7组 3号", "510904101205", "door_number", 1.0),
        ),
        (
            "安居区东禅镇场镇7组3号",
            ("安居区 东禅镇 场镇7组3号", "510904101000", "town", None),
        ),
        (
            "船山区南津路街道邮拱局社区滨江南路8号",
            ("船山区 南津路街道 邮拱局社区 滨江南路 8号", "510903001", "door_number", 1.0),
        ),
        # the office's own title, the committee's title
        (
            "船山区南强街道办事处谢家店社区居民委员会4组",
            ("船山区 南强街道 谢家店社区 4组", "510903014015", "village_group", 1.0),
        ),
        # a town that was merged in 2019: its code of today where the successor is known, else its old code
        (
            "射洪县太和镇人民街15号",
            ("射洪县 太和镇 人民街 15号", "510981001000", "door_number", None),
        ),
        (
            "船山区老池乡石坝子街5号",
            ("船山区 老池乡 石坝子街 5号", "510903107000", "door_number", None),
        ),
        # a village known only from before the village mergers lies in the town of today
        (
            "蓬溪县吉祥镇锡沟村11组",
            ("蓬溪县 吉祥镇 锡沟村 11组", "510921109000", "village_group", 0.9),
        ),
        # no county, no town
        (
            "白马镇治平寺村10社",
            ("白马镇 治平寺村 10组", "510904106203", "village_group", 0.95),
        ),
        (
            "射洪市黄莲嘴村3组",
            ("射洪市 黄莲嘴村 3组", "510981101211", "village_group", 0.7),
        ),
        # two towns of the county have a village of this name: no choice is made
        (
            "射洪市幸福村6组",
            ("射洪市 幸福村 6组", "510981000000", "village_group", None),
        ),
        # a floor, whatever it is of
        (
            "安居区保石镇银河南路12号三楼",
            ("安居区 保石镇 银河南路 12号 3楼", "510904", "floor", 0.9),
        ),
        (
            "船山区南强街道锦绣花园3栋1单元负1层",
            ("船山区 南强街道 锦绣花园 3栋 1单元 负1楼", "510903014", "floor", 0.9),
        ),
        (
            "蓬溪县文井镇建设路9号3楼B201室",
            ("蓬溪县 文井镇 建设路 9号 3楼 B201", "510921", "room", 0.9),
        ),
        # a name with a word for a part of a building: the last number is no room
        (
            "船山区南津路街道鼓楼街15号",
            ("船山区 南津路街道 鼓楼街 15号", "510903001", "door_number", 0.9),
        ),
        (
            "大英县象山镇冯家楼村9组7号",
            ("大英县 象山镇 冯家楼村 9组 7号", "510923", "door_number", None),
        ),
        # words that are no part of an address do not take what stands before them away
        (
            "蓬溪县文井镇建设路9号3楼A区",
            ("蓬溪县 文井镇 建设路 9号 3楼 A区", "510921", "floor", 0.8),
        ),
        (
            "船山区永兴镇解放路9号1-3号门面",
            ("船山区 永兴镇 解放路 9号 1-3号门面", "510903", "door_number", 0.8),
        ),
        (
            "安居区拦江镇东平社区7组国道318旁",
            ("安居区 拦江镇 东平社区 7组 国道318旁", "510904104002", "village_group", 0.9),
        ),
        (
            "射洪市太和街道遂州中路123号锦绣花园3栋底商5号门面",
            ("射洪市 太和街道 遂州中路 123号 锦绣花园 3栋 底商5号门面", "510981001000", "building", 0.8),
        ),
        # a functional area before the town
        (
            "河东新区慈音街道五彩缤纷路28号",
            ("河东新区 慈音街道 五彩缤纷路 28号", "510903012000", "door_number", None),
        ),
        (
            "船山区",
            ("船山区", "510903000000", "county", None),
        ),
    ],
)
def test_real_addresses(bench, address, expected):
    """Expected: elements, beginning of the division code, level, confidence; None is not looked at."""
    found, code, level, confidence = parse(bench, address)
    assert found == expected[0]
    assert (code or "").startswith(expected[1])
    assert level == expected[2]
    if expected[3] is not None:
        assert confidence == expected[3]


def test_an_address_elsewhere_has_no_division_here(bench):
    _, code, _, confidence = parse(bench, "成都市武侯区人民南路四段1号")
    assert (code, confidence) == (None, 0.0)


def test_a_delivered_code_that_is_finer_wins_over_the_text(bench):
    assert parse(bench, "安居区拦江镇顺河街5号", "510904104002")[1] == "510904104002"


def test_a_delivered_code_that_contradicts_the_text_does_not(bench):
    assert parse(bench, "安居区拦江镇顺河街5号", "510903001000")[1] == "510904104000"


def test_a_delivered_code_alone_is_used_with_little_confidence(bench):
    assert parse(bench, "顺河街5号", "510922")[1:] == ("510981000000", "door_number", 0.3)


def test_county_and_town_that_disagree_cost_confidence(bench):
    assert parse(bench, "安居区赤城镇新街1号")[3] <= 0.5


def test_one_row_per_address_with_its_best_point_in_cgcs2000(bench):
    place = {"address_id": "A1", "address": "船山区南津路街道嘉禾东路1号"}
    for record_id, role, crs, longitude in (
        (1, "building", "BD-09", 105.6),
        (2, "standard_address", "GCJ-02", 105.58),
        (3, "school_site", "EPSG:4490", 105.5),
    ):
        record = {"record_id": record_id, "role": role, "crs": crs, "resource_id": role}
        bench.insert("linked.address_record", **place | record | {"longitude": longitude, "latitude": 30.5})
    bench.insert("linked.address_record", **place | {"record_id": 4, "role": "registered_address"})
    bench.build("spatial.address")
    [(longitude, source, accuracy)] = bench.query(
        "select longitude, coordinate_source, coordinate_accuracy from spatial.address"
    )
    assert 105.575 < longitude < 105.579  # GCJ-02 lies about 200 m east of CGCS2000 here
    assert (source, accuracy) == ("standard_address", "door")


def test_a_point_outside_the_city_is_no_point(bench):
    place = {
        "record_id": 1,
        "role": "school_site",
        "crs": "EPSG:4490",
        "address_id": "A1",
        "address": "船山区嘉禾东路1号",
    }
    bench.insert("linked.address_record", **place | {"longitude": 30.5, "latitude": 85.6})
    bench.build("spatial.address")
    assert bench.query("select longitude, coordinate_source from spatial.address") == [(None, None)]


def test_a_town_told_by_its_old_and_its_new_name_gives_one_row_per_address(bench):
    for record, (id, address) in enumerate([("A1", "船山区老池镇建设路76号"), ("A2", "船山区老池乡建设路76号")], 1):
        bench.insert("linked.address_record", record_id=record, role="x", address_id=id, address=address)
    bench.build("spatial.address")
    assert bench.query("select address_id from spatial.address order by 1") == [("A1",), ("A2",)]


def test_the_text_of_a_place_is_the_best_that_was_delivered(bench):
    """With its county of today, in digits, with 组; then the one that most records have."""
    for record, address in enumerate(
        ["东禅镇板凳垭村4组", "安居区东禅镇板凳垭村四组", "市中区东禅镇板凳垭村4组", "安居区东禅镇板凳垭村4组", "安居区东禅镇板凳垭村4社"], 1
    ):  # fmt: skip
        bench.insert("linked.address_record", record_id=record, role="x", address_id="A1", address=address)
    bench.build("spatial.address")
    assert bench.query("select address, village_group from spatial.address") == [("安居区东禅镇板凳垭村4组", "4组")]


def test_every_text_of_an_address_is_an_alias_of_it(bench):
    for record, address in enumerate(["东禅镇板凳垭村4组", "东禅镇板凳垭村四社", "东禅镇板凳垭村4组"], 1):
        bench.insert("linked.address_record", record_id=record, role="x", address_id="A1", address=address)
    bench.build("spatial.address_alias")
    assert sorted(bench.query("select address_id, alias_text, record_count from spatial.address_alias")) == [
        ("A1", "东禅镇板凳垭村4组", 2),
        ("A1", "东禅镇板凳垭村四社", 1),
    ]


def place(bench, stored):
    """Standard addresses A1, A2, ... (text, longitude, latitude) and their points."""
    for record, (address, longitude, latitude) in enumerate(stored, 1):
        bench.insert(
            "linked.address_record",
            record_id=record,
            role="standard_address",
            address_id=f"A{record}",
            address=address,
            longitude=longitude,
            latitude=latitude,
            crs="EPSG:4490",
            resource_id="r",
        )
    bench.build("spatial.address", "spatial.address_point")


def test_an_address_without_a_point_has_the_middle_of_the_finest_place_that_it_shares(bench):
    stored = [
        ("安居区东禅镇板凳垭村4组", 105.40, 30.30),
        ("安居区东禅镇板凳垭村5组1号", 105.42, 30.32),
        ("安居区东禅镇板凳垭村5组2号", 105.44, 30.32),
        ("安居区东禅镇板凳垭村5组3号", None, None),
        ("安居区东禅镇板凳垭村6组", None, None),
        ("安居区东禅镇新街9号", None, None),
        ("安居区拦江镇顺河街5号", None, None),
        ("大英县蓬莱镇新街9号", None, None),
    ]
    place(bench, stored)
    found = bench.query(
        "select address_id, longitude, latitude, coordinate_accuracy, point_count, coordinate_accuracy_m "
        "from spatial.address_point order by address_id"
    )
    assert [row[:5] for row in found] == [
        ("A1", 105.40, 30.30, "door", 1),
        ("A2", 105.42, 30.32, "door", 1),
        ("A3", 105.44, 30.32, "door", 1),
        ("A4", 105.43, 30.32, "village_group", 2),
        ("A5", 105.42, 30.3133333, "village", 3),
        ("A6", 105.42, 30.3133333, "town", 3),
        ("A7", 105.42, 30.3133333, "county", 3),
    ]
    radius = {row[0]: row[5] for row in found}
    assert radius["A1"] == 10
    # 0.02 degrees of longitude here: so far is a point of the group off the other
    assert radius["A4"] == pytest.approx(1920, abs=5)
    # 95 % of how far each of the three is from the middle of the two others
    assert radius["A5"] == pytest.approx(3584, abs=5)


def test_points_at_one_spot_do_not_make_a_place_exact(bench):
    stored = [
        ("安居区东禅镇板凳垭村4组1号", 105.40, 30.30),
        ("安居区东禅镇板凳垭村4组2号", 105.40, 30.30),
        ("安居区东禅镇板凳垭村4组3号", None, None),
        ("安居区东禅镇黄泥村4组1号", 105.42, 30.32),
        ("安居区东禅镇黄泥村4组2号", 105.44, 30.32),
    ]
    place(bench, stored)
    [(level, metres)] = bench.query(
        "select coordinate_accuracy, coordinate_accuracy_m from spatial.address_point where address_id = 'A3'"
    )
    assert level == "village_group"
    assert metres == pytest.approx(1920, abs=5)  # as the other group of which two points are known


def test_an_estate_of_the_same_name_on_another_street_is_another_one(bench):
    stored = [
        ("安居区凤凰街道新华街252号世纪名城1栋", 105.40, 30.30),
        ("安居区凤凰街道新华街252号世纪名城1栋1单元101号", None, None),
        ("安居区凤凰街道世纪名城1栋", None, None),
        ("安居区凤凰街道外贸路3号世纪名城1栋", None, None),
        ("安居区凤凰街道外贸路5号锦绣花园2栋", 105.42, 30.32),
        ("安居区凤凰街道锦绣花园2栋", None, None),
    ]
    place(bench, stored)
    found = bench.query("select address_id, coordinate_accuracy, longitude from spatial.address_point order by 1")
    assert found == [
        ("A1", "door", 105.40),
        ("A2", "building", 105.40),
        ("A3", "town", 105.41),  # of which of the two?
        ("A4", "street", 105.42),
        ("A5", "door", 105.42),
        ("A6", "building", 105.42),
    ]
