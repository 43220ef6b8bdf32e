"""`suining audiences`: who gets what of the published data, and how well persons are hidden in it.

Here: what the command shows. Not here: what an audience gets (publication/audiences.yaml), measuring (publication/anonymity.py).
"""

from dataclasses import asdict

from suining_data.commands.errors import Mistake
from suining_data.commands.output import AsJson, print_json
from suining_data.display import console, folding_table
from suining_data.settings import settings


def audiences(as_json: AsJson = False) -> None:
    """Show who gets what of the published data, and how well persons are hidden in it.

    Persons who are alike in all columns by which they can be distinguished are a group; k is the size of the smallest one.
    """
    from suining_data.publication import load_audiences, load_services, measured_anonymity, with_own_files

    measured = {name: measured_anonymity(settings(), name) for name in with_own_files()}
    if as_json:
        print_json([{"audience": name, **asdict(each)} for name, tables in measured.items() for each in tables])
        return
    for name, audience in load_audiences().items():
        console.print(f"{name}  {audience.zh}\n  {audience.en}", highlight=False)
        if name in measured:
            console.print(f"  {settings().published / name / 'suining.duckdb'}", highlight=False)
    for name, service in load_services().items():
        console.print(f"service {name}  {service.zh}\n  {service.en}", highlight=False)
    if not any(measured.values()):
        raise Mistake("尚未发布 (nothing is published yet)")
    table = folding_table(
        "受众 audience",
        "表 table",
        "人员 persons",
        "k",
        "少于5人的组中 in groups under 5",
        "可区分的列 distinguished by",
    )
    for name, tables in measured.items():
        for each in tables:
            share = f"{each.in_small_groups / each.persons:.1%}" if each.persons else ""
            table.add_row(name, each.table, f"{each.persons:,}", f"{each.smallest:,}", share, ", ".join(each.columns))
    console.print(table)
