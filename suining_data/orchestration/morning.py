"""What the page of a run says at its end, for whoever opens it in the morning.

Here: the last lines of the run's log, its tags in the list of runs. Not here: why a step failed (assets.py), what is refused
(refusals.py) and quarantined (standardization/quarantined_lines.py), alerts (alerts/).

A run whose deliveries were refused has done all that it could, so Dagster shows it as a success. Its page opens at the end
of its log, which therefore names the files, their lines and what to do; the tags say how many there are.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from suining_data.access import findings
from suining_data.catalog import load_catalog
from suining_data.display import visible_lines
from suining_data.ingestion import exchange_risk
from suining_data.orchestration.refusals import Refusal, standing_refusals
from suining_data.orchestration.step import Connection
from suining_data.settings import settings

REFUSED, QUARANTINED = (
    "来件未采用 refused",
    "隔离 quarantined",
)  # tags of a run: how many files, how many files and reasons
TAMPERED = "日志或判定被改动 tampered"
MOST_SHOWN = 10  # of each kind, so that the page shows both


def log_last_lines(con: Connection, quarantined: Sequence[str], context: dg.InitResourceContext) -> None:
    """Log what the run has quarantined and which deliveries stand refused, and what was tampered with, and tag the run with how many."""
    refused = [_sentence(each) for each in standing_refusals(con)]
    tampered = [str(each) for each in findings(con, settings())]
    if context.log:
        if risk := exchange_risk(settings()):
            context.log.warning(f"{risk.zh}\n{risk.en}")
        for line in [*_first(QUARANTINED, quarantined), *_first(REFUSED, refused), *_first(TAMPERED, tampered)]:
            context.log.warning(line)
    if context.instance and context.run:
        counts = {REFUSED: len(refused), QUARANTINED: len(quarantined), TAMPERED: len(tampered)}
        # a run that is executed again has the tags of the run before
        tags = {name: str(count) for name, count in counts.items() if count or name in context.run.tags}
        if tags:
            context.instance.add_run_tags(context.run.run_id, tags)


def _sentence(refusal: Refusal) -> str:
    """Whose delivery, and what is wrong with it."""
    try:
        whose = load_catalog().unit_of(refusal.resource_id).name
    except KeyError:  # the resource has left the catalogue
        whose = refusal.unit_id or refusal.resource_id
    return f"{whose}: {refusal.message_zh}\n{refusal.message_en}"


def _first(kind: str, sentences: Sequence[str]) -> Iterator[str]:
    """The first sentences of a kind as lines of a log, and how many more there are."""
    for sentence in sentences[:MOST_SHOWN]:
        yield f"{kind}: {visible_lines(sentence)}"
    if len(sentences) > MOST_SHOWN:
        yield f"{kind}: 另有 {len(sentences) - MOST_SHOWN} 项 (and {len(sentences) - MOST_SHOWN} more): suining status"
