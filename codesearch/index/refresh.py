"""The one way an index is changed: under its lock, with one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from filelock import FileLock, Timeout

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.index.build import Progress, Update, find_changes, update
from codesearch.index.location import Location
from codesearch.index.nearest import open_nearest
from codesearch.index.store import Store

_LOCK = "lock"


def refresh(
    location: Location,
    store: Store,
    encoder: Encoder,
    report: Callable[[Progress], None],
    *,
    wait: bool,
) -> Update | None:
    """Brings the index up to date.

    Args:
        location: what is indexed and where its index lies.
        store: the index's open store.
        encoder: makes the vectors of what is new.
        report: called after each portion that is written.
        wait: whether to wait for another process that is writing; otherwise the index is left to it.

    Returns:
        What changed; None where another process is at it.

    Raises:
        CodesearchError: the index cannot be written.

    """
    try:
        if not wait and find_changes(location.root, store).is_empty:
            return Update(0, 0, 0, 0, 0)
        with FileLock(location.folder / _LOCK, timeout=-1 if wait else 0):
            done = update(location.root, store, find_changes(location.root, store), encoder, report)
            if not done.is_empty:
                # Made now, so that the next question need not wait for it.
                open_nearest(store, location.folder, encoder.manifest.dimensions, threads=encoder.threads)
            return done
    except Timeout:
        return None
    except (OSError, sqlite3.OperationalError) as error:
        raise CodesearchError(
            f"cannot write the index in {location.folder}: {error}; what was indexed before is kept"
        ) from error
