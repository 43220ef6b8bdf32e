"""Who edits the words of statistical tables has the files of these tables read again, and no others."""

from pathlib import Path

import pytest

from suining_data.catalog import load_catalog, statistical_layouts
from suining_data.ingestion.intake import declaration_of


def test_edited_words_have_only_tables_of_figures_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resources = load_catalog().shared
    before = {each.id: declaration_of(each) for each in resources}
    edited = tmp_path / "statistical_layouts.yaml"
    edited.write_text(statistical_layouts.written_words() + "\n# 完成进度\n", encoding="utf-8")
    monkeypatch.setattr(statistical_layouts, "LAYOUTS", edited)
    changed = {each.id for each in resources if declaration_of(each) != before[each.id]}
    assert changed == {each.id for each in resources if each.delivery.layouts}
    assert len(changed) == 10
