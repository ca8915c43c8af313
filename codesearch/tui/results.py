"""The list of results: a line each, its columns cut to what the list is wide."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.widgets import OptionList

from codesearch.render.plain import printable, shown_path
from codesearch.search.result import Result

# Names take no more than this part of a line, so that there is room for places.
_MOST_OF_NAMES = 0.5
_GAP = 2


class ResultList(OptionList, can_focus=False):
    """Results, one of which is the selected one. The keys that move it are the application's."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._results: tuple[Result, ...] = ()

    @property
    def selected(self) -> Result | None:
        """The result that the cursor is on; None where there is no result."""
        return None if self.highlighted is None else self._results[self.highlighted]

    def show(self, results: Sequence[Result], *, keep: bool) -> None:
        """Shows results, the cursor on the first one.

        Args:
            results: the results, best first.
            keep: whether the cursor stays on the same unit, where it is among the results still.

        """
        before = self.selected if keep else None
        self._results = tuple(results)
        same = [number for number, each in enumerate(results) if before and _same(each, before)]
        self._draw(next(iter(same), 0 if results else None))

    def on_resize(self, _: events.Resize) -> None:
        """Cuts the lines anew."""
        self._draw(self.highlighted)

    def _draw(self, cursor: int | None) -> None:
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options(_lines(self._results, self.scrollable_content_region.width))
            self.highlighted = cursor


def _same(one: Result, other: Result) -> bool:
    return (one.root, one.path, one.unit.name) == (other.root, other.path, other.unit.name)


def _lines(results: Sequence[Result], width: int) -> list[Content]:
    """A line for each result: score, name, place."""
    names = [_plain(each.unit.name or each.unit.signature) for each in results]
    widest = max(map(cell_len, names), default=0)
    rest = max(width - 4 - _GAP, 0)
    column = min(widest, int(rest * _MOST_OF_NAMES))
    lines = []
    for each, name in zip(results, names, strict=True):
        place = f"{_plain(shown_path(each.root, each.path))}:{each.best_line}"
        lines.append(
            Content.assemble(
                (f"{each.score:4.0%}", "dim"),
                " " * _GAP,
                (_cut(name, column), "bold" if each.unit.name else "italic"),
                " " * _GAP,
                (_cut_start(place, max(rest - column - _GAP, 0)), "dim"),
            )
        )
    return lines


def _plain(text: str) -> str:
    """The text on one line, with nothing in it that could steer a terminal."""
    return " ".join(printable(text).split())


def _cut(text: str, width: int) -> str:
    """The text in exactly so many cells."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _cut_start(text: str, width: int) -> str:
    """The text's end, which tells files apart, in at most so many cells."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"
