"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

IndexDir = Annotated[
    Path | None,
    typer.Option(
        "--index-dir",
        envvar="CODESEARCH_INDEX_DIR",
        metavar="DIR",
        help="Keep indexes in this folder instead of the user's cache folder.",
        show_default=False,
    ),
]

Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        metavar="N",
        help="Use this many cores.  [default: all that the process may use]",
        show_default=False,
    ),
]


def usable_threads(threads: int | None) -> int:
    """The number asked for, else the cores that this process may run on."""
    if threads is not None:
        return threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
