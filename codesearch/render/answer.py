"""Answers on stdout, in the form that was asked for; and what to say of an empty one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from codesearch.render.colour import Colour, is_coloured, results_console
from codesearch.render.excerpt import TELLING_LINES, Excerpt
from codesearch.render.hyperlink import Hyperlinks
from codesearch.render.lines import Ink, between, plain_lines
from codesearch.render.output import drawn, write
from codesearch.render.plain import filled, json_line, printable, shown_path
from codesearch.search.question import Question
from codesearch.search.result import Answer, Result

_MOST_CHARACTERS = 80


class Form(Enum):
    """What is printed of results: a view for people, a line each, objects, a template filled in, the names
    of their files, these with the number of results in each, or nothing.
    """

    VIEW = "view"
    LINES = "lines"
    JSON = "json"
    TEMPLATE = "template"
    FILES = "files"
    COUNTS = "counts"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AnswerStyle:
    """How answers are shown. `template` is what `Form.TEMPLATE` fills in; `null` ends lines with a zero byte;
    `named` puts the query before its results, where there are several; `excerpt` says which lines are shown
    and `links` how places in files are linked to, where there is colour.
    """

    form: Form
    template: str = ""
    null: bool = False
    explain: bool = False
    named: bool = False
    colour: Colour = Colour.AUTO
    excerpt: Excerpt = TELLING_LINES
    links: Hyperlinks | None = None


def show_answer(query: str, answer: Answer, style: AnswerStyle) -> bool:
    """Prints an answer to stdout. False where its reader has had enough (`| head -1`)."""
    return write((_view if style.form is Form.VIEW else _lines)(query, answer, style))


def _view(query: str, answer: Answer, style: AnswerStyle) -> Iterator[bytes]:
    from codesearch.render.terminal import View, query_view, results_by_file

    console = results_console(style.colour, as_on_terminal=True)
    knows_unicode = console.encoding.startswith("utf")
    view = View(style.excerpt, style.links, style.explain, ascii=not knows_unicode)
    if style.named:
        yield drawn(console, query_view(query, view))
    for shown in results_by_file(answer.results, view, console.width):
        yield drawn(console, shown)
    if style.named:
        yield b"\n"


def _lines(query: str, answer: Answer, style: AnswerStyle) -> Iterable[bytes]:
    end = b"\0" if style.null else b"\n"
    results = answer.results
    ranked = enumerate(results, start=1)
    if style.form is Form.JSON:
        return (json_line(result, rank, query, explain=style.explain) for rank, result in ranked)
    on_terminal = sys.stdout.isatty()
    if style.form is Form.TEMPLATE:
        exact = not on_terminal
        return (filled(style.template, result, rank, query, exact=exact) + end for rank, result in ranked)
    ink = Ink(is_coloured(style.colour, on_terminal=on_terminal), style.links, exact=not on_terminal)
    if style.form is Form.LINES:
        shown = query if style.named else ""
        return (
            (between(style.excerpt) if rank > 1 else b"")
            + plain_lines(result, style.excerpt, ink, query=shown, explain=style.explain)
            for rank, result in ranked
        )
    counts = Counter(path for result in results for path in _paths(result, ink))
    if style.form is Form.FILES:
        return (path + end for path in counts)
    if style.form is Form.COUNTS:
        # The name is ended by the zero byte, the number by a line, as ripgrep does it.
        return (
            path + (b"\0" if style.null else b":") + f"{count}\n".encode() for path, count in counts.items()
        )
    return ()


def _paths(result: Result, ink: Ink) -> list[bytes]:
    return [ink.path(result.root, each) for each in (result.path, *(p.path for p in result.alike))]


def nothing_found(question: Question, answer: Answer, *, narrowed: bool) -> str:
    """What to say where there is no result: the nearest miss, or why there is none, which may be that the
    search is `narrowed`.
    """
    query = question.asked
    shown = printable(query if len(query) <= _MOST_CHARACTERS else query[:_MOST_CHARACTERS] + "…")
    if answer.nearest is None:
        why = ": the options leave nothing to search" if narrowed else ""
        why = ": what is quoted occurs nowhere in what is searched" if question.literals else why
        return f"nothing found for {shown!r}{why}"
    unit = answer.nearest.unit
    place = f"{shown_path(answer.nearest.root, answer.nearest.path)}:{unit.line} {unit.name}".rstrip()
    return (
        f"nothing found for {shown!r}; nearest: {printable(place)} ({answer.nearest.score:.0%} likely,"
        " --min-score 0 shows it)"
    )
