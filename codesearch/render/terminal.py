"""Results for people: where, what, how likely, and the lines that tell, highlighted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, repeat

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from codesearch.parse.unit import Kind
from codesearch.render.excerpt import BRIEF_LINES, TELLING_LINES, Excerpt, shown_lines
from codesearch.render.highlight import highlighted
from codesearch.render.hyperlink import Hyperlinks
from codesearch.render.plain import best_column, explained, printable, shown_path
from codesearch.search.result import Result

_MOST_ALIKE = 3
_BAR = 5
_PATH = "bold magenta"
_LINE = "green"


@dataclass(frozen=True, slots=True)
class View:
    """How results look: which lines, with links or without, with what speaks for them or without, and
    whether in marks of Unicode or of ASCII.
    """

    excerpt: Excerpt = TELLING_LINES
    links: Hyperlinks | None = None
    explain: bool = False
    ascii: bool = False

    def briefly(self) -> View:
        """The same with fewer lines, where nobody said how many: the best result must not scroll away."""
        return replace(self, excerpt=BRIEF_LINES) if self.excerpt is TELLING_LINES else self


def results_by_file(results: Sequence[Result], view: View, width: int) -> Iterator[RenderableType]:
    """What is shown of the results of a file that follow each other, in the order of the results. All but the
    first begin with a blank line.
    """
    views = chain([view], repeat(view.briefly()))
    files = groupby(zip(results, views, strict=False), key=lambda each: (each[0].root, each[0].path))
    for number, (_, group) in enumerate(files):
        shown = _file(list(group), width)
        yield Group(Text(), shown) if number else shown


def query_view(query: str, view: View) -> Text:
    """A query, to stand above its results."""
    return Text.assemble(("-- " if view.ascii else "── ", "dim"), (printable(query), "bold"))


def _file(group: Sequence[tuple[Result, View]], width: int) -> RenderableType:
    """One result on a line with its path, if there is room; several, or long ones, below it."""
    first, view = group[0]
    path = Text(printable(shown_path(first.root, first.path)), _PATH, overflow="fold")
    _link(path, first, first.best_line, view)
    together = Text.assemble(path, _heading(first, view))
    if len(group) == 1 and together.cell_len <= width:
        return Group(together, *_below(first, view, width))
    parts: list[RenderableType] = [path]
    for number, (result, view) in enumerate(group):
        if number:
            parts.append(Text())
        parts.append(Padding(_heading(result, view), (0, 0, 0, 2), expand=False))
        parts.extend(_below(result, view, width))
    return Group(*parts)


def _heading(result: Result, view: View) -> Text:
    """The line, the name, the kind and the score."""
    unit = result.unit
    line = Text(f":{result.best_line}", _LINE)
    _link(line, result, result.best_line, view)
    heading = Text(overflow="fold").append(line)
    if unit.name:
        heading.append("  ").append(printable(unit.name), "bold")
    kind = f"lines {unit.start_line}-{unit.end_line}" if unit.kind is Kind.PASSAGE else unit.kind.value
    heading.append(f"  {kind}", "dim")
    heading.append("  ")
    if not view.ascii:
        full = round(result.score * _BAR)
        heading.append("━" * full, "cyan").append("─" * (_BAR - full), "dim").append(" ")
    return heading.append(f"{result.score:.0%}", "cyan")


def _below(result: Result, view: View, width: int) -> Iterator[RenderableType]:
    """What speaks for the result, its lines, and where there are more like it."""
    if view.explain:
        yield from (Text(f"  {each}", "italic dim") for each in explained(result))
    parts = shown_lines(result, view.excerpt)
    digits = len(str(parts[-1].end)) if parts else 0
    # A line has as many cells as characters or more, but for marks above and below letters.
    lines = highlighted(result, parts, 2 * width)
    folds = not view.excerpt.is_asked_for
    last = result.unit.start_line - 1
    for part in parts:
        if folds and part.start > last + 1:
            yield _folded(part.start - last - 1, digits, view)
        for number in range(part.start, part.end + 1):
            yield _code(result, number, digits, lines[number], view, width)
        last = part.end
    if folds and parts and last < result.unit.end_line:
        yield _folded(result.unit.end_line - last, digits, view)
    if result.alike:
        yield Padding(_alike(result), (0, 0, 0, 2), expand=False)


def _code(result: Result, number: int, digits: int, line: Text, view: View, width: int) -> Text:
    is_best = number == result.best_line
    mark = Text((">" if view.ascii else "❱"), "bold red") if is_best else Text(" ")
    gutter = Text(f"{number:>{digits}}", "bold" if is_best else "dim")
    _link(gutter, result, number, view)
    doc = result.unit.doc
    if doc is not None and doc.start <= number <= doc.end:
        line = Text(line.plain, "dim")
    if is_best:
        line.stylize("bold")
    text = Text.assemble(mark, " ", gutter, "  ", line, no_wrap=True)
    if cell_len(text.plain) > width:
        end = Text(_ellipsis(view), "dim")
        text.truncate(width - end.cell_len, overflow="crop")
        text.append(end)
    return text


def _folded(count: int, digits: int, view: View) -> Text:
    mark = _ellipsis(view)
    return Text(f"  {mark:>{digits}}  {count} more line{'s' if count > 1 else ''}", "dim")


def _ellipsis(view: View) -> str:
    return "..." if view.ascii else "…"


def _alike(result: Result) -> Text:
    places = [
        printable(f"{shown_path(result.root, each.path)}:{each.unit.line}")
        for each in result.alike[:_MOST_ALIKE]
    ]
    more = len(result.alike) - len(places)
    rest = f" and {more} more" if more > 0 else ""
    return Text(f"and {len(result.alike)} more alike: {', '.join(places)}{rest}", "dim", overflow="fold")


def _link(text: Text, result: Result, line: int, view: View) -> None:
    if view.links is not None:
        column = best_column(result) if line == result.best_line else 1
        text.stylize(Style(link=view.links.url(result.root / result.path, line, column)))
