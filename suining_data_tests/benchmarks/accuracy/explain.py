"""`--explain`: the kinds of error that went wrong most often, with examples, for people who want to see why.

Here: printing. Not here: the examples and the rules that decided (examples.py). The records are of synthetic people.
"""

import duckdb
from rich.console import Console

from suining_data_tests.benchmarks.accuracy.examples import Comparison, Example, Row, examples, prepare, worst_kinds
from suining_data_tests.benchmarks.accuracy.records import ORGANIZATION, PERSON
from suining_data_tests.benchmarks.accuracy.report import print_rows


def explain(console: Console, con: duckdb.DuckDBPyConnection) -> None:
    """Print the worst kinds of each subject, and examples of each. The sections of the city were measured before."""
    for subject in (PERSON, ORGANIZATION):
        prepare(con, subject)
        kinds = worst_kinds(con)
        if kinds:
            print_rows(console, f"{subject.name}: kinds of error with most records that went wrong", kinds)
        for row in kinds:
            console.print(
                f"\n{subject.name} {row['kind']}: {row['wrong']} wrong, {row['alone']} alone, {row['apart']} apart"
            )
            for number, example in enumerate(examples(con, subject, str(row["kind"])), 1):
                _print(console, number, example)


def _print(console: Console, number: int, example: Example) -> None:
    lines = [f"{number:3}. {example.outcome}: {_values(example.record)}"]
    for comparison in example.comparisons:
        lines += _lines(comparison)
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _lines(comparison: Comparison) -> list[str]:
    lines = [f"       {comparison.title}", *(f"         {_values(record)}" for record in comparison.records)]
    if comparison.pair:
        parts = (
            f"{part['comparison']} [{part['level']}] {part['weight']:+.1f}" for part in comparison.pair["evidence"]
        )
        lines.append(f"         weight {comparison.pair['weight']:.1f}: {', '.join(parts)}")
    return [*lines, f"         -> {comparison.rule}"]


def _values(record: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in record.items())
