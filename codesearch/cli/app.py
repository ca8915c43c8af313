"""The `codesearch` program: its commands, and what becomes of errors.

Nothing heavy is imported here or beside it at import time: `--help` and a typing error must answer
at once. Each command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from codesearch import __version__
from codesearch.cli.command import App, Group
from codesearch.cli.config import config
from codesearch.cli.doctor import doctor
from codesearch.cli.eval import evaluate
from codesearch.cli.index import index
from codesearch.cli.languages import languages
from codesearch.cli.parse import parse
from codesearch.cli.query import query
from codesearch.cli.status import clean, status
from codesearch.cli.train import train
from codesearch.errors import CodesearchError

app = App(
    name="codesearch",
    cls=Group,
    help="Find code by meaning: ask in words, get the functions that answer. Works offline.",
    no_args_is_help=True,
    add_completion=True,
    # Plain help: rich would add 0.1 s to every --help and every typing error.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# A command that names no group stands in that of the one before it.
app.command(rich_help_panel="Searching")(query)
app.command(rich_help_panel="Indexes")(index)
app.command()(status)
app.command()(clean)
app.command(rich_help_panel="About itself")(config)
app.command()(doctor)
app.command()(languages)
app.command()(parse)
app.command("eval", rich_help_panel="Measuring and training")(evaluate)
app.add_typer(train)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"codesearch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
    _no_config: Annotated[
        bool, typer.Option("--no-config", envvar="CODESEARCH_NO_CONFIG", help="Read no settings file.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the program and exits: 0 match, 1 no match, 2 error, 130 interrupted."""
    try:
        app()
    except CodesearchError as error:
        _fail(str(error))
    except Exception as error:
        if os.environ.get("CODESEARCH_TRACEBACK"):
            raise
        _fail(f"internal error: {error!r} (CODESEARCH_TRACEBACK=1 shows where; please report it)")


def _fail(message: str) -> None:
    sys.stderr.write(f"codesearch: {' '.join(message.split())}\n")
    sys.exit(2)
