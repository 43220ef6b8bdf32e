"""The steps of the score, the correction tickets and the values that are in question.

Here: their columns and inputs. Not here: what is counted, when a ticket opens and ends (quality/), the page that shows them
(publication/), the checks of deliveries (delivery_problems.py).
"""

from collections.abc import Callable, Sequence

from suining_data.catalog import Catalog
from suining_data.clock import now
from suining_data.orchestration.snapshot_step import governance_digest
from suining_data.orchestration.step import Column, Connection, Context, Step, WriteResult, code_digest, digest_of
from suining_data.quality import (
    CORRECTIONS,
    IN_QUESTION,
    SCORES,
    overdue_tickets,
    promote_corrections,
    promote_scores,
    replies_made,
    write_corrections,
    write_scores,
    write_values_in_question,
)
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.warehouse import STAGING, swap, transaction

DELIVERED = ("landing", "raw", "staged")  # the stages whose checks count: other tables are promoted later in the run
UNIT = Column("unit_id", "varchar", "单位 · unit that delivers the resource")
RESOURCE = Column("resource_id", "varchar", "资源 · resource")
TICKET = Column("ticket", "varchar", "工单号 · number of the ticket")
FIELD = Column(
    "field", "varchar", "信息项（来件列名） · column as delivered, or a derived one; null: the whole row, or a finding"
)
SCORE_COLUMNS = (
    Column("scored_on", "date", "日期；某日的得分是当日及以前最后一行 · day; the score of a day is in the last row on or before it"),
    UNIT,
    RESOURCE,
    Column("dimension", "varchar", "维度（GB/T 36344） · conformity, completeness, accuracy, consistency, timeliness, accessibility"),
    Column("numerator", "bigint", "符合的值、行或交付数 · values, lines or deliveries as they should be"),
    Column("denominator", "bigint", "应计的值、行或交付数；0 为不再计算 · all of them; 0: no longer counted"),
)  # fmt: skip
CORRECTION_COLUMNS = (
    TICKET,
    Column("unit_id", "varchar", "请其核查的单位 · unit that is asked"),
    RESOURCE,
    Column("kind", "varchar", "类别 · quarantine: rows that break a rule; revision: the past revised silently; finding: a lead"),
    Column("rule", "varchar", "规则或线索类别 · rule, or kind of the finding"),
    FIELD,
    Column("reason", "varchar", "问题 · what is wrong, in Chinese"),
    Column("rows", "bigint", "现有涉及行数 · rows concerned now"),
    Column("rows_opened", "bigint", "立单时涉及行数 · rows concerned when it was opened"),
    Column("opened_on", "date", "立单日期 · day of opening"),
    Column("due_on", "date", "办理期限（按周一至周五计工作日） · deadline in working days, Monday to Friday"),
    Column("status", "varchar", "状态 · open 核查中, corrected 已更正, withdrawn 已撤销; replied: amended 更正, maintained 维持, unverifiable 无法核实"),
    Column("is_overdue", "boolean", "是否逾期未办结 · whether it is open after its deadline, at the last refresh"),
    Column("ended_on", "date", "办结日期 · day on which it ended"),
    Column("replied_by", "varchar", "答复人 · who replied"),
    Column("note", "varchar", "答复说明 · note of the reply"),
    Column("follows", "varchar", "前一工单 · ticket on the same matter before it"),
)  # fmt: skip
IN_QUESTION_COLUMNS = (
    RESOURCE,
    Column(
        "record_id", "bigint", "记录标识（来源行） · source row; bases have it in provenance, staged tables as a column"
    ),
    FIELD,
    TICKET,
)


def quality_steps(catalog: Catalog, made: Sequence[Step]) -> list[Step]:
    """The steps after those that have been made: every staged table, the problems of deliveries and the findings."""
    keys = [step.key for step in made]
    read = [key for key in keys if key.startswith("staged.") or key == "governance.delivery_problem"]

    def score(context: Context) -> WriteResult:
        return WriteResult(write_scores(context.con, catalog, now(context.con).date()))

    def correct(context: Context) -> WriteResult:
        found = write_corrections(context.con, now(context.con), context.settings.correction_workdays)
        return WriteResult(found.all, {"opened": found.opened, "ended": found.ended})

    return [
        _step(
            SCORES,
            "质量评分：各单位、各资源按 GB/T 36344 六个维度的得分，分子分母俱全 · score by unit, resource and dimension, with its history",
            SCORE_COLUMNS,
            read,
            score,
            lambda context: promote_scores(context.con),
            digest_of(code_digest("quality"), *(unit.model_dump_json() for unit in catalog.units)),
        ),
        _step(
            CORRECTIONS,
            "核查工单：请单位更正的问题、期限与结果 · correction tickets: what a unit is asked to correct, until when, how it ended",
            CORRECTION_COLUMNS,
            [*read, *(key for key in keys if key == "governance.finding")],
            correct,
            lambda context: promote_corrections(context.con),
            code_digest("quality"),
            lambda con, settings: digest_of(str(overdue_tickets(con, now(con).date())), str(replies_made(con))),
        ),
        _step(
            IN_QUESTION,
            "核查中的记录与信息项 · rows and values that open tickets are about",
            IN_QUESTION_COLUMNS,
            [CORRECTIONS, *(key for key in keys if key == "governance.finding")],
            lambda context: WriteResult(write_values_in_question(context.con)),
            lambda context: swap(context.con, IN_QUESTION),
            code_digest("quality"),
        ),
    ]  # fmt: skip


def _step(
    key: str,
    description: str,
    columns: tuple[Column, ...],
    upstream: Sequence[str],
    fill: Callable[[Context], WriteResult],
    promote: Callable[[Context], None],
    digest: str,
    state: Callable[[Connection, Settings], str] = lambda con, settings: "",
) -> Step:
    def write(context: Context) -> WriteResult:
        written = fill(context)
        with transaction(context.con):
            context.con.execute(f"comment on table {key}{STAGING} is {literal(description)}")
            for column in columns:
                context.con.execute(f"comment on column {key}{STAGING}.{column.name} is {literal(column.description)}")
        return written

    return Step(
        key=key,
        group="governance",
        description=description,
        upstream=tuple(upstream),
        digest=digest,
        # what is refused or quarantined changes no version of a table that it reads
        inputs=lambda con, settings: digest_of(governance_digest(con, DELIVERED), state(con, settings)),
        write=write,
        promote=promote,
        columns=columns,
        code="suining_data/orchestration/quality_steps.py",
    )
