"""Results for people: where, what, how near, and the code, highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from codesearch.parse.languages import language_named
from codesearch.parse.unit import Kind
from codesearch.render.plain import explained, printable, shown_path
from codesearch.search.result import Result

# Enough to recognise a function by; ten results of this height are two or three screens.
_MOST_LINES = 14
# Where the best line stands further down, the first lines and those around it.
_FIRST_LINES = 4
_AROUND = 4
_LINE_CHARACTERS = 300
_THEME = "ansi_dark"
_MOST_ALIKE = 3


def show_results(results: Sequence[Result], console: Console, *, explain: bool = False) -> None:
    """Prints the results, the best one first."""
    for number, result in enumerate(results):
        if number:
            console.print()
        console.print(result_view(result, explain=explain))


def show_query(query: str, console: Console) -> None:
    """Prints a query above its results."""
    console.rule(Text(printable(query), style="bold"), align="left", style="dim")


def result_view(result: Result, *, explain: bool = False) -> RenderableType:
    """A heading (place, name, kind, score), the unit's first lines, its best line and those around it."""
    parts: list[RenderableType] = [_heading(result)]
    if explain:
        parts.extend(Text(f"  {each}", style="italic dim") for each in explained(result))
    last = 0
    for start, end in _shown(result):
        if last:
            parts.append(_hidden(start - last - 1))
        parts.append(_code(result, start, end))
        last = end
    if last < len(result.lines):
        parts.append(_hidden(len(result.lines) - last))
    if result.alike:
        parts.append(_alike(result))
    return Group(*parts)


def _shown(result: Result) -> list[tuple[int, int]]:
    """The parts of the unit's lines to show, from 1, both ends included, in order."""
    count = len(result.lines)
    best = result.best_line - result.unit.start_line + 1
    # A gap of one line saves nothing.
    if count <= _MOST_LINES + 1:
        return [(1, count)]
    if best <= _MOST_LINES - 1:
        return [(1, _MOST_LINES)]
    start, end = best - _AROUND, min(best + _AROUND, count)
    return [(1, _FIRST_LINES), (start, end if end < count - 1 else count)]


def _hidden(count: int) -> Text:
    return Text(f"      … {count} more line{'s' if count > 1 else ''}", style="dim")


def _alike(result: Result) -> Text:
    places = [
        printable(f"{shown_path(result.root, each.path)}:{each.unit.line}")
        for each in result.alike[:_MOST_ALIKE]
    ]
    more = len(result.alike) - len(places)
    rest = f" and {more} more" if more > 0 else ""
    return Text(f"  and {len(result.alike)} more alike: {', '.join(places)}{rest}", style="dim")


def _heading(result: Result) -> Text:
    unit = result.unit
    span = f"{unit.start_line}-{unit.end_line}" if unit.end_line > unit.start_line else f"{unit.start_line}"
    heading = Text(no_wrap=False)
    heading.append(printable(shown_path(result.root, result.path)), style="bold magenta")
    heading.append(f":{span}", style="green")
    if unit.name:
        heading.append("  ")
        heading.append(printable(unit.name), style="bold")
    if unit.kind is not Kind.PASSAGE:
        heading.append(f"  {unit.kind.value}", style="dim")
    heading.append(f"  {result.score:.2f}", style="cyan")
    return heading


def _code(result: Result, start: int, end: int) -> Syntax:
    """The unit's lines from `start` to `end`, counted from 1, as deep as they stand in the unit."""
    lines = dedent("\n".join(printable(line.rstrip("\r")) for line in result.lines)).split("\n")
    language = language_named(result.language)
    return Syntax(
        "\n".join(line[:_LINE_CHARACTERS] for line in lines[start - 1 : end]),
        language.lexer or language.name,
        theme=_THEME,
        line_numbers=True,
        start_line=result.unit.start_line + start - 1,
        highlight_lines={result.best_line},
        background_color="default",
        tab_size=4,
    )
