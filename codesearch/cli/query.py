"""`codesearch query TEXT [PATH]`"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codesearch.cli.options import IndexDir, Threads, take_threads
from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from codesearch.index.location import Location

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
    from codesearch.search.search import search

    location = locate(path or Path(), index_dir or default_index_home())
    first = not location.folder.is_dir()
    if first:
        _refuse_to_index_a_home(location)
    encoder = Encoder(student_folder(), threads=cores)
    reranker = cross_encoder_folder()
    console = stderr_console()
    with build(location, encoder, console, wait=False, talk=first) as store:
        results = search(
            location,
            store,
            encoder,
            CrossEncoder(reranker, threads=cores) if reranker else None,
            text,
            limit=limit,
            below=_below(location, path),
            threads=cores,
        )
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
