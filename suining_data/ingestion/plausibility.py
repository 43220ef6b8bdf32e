"""The checks of a whole batch that can be read: an unusable batch is refused, an implausible one until it is accepted.

Here: empty, mostly unreadable, truncated, far fewer or far more rows than before, colliding record ids.
Not here: single lines (the readers), single values (standardization/).
"""

from collections.abc import Iterable
from pathlib import Path

from suining_data.catalog.model import Mode, Resource
from suining_data.ingestion.encodings import fitting_encodings
from suining_data.ingestion.ledger import Batch
from suining_data.ingestion.reading import UNREAD, ReadResult, Refused, yaml_of
from suining_data.packed_keys import MOST_LINES, record_base

GREATEST_FALL = 0.30  # of the row count from one full delivery to the next
GREATEST_RISE = 1.00
FEW_ADDED = 100  # rows; a small register may grow to more than twice its size
FEW_REJECTED = 20  # with fewer rejected lines, their share alone is no reason to refuse


def refuse_if_empty(batch: Batch) -> None:
    if batch.file_bytes == 0:
        raise Refused(
            "全文件: 文件是空的（0 字节）。请交付方重新导出。",
            "whole file: the file is empty (0 bytes). Ask the department for a new export.",
        )


def refuse_if_unreadable(file: Path, resource: Resource, counts: ReadResult) -> None:
    by_rule = {rule: n for rule, n in counts.rejected_by_rule.items() if rule not in ("BLANK_LINE", "FOOTER")}
    rejected = sum(by_rule.values())
    is_most = rejected > counts.raw_rows and (rejected >= FEW_REJECTED or counts.raw_rows == 0)
    if is_most:
        rule = max(by_rule, key=lambda r: by_rule[r])
        fits = "、".join(fitting_encodings(file))
        hint_zh = f"；内容像是 {fits}" if rule == "ENCODING" and fits else ""
        first_zh = f"，如：{counts.reasons[rule]}" if rule in counts.reasons else ""
        hint_en = f"; looks like {fits}" if rule == "ENCODING" and fits else ""
        raise Refused(
            f"全文件: {rejected} 行无法读取，只读出 {counts.raw_rows} 行（主要规则 {rule}{hint_zh}{first_zh}）。"
            f"请核对 {yaml_of(resource)} 的 delivery，或请交付方重新导出。",
            f"whole file: {rejected} lines cannot be read (mostly {rule}{hint_en}), only {counts.raw_rows} can. "
            f"Check delivery in {yaml_of(resource)}, or ask the department for a new export.",
        )
    if counts.raw_rows == 0 and resource.delivery.mode is Mode.FULL:
        raise Refused(
            "全文件: 没有一行数据，而这项资源是全量交付。请交付方重新导出。",
            "whole file: the file has no rows, but this is a full delivery. Ask the department for a new export.",
        )


def refuse_if_truncated(batch: Batch, counts: ReadResult) -> None:
    """Refuses a file whose last line ends within a record. Its transfer was interrupted, and an unknown part is missing."""
    if counts.is_truncated:
        last = counts.lines_total - counts.rejected_by_rule.get(UNREAD, 0)
        raise Refused(
            f"第 {last} 行: 文件在一条记录中间断开，传输可能中断。请交付方重新交付；"
            f"若文件本来如此，请运行 suining refresh --accept {batch.batch_id}。",
            f"line {last}: the file ends within a record; the transfer may have been interrupted. Ask the "
            "department for a new delivery. If the file is correct as it is, run "
            f"suining refresh --accept {batch.batch_id}.",
        )


def refuse_if_announced_otherwise(batch: Batch, counts: ReadResult) -> None:
    """Refuses a file that reports another number of records than it has: the rest may be in other files, or lost."""
    if counts.announced is not None:
        raise Refused(
            f"全文件: 自称有 {counts.announced} 条记录，实有 {counts.lines_total} 条，可能只是其中一页，或有丢失。"
            f"请向交付方核实；若文件本来如此，请运行 suining refresh --accept {batch.batch_id}。",
            f"whole file: it reports {counts.announced} records, but has {counts.lines_total}. It may be one page of several, "
            "or records are lost. Ask the department. If the file is correct as it is, run "
            f"suining refresh --accept {batch.batch_id}.",
        )


def refuse_if_ids_collide(batch: Batch, lines: int, others: Iterable[tuple[str, str]]) -> None:
    """Refuses a batch with more lines than record ids can number, or with the record ids of another batch.

    `others` are the (resource_id, batch_id) of all batches of the ledger. record_id has 37 bits for a batch, so a city
    with 100,000 batches has one chance in thirty of a single collision. Rows of two batches must never be mixed.
    """
    if lines > MOST_LINES:
        raise Refused(
            f"全文件: 有 {lines} 行，一个文件最多 {MOST_LINES} 行。请交付方分成几个文件。",
            f"whole file: it has {lines} lines; the limit is {MOST_LINES}. Ask the department for several smaller files.",
        )
    own = (batch.resource_id, batch.batch_id)
    base = record_base(*own)
    for other in others:
        if other != own and record_base(*other) == base:
            raise Refused(
                f"全文件: 批次号与 {other[0]} 的批次 {other[1]} 得出同样的记录号。请交付方在文件末尾加一个空行后重新交付。",
                f"whole file: its rows would get the record ids of batch {other[1]} of {other[0]}. Ask the department to "
                "add an empty line at the end of the file and to deliver it again.",
            )


def refuse_if_collapsed(batch: Batch, rows: int, before: Iterable[Batch]) -> None:
    """Refuses a full delivery with far fewer rows than the one before: the export is probably incomplete."""
    last = _last(before)
    rows_before = last.raw_rows or 0 if last else 0
    if last is None or rows >= rows_before * (1 - GREATEST_FALL):
        return
    fall = f"{1 - rows / rows_before:.0%}"
    raise Refused(
        f"全文件: 只有 {rows} 行，比上一批 {last.file_name} 的 {rows_before} 行少 {fall}"
        f"（超过 {GREATEST_FALL:.0%}）。请向交付方核实；"
        f"若确实如此，请运行 suining refresh --accept {batch.batch_id}。",
        f"whole file: {rows} rows, {fall} fewer than the {rows_before} of {last.file_name} before it; the limit is "
        f"{GREATEST_FALL:.0%}. Ask the department. If the file is correct, run "
        f"suining refresh --accept {batch.batch_id}.",
    )


def refuse_if_exploded(batch: Batch, rows: int, before: Iterable[Batch]) -> None:
    """Refuses a full delivery with more than twice the rows of the one before: it was probably exported twice."""
    last = _last(before)
    rows_before = last.raw_rows or 0 if last else 0
    if last is None or rows <= rows_before * (1 + GREATEST_RISE) or rows - rows_before <= FEW_ADDED:
        return
    times = f"{rows / rows_before:.1f}" if rows_before else "∞"
    raise Refused(
        f"全文件: 有 {rows} 行，是上一批 {last.file_name} 的 {rows_before} 行的 {times} 倍，可能重复导出。"
        f"请向交付方核实；若确实如此，请运行 suining refresh --accept {batch.batch_id}。",
        f"whole file: {rows} rows, {times} times the {rows_before} of {last.file_name} before it; the rows may have been "
        f"exported twice. Ask the department. If the file is correct, run suining refresh --accept {batch.batch_id}.",
    )


def _last(batches: Iterable[Batch]) -> Batch | None:
    return max(batches, key=lambda b: b.file_name, default=None)
