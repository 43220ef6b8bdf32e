"""The checks whose results the steps of a resource give themselves, while they fetch, read or stage its deliveries.

Here: what each says. Not here: when one fails (pipeline.py), the rules of a table (quality/).
"""

from suining_data.orchestration.step import Check

BATCHES_ACCEPTED = Check(
    "batches_accepted",
    "可访问性：批次可读、表头相符、行数合理；被拒批次不影响上一批 (every delivered batch was accepted)",
)
COLUMNS_DECLARED = Check(
    "columns_declared",
    "规范性：来件没有目录以外的列 (the catalogue declares every delivered column)",
    is_warning=True,
)
FILES_COMPLETE = Check(
    "files_complete",
    "时效性：没有正在到达的文件 (no file is still arriving)",
    is_warning=True,
)
FILES_WHOLE = Check(
    "files_whole",
    "完整性：来件的内容全部读取 (nothing that a file holds was left unread)",
    is_warning=True,
)
EXCHANGE_READ = Check(
    "exchange_read",
    "可访问性：交换库连接正常，库表与目录相符；取数失败不影响已入库的数据 (the exchange table was read to its end)",
)
ROWS_BALANCE = Check(
    "rows_balance",
    "完整性：文件行数=表头+拒收+原始；原始=入库+隔离+被替代 (every line of every batch is accounted for)",
    is_blocking=True,
)
PAST_KEPT = Check(
    "past_kept",
    "一致性：来件未悄然改动往期数据；如系更正，应以原文件名重新交付 (no delivery changes the past without declaring a correction)",
    is_warning=True,
)
