"""The tables of earlier stages that a base table may read."""

from suining_data.models.sources import declared_sources, declared_systems


def test_staged_linked_and_reference_tables_are_known_with_their_columns():
    sources = declared_sources()
    staged = sources["staged.public_security__standard_addresses"]
    assert staged[:3] == ["record_id", "batch_id", "line_number"]
    assert staged[-1] == "failed_rules"
    assert {"address_id", "address", "longitude", "latitude", "crs"} <= set(sources["linked.address_record"])
    assert {"person_id", "name", "name_authority", "survivorship_rank"} <= set(sources["linked.person_record"])
    assert sources["reference.suining_villages_pre_merger_jionlp"] == ["county", "town", "village"]


def test_a_coordinate_system_is_the_one_the_catalogue_declares():
    systems = declared_systems()
    assert systems["public_security__standard_addresses"] == "GCJ-02"
    assert systems["housing__buildings"] == "BD-09"
    assert "civil_affairs__marriages" not in systems
