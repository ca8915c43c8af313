"""Plain help: examples first, then options and commands in groups.

A group is opened by an option or a command that names it (`rich_help_panel`, as Typer calls it); those
after it that name none belong to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from codesearch.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter
    from typer.core import TyperCommand, TyperGroup

_WIDEST_NAME = 30
Rows = list[tuple[str, str]]
# The group that a row opens, if any, and the row.
HelpRow = tuple[str | None, tuple[str, str]]


def write_text(command: TyperCommand | TyperGroup, formatter: HelpFormatter) -> None:
    """Writes what a command does in a sentence, examples, and what else there is to say."""
    first, _, rest = cleandoc(command.help or "").partition("\n\n")
    _write_paragraphs(first, formatter)
    lines = EXAMPLES.get(command.name or "")
    if lines:
        with formatter.section("Examples"):
            width = max((len(line) for line, meaning in lines if meaning), default=0)
            for line, meaning in lines:
                shown = f"{line:{width}}  # {meaning}" if meaning else line
                formatter.write(f"{'':{formatter.current_indent}}{shown}\n")
    _write_paragraphs(rest, formatter)


def _write_paragraphs(text: str, formatter: HelpFormatter) -> None:
    if text:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)


def write_options(command: TyperCommand | TyperGroup, ctx: Context, formatter: HelpFormatter) -> None:
    """Writes a command's arguments, then its options in groups; help itself goes with `Options`."""
    arguments: Rows = []
    options: list[HelpRow] = []
    for parameter in command.get_params(ctx):
        row = parameter.get_help_record(ctx)
        if row is not None and parameter.param_type_name == "argument":
            arguments.append(row)
        elif row is not None:
            is_help = parameter is command.get_help_option(ctx)
            options.append(("" if is_help else panel_of(parameter), row))
    groups = grouped(options, "Options")
    other = groups.pop("", [])
    if len(groups) > 1:
        groups["Other"] = other
    else:
        groups.setdefault("Options", []).extend(other)
    _write_groups({"Arguments": arguments, **groups}, formatter)


def write_commands(rows: Iterable[HelpRow], formatter: HelpFormatter) -> None:
    """Writes the commands of a group of commands, in groups."""
    _write_groups(grouped(rows, "Commands"), formatter)


def grouped(rows: Iterable[HelpRow], unnamed: str) -> dict[str, Rows]:
    """Rows by group: one that names none belongs to the group before it, the first ones to `unnamed`."""
    groups: dict[str, Rows] = {}
    name = unnamed
    for panel, row in rows:
        name = name if panel is None else panel
        groups.setdefault(name, []).append(row)
    return groups


def panel_of(item: Any) -> str | None:  # noqa: ANN401 - an option or a command of Typer's
    """The group that an option or a command opens; None where it names none."""
    panel = getattr(item, "rich_help_panel", None)
    return panel if isinstance(panel, str) else None


def _write_groups(groups: dict[str, Rows], formatter: HelpFormatter) -> None:
    """Writes the groups, all descriptions in one column."""
    widths = [len(name) for rows in groups.values() for name, _ in rows]
    width = max((each for each in widths if each <= _WIDEST_NAME), default=0)
    for title, rows in groups.items():
        if rows:
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in rows])
