"""`codesearch doctor`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.options import IndexDir, Threads, take_threads


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Check that all works, and say what to do where it does not.

    Looks at the installation, the weights, the grammars, SQLite, git, the folder of the indexes, the index of
    the repository one stands in, and the terminal, and changes nothing. In a pipe, a line each: ok, warning
    or problem, what was looked at, what was seen, and what to do, with tabs between. Exits with 2 where there
    is a problem.
    """
    cores = take_threads(threads)
    from codesearch.doctor import State, examine
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.rows import show_rows

    findings = list(examine(locate(Path(), index_dir or default_index_home()), cores))
    rows = [
        {"state": each.state.value, "about": each.about, "seen": each.seen, "advice": each.advice}
        for each in findings
    ]
    styles = {State.OK.value: "green", State.WARNING.value: "yellow", State.PROBLEM.value: "bold red"}
    show_rows("finding", rows, columns=("state", "about", "seen", "advice"), as_json=json, styles=styles)
    if any(each.state is State.PROBLEM for each in findings):
        raise typer.Exit(2)
