"""`codesearch index [PATH...]`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codesearch.cli.given import STDIN
from codesearch.cli.options import ColourWanted, IndexDir, Threads, take_threads
from codesearch.errors import CodesearchError, said_by
from codesearch.render.colour import Colour, messages_console

if TYPE_CHECKING:
    from codesearch.encode.manifest import Manifest
    from codesearch.index.carry import Carried
    from codesearch.index.store import Store


def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="Folders to index: each one's whole git repository, or the folder itself where there is"
            " none.  [default: .]",
            show_default=False,
        ),
    ] = None,
    colour: ColourWanted = Colour.AUTO,
    taken: Annotated[
        str | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="Take vectors from a file that --export wrote, here or elsewhere, instead of making them;"
            " - is stdin.",
            show_default=False,
        ),
    ] = None,
    given: Annotated[
        str | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Then write the index's vectors to a file, for other checkouts of the code; - is stdout.",
            show_default=False,
        ),
    ] = None,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Make or update the index of a repository.

    Looks at every file that git tracks or does not ignore, and only at what changed since the last
    time. `query` does the same by itself: this command is for doing it beforehand.
    """
    cores = take_threads(threads)
    from codesearch.cli.building import build, say
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.weights import student_folder
    from codesearch.index.location import default_index_home, locate
    from codesearch.render.plain import printable

    console = messages_console(colour)
    home = index_dir or default_index_home()
    locations = {location.root: location for location in (locate(path, home) for path in paths or [Path()])}
    if given is not None and len(locations) > 1:
        raise CodesearchError("--export writes the vectors of one repository: give one PATH")
    encoder = Encoder(student_folder(), threads=cores)
    carried = _imported(taken, encoder.manifest) if taken is not None else None
    for location in locations.values():
        with build(location, encoder, console, wait=True, talk=True, carried=carried) as store:
            if given is not None:
                count = _exported(given, store, encoder.manifest)
                say(console, f"wrote {count:,} vectors to {printable(given)}")


def _imported(path: str, manifest: Manifest) -> Carried:
    """The vectors of a file, `-` for stdin."""
    from codesearch.index.carry import import_vectors

    try:
        if path == STDIN:
            return import_vectors(sys.stdin.buffer, manifest)
        with Path(path).open("rb") as file:
            return import_vectors(file, manifest)
    except (OSError, CodesearchError) as error:
        raise CodesearchError(f"cannot take vectors from {path}: {said_by(error)}") from error


def _exported(path: str, store: Store, manifest: Manifest) -> int:
    """Writes the vectors of an index to a file, `-` for stdout. Returns how many."""
    from codesearch.index.carry import export_vectors, whole_file

    try:
        if path == STDIN:
            if sys.stdout.isatty():
                raise CodesearchError("--export - writes what is no text: send it to a file or a program")
            count = export_vectors(store, manifest, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return count
        with whole_file(Path(path)) as file:
            return export_vectors(store, manifest, file)
    except OSError as error:
        raise CodesearchError(f"cannot write vectors to {path}: {said_by(error)}") from error
