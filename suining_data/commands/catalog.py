"""`suining catalog ...`: the catalogue of information resources.

Here: the commands, their options, what they print. Not here: the catalogue (catalog/), the draft of a YAML (drafting/).
"""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.output import print_data
from suining_data.display import console, error_console, folding_table, visible_lines
from suining_data.settings import PROJECT

catalog_app = typer.Typer(no_args_is_help=True, help="信息资源目录 · The catalogue of information resources.")


@catalog_app.command("check")
def catalog_check(
    units: Annotated[Path | None, typer.Argument(help="Folder of unit YAMLs; the project's own by default.")] = None,
) -> None:
    """Check the catalogue. Every error is shown with file, resource, field and how to correct it."""
    from suining_data.catalog import UNITS, check

    folder = units or UNITS
    if not folder.is_dir():
        raise Mistake(f"{folder}: 没有这个目录 (no such folder)")
    problems = check(folder)
    for problem in problems:
        console.print(str(problem))
    if problems:
        raise typer.Exit(1)
    console.print("目录无误 (the catalogue has no errors)")


@catalog_app.command("list")
def catalog_list() -> None:
    """List every resource: unit, name, format, cycle, sharing."""
    from suining_data.catalog import load_catalog

    catalog = load_catalog()
    table = folding_table("resource", "单位", "名称", "format", "cycle", "share")
    for unit in catalog.units:
        for resource in unit.resources:
            delivery = resource.delivery
            table.add_row(
                resource.id,
                unit.name,
                resource.name,
                delivery.format.value,
                resource.cycle.value,
                resource.share.type.value,
            )
    console.print(table)


@catalog_app.command("schema")
def catalog_schema(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The tables of docs/catalogue.md.")] = False,
) -> None:
    """Print the JSON Schema of a unit's YAML. Editors use it to complete and to check."""
    from suining_data.catalog import reference, unit_schema

    print_data((reference() if as_markdown else json.dumps(unit_schema(), ensure_ascii=False, indent=2)) + "\n")


@catalog_app.command("new")
def catalog_new(
    file: Annotated[Path, typer.Argument(help="A file as the department delivers it.")],
    unit: Annotated[str, typer.Option(help="Id of the unit, e.g. public_security.")],
    name: Annotated[str, typer.Option(help="Id of the resource within the unit, e.g. household_changes.")],
) -> None:
    """Draft the YAML of a resource from a sample file. A person must complete it."""
    from suining_data.catalog import UNITS, load_catalog
    from suining_data.drafting import Undraftable, draft

    for id in (unit, name):
        if not re.fullmatch("[a-z][a-z0-9_]*", id):
            raise Mistake(
                f"{id}: 用小写字母、数字、下划线，以字母开头 (use lower-case letters, digits and _; begin with a letter)"
            )
    if not file.is_file():
        raise Mistake(f"{file}: 没有这个文件 (no such file)")
    try:
        drafted = draft(file, unit, name, load_catalog())
    except Undraftable as reason:
        raise Mistake(str(reason)) from reason
    print_data(visible_lines(drafted.text))  # in a YAML text the same characters
    place = f"{UNITS.relative_to(PROJECT)}/{unit}.yaml"
    advice = f"存为 {place} (save it as)" if drafted.is_whole_file else f"接在 {place} 之后 (append it to)"
    error_console.print(f"{advice}; suining catalog check")
