"""The selected result's lines, highlighted, the best one marked and in sight."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from codesearch.parse.unit import Kind, LineRange
from codesearch.render.highlight import highlighted
from codesearch.render.plain import printable, shown_path
from codesearch.search.result import Result

# Highlighting more would be felt when the cursor moves.
_MOST_LINES = 400
# The best line's distance from the top, as a part of the height.
_BEST_LINE_AT = 1 / 3
# Nobody reads on to the right; there are files of one line.
_MOST_CHARACTERS = 300
_MOST_ALIKE = 3


class Preview(Vertical, can_focus=False):
    """One result, or a text where there is none."""

    _shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """A heading that stays and lines that scroll."""
        yield Static(id="heading", markup=False)
        with VerticalScroll(id="lines", can_focus=False):
            yield Static(id="code", markup=False)

    def show(self, result: Result) -> None:
        """Shows a result from a little above its best line; one that is shown already stays as it was
        scrolled, though its score or what is alike may be told anew.
        """
        unit, best = result.unit, result.best_line
        start = max(unit.start_line, min(best - _MOST_LINES // 2, unit.end_line - _MOST_LINES + 1))
        end = min(unit.end_line, start + _MOST_LINES - 1)
        self.query_one("#heading", Static).update(_heading(result), layout=True)
        shown = (result.root, result.path, unit, best, result.file_lines)
        if shown == self._shown:
            return
        self._shown = shown
        self.query_one("#code", Static).update(_code(result, LineRange(start, end)))
        lines = self.query_one("#lines", VerticalScroll)

        def bring_into_sight() -> None:
            lines.scroll_to(y=best - start - int(lines.size.height * _BEST_LINE_AT), animate=False)

        self.call_after_refresh(bring_into_sight)

    def say(self, text: Content) -> None:
        """Shows a text instead of a result."""
        self._shown = ()
        self.query_one("#heading", Static).update("")
        self.query_one("#code", Static).update(text)

    def scroll_by_page(self, pages: int) -> None:
        """Scrolls the lines by so many of their heights, upwards where it is less than 0."""
        lines = self.query_one("#lines", VerticalScroll)
        lines.scroll_relative(y=pages * max(lines.size.height - 1, 1), animate=False)


def _heading(result: Result) -> Text:
    """Place, name, kind, and where else nearly the same stands."""
    unit = result.unit
    text = Text(printable(shown_path(result.root, result.path)), "bold magenta", end="")
    text = Text.assemble(text, (f":{unit.start_line}-{unit.end_line}", "green"))
    if unit.name:
        text.append("  ").append(printable(unit.name), "bold")
    if unit.kind is not Kind.PASSAGE:
        text.append(f"  {unit.kind.value}", "dim")
    if result.alike:
        shown = result.alike[:_MOST_ALIKE]
        places = [printable(f"{shown_path(result.root, each.path)}:{each.unit.line}") for each in shown]
        rest = ", …" if len(result.alike) > len(shown) else ""
        text.append(f"\n{len(result.alike)} more alike: {', '.join(places)}{rest}", "dim")
    return text


def _code(result: Result, lines: LineRange) -> Text:
    """The lines with their numbers, the best one marked."""
    digits = len(str(lines.end))
    shown = []
    for number, line in highlighted(result, [lines], _MOST_CHARACTERS).items():
        is_best = number == result.best_line
        if is_best:
            line.stylize("bold")
        mark = ("❱ ", "bold red") if is_best else "  "
        shown.append(Text.assemble(mark, (f"{number:>{digits}}  ", "bold" if is_best else "dim"), line))
    text = Text("\n").join(shown)
    text.no_wrap = True
    return text
