"""`codesearch tui [PATH...]`"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.options import IndexDir, Threads, take_threads
from codesearch.cli.query_options import Globs, Limit, MinScore, NoUpdate, Paths

Question = Annotated[
    str, typer.Option("--query", metavar="TEXT", help="Start with this question.", show_default=False)
]


def tui(
    paths: Paths = None,
    question: Question = "",
    limit: Limit = 30,
    glob: Globs = None,
    min_score: MinScore = None,
    no_update: NoUpdate = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Search as you type, with a preview.

    Enter opens a result in $VISUAL or $EDITOR, Ctrl-Y prints its path:line, the line at the bottom tells the
    other keys. Exits with 0 where something was opened or printed, 1 where nothing was, 2 after an error, 130
    after Ctrl-C, 143 where another program ended it (SIGTERM).
    """
    cores = take_threads(threads)
    from codesearch.cli.open_editor import open_in_editor, users_editor
    from codesearch.cli.own_terminal import own_terminal
    from codesearch.cli.scope import scope_asked_for
    from codesearch.cli.searched import located, searched
    from codesearch.index.location import default_index_home
    from codesearch.render.colour import messages_console
    from codesearch.render.plain import printable, shown_path
    from codesearch.search.models import load_models
    from codesearch.tui.answering import Answering
    from codesearch.tui.app import INTERRUPTED, TERMINATED, SearchApp

    def editor(path: Path, line: int, column: int) -> None:
        open_in_editor(users_editor(), path, line, column)

    narrowed = scope_asked_for(glob=glob)
    with own_terminal() as output:
        models = load_models(threads=cores, reads=False)
        scopes = {
            location: replace(narrowed, below=below)
            for location, below in located(paths or [], index_dir or default_index_home()).items()
        }
        open_targets = partial(searched, scopes, models.encoder, messages_console())
        # Here, while there is a place to show progress in; then again, in the thread that answers.
        with open_targets(update=not no_update) as targets:
            where = ", ".join(shown_path(each.location.root, "") for each, _ in targets)
        with Answering(
            partial(open_targets, update=False), models, limit=limit, floor=min_score, update=not no_update
        ) as answering:
            app = SearchApp(answering, editor, question=question, where=where)
            chosen = app.run()
        if app.error is not None:
            raise app.error
        if chosen is not None:
            path = shown_path(chosen.root, chosen.path)
            path = printable(path) if output.isatty() else path
            output.write(os.fsencode(f"{path}:{chosen.best_line}\n"))
    if app.return_code:
        # Textual's own is 1, after an error of the program.
        raise typer.Exit(app.return_code if app.return_code in (INTERRUPTED, TERMINATED) else 2)
    if chosen is None and not app.opened:
        raise typer.Exit(1)
