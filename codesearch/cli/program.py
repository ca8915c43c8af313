"""The program as a whole: its commands, and a hint for those who ask without naming one."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, cast

from codesearch.cli.command import Group
from codesearch.cli.commands import COMMANDS, Commands
from codesearch.cli.help import HelpRow
from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand
    from typer._click import Context


class Program(Group):
    """The program: its commands, and a hint for those who ask without naming one."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - as Typer has it
        super().__init__(*args, **settings)
        # Never changed after this.
        self.commands = cast("MutableMapping[str, AnyCommand]", Commands(COMMANDS))

    def help_rows(self, ctx: Context) -> Iterator[HelpRow]:
        """The commands as the table has them, without building any."""
        return ((entry.panel, (name, entry.help)) for name, entry in COMMANDS.items())

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        """The command that is named.

        Raises:
            CodesearchError: none is, and it looks like a question.

        """
        known = args[0].startswith("-") or ctx.resilient_parsing or args[0] in COMMANDS
        if not known and not _near(args[0], list(COMMANDS)):
            if args[0] == "help":
                hint = f"for help: {' '.join(['codesearch', *args[1:2], '--help'])}"
            else:
                hint = f"to ask a question: {as_question(args)}"
            raise CodesearchError(f"no command is called {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


def as_question(args: list[str]) -> str:
    """The command line that asks what was typed: words up to an option or a path are one question."""
    from shlex import quote

    words = [args[0]]
    rest = args[1:]
    while " " not in args[0] and rest and not rest[0].startswith("-") and not os.path.exists(rest[0]):
        words.append(rest.pop(0))
    return " ".join(["codesearch query", _quoted(" ".join(words)), *map(quote, rest)])


def _quoted(text: str) -> str:
    """The text in quotes that shells on every system read, where it allows that."""
    from shlex import quote

    return quote(text) if any(mark in text for mark in '"$`\\!%') else f'"{text}"'


def _near(name: str, names: list[str]) -> list[str]:
    from difflib import get_close_matches

    # Sharing a word (parse_config, config) is not yet a slip of the fingers (qurey, query).
    return get_close_matches(name, names, cutoff=0.75)
