"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from codesearch.render.colour import Colour

ColourWanted = Annotated[
    Colour, typer.Option("--color", help="Colour the output: on a terminal, always, never.")
]

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


# What numpy's and the tokenizer's own pools read, once, when they are loaded.
_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def take_threads(threads: int | None) -> int:
    """The number of cores asked for, else those that this process may run on.

    Holds for every library, if it is called before they are imported.
    """
    if threads is None:
        affinity = getattr(os, "sched_getaffinity", None)
        threads = len(affinity(0)) if affinity else os.cpu_count() or 1
    os.environ.update(dict.fromkeys(_POOLS, str(threads)))
    return threads
