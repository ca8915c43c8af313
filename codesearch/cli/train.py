"""`codesearch train ...`: making weights. Needs the extra `train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codesearch.errors import CodesearchError

train = typer.Typer(
    name="train",
    help="Make weights (needs: pip install 'codesearch[train]').",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@train.command()
def export(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Write the weights into this folder.", show_default=False),
    ],
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="DIR",
            help="A BERT-like encoder in Hugging Face's layout.  [default: all-MiniLM-L6-v2, as its package"
            " on the package index carries it]",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the weights are called.")
    ] = "all-MiniLM-L6-v2",
    licence: Annotated[
        str, typer.Option("--licence", metavar="SPDX", help="The licence they are under.")
    ] = "Apache-2.0",
) -> None:
    """Turn an encoder into the int8 ONNX files that codesearch runs.

    The bundled student was made by this command with nothing but --out given.
    """
    try:
        from codesearch.training.export import ExportSettings, export_encoder
        from codesearch.training.start import starting_checkpoint
    except ModuleNotFoundError as error:
        raise CodesearchError(f"{error.name} is missing: pip install 'codesearch[train]'") from error

    settings = ExportSettings(checkpoint or starting_checkpoint(), name, licence, out)
    manifest = export_encoder(settings)
    typer.echo(f"codesearch: wrote {out}: {manifest.name}, fingerprint {manifest.fingerprint}", err=True)
