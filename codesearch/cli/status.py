"""`codesearch status [PATH...]` and `codesearch clean [PATH...]`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.options import ColourWanted, IndexDir
from codesearch.errors import CodesearchError
from codesearch.render.colour import Colour, messages_console, results_console


def status(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...", help="Only the indexes of these.  [default: all]", show_default=False
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    colour: ColourWanted = Colour.AUTO,
    index_dir: IndexDir = None,
) -> None:
    """Tell what is indexed, where, how large and how fresh.

    In a pipe, a line an index: root, folder of the index, files, units, bytes of source, bytes of index, when
    it was last written, how many files changed since, and how many files of code are skipped (- where it
    cannot be told), with tabs between. Which files are skipped and why is told with --json, and on a
    terminal where PATHs are given. Exits with 1 where nothing is indexed.
    """
    import os
    import sys

    from codesearch.index.catalogue import index_folders, indexed
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.indexes import index_json, index_line, index_view, skipped_table
    from codesearch.render.output import drawn, write

    home = index_dir or default_index_home()
    if paths:
        folders = dict.fromkeys(locate(path, home).folder for path in paths)
        found = [indexed(folder) for folder in folders if os.path.isdir(folder)]
    else:
        found = list(map(indexed, index_folders(home)))
    if json or not sys.stdout.isatty():
        write(index_json(each) if json else index_line(each) for each in found)
    elif found:
        console = results_console(colour)
        parts = [drawn(console, index_view(found), whole_lines=True)]
        if paths and any(each.contents and each.contents.skipped for each in found):
            parts += [b"\n", drawn(console, skipped_table(found))]
        write(parts)
    if not found:
        raise typer.Exit(1)


def clean(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH...", help="Remove the indexes of these.", show_default=False),
    ] = None,
    gone: Annotated[bool, typer.Option("--gone", help="Remove indexes of folders that are gone.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Remove every index.")] = False,
    index_dir: IndexDir = None,
) -> None:
    """Remove indexes: of some places, of those that are gone, or all.

    The next question in a place makes its index again.
    """
    from codesearch.cli.building import say
    from codesearch.index.catalogue import index_folders, is_gone, remove, root_of
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.plain import printable

    if not (paths or gone or everything):
        raise CodesearchError("say what to remove: codesearch clean PATH, --gone or --all")
    home = index_dir or default_index_home()
    wanted = {locate(path, home).folder for path in paths or ()}
    console = messages_console()
    any_removed = any_kept = False
    for folder in index_folders(home):
        root = root_of(folder)
        if everything or folder in wanted or (gone and root is not None and is_gone(root)):
            try:
                remove(folder)
            except CodesearchError as error:
                say(console, printable(str(error)))
                any_kept = True
            else:
                say(console, f"removed the index of {printable(str(root or folder))}")
                any_removed = True
    if any_kept:
        raise typer.Exit(2)
    if not any_removed:
        say(console, "there was nothing to remove")
        raise typer.Exit(1)
