"""The `codesearch` program, and what becomes of errors.

Nothing heavy is imported at import time, here or in a command's own module: `--help` and a typing error must
answer at once. Each command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from codesearch import __version__
from codesearch.cli.program import Program
from codesearch.errors import CodesearchError

app = typer.Typer(
    name="codesearch",
    cls=Program,
    help="Find code by meaning: ask in words, get the functions that answer. Works offline.",
    no_args_is_help=True,
    add_completion=True,
    # Plain help: rich would add 0.1 s to every --help and every typing error.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        # Completion goes by this name, however the program was started.
        sys.exit(app(prog_name="codesearch", standalone_mode=False))
    except CodesearchError as error:
        _fail(str(error))
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except UsageError as error:
        _fail(_usage(error))
    except Exception as error:
        if os.environ.get("CODESEARCH_TRACEBACK"):
            raise
        _fail(f"internal error: {error!r} (CODESEARCH_TRACEBACK=1 shows where; please report it)")


def _usage(error: UsageError) -> str:
    """What is wrong with the command line, and where to read on."""
    said = error.format_message().removesuffix(".")
    said = said[:1].lower() + said[1:]
    if said.endswith("?"):
        return said
    return f"{said}; for help: {error.ctx.command_path if error.ctx else 'codesearch'} --help"


def _fail(message: str) -> None:
    line = " ".join(message.split())
    if not line.isprintable():
        # What a message names may be called anything. Imported for such names alone: it takes a while.
        from codesearch.render.plain import printable

        line = printable(line)
    sys.stderr.write(f"codesearch: {line}\n")
    sys.exit(2)
