"""Opening an index so that what comes out can be trusted: damaged or foreign ones are made anew."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from codesearch.encode.manifest import Manifest
from codesearch.encode.text import TEXT_FORMAT
from codesearch.errors import CodesearchError, said_by
from codesearch.index.database import SCHEMA_VERSION, is_of_the_file
from codesearch.index.location import Location
from codesearch.index.seal import DATABASE, LOCK, discard, is_intact
from codesearch.index.store import Store
from codesearch.index.words import WORDS_FORMAT
from codesearch.parse.grammars import package_version
from codesearch.parse.units import PARSE_FORMAT


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An open store, and why an earlier index was thrown away (empty where none was)."""

    store: Store
    discarded: str


def open_index(location: Location, manifest: Manifest) -> OpenIndex:
    """The index of a location, empty where there was none that can be used.

    Raises:
        CodesearchError: the index cannot be read or written where it is kept.

    """
    try:
        reason = why_unusable(location.folder, manifest)
        if reason:
            with FileLock(location.folder / LOCK).acquire(timeout=_PATIENCE):
                # Looked at again: another process may have made it anew.
                reason = why_unusable(location.folder, manifest)
                if reason:
                    discard(location.folder)
        store = _described(Store(location.folder), location.root, _identity(manifest))
    except Timeout as error:
        raise CodesearchError(
            f"the index in {location.folder} is of no use, {reason}, and another process is writing it:"
            " try again later"
        ) from error
    except (OSError, sqlite3.OperationalError) as error:
        raise CodesearchError(
            f"cannot use the index folder {location.folder}: {said_by(error)};"
            " choose another one with --index-dir"
        ) from error
    return OpenIndex(store, reason)


def why_unusable(folder: Path, manifest: Manifest) -> str:
    """Why the database in a folder cannot serve; empty where it can or where there is none."""
    identity = _identity(manifest)
    try:
        if not stat.S_ISREG(os.lstat(folder / DATABASE).st_mode):
            return _DAMAGED
        # Damage is found here and not in mid-answer: all of it, unless the last build was cut short.
        intact = is_intact(folder)
    except FileNotFoundError:
        return ""
    except (PermissionError, IsADirectoryError):
        return _DAMAGED
    if intact is False:
        return _DAMAGED
    try:
        with Store(folder) as store:
            if intact is None and store.damage():
                return _DAMAGED
            made_of = {key: store.meta(key) for key in identity}
    except sqlite3.OperationalError as error:
        if not is_of_the_file(error):
            raise
        # No such table, or no such column.
        return _REASONS["schema_version"] if "no such" in str(error) else _DAMAGED
    except sqlite3.DatabaseError:
        return _DAMAGED
    for key, value in identity.items():
        # One that is new knows its version alone, from the moment that it has tables.
        if made_of[key] != value and (made_of[key] or key == "schema_version"):
            return _REASONS[key]
    return ""


# Seconds to wait for a process that is writing an index that is to be thrown away.
_PATIENCE = 10

_DAMAGED = "it was damaged"
_REASONS = {
    "schema_version": "it was made by another version of codesearch",
    "weights": "it was made with other weights",
    "parser": "it was made with other grammars",
}


def _identity(manifest: Manifest) -> dict[str, str]:
    """What an index depends on, and so what makes it foreign when it changes."""
    return {
        "schema_version": str(SCHEMA_VERSION),
        "weights": manifest.fingerprint,
        "parser": f"{package_version()}, format {PARSE_FORMAT}, words {WORDS_FORMAT}, texts {TEXT_FORMAT}",
    }


def _described(store: Store, root: Path, identity: dict[str, str]) -> Store:
    """The store, with what it is made of written into it if it is new."""
    try:
        if not store.meta("weights"):
            with store.transaction():
                # Asked again: another process may have been faster, and even be done.
                if not store.meta("weights"):
                    for key, value in {**identity, "root": os.fspath(root)}.items():
                        store.set_meta(key, value.encode("utf-8", "replace").decode())
    except BaseException:
        store.close()
        raise
    return store
