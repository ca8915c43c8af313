"""`codesearch query TEXT [PATH...]`"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.asked import (
    checked_template,
    known_languages,
    one_form,
    paths_below,
    refuse_to_index_a_home,
    regular_expression,
    what_and_where,
)
from codesearch.cli.options import IndexDir, Threads, take_threads
from codesearch.parse.unit import Kind
from codesearch.search.mode import Rerank


class Tests(str, Enum):
    """Whether tests are searched."""

    YES = "yes"
    NO = "no"
    ONLY = "only"


def query(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to look for, in words.", show_default=False)
    ] = None,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files or folders to search within, of one repository or of several.  [default: the whole"
            " repository]",
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
            envvar="CODESEARCH_MIN_SCORE",
            min=0.0,
            max=1.0,
            metavar="P",
            help="The least score of a result; 0 shows all.  [default: what the ranking was fitted with]",
            show_default=False,
        ),
    ] = None,
    rerank: Annotated[
        Rerank,
        typer.Option(
            "--rerank",
            help="Read the best candidates once more: where it may matter and time allows, always, never.",
        ),
    ] = Rerank.NEVER,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what speaks for each result, and which lines.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    vimgrep: Annotated[
        bool, typer.Option("--vimgrep", help="Print lines as into a pipe, on a terminal too.")
    ] = False,
    template: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="TEMPLATE",
            help="Print this for each result, e.g. '{path}:{start_line}-{end_line} {name}'.",
            show_default=False,
        ),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files-with-matches", "-l", help="Print the files of the results only.")
    ] = False,
    count: Annotated[
        bool, typer.Option("--count", "-c", help="Print each file with its number of results.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing; the exit status tells.")
    ] = False,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="End file names and templates with a zero byte.")
    ] = False,
    no_update: Annotated[
        bool,
        typer.Option("--no-update", help="Search the index as it is; what changed since is not shown."),
    ] = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Find the functions that answer a question.

    Searches the repositories that the PATHs, or the current folder, stand in, after bringing their indexes
    up to date. Exits with 0 where something was found, 1 where nothing was, 2 after an error.
    """
    queries, places = what_and_where(text, paths or [], source)
    cores = take_threads(threads)
    from codesearch.cli.building import as_it_stands, build, say, stderr_console
    from codesearch.encode.cross_encoder import CrossEncoder
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.late_interaction import LateInteraction
    from codesearch.encode.weights import cross_encoder_folder, student_folder
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.answer import AnswerStyle, Form, nothing_found, show_answer
    from codesearch.search.ranking import read_ranking
    from codesearch.search.result import merged
    from codesearch.search.scope import Scope
    from codesearch.search.search import Models, search, target

    home = index_dir or default_index_home()
    located = [(locate(place, home), place) for place in places or [Path()]]
    locations = dict.fromkeys(location for location, _ in located)
    scope = Scope(
        globs=tuple(glob or ()),
        languages=known_languages(language or ()),
        kinds=frozenset(kind or ()),
        tests={Tests.YES: None, Tests.NO: False, Tests.ONLY: True}[tests],
        pattern=regular_expression(grep),
    )
    encoder = Encoder(student_folder(), threads=cores)
    reranker = cross_encoder_folder()
    ranking = read_ranking(student_folder())
    reader = CrossEncoder(reranker, threads=cores) if reranker else LateInteraction(encoder)
    models = Models(encoder, ranking, reader)
    floor = ranking.floor if min_score is None else min_score
    console = stderr_console()
    wanted = {
        "--json": (json, Form.JSON),
        "--vimgrep": (vimgrep, Form.LINES),
        "--format": (template is not None, Form.TEMPLATE),
        "--files-with-matches": (files, Form.FILES),
        "--count": (count, Form.COUNTS),
        "--quiet": (quiet, Form.NOTHING),
    }
    style = AnswerStyle(
        form=one_form(wanted) or (Form.VIEW if sys.stdout.isatty() else Form.LINES),
        template=checked_template(template or ""),
        null=null,
        explain=explain,
        named=source is not None,
    )
    found = False
    with ExitStack() as stack:
        searched = []
        for location in locations:
            first = not location.folder.is_dir()
            if no_update:
                store = stack.enter_context(as_it_stands(location, encoder))
            else:
                if first:
                    refuse_to_index_a_home(location)
                store = stack.enter_context(build(location, encoder, console, wait=False, talk=first))
            own = [place for where, place in located if where == location] if places else []
            within = replace(scope, below=paths_below(location, own))
            searched.append((target(location, store, encoder), within))
        for each in queries:
            answer = merged(
                (
                    search(where, models, each, limit=limit, scope=within, floor=floor, mode=rerank)
                    for where, within in searched
                ),
                limit,
            )
            found = found or bool(answer.results)
            if not answer.results:
                if not quiet:
                    say(console, nothing_found(each, answer))
            elif not show_answer(each, answer, style):
                break
    if not found:
        raise typer.Exit(1)
