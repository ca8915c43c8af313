"""Where things are: the root that a path belongs to, and the folder that holds its index."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from platformdirs import user_cache_path

from codesearch.errors import CodesearchError
from codesearch.walk import git_root


@dataclass(frozen=True, slots=True)
class Location:
    """An indexed folder and the folder of its index.

    `is_repository` says whether `root` is a version-controlled folder or one that has an index
    already, rather than just the folder that somebody happens to stand in.
    """

    root: Path
    folder: Path
    is_repository: bool


def default_index_home() -> Path:
    """The user's cache folder for indexes."""
    return user_cache_path("codesearch", appauthor=False) / "indexes"


def locate(path: Path, index_home: Path) -> Location:
    """The root that `path` belongs to: its git repository, else the nearest indexed folder at or
    above it, else the folder itself.

    Raises:
        CodesearchError: there is nothing at `path`, or a file in no repository and no indexed folder: what
            else is in its folder was not asked for.

    """
    # A relative one would be another one to whoever stands elsewhere, and none to SQLite.
    index_home = index_home.absolute()
    try:
        here = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CodesearchError(f"no such file or folder: {path}") from error
    folder = here if here.is_dir() else here.parent
    repository = git_root(folder)
    if repository is not None:
        return Location(repository, index_folder(repository, index_home), is_repository=True)
    for above in (folder, *folder.parents):
        index = index_folder(above, index_home)
        if os.path.isdir(index):
            return Location(above, index, is_repository=True)
    if folder != here:
        raise CodesearchError(
            f"{path} is in no git repository and no indexed folder;"
            f" to index its folder: codesearch index {quote(str(folder))}"
        )
    return Location(folder, index_folder(folder, index_home), is_repository=False)


def index_folder(root: Path, index_home: Path) -> Path:
    """The folder for the index of a root: its name to be recognised by, a hash to be unique."""
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    name = "".join(character if character.isalnum() or character in "-._" else "_" for character in root.name)
    # File systems count bytes: 255 of them.
    short = name.encode()[:60].decode(errors="ignore")
    return index_home / f"{short or 'root'}-{digest}"
