"""What all commands share beyond Typer's: settings from files, and help that teaches."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from codesearch.cli.help import HelpRow, panel_of, write_commands, write_options, write_text

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

# Longer than any first sentence: the formatter breaks lines where the terminal ends.
_WHOLE = 1_000


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
    """A command of commands, whose help shows them in groups."""

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes what it is for, and examples."""
        write_text(self, formatter)

    def help_rows(self, ctx: Context) -> Iterator[HelpRow]:
        """The commands that help lists."""
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                yield panel_of(command), (name, command.get_short_help_str(_WHOLE))

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Writes the commands in groups, then the options."""
        write_commands(self.help_rows(ctx), formatter)
        write_options(self, ctx, formatter)


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
