"""How a build looks while it runs: a bar where there is a terminal, one line where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn, track
from rich.progress import Progress as Bar

from codesearch.index.build import Changes, Progress, Update
from codesearch.render.counted import counted

T = TypeVar("T")


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
        TextColumn("{task.fields[step]}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    )
    bar = Bar(*columns, console=console, transient=True)
    task = bar.add_task("", total=None, detail="", step="")
    # The step that is shown, and when it began.
    step: tuple[str, float] = ("", 0.0)

    def report(progress: Progress) -> None:
        nonlocal step
        name = "indexing" if progress.encoding else "reading"
        if name != step[0]:
            step = (name, monotonic())
            bar.reset(task)
        rate = progress.units / max(monotonic() - step[1], 1e-3)
        detail = f"{progress.units:,} units, {rate:,.0f}/s" if progress.units else f"{progress.files:,} files"
        bar.update(
            task, total=max(progress.bytes, 1), completed=progress.bytes_done, detail=detail, step=name
        )
        bar.start()

    try:
        yield report
    finally:
        bar.stop()


def watched(console: Console, step: str, items: Sequence[T]) -> Iterator[T]:
    """The items, while a bar on a terminal tells how many were taken; it is gone afterwards."""
    shown = console.is_terminal and not console.is_dumb_terminal
    yield from track(items, step, console=console, transient=True, disable=not shown)


def summary(update: Update, files: int, units: int, skipped: dict[str, int], seconds: float) -> str:
    """What a build did and what the index holds now, on one line."""
    if update.is_empty:
        done = "nothing changed" if files else "no code there"
    else:
        done = f"{counted(update.files_changed, 'file')} read, {update.files_removed:,} removed"
        done += f", {counted(update.encoded, 'vector')} made, {update.reused:,} kept, in {seconds:.1f} s"
    held = f"{counted(files, 'file')}, {counted(units, 'unit')}"
    left_out = ", ".join(f"{number:,} {reason}" for reason, number in skipped.items())
    return f"{held}: {done}" + (f"; skipped {left_out}" if left_out else "")


def so_far(changes: Changes, *, first: bool) -> str:
    """What is missing from an index that another process is writing, for the first time or again."""
    read = changes.files - len(changes.changed)
    if not first:
        left = f", {counted(len(changes.changed), 'changed file')} not among it" if changes.changed else ""
        return f"another process is updating this index; answers are from what it holds now{left}"
    if changes.changed:
        return f"another process is making this index: {read:,} of {counted(changes.files, 'file')} so far"
    return (
        "another process is making this index: all files are found by their words,"
        f" {read - changes.to_encode:,} of {read:,} by their meaning so far"
    )
