"""All indexes of a user: whose they are, how large, how fresh; and how to be rid of one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from codesearch.errors import CodesearchError, said_by
from codesearch.index.build import find_changes
from codesearch.index.location import index_folder
from codesearch.index.seal import DATABASE, LOCK, SEAL, discard, is_intact
from codesearch.index.store import Store
from codesearch.parse.source import Skip


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds. Sizes are in bytes, `source_size` that of the files searched; `changed` is how
    many files are new, changed or gone since, None where the root is gone. `skipped` are the files that
    look like code and are not searched, with the reason, by path; `to_encode` is how many files wait for
    vectors, so that words alone find what is in them.
    """

    files: int
    units: int
    source_size: int
    changed: int | None
    skipped: dict[str, str]
    to_encode: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index: its folder, the root that it is of (None where it does not tell), its size in bytes, when it
    was last written (seconds since 1970), and what it holds (None where it cannot be read).
    """

    folder: Path
    root: Path | None
    size: int
    written: float
    contents: Contents | None

    @property
    def is_orphan(self) -> bool:
        """Whether the root that it is of is gone."""
        return self.root is not None and is_gone(self.root)


def index_folders(index_home: Path) -> Iterator[Path]:
    """The folder of every index in a folder of indexes, by name.

    Raises:
        CodesearchError: the folder cannot be read.

    """
    try:
        folders = sorted(index_home.absolute().iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise CodesearchError(f"cannot read the indexes in {index_home}: {said_by(error)}") from error
    for folder in folders:
        if _is_index(folder):
            yield folder


def root_of(folder: Path) -> Path | None:
    """The root that the index in a folder is of, None where it does not tell."""
    if not os.path.isfile(folder / DATABASE):
        return None
    try:
        with Store(folder) as store:
            return _root(store, folder)
    except (OSError, sqlite3.Error):
        return None


def is_gone(root: Path) -> bool:
    """Whether a root is no folder any more; not where that cannot be told."""
    try:
        return not stat.S_ISDIR(root.stat().st_mode)
    except OSError as error:
        return isinstance(error, (FileNotFoundError, NotADirectoryError))


def _is_index(folder: Path) -> bool:
    """Whether a folder holds an index, or what is left of one."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        # Closed to us, or no folder.
        return False
    return any(name in (DATABASE, SEAL) or name.startswith("vectors-") for name in names)


def indexed(folder: Path) -> Indexed:
    """The index in a folder."""
    root: Path | None = None
    contents: Contents | None = None
    try:
        if is_intact(folder) is False or not (folder / DATABASE).is_file():
            raise sqlite3.DatabaseError("damaged")
        with Store(folder) as store:
            root = _root(store, folder)
            contents = _contents(store, root)
    except (OSError, sqlite3.Error):
        root, contents = None, None
    # Looked at when the database is closed: open, it has a log beside it.
    size, written = 0, 0.0
    for path in folder.glob("*"):
        # Another process may be removing it.
        with suppress(FileNotFoundError):
            status = path.stat()
            size += status.st_size if path.is_file() else 0
            written = max(written, status.st_mtime if path.name == DATABASE else 0.0)
    return Indexed(folder, root, size, written, contents)


def _root(store: Store, folder: Path) -> Path | None:
    named = Path(store.meta("root"))
    # Names that are not UTF-8 are not kept whole: such a root is not known.
    return named if index_folder(named, folder.parent) == folder else None


def _contents(store: Store, root: Path | None) -> Contents:
    files, units = store.counts()
    known = store.files().values()
    source_size = sum(file.size for file in known if not file.skipped)
    # That an empty file is not searched surprises nobody.
    unsurprising = ("", Skip.NOT_CODE.value, Skip.EMPTY.value)
    skipped = {file.path: file.skipped for file in known if file.skipped not in unsurprising}
    to_encode = sum(not file.encoded for file in known)
    changed = None
    if root is not None and os.path.isdir(root):
        changes = find_changes(root, store)
        changed = len(changes.changed) + len(changes.removed)
    return Contents(files, units, source_size, changed, skipped, to_encode)


def remove(folder: Path) -> None:
    """Removes an index, unless another process is writing it.

    Raises:
        CodesearchError: it is being written, or cannot be removed.

    """
    lock = FileLock(folder / LOCK)
    try:
        with lock.acquire(timeout=0):
            discard(folder)
            # And the lock, while it is held: nobody can be at the next index yet.
            shutil.rmtree(folder)
    except Timeout as error:
        raise CodesearchError(f"{folder} is being written by another process: try again later") from error
    except OSError as error:
        raise CodesearchError(f"cannot remove {folder}: {said_by(error)}") from error
