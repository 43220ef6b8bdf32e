"""Errors as one line for the user: what is wrong and what to do.

Here: Mistake, and the lines of all errors that reach the end of a command. Not here: the errors themselves.
"""

import traceback
from pathlib import Path

import duckdb
from pydantic import ValidationError

from suining_data.city import CityError
from suining_data.settings import PROJECT, Unusable, settings


class Mistake(Exception):
    """A mistake that the user can correct; printed without a traceback."""


def message_for_user(error: BaseException) -> str | None:
    """What the user can do about an error; None for an error that the user cannot correct."""
    from suining_data.catalog import CatalogError
    from suining_data.damage import DamagedFile
    from suining_data.subjects import SubjectError
    from suining_data.tombstones import KeyMissing
    from suining_data.warehouse import WarehouseBusy

    if isinstance(error, Mistake | DamagedFile | WarehouseBusy | KeyMissing | Unusable | SubjectError | CityError):
        return str(error)
    if isinstance(error, CatalogError):
        first, *others = error.problems
        more = f" 另有 {len(others)} 处：suining catalog check ({len(others)} more)" if others else ""
        return f"{first}{more}"
    if isinstance(error, ValidationError):
        return _wrong_setting(error)
    return _about_a_file(error)


def _about_a_file(error: BaseException) -> str | None:
    from suining_data.damage import damage_of
    from suining_data.warehouse import is_disk_full

    if is_disk_full(error):
        return (
            f"磁盘已满或文件不能再增大：{settings().data}。已发布的数据不变；请腾出空间后再次运行 "
            "(the disk is full or a file cannot grow; the published data is unchanged: free some space and run again)"
        )
    if damaged := damage_of(error, settings()):
        return str(damaged)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}。请检查路径和权限 (check the path and its permissions)"
    if isinstance(error, duckdb.IOException):
        return f"{str(error).splitlines()[0]}。请检查文件和权限 (check the file and its permissions)"
    return None


def _wrong_setting(error: ValidationError) -> str | None:
    """The environment variable that has a wrong value, without the value: it may be a password."""
    if error.title not in ("Settings", "Limits"):
        return None
    first = error.errors(include_input=False)[0]
    prefix = "SUINING_LIMIT_" if error.title == "Limits" else "SUINING_"
    name = f"{prefix}{'_'.join(map(str, first['loc']))}".upper()
    return f"环境变量 {name} 的值不对，请改正或去掉 (correct or unset this environment variable): {first['msg']}"


def unexpected(error: BaseException) -> str:
    """A fault of the program: its kind and the places in the code. Its message may have personal values."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PROJECT / "suining_data")
    ]
    return (
        f"程序出错 {type(error).__name__}，位于 {' > '.join(places)}。已发布的数据不变；请把这一行告知维护人员 "
        "(a fault of the program; the published data is unchanged: report this line to its maintainers)"
    )
