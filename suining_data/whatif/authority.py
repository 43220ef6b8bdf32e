"""Another order of authority for an attribute, as `--authority ATTRIBUTE=RESOURCE,RESOURCE,...` asks for it.

Here: the ranks that entities of the catalogue get. Not here: how a rank decides (linkage/records.py, dbt_like_sql/).

The named resources get the ranks 1, 2, ... in their order. All others keep theirs, unless they would come before or beside
a named one: then they move behind, as little as possible, and keep their order among each other.
"""

from collections.abc import Iterable

from suining_data.catalog import Catalog, Entity, Resource
from suining_data.linkage.records import DEFAULT_AUTHORITY
from suining_data.packed_keys import WORST_AUTHORITY
from suining_data.subjects import Subject, load_subjects
from suining_data.whatif.proposal import Proposal

AUTHORITY_FORM = "ATTRIBUTE=RESOURCE,RESOURCE,..."
Rank = int | dict[str, int]


def with_order(proposal: Proposal, asked: str) -> Proposal:
    """The proposal with the named resources first for an attribute. Raises ValueError that says what there is."""
    name, _, listed = asked.partition("=")
    subject, attribute = _attribute(name.strip())
    order = [each.strip() for each in listed.split(",") if each.strip()]
    reporting = _reporting(proposal.catalog, subject, attribute)
    if not order or len(set(order)) < len(order) or not set(order) <= reporting.keys():
        wrong = [each for each in order if each not in reporting] or order or [asked]
        raise ValueError(
            f"{', '.join(wrong)}: 请写作 {AUTHORITY_FORM}，每个资源一次 (write each resource once)；"
            f"报送 {attribute} 的有 (these report it): {', '.join(reporting)}"
        )
    named = {id: rank for rank, id in enumerate(order, start=1)}
    others = [_rank(entity, attribute) for id in reporting if id not in named for entity in reporting[id]]
    moved = _moved_behind(len(order), others)
    for id in reporting:
        resource = proposal.catalog.resource(id)
        entities = [
            _ranked(each, attribute, named.get(id) or _mapped(_rank(each, attribute), moved))
            if each in reporting[id]
            else each
            for each in resource.entities
        ]
        proposal = proposal.with_resource(resource.model_copy(update={"entities": entities}))
    return proposal


def _attribute(name: str) -> tuple[Subject, str]:
    """The subject and the attribute that `attribute` or `subject.attribute` names."""
    subjects = [subject for subject in load_subjects().values() if subject.ranked]
    found = [
        (subject, attribute)
        for subject in subjects
        for attribute in subject.ranked
        if name in (attribute, f"{subject.name}.{attribute}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        choice = [f"{subject.name}.{attribute}" for subject, attribute in found]
        raise ValueError(f"{name}: 请写明 {' 或 '.join(choice)} (write {' or '.join(choice)})")
    for subject in subjects:
        attribute = name.removeprefix(f"{subject.name}.")
        declared = subject.recorded.get(attribute)
        if declared and declared.survivorship and (lender := declared.survivorship.authority):
            raise ValueError(f"{name}: 随 {lender} 取舍，请改问它 (it goes with {lender}: ask for that)")
    known = [f"{subject.name}.{attribute}" for subject in subjects for attribute in subject.ranked]
    raise ValueError(f"{name or '?'}: 没有这一项 (no such attribute)；有 (there are): {', '.join(known)}")


def _reporting(catalog: Catalog, subject: Subject, attribute: str) -> dict[str, list[Entity]]:
    """The entities that report the attribute, by the id of their resource."""

    def of(resource: Resource) -> list[Entity]:
        return [each for each in resource.entities if each.subject == subject.name and attribute in each.values]

    return {resource.id: entities for resource in catalog.shared if (entities := of(resource))}


def _rank(entity: Entity, attribute: str) -> Rank:
    return entity.authority.get(attribute, entity.authority.get("default", DEFAULT_AUTHORITY))


def _ranked(entity: Entity, attribute: str, rank: Rank) -> Entity:
    if rank == _rank(entity, attribute):
        return entity
    return entity.model_copy(update={"authority": {**entity.authority, attribute: rank}})


def _mapped(rank: Rank, moved: dict[int, int]) -> Rank:
    return {value: moved[own] for value, own in rank.items()} if isinstance(rank, dict) else moved[rank]


def _moved_behind(last: int, ranks: Iterable[Rank]) -> dict[int, int]:
    """Each rank -> the rank that it gets behind `last`."""
    moved = {}
    for own in sorted({own for rank in ranks for own in (rank.values() if isinstance(rank, dict) else [rank])}):
        last = moved[own] = max(own, last + 1)
    if last > WORST_AUTHORITY:
        raise ValueError(
            f"名次超过 {WORST_AUTHORITY}：请少列几个资源 (a rank would be above {WORST_AUTHORITY}: name fewer resources)"
        )
    return moved
