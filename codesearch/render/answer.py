"""An answer on stdout: a view on a terminal, lines or JSON elsewhere; and what to say of an empty one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from codesearch.render.plain import json_line, plain_lines, printable, shown_path
from codesearch.search.result import Answer


@dataclass(frozen=True, slots=True)
class AnswerStyle:
    """How answers are shown. `named` puts the query before its results, where there are several."""

    json: bool = False
    explain: bool = False
    named: bool = False


def show_answer(query: str, answer: Answer, style: AnswerStyle) -> bool:
    """Prints an answer to stdout. False where its reader has had enough (`| head -1`)."""
    if style.json:
        return _write(
            json_line(result, rank, query, explain=style.explain)
            for rank, result in enumerate(answer.results, start=1)
        )
    if not sys.stdout.isatty():
        shown = query if style.named else ""
        return _write(plain_lines(result, query=shown, explain=style.explain) for result in answer.results)
    from rich.console import Console

    from codesearch.render.terminal import show_query, show_results

    console = Console(highlight=False)
    if style.named:
        show_query(query, console)
    show_results(answer.results, console, explain=style.explain)
    return True


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


_MOST_CHARACTERS = 80


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
