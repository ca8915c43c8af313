"""Opening an index so that what comes out can be trusted: damaged or foreign ones are made anew."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from codesearch.encode.manifest import Manifest
from codesearch.errors import CodesearchError
from codesearch.index.location import Location
from codesearch.index.store import DATABASE, SCHEMA_VERSION, Store
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
            _discard(location.folder)
        store = _described(Store(location.folder), location.root, manifest)
    except (OSError, sqlite3.OperationalError) as error:
        raise CodesearchError(
            f"cannot use the index folder {location.folder} ({error}); choose another one with --index-dir"
        ) from error
    return OpenIndex(store, reason)


def why_unusable(folder: Path, manifest: Manifest) -> str:
    """Why the database in a folder cannot serve; empty where it can or where there is none."""
    if not (folder / DATABASE).is_file():
        return ""
    try:
        with Store(folder) as store:
            # Reads every page's header, so that damage is found here and not in mid-answer.
            if store.damage():
                return "it was damaged"
            made_of = {key: store.meta(key) for key in _identity(manifest)}
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return "it was made by another version of codesearch"
        raise
    except sqlite3.DatabaseError:
        return "it was damaged"
    for key, value in _identity(manifest).items():
        if made_of[key] and made_of[key] != value:
            return _REASONS[key]
    return ""


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
        "parser": f"{package_version()}, format {PARSE_FORMAT}",
    }


def _described(store: Store, root: Path, manifest: Manifest) -> Store:
    """The store, with what it is made of written into it if it is new."""
    try:
        if not store.meta("weights"):
            with store.transaction():
                for key, value in {**_identity(manifest), "root": os.fspath(root)}.items():
                    store.set_meta(key, value.encode("utf-8", "replace").decode())
    except BaseException:
        store.close()
        raise
    return store


def _discard(folder: Path) -> None:
    for path in folder.glob("index.db*"):
        path.unlink(missing_ok=True)
    for path in folder.glob("vectors-*"):
        path.unlink(missing_ok=True)
