"""`codesearch query TEXT [PATH]`"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codesearch.cli.options import IndexDir, Threads, take_threads
from codesearch.errors import CodesearchError
from codesearch.parse.unit import Kind

if TYPE_CHECKING:
    from codesearch.index.location import Location


class Tests(str, Enum):
    """Whether tests are searched."""

    YES = "yes"
    NO = "no"
    ONLY = "only"


# Nobody means to index their home folder by asking a question in it.
_MOST_FILES_UNASKED = 5_000


def query(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to look for, in words.", show_default=False)
    ],
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="A file or folder to search within.  [default: the whole repository]",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-k", min=1, metavar="N", help="Show at most N results.")
    ] = 10,
    glob: Annotated[
        list[str] | None,
        typer.Option(
            "--glob",
            "-g",
            metavar="GLOB",
            help="Search files that match, or with ! before it those that do not; may be repeated.",
            show_default=False,
        ),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            "-t",
            metavar="LANGUAGE",
            help="Search this language; may be repeated.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        list[Kind] | None,
        typer.Option("--kind", help="Search for this kind of unit; may be repeated.", show_default=False),
    ] = None,
    tests: Annotated[Tests, typer.Option("--tests", help="Search tests: yes, no, or only them.")] = Tests.YES,
    grep: Annotated[
        str | None,
        typer.Option(
            "--grep",
            metavar="REGEX",
            help="A result's lines must match this regular expression.",
            show_default=False,
        ),
    ] = None,
    min_score: Annotated[
        float, typer.Option("--min-score", min=0.0, max=1.0, metavar="P", help="The least score of a result.")
    ] = 0.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Find the functions that answer a question.

    Searches the repository that PATH or the current folder stands in, after bringing its index up to
    date. Exits with 0 where something was found, 1 where nothing was, 2 after an error.
    """
    if not text.strip():
        raise CodesearchError(
            'an empty query finds nothing; ask for something: codesearch query "retry with backoff"'
        )
    cores = take_threads(threads)
    from codesearch.cli.building import build, stderr_console
    from codesearch.encode.cross_encoder import CrossEncoder
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.weights import cross_encoder_folder, student_folder
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.plain import json_line, plain_line
    from codesearch.search.ranking import read_ranking
    from codesearch.search.scope import Scope
    from codesearch.search.search import Models, search

    location = locate(path or Path(), index_dir or default_index_home())
    first = not location.folder.is_dir()
    if first:
        _refuse_to_index_a_home(location)
    scope = Scope(
        below=_below(location, path),
        globs=tuple(glob or ()),
        languages=_languages(language or ()),
        kinds=frozenset(kind or ()),
        tests={Tests.YES: None, Tests.NO: False, Tests.ONLY: True}[tests],
        pattern=_pattern(grep),
    )
    encoder = Encoder(student_folder(), threads=cores)
    reranker = cross_encoder_folder()
    models = Models(
        encoder,
        read_ranking(student_folder()),
        CrossEncoder(reranker, threads=cores) if reranker else None,
    )
    with build(location, encoder, stderr_console(), wait=False, talk=first) as store:
        results = search(location, store, models, text, limit=limit, scope=scope, floor=min_score)
    if json:
        _write(json_line(result, location.root, rank) for rank, result in enumerate(results, start=1))
    elif sys.stdout.isatty():
        from rich.console import Console

        from codesearch.render.terminal import show_results

        show_results(results, location.root, Console(highlight=False))
    else:
        _write(plain_line(result, location.root) for result in results)
    if not results:
        raise typer.Exit(1)


def _languages(names: Iterable[str]) -> frozenset[str]:
    """The languages of these names.

    Raises:
        CodesearchError: there is no such language.

    """
    from difflib import get_close_matches

    from codesearch.parse.languages import LANGUAGES

    known = {row.name for row in LANGUAGES}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise CodesearchError(f"no language is called {name!r}{hint}")
    return frozenset(names)


def _pattern(text: str | None) -> re.Pattern[str] | None:
    """The regular expression.

    Raises:
        CodesearchError: it is none.

    """
    try:
        return None if text is None else re.compile(text, re.MULTILINE)
    except re.error as error:
        raise CodesearchError(f"--grep: not a regular expression: {error}") from error


def _below(location: Location, path: Path | None) -> str:
    """The path under the root that the search is narrowed to; empty for everything."""
    if path is None:
        return ""
    relative = path.resolve().relative_to(location.root).as_posix()
    return "" if relative == "." else relative


def _refuse_to_index_a_home(location: Location) -> None:
    from codesearch.walk import count_up_to

    if (
        not location.is_repository
        and count_up_to(location.root, _MOST_FILES_UNASKED + 1) > _MOST_FILES_UNASKED
    ):
        raise CodesearchError(
            f"{location.root} is no repository and holds more than {_MOST_FILES_UNASKED:,} files;"
            f" if you mean to search it, run: codesearch index {location.root}"
        )


def _write(lines: Iterable[bytes]) -> None:
    """Writes to stdout; a reader that has had enough (`| head -1`) is no error."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
