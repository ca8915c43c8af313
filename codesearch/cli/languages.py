"""`codesearch languages`"""

from __future__ import annotations

from typing import Annotated

import typer


def languages(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show which files are searched, and how each language is cut.

    Into definitions (functions, methods, types) where there is a grammar, into passages elsewhere. In a pipe,
    a line a language: its name, which of both, the files, and the interpreters that a first line #! may name,
    with tabs between.
    """
    from codesearch.parse.grammars import has_grammar
    from codesearch.parse.languages import LANGUAGES
    from codesearch.render.rows import show_rows

    rows = [
        {
            "language": row.name,
            "cut into": "definitions" if row.grammar and has_grammar(row.grammar) else "passages",
            "files": [*(f"*{extension}" for extension in row.extensions), *row.filenames],
            "scripts run by": list(row.interpreters),
        }
        for row in LANGUAGES
    ]
    columns = ("language", "cut into", "files", "scripts run by")
    if json:
        rows = [{key.replace(" ", "_"): value for key, value in row.items()} for row in rows]
    show_rows("language", rows, columns=columns, as_json=json)
