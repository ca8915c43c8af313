"""How a build looks while it runs: a bar where there is a terminal, one line where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress as Bar, TaskProgressColumn, TextColumn, TimeRemainingColumn

from codesearch.index.build import Progress, Update


@contextmanager
def build_progress(console: Console, label: str) -> Iterator[Callable[[Progress], None]]:
    """A function that shows how far a build is, on a terminal; one that shows nothing elsewhere.

    The bar appears with the first portion that is written and is gone afterwards, whatever happens.
    """
    if not console.is_terminal:
        yield lambda _: None
        return
    started = monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None, detail="")

        def report(progress: Progress) -> None:
            rate = progress.units / max(monotonic() - started, 1e-3)
            bar.update(
                task,
                total=max(progress.bytes, 1),
                completed=progress.bytes_done,
                detail=f"{progress.files_done:,}/{progress.files:,} files, {progress.units:,} units, {rate:,.0f}/s",
            )

        yield report


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
