"""The `codesearch` program: its commands, and what becomes of errors.

Nothing heavy is imported here or beside it at import time: `--help` and a typing error must answer
at once. Each command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer.core import TyperGroup

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
from codesearch.cli.tui import tui
from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand
    from typer._click import Context


class _Train(TyperGroup):
    """The commands of `codesearch train`: building them takes as long as all others, so it waits for them
    to be asked for.
    """

    def list_commands(self, ctx: Context) -> list[str]:
        """Their names."""
        self._build()
        return super().list_commands(ctx)

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        """One of them; None where there is no such."""
        self._build()
        return super().get_command(ctx, cmd_name)

    def _build(self) -> None:
        if not self.commands:
            from typer.main import get_group

            from codesearch.cli.train import train

            self.commands.update(get_group(train).commands)


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
app.command()(tui)
app.command(rich_help_panel="Indexes")(index)
app.command()(status)
app.command()(clean)
app.command(rich_help_panel="About itself")(config)
app.command()(doctor)
app.command()(languages)
app.command()(parse)
app.command("eval", rich_help_panel="Measuring and training")(evaluate)
app.add_typer(
    typer.Typer(cls=_Train, no_args_is_help=True, rich_markup_mode=None),
    name="train",
    help="Make weights (needs: pip install 'codesearch[train]').",
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
    sys.stderr.write(f"codesearch: {' '.join(message.split())}\n")
    sys.exit(2)
