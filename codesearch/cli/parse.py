"""`codesearch parse FILE...`"""

from __future__ import annotations

import os
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
        list[Path],
        typer.Argument(
            metavar="FILE...", allow_dash=True, help="Files to cut, - for stdin.", show_default=False
        ),
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
    anything.
    """
    from codesearch.cli.asked import known_languages
    from codesearch.render.plain import printable
    from codesearch.render.units import show_units

    if sum(os.fspath(path) == STDIN for path in files) > 1:
        raise CodesearchError("stdin can be read once: give one -")
    known_languages([language] if language else [])
    any_found = False
    for path in files:
        if os.fspath(path) == STDIN and language is None:
            raise CodesearchError("stdin has no name to tell its language by: say it with --type")
        parsed = _parsed(path, language)
        if parsed.skip is not None:
            typer.echo(f"codesearch: {printable(os.fspath(path))}: left out, {parsed.skip.value}", err=True)
        any_found = any_found or bool(parsed.units)
        if not show_units(path, parsed, as_json=json):
            break
    if not any_found:
        raise typer.Exit(1)


def _parsed(path: Path, language: str | None) -> ParsedFile:
    """What a file gives, read as indexing reads it, but wherever it lies and whatever leads to it.

    Raises:
        CodesearchError: it cannot be read.

    """
    from codesearch.parse.file import parse_file
    from codesearch.parse.languages import language_named
    from codesearch.parse.source import LARGEST_FILE

    try:
        with sys.stdin.buffer if os.fspath(path) == STDIN else path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CodesearchError(f"cannot read {path}: {said_by(error)}") from error
    return parse_file(os.fspath(path), data, language_named(language) if language else None)
