"""What `index` and `query` share: an index opened and brought up to date, and what is said of it."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote
from time import monotonic, sleep

from rich.console import Console

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.index.build import find_changes
from codesearch.index.carry import Carried
from codesearch.index.location import Location
from codesearch.index.open import open_index
from codesearch.index.read import Adapt, as_it_is
from codesearch.index.refresh import refresh
from codesearch.index.seal import condemn, is_sealed
from codesearch.index.store import Store
from codesearch.render.counted import counted
from codesearch.render.plain import printable
from codesearch.render.progress import build_progress, so_far, summary

# Seconds to wait for what another process writes, and between two looks at it.
_PATIENCE = 15.0
_PAUSE = 0.05


@contextmanager
def build(
    location: Location,
    encoder: Encoder,
    console: Console,
    *,
    wait: bool,
    talk: bool,
    adapt: Adapt = as_it_is,
    carried: Carried | None = None,
    patience: float = math.inf,
    stays: bool = True,
) -> Iterator[Store]:
    """The open index of a location, up to date.

    Args:
        location: what is indexed and where its index lies.
        encoder: makes the vectors.
        console: where progress and messages go.
        wait: whether to wait for another process that is writing the index.
        talk: whether to sum up what was done even if nothing was.
        adapt: says what is indexed of a unit.
        carried: vectors from elsewhere, taken instead of being made.
        patience: after so many seconds no more vectors are made.
        stays: whether the index is for later questions, too.

    Raises:
        CodesearchError: the index cannot be opened, read or written; or another process has only begun to
            make it.

    """
    opened = open_index(location, encoder.manifest)
    root = printable(str(location.root))
    started = monotonic()

    def tell() -> None:
        say(console, "waiting for another process that is updating this index")

    begun = False

    def begin() -> None:
        nonlocal begun
        begun = True
        if not (opened.discarded or store.meta("complete") or wait):
            unfinished = f"the index of {root} is unfinished: going on with it"
            none = f"no index of {root} yet: making it"
            say(console, f"{unfinished if store.files() else none}; later questions need not wait")

    with _readable(location), opened.store as store:
        if opened.discarded:
            say(console, f"making the index of {root} anew: {opened.discarded}")
        try:
            with build_progress(console) as report:
                update = refresh(
                    location,
                    store,
                    encoder,
                    report,
                    before_waiting=tell if wait else None,
                    before_writing=begin,
                    adapt=adapt,
                    carried=carried,
                    patience=patience,
                )
        except KeyboardInterrupt:
            if begun and stays:
                say(
                    console,
                    "stopped; what is done is kept, and this goes on with it: codesearch index"
                    f" {quote(root)}",
                )
            raise
        if update is None:
            _await_words(store, root)
            changes = find_changes(location.root, store)
            say(console, so_far(changes, first=not store.meta("complete")))
        elif talk or opened.discarded:
            files, units = store.counts()
            done = summary(update, files, units, store.skipped(), monotonic() - started)
            say(console, f"{root}: {done}")
        if update is not None and update.waiting:
            say(
                console,
                f"{counted(update.waiting, 'file')} of {root} can be found by words only, so far; the next"
                f" question goes on with this, or all at once: codesearch index {quote(root)}",
            )
        yield store


def _await_words(store: Store, root: str) -> None:
    """Waits for the first files that another process reads.

    Raises:
        CodesearchError: it takes too long.

    """
    until = monotonic() + _PATIENCE
    while not (store.counts()[0] or store.meta("complete")):
        if monotonic() >= until:
            raise CodesearchError(f"another process has only begun to index {root}: ask again in a moment")
        sleep(_PAUSE)


@contextmanager
def as_it_stands(location: Location, encoder: Encoder) -> Iterator[Store]:
    """The open index of a location, whatever has changed since.

    Raises:
        CodesearchError: there is none that can be used or read.

    """
    root = printable(str(location.root))
    if not os.path.isdir(location.folder):
        raise CodesearchError(f"there is no index of {root}; run: codesearch index {quote(root)}")
    opened = open_index(location, encoder.manifest)
    if opened.discarded:
        opened.store.close()
        raise CodesearchError(f"the index of {root} is of no use, {opened.discarded}: leave out --no-update")
    with _readable(location), opened.store as store:
        yield store


@contextmanager
def _readable(location: Location) -> Iterator[None]:
    """What is raised inside because the index cannot be read, in words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CodesearchError(f"cannot use the index in {location.folder}: {error}; try again") from error
    except sqlite3.DatabaseError as error:
        # A sealed index has been looked through. The other kinds of this error are mistakes of ours.
        if type(error) is not sqlite3.DatabaseError or is_sealed(location.folder):
            raise
        condemn(location.folder)
        raise CodesearchError(
            f"the index in {location.folder} is damaged ({error}): run the same again to make it anew"
        ) from error


def say(console: Console, message: str) -> None:
    """Says something to the user, on one line."""
    console.print(f"codesearch: {message}", markup=False, emoji=False)
