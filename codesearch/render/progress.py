"""How a build looks while it runs: a bar where there is a terminal, one line where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from codesearch.index.build import Progress, Update


@contextmanager
def build_progress(console: Console) -> Iterator[Callable[[Progress], None]]:
    """A function that shows how far a build is, on a terminal that can wipe it away; elsewhere one that
    shows nothing.

    The bar appears when there is something to do and is gone afterwards, whatever happens.
    """
    if not console.is_terminal or console.is_dumb_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("indexing"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    )
    bar = Bar(*columns, console=console, transient=True)
    task = bar.add_task("", total=None, detail="")
    started = monotonic()

    def report(progress: Progress) -> None:
        rate = progress.units / max(monotonic() - started, 1e-3)
        detail = f"{progress.units:,} units, {rate:,.0f}/s" if progress.units else f"{progress.files:,} files"
        bar.update(task, total=max(progress.bytes, 1), completed=progress.bytes_done, detail=detail)
        bar.start()

    try:
        yield report
    finally:
        bar.stop()


def summary(update: Update, files: int, units: int, skipped: dict[str, int], seconds: float) -> str:
    """What a build did and what the index holds now, on one line."""
    if update.is_empty:
        done = "nothing changed"
    else:
        done = f"{_count(update.files_changed, 'file')} read, {update.files_removed:,} removed"
        done += f", {update.encoded:,} vectors made, {update.reused:,} kept, in {seconds:.1f} s"
    held = f"{_count(files, 'file')}, {_count(units, 'unit')}"
    left_out = ", ".join(f"{number:,} {reason}" for reason, number in skipped.items())
    return f"{held}: {done}" + (f"; skipped {left_out}" if left_out else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
