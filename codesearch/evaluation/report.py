"""What a bench found, as a table, as JSON, and as a plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from codesearch.evaluation.bench import METRICS, Measured, summary
from codesearch.evaluation.metrics import Difference, paired_bootstrap
from codesearch.render.plain import printable

# The version of the JSON: it changes when a field is taken away or means something else.
REPORT_VERSION = 2
_PLOTTED = ("mrr@10", "success@1", "success@10")
# Two lines each, so that a row and its name fit into 80 columns.
_HEADINGS = (
    "mrr\n@10",
    "ndcg\n@10",
    "succ.\n@1",
    "succ.\n@5",
    "succ.\n@10",
    "succ.\n@100",
    "p50\nms",
    "p95\nms",
)
# Resampling so few questions says nothing of others.
_FEW = 20
_BAR_WIDTH = 40
_COLOURS = ("green", "cyan", "yellow", "magenta", "blue")


def as_json(measured: Mapping[str, Sequence[Measured]]) -> dict[str, Any]:
    """Everything: by system, the summary, by how much the first leads it in MRR@10, and each question with
    its answers, metrics and milliseconds.
    """
    leads = _leads(measured)
    return {
        "type": "evaluation",
        "version": REPORT_VERSION,
        "systems": {
            name: {
                "summary": summary(rows),
                **({"lead": asdict(leads[name])} if name in leads else {}),
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
    """A block for each kind of question, in it a row for each system."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    summaries = {name: summary(rows) for name, rows in measured.items()}
    for number, (kind, found) in enumerate(next(iter(summaries.values())).items()):
        if number:
            table.add_row()
        table.add_row(Text(f"{printable(kind)}: {found['questions']:.0f} asked", style="bold"))
        for name, by_kind in summaries.items():
            row = by_kind[kind]
            values = [f"{row[metric]:.3f}" for metric in METRICS]
            times = [f"{row[time]:.0f}" for time in ("milliseconds", "milliseconds_p95")]
            table.add_row(_named(name), *values, *times)
    return table


def as_leads(measured: Mapping[str, Sequence[Measured]]) -> Table:
    """How sure the first system's lead in MRR@10 over each other is, a row each."""
    table = Table(box=None, pad_edge=False)
    table.add_column(f"\nlead of {next(iter(measured))} over", overflow="fold")
    for heading in ("mrr\n@10", "95 % of\nresamples", ""):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    few = len(next(iter(measured.values()))) < _FEW
    for name, gap in _leads(measured).items():
        lead, bounds = f"{gap.mean:+.3f}", f"{gap.low:+.3f} to {gap.high:+.3f}"
        table.add_row(_named(name), lead, bounds, "few questions" if few else _sure(gap))
    return table


def _named(system: str) -> Padding:
    """A row's name, set in as a whole where it takes several lines."""
    return Padding(Text(printable(system)), (0, 0, 0, 2))


def _sure(gap: Difference) -> str:
    """What the bounds of a lead come to, where it is not sure that there is one."""
    if gap.low == gap.high == 0:
        return "the same"
    return "may be chance" if gap.low <= 0 <= gap.high else ""


def _leads(measured: Mapping[str, Sequence[Measured]]) -> dict[str, Difference]:
    """The first system's MRR@10 less each other's."""
    (_, ours), *others = measured.items()
    return {
        name: paired_bootstrap(*([row.metrics["mrr@10"] for row in rows] for rows in (ours, theirs)))
        for name, theirs in others
    }


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
