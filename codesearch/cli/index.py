"""`codesearch index [PATH...]`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.options import ColourWanted, IndexDir, Threads, take_threads
from codesearch.render.colour import Colour


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
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Make or update the index of a repository.

    Looks at every file that git tracks or does not ignore, and only at what changed since the last
    time. `query` does the same by itself: this command is for doing it beforehand.
    """
    cores = take_threads(threads)
    from codesearch.cli.building import build, stderr_console
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.weights import student_folder
    from codesearch.index.location import default_index_home, locate

    console = stderr_console(colour)
    home = index_dir or default_index_home()
    locations = {location.root: location for location in (locate(path, home) for path in paths or [Path()])}
    encoder = Encoder(student_folder(), threads=cores)
    for location in locations.values():
        with build(location, encoder, console, wait=True, talk=True):
            pass
