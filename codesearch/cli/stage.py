"""What the commands of `codesearch train` share: options, what a stage needs, and how it reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from codesearch.errors import CodesearchError

Corpus = Annotated[
    Path, typer.Option("--corpus", metavar="DIR", help="What `train mine` wrote.", show_default=False)
]
Start = Annotated[
    Path, typer.Option("--start", metavar="DIR", help="The checkpoint to start from.", show_default=False)
]
Teacher = Annotated[
    Path, typer.Option("--teacher", metavar="DIR", help="The teacher's checkpoint.", show_default=False)
]
Queries = Annotated[
    Path,
    typer.Option("--queries", metavar="DIR", help="The checkpoint that encodes queries.", show_default=False),
]
Passages = Annotated[
    Path,
    typer.Option("--passages", metavar="DIR", help="The checkpoint that encodes code.", show_default=False),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Write into this folder.", show_default=False)
]
Steps = Annotated[
    int | None, typer.Option("--steps", min=1, metavar="N", help="Train so many batches.", show_default=False)
]
Device = Annotated[str, typer.Option("--device", metavar="NAME", help="cpu, cuda or mps.")]
Bfloat16 = Annotated[
    bool, typer.Option("--bfloat16", help="Calculate in bfloat16: right where the hardware has it.")
]


@contextmanager
def training() -> Iterator[None]:
    """Where a stage is imported: what it needs may be missing, and is quiet where it is not.

    Raises:
        CodesearchError: something is missing.

    """
    try:
        from transformers.utils import logging

        # Its bars and tables speak of what is meant to be so.
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        yield
    except ModuleNotFoundError as error:
        raise CodesearchError(
            f"{error.name} is missing; in a clone of codesearch: pip install '.[train]'"
        ) from error


def usable(device: str) -> str:
    """The name of a device, if torch can calculate on it here."""
    import torch

    try:
        torch.zeros(1, device=device).cpu()
    # What torch raises depends on the device and on how it was built.
    except (RuntimeError, AssertionError) as error:
        raise CodesearchError(
            f"torch cannot calculate on {device!r} here; --device cpu always works"
        ) from error
    return device


def say(text: str) -> None:
    """Tells how a stage gets on, on stderr."""
    typer.echo(f"codesearch: {text}", err=True)
