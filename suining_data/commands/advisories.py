"""`suining advisories`: whether a security advisory applies to what is installed here.

Here: what is printed, the exit code. Not here: how an advisory is judged (suining_data/advisories.py).
"""

from pathlib import Path
from typing import Annotated

import typer

from suining_data.advisories import NoAdvisories, installed_packages, read_advisories
from suining_data.commands.errors import Mistake
from suining_data.display import console, folding_table


def advisories(
    file: Annotated[Path, typer.Argument(help="OSV's export of PyPI (ZIP), or advisories as JSON.")],
) -> None:
    """Compare the installed packages with a file of security advisories. Exit code 1: one of them applies. Needs no network."""
    try:
        known = read_advisories(file)
    except NoAdvisories as error:
        raise Mistake(
            f"{file}: 不是 OSV 格式的 PyPI 安全公告。请下载 OSV 的 PyPI 导出包 "
            "(not advisories about PyPI in the OSV format: download OSV's export of PyPI)"
        ) from error
    packages = installed_packages()
    found = known.about(packages)
    if found:
        table = folding_table("包 package", "版本 version", "公告 advisory", "已修复于 fixed in", "概要 summary")
        for each in found:
            table.add_row(each.package, each.version, each.advisory, each.fixed_in, each.summary)
        console.print(table)
    console.print(
        f"已安装 {len(packages)} 个包，公告 {len(known.entries):,} 条，最新 {known.newest}：命中 {len(found)} 条 "
        f"({len(found)} advisories apply to the installed packages)",
        style="red" if found else None,
    )
    raise typer.Exit(bool(found))
