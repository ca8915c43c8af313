"""Results for people: where, what, how near, and the code, highlighted."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from codesearch.parse.languages import language_named
from codesearch.parse.unit import Kind
from codesearch.render.plain import printable, shown_path
from codesearch.search.result import Result

# Enough to recognise a function by; ten results of this height are two or three screens.
_MOST_LINES = 14
_LINE_CHARACTERS = 300
_THEME = "ansi_dark"


def show_results(results: list[Result], root: Path, console: Console) -> None:
    """Prints the results, the best one first."""
    for number, result in enumerate(results):
        if number:
            console.print()
        console.print(result_view(result, root))


def result_view(result: Result, root: Path) -> RenderableType:
    """A heading (place, name, kind, score) and the first lines of the unit."""
    parts: list[RenderableType] = [_heading(result, root), _code(result)]
    hidden = len(result.lines) - _MOST_LINES
    if hidden > 0:
        parts.append(Text(f"      … {hidden} more line{'s' if hidden > 1 else ''}", style="dim"))
    return Group(*parts)


def _heading(result: Result, root: Path) -> Text:
    unit = result.unit
    span = f"{unit.start_line}-{unit.end_line}" if unit.end_line > unit.start_line else f"{unit.start_line}"
    heading = Text(no_wrap=False)
    heading.append(printable(shown_path(root, result.path)), style="bold magenta")
    heading.append(f":{span}", style="green")
    if unit.name:
        heading.append("  ")
        heading.append(printable(unit.name), style="bold")
    if unit.kind is not Kind.PASSAGE:
        heading.append(f"  {unit.kind.value}", style="dim")
    heading.append(f"  {result.score:.2f}", style="cyan")
    return heading


def _code(result: Result) -> Syntax:
    shown = [printable(line.rstrip("\r"))[:_LINE_CHARACTERS] for line in result.lines[:_MOST_LINES]]
    language = language_named(result.language)
    return Syntax(
        dedent("\n".join(shown)),
        language.lexer or language.name,
        theme=_THEME,
        line_numbers=True,
        start_line=result.unit.start_line,
        highlight_lines={result.unit.line},
        background_color="default",
        tab_size=4,
    )
