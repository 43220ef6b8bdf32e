"""After a night that changes some rows, the published content is that of a snapshot that is written anew."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from suining_data.models import load_models
from suining_data.publication import publish
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.published import contents, is_whole


def test_a_snapshot_that_took_the_changes_equals_one_that_is_written_anew(
    changed_night: Path, city_of: Callable[[Path], City], tmp_path: Path
) -> None:
    shutil.copytree(changed_night, tmp_path, symlinks=True, dirs_exist_ok=True)
    own_city = city_of(tmp_path)
    assert own_city.succeeded, own_city.output
    took = json.loads((own_city.settings.published / "manifest.json").read_text(encoding="utf-8"))
    assert took["database"]["copies"] == 2, "after the first night, two more"
    assert is_whole(own_city.settings.published)
    anew = Settings(data=own_city.settings.data / "anew")
    with open_warehouse(own_city.settings) as con:
        publish(con, anew, "anew", load_models())
    found, expected = contents(own_city.settings.published), contents(anew.published)
    found = {
        table: content for table, content in found.items() if not table.startswith("service.")
    }  # of a whole publication
    for each in (found, expected):
        del each["governance.table_state"]  # it has the publication itself, which was recorded after it
    assert found == expected
