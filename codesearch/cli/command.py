"""What all commands share beyond Typer's: settings from files, help that teaches, errors that lead on."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from codesearch.cli.help import write_commands, write_options, write_text
from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand
    from typer._click import Context, HelpFormatter
    from typer.models import CommandFunctionType


class Command(TyperCommand):
    """A command whose options settings files may set, and whose help shows examples and groups."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - as Typer has it
        super().__init__(*args, **settings)
        for parameter in self.params:
            _complete_by_value(parameter)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parses, with what the settings files say in the place of defaults."""
        if not ctx.resilient_parsing:
            ctx.default_map = _Settings(self.name or "", ctx)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: Context) -> str:
        """The help: it names the program's own defaults, and comes even where a settings file is wrong."""
        ctx.default_map = None
        return super().get_help(ctx)

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes what the command does, examples, and what else there is to say."""
        write_text(self, formatter)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes the arguments, and the options in groups."""
        write_options(self, ctx, formatter)


class Group(TyperGroup):
    """The program: its commands in groups, and a hint for those who ask without naming one."""

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes what the program does, and examples."""
        write_text(self, formatter)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes the commands in groups, then the options."""
        write_commands(self, ctx, formatter)
        write_options(self, ctx, formatter)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        """The command that is named.

        Raises:
            CodesearchError: none is, and it looks like a question.

        """
        is_option = args[0].startswith("-")
        known = is_option or ctx.resilient_parsing or self.get_command(ctx, args[0])
        if not known and not _near(args[0], list(self.commands)):
            if args[0] == "help":
                hint = f"for help: {' '.join(['codesearch', *args[1:2], '--help'])}"
            else:
                hint = f"to ask a question: {as_question(args)}"
            raise CodesearchError(f"no command is called {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


class App(typer.Typer):
    """Typer, with commands of the class above."""

    def command(
        self,
        name: str | None = None,
        *,
        cls: type[TyperCommand] | None = Command,
        **settings: Any,  # noqa: ANN401
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Makes a function a command, as Typer does."""
        return super().command(name, cls=cls, **settings)


class _Settings(UserDict[str, Any]):
    """A command's settings by parameter, read from the files when the first is looked up.

    Most starts of the program end before: with help, a completion, a typing error.
    """

    def __init__(self, command: str, ctx: Context) -> None:
        self._command = command
        self._ctx = ctx
        self._read: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any]:  # type: ignore[override]
        if self._read is None:
            from codesearch.cli.settings import read_settings

            root = self._ctx.find_root()
            read = read_settings(root.command, use_files=not root.params.get("_no_config"))
            self._read = {each.parameter: each.value for each in read.of(self._command)}
        return self._read


def _complete_by_value(parameter: Any) -> None:  # noqa: ANN401 - Typer's own types are private
    """Typer 0.28 completes an enumeration by `Kind.FUNCTION`; what can be typed is `function`."""
    choices = getattr(parameter.type, "choices", ())
    if choices and isinstance(choices[0], Enum) and parameter._custom_shell_complete is None:
        parameter._custom_shell_complete = lambda _ctx, _parameter, incomplete: [
            choice.value for choice in choices if choice.value.startswith(incomplete)
        ]


def as_question(args: list[str]) -> str:
    """The command line that asks what was typed: words up to an option or a path are one question."""
    from shlex import quote

    words = [args[0]]
    rest = args[1:]
    while " " not in args[0] and rest and not rest[0].startswith("-") and not Path(rest[0]).exists():
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
