"""The one way an index is changed: under its lock, with one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from filelock import FileLock, Timeout

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.index.borrow import lenders
from codesearch.index.build import Progress, Update, find_changes, update
from codesearch.index.location import Location
from codesearch.index.nearest import open_nearest
from codesearch.index.read import Adapt, as_it_is
from codesearch.index.store import Store
from codesearch.index.workers import SECONDS_A_FILE

LOCK = "lock"


def refresh(
    location: Location,
    store: Store,
    encoder: Encoder,
    report: Callable[[Progress], None],
    *,
    before_waiting: Callable[[], None] | None,
    adapt: Adapt = as_it_is,
    seconds_a_file: float = SECONDS_A_FILE,
) -> Update | None:
    """Brings the index up to date.

    Args:
        location: what is indexed and where its index lies.
        store: the index's open store.
        encoder: makes the vectors of what is new.
        report: called after each portion that is written.
        before_waiting: called before waiting for another process that is writing; None where the index
            is left to that process.
        adapt: says what is indexed of a unit; the same must be given each time.
        seconds_a_file: the most that parsing a file may take; one that takes longer is skipped.

    Returns:
        What changed; None where another process is at it.

    Raises:
        CodesearchError: the index cannot be written.

    """
    lock = FileLock(location.folder / LOCK)
    try:
        if find_changes(location.root, store).is_empty:
            return Update(0, 0, 0, 0, 0)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if before_waiting is None:
                return None
            before_waiting()
            lock.acquire()
        try:
            return _updated(location, store, encoder, report, adapt, seconds_a_file)
        finally:
            lock.release()
    except (OSError, sqlite3.OperationalError) as error:
        raise CodesearchError(
            f"cannot write the index in {location.folder}: {error}; what was indexed before is kept"
        ) from error


def _updated(
    location: Location,
    store: Store,
    encoder: Encoder,
    report: Callable[[Progress], None],
    adapt: Adapt,
    seconds_a_file: float,
) -> Update:
    # Looked at again: the process that was waited for may have done it all.
    with lenders(location, store) as others:
        changes = find_changes(location.root, store)
        done = update(location.root, store, changes, encoder, report, adapt, others, seconds_a_file)
    if not done.is_empty:
        # Made now, so that the next question need not wait for it.
        open_nearest(store, location.folder, encoder.manifest.dimensions, threads=encoder.threads)
    return done
