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


class Reranking(str, Enum):
    """Whether the best candidates are read once more."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


# Nobody means to index their home folder by asking a question in it.
_MOST_FILES_UNASKED = 5_000


def query(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to look for, in words.", show_default=False)
    ] = None,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="A file or folder to search within.  [default: the whole repository]",
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            allow_dash=True,
            help="Ask each line of FILE (- for stdin) instead of TEXT.",
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
        float | None,
        typer.Option(
            "--min-score",
            min=0.0,
            max=1.0,
            metavar="P",
            help="The least score of a result; 0 shows all.  [default: what the ranking was fitted with]",
            show_default=False,
        ),
    ] = None,
    rerank: Annotated[
        Reranking,
        typer.Option(
            "--rerank",
            help="Read the best candidates once more: where it may matter and time allows, always, never.",
        ),
    ] = Reranking.AUTO,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what speaks for each result, and which lines.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    no_update: Annotated[
        bool,
        typer.Option("--no-update", help="Search the index as it is; what changed since is not shown."),
    ] = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Find the functions that answer a question.

    Searches the repository that PATH or the current folder stands in, after bringing its index up to
    date. Exits with 0 where something was found, 1 where nothing was, 2 after an error.
    """
    queries, path = _queries(text, path, source)
    cores = take_threads(threads)
    from codesearch.cli.building import as_it_stands, build, say, stderr_console
    from codesearch.encode.cross_encoder import CrossEncoder
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.late_interaction import LateInteraction
    from codesearch.encode.weights import cross_encoder_folder, student_folder
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.answer import AnswerStyle, nothing_found, show_answer
    from codesearch.search.ranking import read_ranking
    from codesearch.search.rerank import Rerank
    from codesearch.search.scope import Scope
    from codesearch.search.search import Models, search, target

    location = locate(path or Path(), index_dir or default_index_home())
    first = not location.folder.is_dir()
    if first and not no_update:
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
    ranking = read_ranking(student_folder())
    reader = CrossEncoder(reranker, threads=cores) if reranker else LateInteraction(encoder)
    models = Models(encoder, ranking, reader)
    mode = Rerank(rerank.value)
    floor = ranking.floor if min_score is None else min_score
    console = stderr_console()
    style = AnswerStyle(json=json, explain=explain, named=source is not None)
    found = False
    opened = (
        as_it_stands(location, encoder)
        if no_update
        else build(location, encoder, console, wait=False, talk=first)
    )
    with opened as store:
        searched = target(location, store, encoder)
        for each in queries:
            answer = search(searched, models, each, limit=limit, scope=scope, floor=floor, mode=mode)
            found = found or bool(answer.results)
            if not answer.results:
                say(console, nothing_found(each, answer, location.root))
            elif not show_answer(each, answer, location.root, style):
                break
    if not found:
        raise typer.Exit(1)


def _queries(text: str | None, path: Path | None, source: Path | None) -> tuple[list[str], Path | None]:
    """What to ask, and where: with a file of queries the first argument is the path.

    Raises:
        CodesearchError: there is nothing to ask, or too much was said.

    """
    if source is None:
        if not (text or "").strip():
            raise CodesearchError(
                'an empty query finds nothing; ask for something: codesearch query "retry with backoff"'
            )
        return [text or ""], path
    if path is not None:
        raise CodesearchError("--from takes the place of TEXT: give the questions in one way only")
    try:
        data = sys.stdin.buffer.read() if os.fspath(source) == "-" else source.read_bytes()
    except OSError as error:
        raise CodesearchError(f"cannot read the questions: {error}") from error
    queries = [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    if not queries:
        raise CodesearchError(f"no question in {source}: it takes one a line")
    return queries, None if text is None else Path(text)


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
