"""The one way an index is changed: under its lock, with one writer at a time."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable

from filelock import FileLock, Timeout

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError, said_by
from codesearch.index.borrow import lenders
from codesearch.index.build import Changes, Progress, Update, find_changes, update
from codesearch.index.carry import Carried
from codesearch.index.location import Location
from codesearch.index.nearest import open_nearest
from codesearch.index.read import Adapt, as_it_is
from codesearch.index.seal import LOCK, break_seal, is_sealed, write_seal
from codesearch.index.store import Store
from codesearch.index.workers import SECONDS_A_FILE


def refresh(
    location: Location,
    store: Store,
    encoder: Encoder,
    report: Callable[[Progress], None],
    *,
    before_waiting: Callable[[], None] | None,
    before_writing: Callable[[], None] = lambda: None,
    adapt: Adapt = as_it_is,
    carried: Carried | None = None,
    seconds_a_file: float = SECONDS_A_FILE,
    patience: float = math.inf,
) -> Update | None:
    """Brings the index up to date.

    Args:
        location: what is indexed and where its index lies.
        store: the index's open store.
        encoder: makes the vectors of what is new.
        report: called after each portion that is written.
        before_waiting: called before waiting for another process that is writing; None where the index
            is left to that process.
        before_writing: called before the index is changed.
        adapt: says what is indexed of a unit; the same must be given each time.
        carried: vectors from elsewhere, taken instead of being made.
        seconds_a_file: the most processor time that parsing a file may take; one that takes more is skipped.
        patience: after so many seconds no more vectors are made; the next build goes on with them.

    Returns:
        What changed; None where another process is at it.

    Raises:
        CodesearchError: the index cannot be written, or was removed.

    """
    lock = FileLock(location.folder / LOCK)
    try:
        changes = find_changes(location.root, store)
        if changes.is_empty and is_sealed(location.folder):
            return Update(0, 0, 0, 0, 0)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if before_waiting is None:
                # Where all is as it should be, the other one is only about to say so.
                return Update(0, 0, 0, 0, 0) if changes.is_empty else None
            before_waiting()
            lock.acquire()
            # The process that was waited for may have done it all.
            changes = find_changes(location.root, store)
        try:
            if not store.is_current():
                raise CodesearchError(f"the index in {location.folder} was removed meanwhile: try again")
            before_writing()
            return _updated(
                location, store, changes, encoder, report, adapt, carried, seconds_a_file, patience
            )
        finally:
            lock.release()
    except (OSError, sqlite3.OperationalError) as error:
        raise CodesearchError(
            f"cannot write the index in {location.folder}: {said_by(error)}; what was indexed before is kept"
        ) from error


def _updated(
    location: Location,
    store: Store,
    changes: Changes,
    encoder: Encoder,
    report: Callable[[Progress], None],
    adapt: Adapt,
    carried: Carried | None,
    seconds_a_file: float,
    patience: float,
) -> Update:
    with lenders(location, store, encoder.manifest.dimensions, carried) as others:
        was_sealed = is_sealed(location.folder)
        if was_sealed:
            if changes.is_empty:
                return Update(0, 0, 0, 0, 0)
            break_seal(location.folder)
        else:
            # What is sealed soon was not when it was opened.
            store.check_words()
        done = update(location.root, store, changes, encoder, report, adapt, others, seconds_a_file, patience)
    if done.is_empty and not was_sealed:
        # A build that was cut short before its end: what is beside the database may be of any moment of it.
        with store.transaction():
            store.delete_unused_vectors()
            store.next_generation()
    if store.checkpoint():
        write_seal(location.folder, store.fileno())
        # Made now, so that later questions need not wait for it; without a seal it would not be kept.
        open_nearest(store, location.folder, encoder.manifest.dimensions, threads=encoder.threads)
    return done
