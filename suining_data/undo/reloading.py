"""Reading the files of a resource again although nothing has changed: a reader was mended, or raw/ is damaged.

Here: what makes the next refresh read them. Not here: reading (ingestion/).
"""

from rich.console import Console

from suining_data.catalog import load_catalog
from suining_data.ingestion import landing_files, read_again
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.orchestration.state import open_for_refresh
from suining_data.settings import Settings
from suining_data.undo.errors import NotPossible
from suining_data.warehouse import transaction


def reload(settings: Settings, console: Console, resource_id: str) -> Outcome:
    """Read all files of a resource in landing/ again, and bring the bases up to date. Raises NotPossible.

    A batch whose file is no longer in landing/ stays as it is.
    """
    catalog = load_catalog()
    if resource_id not in [resource.id for resource in catalog.shared]:
        raise NotPossible(f"目录中没有 {resource_id} (no such resource; `suining catalog list` shows all)")
    files = landing_files(settings, catalog.unit_of(resource_id), catalog.resource(resource_id))
    with open_for_refresh(settings, console.print) as con, transaction(con):
        read_again(con, resource_id)
        con.execute("update governance.table_state set input_digest = '' where table_name = ?", [f"raw.{resource_id}"])
    console.print(f"{resource_id}: 重新读取 landing/ 中的 {len(files)} 个文件 (files that are read again)")
    return run_refresh(settings, console)
