"""Answers on stdout, in the form that was asked for; and what to say of an empty one."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from codesearch.render.plain import filled, json_line, plain_lines, printable, shown_path
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
    `named` puts the query before its results, where there are several.
    """

    form: Form
    template: str = ""
    null: bool = False
    explain: bool = False
    named: bool = False


def show_answer(query: str, answer: Answer, style: AnswerStyle) -> bool:
    """Prints an answer to stdout. False where its reader has had enough (`| head -1`)."""
    if style.form is not Form.VIEW:
        return _write(_lines(query, answer, style))
    from rich.console import Console

    from codesearch.render.terminal import show_query, show_results

    console = Console(highlight=False)
    if style.named:
        show_query(query, console)
    show_results(answer.results, console, explain=style.explain)
    return True


def _lines(query: str, answer: Answer, style: AnswerStyle) -> Iterable[bytes]:
    end = b"\0" if style.null else b"\n"
    results = answer.results
    ranked = enumerate(results, start=1)
    if style.form is Form.JSON:
        return (json_line(result, rank, query, explain=style.explain) for rank, result in ranked)
    if style.form is Form.TEMPLATE:
        return (filled(style.template, result, rank, query) + end for rank, result in ranked)
    if style.form is Form.LINES:
        shown = query if style.named else ""
        return (plain_lines(result, query=shown, explain=style.explain) for result in results)
    counts = Counter(path for result in results for path in _paths(result))
    if style.form is Form.FILES:
        return (path + end for path in counts)
    if style.form is Form.COUNTS:
        # The name is ended by the zero byte, the number by a line, as ripgrep does it.
        return (
            path + (b"\0" if style.null else b":") + f"{count}\n".encode() for path, count in counts.items()
        )
    return ()


def _paths(result: Result) -> list[bytes]:
    return [
        os.fsencode(shown_path(result.root, each)) for each in (result.path, *(p.path for p in result.alike))
    ]


def nothing_found(query: str, answer: Answer) -> str:
    """What to say where there is no result: the nearest miss, if there is one."""
    shown = printable(query if len(query) <= _MOST_CHARACTERS else query[:_MOST_CHARACTERS] + "…")
    if answer.nearest is None:
        return f"nothing found for {shown!r}"
    unit = answer.nearest.unit
    place = f"{shown_path(answer.nearest.root, answer.nearest.path)}:{unit.line} {unit.name}".rstrip()
    return (
        f"nothing found for {shown!r}; nearest: {printable(place)} ({answer.nearest.score:.0%} likely,"
        " --min-score 0 shows it)"
    )


def _write(lines: Iterable[bytes]) -> bool:
    """Writes to stdout; a reader that has had enough is no error."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
