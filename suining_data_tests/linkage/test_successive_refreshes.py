"""Ten refreshes with shuffled, split and corrected deliveries: whoever stays the same keeps the id."""

import random

from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench

HOUSES = [f"遂宁市船山区滨江路{n}号" for n in range(30)]
Row = dict[str, str | None]


def people() -> dict[str, list[Row]]:
    """Label -> what departments tell of somebody: most with a number, some with a damaged one, some with none at all."""
    told: dict[str, list[Row]] = {}
    for n in range(30):
        number, birth = f"51090219{60 + n}0101001{n % 10}", f"19{60 + n}-01-01"
        name = f"赵{chr(0x5000 + n)}{chr(0x5100 + n)}"
        resident = {
            "resident_id": number,
            "name": name,
            "sex_code": "1",
            "birth_date": birth,
            "registered_address": HOUSES[n],
        }
        insured: Row = {"resident_id": number, "name": name, "phone": f"138000000{n:02}"}
        if n % 5 == 1:
            insured |= {"resident_id": None, "received": number[:16] + number[17] + number[16]}
        if n % 5 == 2:
            resident |= {"resident_id": None}
            insured |= {"resident_id": None, "residence_address": HOUSES[n]}
        told[name] = [{"resource": RESIDENTS, **resident}, {"resource": INSURANCE, **insured}]
    return told


def refresh(bench: Bench, told: dict[str, list[Row]], shuffle: random.Random) -> dict[str, set[str | None]]:
    """Deliver everything anew, in another order and under other record ids; label -> ids of its records."""
    for resource in (RESIDENTS, INSURANCE):
        bench.con.execute(f"truncate staged.{resource}")
    bench.con.execute("truncate governance.quarantine")
    rows = [(label, row) for label, rows in told.items() for row in rows]
    shuffle.shuffle(rows)
    bench.last_record += shuffle.randrange(1000)
    label_of = {
        bench.stage(str(row["resource"]), **{k: v for k, v in row.items() if k != "resource"}): label
        for label, row in rows
    }
    bench.link()
    found: dict[str, set[str | None]] = {label: set() for label in told}
    for record, id in bench.ids("person").items():
        found[label_of[record]].add(id)
    return found


def test_whoever_stays_the_same_keeps_the_id_over_ten_refreshes(bench: Bench) -> None:
    shuffle, told = random.Random(1), people()
    first = refresh(bench, told, shuffle)
    assert all(len(ids) == 1 and None not in ids for ids in first.values())
    for _ in range(9):
        assert refresh(bench, told, shuffle) == first
    assert bench.con.sql("select distinct kind from registry.person_event").fetchall() == [("mint",)]


def test_a_correction_leaves_ids_or_a_redirect(bench: Bench) -> None:
    shuffle, told = random.Random(2), people()
    first = refresh(bench, told, shuffle)
    label = next(label for label, rows in told.items() if rows[0]["resident_id"] is None)
    for row in told[label]:
        row["resident_id"] = "510902196201010012"
    second = refresh(bench, told, shuffle)
    others = {name: ids for name, ids in second.items() if name != label}
    assert others == {name: ids for name, ids in first.items() if name != label}
    [old], [new] = first[label], second[label]
    events = bench.con.sql(
        "select kind, person_id, other_id from registry.person_event where run_id = 'run2' order by 1"
    )
    assert old == new or ("retire", old, None) in events.fetchall()
