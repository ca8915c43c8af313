"""What `codesearch query` takes: its arguments and options, in the order in which its help names them.

An option that names a group of the help (`rich_help_panel`) begins it; those after it stand in the same one.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.complete import complete_language
from codesearch.parse.unit import Kind
from codesearch.search.mode import Rerank, Tests

Text = Annotated[
    str | None,
    typer.Argument(
        metavar="TEXT",
        help="What to look for, in words, or what a program wrote, a stack trace for one; - reads it from"
        " stdin.",
        show_default=False,
    ),
]

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH...",
        help="Files or folders to search within, of one repository or of several.  [default: the whole"
        " repository]",
        show_default=False,
    ),
]

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Ask each line of FILE (- for stdin) instead of TEXT.",
        show_default=False,
        rich_help_panel="Finding",
    ),
]

Limit = Annotated[int, typer.Option("--limit", "-k", min=1, metavar="N", help="Show at most N results.")]

Globs = Annotated[
    list[str] | None,
    typer.Option(
        "--glob",
        "-g",
        metavar="GLOB",
        help="Search files that match, or with ! before it those that do not; may be repeated.",
        show_default=False,
        rich_help_panel="Narrowing",
    ),
]

Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        "-t",
        metavar="LANGUAGE",
        help="Search this language (codesearch languages shows them); may be repeated.",
        show_default=False,
        autocompletion=complete_language,
    ),
]

OtherTypes = Annotated[
    list[str] | None,
    typer.Option(
        "--type-not",
        "-T",
        metavar="LANGUAGE",
        help="Search all but this language; may be repeated.",
        show_default=False,
        autocompletion=complete_language,
    ),
]


def _print_types(wanted: bool) -> None:
    if wanted:
        from codesearch.parse.languages import LANGUAGES
        from codesearch.render.output import write

        patterns = {row.name: (*(f"*{each}" for each in row.extensions), *row.filenames) for row in LANGUAGES}
        write(f"{name}: {', '.join(patterns[name])}\n".encode() for name in sorted(patterns))
        raise typer.Exit


TypeList = Annotated[
    bool,
    typer.Option(
        "--type-list", callback=_print_types, is_eager=True, help="Print the languages and their files."
    ),
]

FilesFrom = Annotated[
    str | None,
    typer.Option(
        "--files-from",
        metavar="FILE",
        help="Search only the files listed in FILE (- for stdin), one a line, or each with a zero byte after"
        " it.",
        show_default=False,
    ),
]

ChangedSince = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REV",
        help="Search only what has changed since this git revision, line by line, committed or not.",
        show_default=False,
    ),
]

Kinds = Annotated[
    list[Kind] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"Search for this kind of unit: {', '.join(kind.value for kind in Kind)}; may be repeated.",
        show_default=False,
    ),
]

TestsWanted = Annotated[Tests, typer.Option("--tests", help="Search tests: yes, no, or only them.")]

Grep = Annotated[
    str | None,
    typer.Option(
        "--grep",
        metavar="REGEX",
        help="A result's lines must match this regular expression.",
        show_default=False,
    ),
]


def _number(value: float | None) -> float | None:
    # Every range has it, and no score reaches it.
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is no number.")
    return value


MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score",
        callback=_number,
        envvar="CODESEARCH_MIN_SCORE",
        min=0.0,
        max=1.0,
        metavar="P",
        help="The least score of a result; 0 shows all.  [default: what the ranking was fitted with]",
        show_default=False,
        rich_help_panel="Ranking",
    ),
]

RerankWanted = Annotated[
    Rerank,
    typer.Option(
        "--rerank",
        help="Read the best candidates once more: where it may matter and time allows, always, never.",
    ),
]

Explain = Annotated[bool, typer.Option("--explain", help="Say what speaks for each result, and which lines.")]

Context = Annotated[
    int | None,
    typer.Option(
        "--context",
        "-C",
        min=0,
        metavar="N",
        help="Show the best line of each result and N lines before and after it.",
        show_default=False,
        rich_help_panel="Output",
    ),
]

Before = Annotated[
    int | None,
    typer.Option(
        "--before-context", "-B", min=0, metavar="N", help="The same, N lines before it.", show_default=False
    ),
]

After = Annotated[
    int | None,
    typer.Option(
        "--after-context", "-A", min=0, metavar="N", help="The same, N lines after it.", show_default=False
    ),
]

Whole = Annotated[bool, typer.Option("--whole", "-W", help="Show all lines of each result.")]

MaxLines = Annotated[
    int | None,
    typer.Option(
        "--max-lines",
        min=0,
        metavar="N",
        help="Show on a terminal the N most telling lines of a result.  [default: 14 of the best, 5 of"
        " the others]",
        show_default=False,
    ),
]

Pretty = Annotated[
    bool, typer.Option("--pretty", "-p", help="Print as on a terminal into a pipe, too, as for less -R.")
]

HyperlinkFormat = Annotated[
    str,
    typer.Option(
        "--hyperlink-format",
        envvar="CODESEARCH_HYPERLINK_FORMAT",
        metavar="FORMAT",
        help="Link places to an editor: default, vscode, cursor, kitty, ..., none, or a URL with {path},"
        " {line}, {column}, {host}; where there is colour.",
    ),
]

Open = Annotated[
    bool, typer.Option("--open", help="Open the best result in $VISUAL or $EDITOR, at its line.")
]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]

Vimgrep = Annotated[bool, typer.Option("--vimgrep", help="Print lines as into a pipe, on a terminal too.")]

Template = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="TEMPLATE",
        help="Print this for each result, e.g. '{path}:{start_line}-{end_line} {name}'.",
        show_default=False,
    ),
]

Files = Annotated[
    bool,
    typer.Option("--files-with-matches", "-l", help="Print the files of the results only, copies included."),
]

Count = Annotated[
    bool, typer.Option("--count", "-c", help="Print each file with its number of results, copies included.")
]

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing; the exit status tells.")]

Null = Annotated[
    bool,
    typer.Option(
        "--null", "-0", help="End with a zero byte what --format prints, and the names that -l and -c print."
    ),
]

NoUpdate = Annotated[
    bool,
    typer.Option(
        "--no-update",
        help="Search the index as it is; what changed since is not shown.",
        rich_help_panel="Index",
    ),
]
