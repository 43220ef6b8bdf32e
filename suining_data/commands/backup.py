"""`suining backup`, `suining restore`: what nothing can compute again, to a folder and back.

Here: the commands, their options, what they print. Not here: the work (backup/).
"""

from pathlib import Path
from typing import Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.display import console
from suining_data.settings import settings

Folder = Annotated[Path, typer.Argument(metavar="FOLDER")]


def backup(folder: Folder) -> None:
    """Write registry, decisions, history, ledger and raw rows into a new folder. It waits for a run that is under way.

    Back up landing/ with its hidden folders beside it, and registry/tombstone.key to another place.
    """
    from suining_data.backup import BackupError, save
    from suining_data.tombstones import key_file

    try:
        saved = save(settings(), folder, console.print)
    except BackupError as error:
        raise Mistake(str(error)) from error
    console.print(f"{folder}: {saved.batches:,} 个批次，{saved.bytes:,} 字节 (batches, bytes)")
    console.print(f"另请备份 {settings().landing}，含隐藏目录 (back up landing/, too, with its hidden folders)")
    if saved.has_key:
        console.print(
            f"密钥 {key_file(settings())} 不在其中，请备份到另一处 (the key is not in it: it goes to another place)"
        )


def restore(
    folder: Folder,
    key: Annotated[
        Path | None, typer.Option(help="The tombstone.key of another backup, if the data folder has lost it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what the data folder has.")] = False,
) -> None:
    """Put a backup into the data folder, beside its landing/. Then `suining refresh` builds the bases.

    A damaged backup, and one that a newer version wrote, is not restored.
    """
    from suining_data.backup import BackupError
    from suining_data.backup import restore as restore_backup

    try:
        restore_backup(settings(), folder, key, force=force)
    except BackupError as error:
        raise Mistake(str(error)) from error
    console.print(f"已恢复 {folder}；请运行 suining refresh (restored: now run `suining refresh`)")
