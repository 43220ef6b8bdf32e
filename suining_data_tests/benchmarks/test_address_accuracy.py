"""The measure of addresses gives the figures that one counts by hand."""

import duckdb

from suining_data_tests.benchmarks.accuracy.addresses import measure
from suining_data_tests.benchmarks.accuracy.records import PERSON

DIVISIONS = [
    ("510904000000", "安居区", "county"),
    ("510904104000", "拦江镇", "town"),
    ("510904101000", "东禅镇", "town"),
]
TRUE = {
    "A": ("四川省遂宁市安居区拦江镇东平社区7组", None, "四川省遂宁市安居区东禅镇板凳垭村4组12号"),
    "B": ("四川省遂宁市安居区拦江镇顺河街5号锦绣花园3栋2单元501号", None, None),
    "C": ("四川省遂宁市安居区拦江镇顺河街5号", None, None),
}
MERGED = "四川省遂宁市安居区拦江镇三元村2组"  # what was delivered for one of them is its old name
# address id, division code, village, group, street, door number, estate, building
STORED = [
    ("right", "510904104002", "东平社区", "7组", None, None, None, None),
    ("former", "510904101205", "板凳垭村", "4组", None, "12号", None, None),
    ("other group", "510904104002", "东平社区", "8组", None, None, None, None),
    ("merged village", "510904104000", "三元村", "2组", None, None, None, None),
    ("right building", "510904104000", None, None, "顺河街", "5号", "锦绣花园", "3栋"),
    ("without building", "510904104000", None, None, "顺河街", "5号", None, None),
    ("county alone", "510904000000", None, None, None, None, None, None),
]
RECORDS = [
    ("A", "right"),
    ("A", "former"),
    ("A", "other group"),
    ("A", "merged village"),
    ("B", "right building"),
    ("B", "without building"),
    ("C", "county alone"),
]


def test_towns_and_parts_are_counted() -> None:
    with duckdb.connect() as con:
        con.execute("create schema spatial; create schema linked")
        con.execute("""create table spatial.division (division_code varchar, name varchar, level_code varchar,
            is_current boolean default true, code_system_code varchar default 'NBS')""")
        con.executemany("insert into spatial.division (division_code, name, level_code) values (?, ?, ?)", DIVISIONS)
        con.execute("""create table spatial.address (address_id varchar, division_code varchar, village_name varchar,
            village_group varchar, street varchar, door_number varchar, estate varchar, building varchar)""")
        con.executemany("insert into spatial.address values (?, ?, ?, ?, ?, ?, ?, ?)", STORED)
        con.execute("""create table truth_person (true_id varchar, registered_address varchar, residence_address varchar,
            former_address varchar, old_named_addresses varchar[])""")
        con.executemany(
            "insert into truth_person values (?, ?, ?, ?, ?)", [(id, *texts, [MERGED]) for id, texts in TRUE.items()]
        )
        con.execute("""create table linked.person_record (record_id bigint, role varchar, registered_address_id varchar,
            residence_address_id varchar)""")
        con.execute("create table person_matched (record_id bigint, role varchar, true_id varchar)")
        for number, (true_id, address_id) in enumerate(RECORDS):
            con.execute("insert into linked.person_record values (?, 'x', ?, null)", [number, address_id])
            con.execute("insert into person_matched values (?, 'x', ?)", [number, true_id])
        found = measure(con, PERSON)
    assert found == {
        "addresses": 7,
        "town_right": round(6 / 7, 6),
        "old_named": 1,
        "with_part": 4,  # three right ones and a wrong one
        "right_part": 3,
        "part_precision": 0.75,
        "part_recall": 0.6,  # the right ones of all of A and B but the old name
    }
