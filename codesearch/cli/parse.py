"""`codesearch parse FILE...`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codesearch.cli.complete import complete_language
from codesearch.cli.given import STDIN
from codesearch.errors import CodesearchError, said_by

if TYPE_CHECKING:
    from codesearch.parse.file import ParsedFile


def parse(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Files to cut, - for stdin.", show_default=False),
    ],
    language: Annotated[
        str | None,
        typer.Option(
            "--type",
            "-t",
            metavar="LANGUAGE",
            help="What the files are, whatever they are called.",
            show_default=False,
            autocompletion=complete_language,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show the functions, types and passages that files are cut into.

    These are what a search can find. In a pipe, a line each: path:line:column:kind name, a passage's first
    line in the place of its name. Why a file gives nothing is said on stderr. Exits with 1 where none gives
    anything, 2 where one cannot be read.
    """
    from codesearch.cli.asked import known_languages
    from codesearch.render.plain import printable
    from codesearch.render.units import show_units

    if files.count(STDIN) > 1:
        raise CodesearchError("stdin can be read once: give one -")
    known_languages([language] if language else [])
    any_found, all_read = False, True
    for name in files:
        if name == STDIN and language is None:
            raise CodesearchError("stdin has no name to tell its language by: say it with --type")
        try:
            parsed = _parsed(name, language)
        except OSError as error:
            typer.echo(f"codesearch: cannot read {printable(name)}: {said_by(error)}", err=True)
            all_read = False
            continue
        if parsed.skip is not None:
            typer.echo(f"codesearch: {printable(name)}: left out, {parsed.skip.value}", err=True)
        any_found = any_found or bool(parsed.units)
        if not show_units(Path(name), parsed, as_json=json):
            break
    if not (any_found and all_read):
        raise typer.Exit(1 if all_read else 2)


def _parsed(name: str, language: str | None) -> ParsedFile:
    """What a file gives, read as indexing reads it, but wherever it lies and whatever leads to it.

    Raises:
        OSError: it cannot be read.

    """
    from codesearch.parse.file import parse_file
    from codesearch.parse.languages import language_named
    from codesearch.parse.source import LARGEST_FILE

    with sys.stdin.buffer if name == STDIN else open(name, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    return parse_file(name, data, language_named(language) if language else None)
