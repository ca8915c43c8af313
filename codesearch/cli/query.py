"""`codesearch query TEXT [PATH...]`"""

from __future__ import annotations

import math
from dataclasses import replace

import typer

from codesearch.cli.asked import (
    checked_template,
    excerpt_asked_for,
    form_asked_for,
    links_asked_for,
    typed,
    what_and_where,
)
from codesearch.cli.given import STDIN, sole_reader_of_stdin
from codesearch.cli.narrowed import narrowed
from codesearch.cli.open_editor import editor_asked_for, open_in_editor
from codesearch.cli.options import ColourWanted, IndexDir, Threads, take_threads
from codesearch.cli.query_options import (
    After,
    Before,
    ChangedSince,
    Context,
    Count,
    Explain,
    Files,
    FilesFrom,
    From,
    Globs,
    Grep,
    HyperlinkFormat,
    Json,
    Kinds,
    Limit,
    MaxLines,
    MinScore,
    NoUpdate,
    Null,
    Open,
    OtherTypes,
    Paths,
    Pretty,
    Quiet,
    RerankWanted,
    Template,
    TestsWanted,
    Text,
    TypeList,
    Types,
    Vimgrep,
    Whole,
)
from codesearch.cli.scope import scope_asked_for
from codesearch.render.colour import Colour, messages_console
from codesearch.search.mode import Rerank, Tests

# Somebody who asks a question waits so many seconds for vectors; the next question goes on with them.
_PATIENCE = 15.0


def query(
    ctx: typer.Context,
    text: Text = None,
    paths: Paths = None,
    source: From = None,
    limit: Limit = 10,
    glob: Globs = None,
    language: Types = None,
    other_languages: OtherTypes = None,
    _type_list: TypeList = False,
    files_from: FilesFrom = None,
    changed_since: ChangedSince = None,
    kind: Kinds = None,
    tests: TestsWanted = Tests.YES,
    grep: Grep = None,
    min_score: MinScore = None,
    rerank: RerankWanted = Rerank.NEVER,
    explain: Explain = False,
    context: Context = None,
    before: Before = None,
    after: After = None,
    whole: Whole = False,
    max_lines: MaxLines = None,
    colour: ColourWanted = Colour.AUTO,
    hyperlink_format: HyperlinkFormat = "none",
    pretty: Pretty = False,
    open_best: Open = False,
    json: Json = False,
    vimgrep: Vimgrep = False,
    template: Template = None,
    files: Files = False,
    count: Count = False,
    quiet: Quiet = False,
    null: Null = False,
    no_update: NoUpdate = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Find the functions that answer a question.

    Searches the repositories that the PATHs, or the current folder, stand in, after bringing their indexes
    up to date. Exits with 0 where something was found, 1 where nothing was, 2 after an error.
    """
    sole_reader_of_stdin(
        {
            STDIN: source is None and text == STDIN,
            "--from -": source == STDIN,
            "--files-from -": files_from == STDIN,
        }
    )

    def tell(message: str) -> None:
        if not quiet:
            typer.echo(f"codesearch: {message}", err=True)

    queries, places = what_and_where(text, paths or [], source, tell)
    cores = take_threads(threads)
    from codesearch.cli.searched import gaps, located, searched
    from codesearch.encode.text import QUERY_CHARACTERS
    from codesearch.index.location import default_index_home
    from codesearch.render.answer import AnswerStyle, Form, nothing_found, show_answer
    from codesearch.render.plain import best_column
    from codesearch.search.models import load_models
    from codesearch.search.question import read_question
    from codesearch.search.result import Result
    from codesearch.search.search import search_all

    below = located(places, index_dir or default_index_home())
    within = narrowed([location.root for location in below], files_from, changed_since, tell)
    scope = scope_asked_for(
        glob=glob, language=language, other_languages=other_languages, kind=kind, tests=tests, grep=grep
    )
    style = AnswerStyle(
        form=form_asked_for(
            {
                "--pretty": (pretty, Form.VIEW),
                "--json": (json, Form.JSON),
                "--vimgrep": (vimgrep, Form.LINES),
                "--format": (template is not None, Form.TEMPLATE),
                "--files-with-matches": (files, Form.FILES),
                "--count": (count, Form.COUNTS),
                "--quiet": (quiet, Form.NOTHING),
                "--open": (open_best, Form.NOTHING),
            }
        ),
        template=checked_template(template or ""),
        null=null,
        explain=explain,
        named=source is not None,
        colour=colour,
        excerpt=excerpt_asked_for(context, before, after, max_lines, whole=whole, typed=typed(ctx)),
        links=links_asked_for(hyperlink_format),
    )
    editor = editor_asked_for(len(queries)) if open_best else None
    best: Result | None = None
    models = load_models(threads=cores, reads=rerank is not Rerank.NEVER)
    scopes = {
        location: replace(
            scope, below=paths, files=within[location.root].files, changed=within[location.root].changed
        )
        for location, paths in below.items()
    }
    patience = _PATIENCE if source is None else math.inf
    console = messages_console(colour)
    console.quiet = quiet
    with searched(scopes, models.encoder, console, update=not no_update, patience=patience) as targets:
        for gap in gaps(targets, updated=not no_update):
            tell(gap)
        for question in map(read_question, queries):
            if len(question.asked) >= QUERY_CHARACTERS:
                tell(f"of a question this long the first {QUERY_CHARACTERS:,} characters are read")
            answer = search_all(targets, models, question, limit=limit, floor=min_score, mode=rerank)
            best = best or next(iter(answer.results), None)
            if not answer.results:
                # Of an index as it was, what has changed since is left out, too.
                narrows = not no_update and any(here.narrows for _, here in targets)
                tell(nothing_found(question, answer, narrowed=narrows))
            elif not show_answer(question.asked, answer, style):
                break
    if best is None:
        raise typer.Exit(1)
    if editor is not None:
        open_in_editor(editor, best.root / best.path, best.best_line, best_column(best))
