"""What a bench found, as a table, as JSON, and as a plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codesearch.evaluation.bench import METRICS, Measured, summary
from codesearch.evaluation.metrics import paired_bootstrap

# The version of the JSON: it changes when a field is taken away or means something else.
REPORT_VERSION = 1
_PLOTTED = ("mrr@10", "success@1", "success@10")
_BAR_WIDTH = 40
_COLOURS = ("green", "cyan", "yellow", "magenta", "blue")


def as_json(measured: Mapping[str, Sequence[Measured]]) -> dict[str, Any]:
    """Everything: by system, the summary and each question with its answers, metrics and milliseconds."""
    return {
        "type": "evaluation",
        "version": REPORT_VERSION,
        "systems": {
            name: {
                "summary": summary(rows),
                "questions": [
                    {
                        "query": row.case.query,
                        "kind": row.case.kind,
                        "answers": [
                            {"path": each.path, "start_line": each.lines.start, "end_line": each.lines.end}
                            for each in row.case.answers
                        ],
                        **row.metrics,
                        "milliseconds": round(row.milliseconds, 2),
                    }
                    for row in rows
                ],
            }
            for name, rows in measured.items()
        },
    }


def as_table(measured: Mapping[str, Sequence[Measured]]) -> Table:
    """A row for each system and kind of question."""
    table = Table("questions", "system", box=None, pad_edge=False)
    for name in ("n", *METRICS, "ms"):
        table.add_column(name, justify="right")
    summaries = {name: summary(rows) for name, rows in measured.items()}
    for kind in next(iter(summaries.values())):
        for number, (name, found) in enumerate(summaries.items()):
            row = found[kind]
            values = [f"{row[metric]:.3f}" for metric in METRICS]
            table.add_row(
                "" if number else kind,
                name,
                f"{row['questions']:.0f}",
                *values,
                f"{row['milliseconds']:.0f}",
                end_section=number == len(summaries) - 1,
            )
    return table


def comparison(measured: Mapping[str, Sequence[Measured]]) -> list[str]:
    """How sure the first system's lead in MRR@10 over each other is, a line each."""
    (first, ours), *others = measured.items()
    lines: list[str] = []
    for name, theirs in others:
        gap = paired_bootstrap(*([row.metrics["mrr@10"] for row in rows] for rows in (ours, theirs)))
        lines.append(
            f"{first} - {name}: {gap.mean:+.3f} MRR@10 (95 % of resamples {gap.low:+.3f} to {gap.high:+.3f})"
        )
    return lines


def as_svg(measured: Mapping[str, Sequence[Measured]], title: str) -> str:
    """A bar for each system and metric, over all questions."""
    table = Table(box=None, show_header=False)
    for metric in _PLOTTED:
        for number, (name, rows) in enumerate(measured.items()):
            value = summary(rows)["all"][metric]
            colour = _COLOURS[number % len(_COLOURS)]
            bar = Bar(1.0, 0.0, value, width=_BAR_WIDTH, color=colour)
            table.add_row("" if number else metric, Text(name, style=colour), bar, f"{value:.3f}")
        table.add_row()
    console = Console(
        record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(table)
    return console.export_svg(title=title)
