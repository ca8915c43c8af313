"""An index survives what happens to the process that writes it: killed at any step, or any step failing."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from codesearch.errors import CodesearchError
from codesearch.index.location import Location, locate
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.seal import DATABASE, condemn, is_intact
from codesearch.index.store import Store
from tests.conftest import FILES, write_files
from tests.index.standin import StandIn
from tests.index.whole import Told, told_when_brought_up_to_date

# Every step where this is set, else every so many-th.
ALL_STEPS = "CODESEARCH_TEST_ALL_STEPS" in os.environ
STRIDE = 1 if ALL_STEPS else 7

ENCODER = StandIn()
# What changes a disk, or reads it.
STEPS = {
    "execute",
    "executemany",
    "replace",
    "unlink",
    "open",
    "fsync",
    "write",
    "mkdir",
    "rmdir",
}


# Modules, databases and files have such steps; so do texts, which are not meant.
AT_WORK = (ModuleType, sqlite3.Connection, sqlite3.Cursor, io.IOBase)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Location:
    """A folder of code, to be indexed in several portions."""
    monkeypatch.setattr("codesearch.index.build._TEXTS_A_PORTION", 3)
    root = tmp_path / "root"
    write_files(root, FILES)
    return locate(root, tmp_path / "indexes")


def no_index(_: Location) -> None:
    """The first build."""


def an_old_index(place: Location) -> None:
    """An index, and a file changed, one gone, one new since."""
    told_when_brought_up_to_date(place, ENCODER)
    write_files(
        place.root, {"shop/cart.py": FILES["shop/cart.py"].replace("TAX", "RATE"), "new.py": "def f(): 1\n"}
    )
    (place.root / "server/pool.go").unlink()


def a_damaged_index(place: Location) -> None:
    """An index that is to be thrown away."""
    told_when_brought_up_to_date(place, ENCODER)
    condemn(place.folder)


SITUATIONS = pytest.mark.parametrize("situation", [no_index, an_old_index, a_damaged_index])


def build(place: Location) -> None:
    """What the program does."""
    with open_index(place, ENCODER.manifest).store as store:
        refresh(place, store, ENCODER, lambda _: None, before_waiting=None)


def at_step(number: int, then: Callable[[], None]) -> Callable[[], int]:
    """Counts steps from now on, and does something before one of them. Returns what ends the count."""
    count = 0

    def look(_: object, event: str, function: object) -> None:
        nonlocal count
        if (
            event == "c_call"
            and getattr(function, "__name__", "") in STEPS
            and isinstance(getattr(function, "__self__", None), AT_WORK)
        ):
            count += 1
            if count == number:
                then()

    sys.setprofile(look)

    def stop() -> int:
        sys.setprofile(None)
        return count

    return stop


def steps_of(place: Location) -> int:
    """How many steps a build takes; it is done on a copy."""
    stop = at_step(0, lambda: None)
    build(copied(place, "counted"))
    return stop()


def copied(place: Location, name: str) -> Location:
    """The place with its index in another folder."""
    folder = place.folder.parent.with_name(name) / "index"
    if place.folder.is_dir():
        shutil.copytree(place.folder, folder)
    return replace(place, folder=folder)


def expected(place: Location) -> Told:
    """What an index made from nothing tells."""
    answer, _ = told_when_brought_up_to_date(
        replace(place, folder=place.folder.parent.with_name("fresh")), ENCODER
    )
    return answer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@SITUATIONS
def test_a_build_killed_at_any_step_is_ended_by_the_next(
    place: Location, situation: Callable[[Location], None]
) -> None:
    situation(place)
    right = expected(place)
    steps = steps_of(place)
    killed = 0
    for number in range(1, steps + 1, STRIDE):
        one = copied(place, f"killed-{number}")
        child = os.fork()
        if not child:
            at_step(number, lambda: os.kill(os.getpid(), signal.SIGKILL))
            build(one)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        answer, discarded = told_when_brought_up_to_date(one, ENCODER)
        assert answer == right, number
        # It was not mistaken for a damaged one.
        assert not discarded or situation is a_damaged_index, number
    assert killed > 5


def full_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_database() -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("failure", [full_disk, full_database])
@SITUATIONS
def test_any_step_may_fail(
    place: Location, situation: Callable[[Location], None], failure: Callable[[], None]
) -> None:
    situation(place)
    right = expected(place)
    failed = 0
    for number in range(1, steps_of(place) + 1, STRIDE):
        one = copied(place, f"failed-{number}")
        stop = at_step(number, failure)
        try:
            build(one)
        except CodesearchError:
            failed += 1
        finally:
            stop()
        answer, discarded = told_when_brought_up_to_date(one, ENCODER)
        assert answer == right, number
        assert not discarded or situation is a_damaged_index, number
    assert failed


def test_a_seal_is_of_every_bit(place: Location) -> None:
    told_when_brought_up_to_date(place, ENCODER)
    assert is_intact(place.folder) is True
    database = place.folder / DATABASE
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(data)
    assert is_intact(place.folder) is False


@pytest.mark.parametrize("inside", [Store.transaction, Store.snapshot])
def test_a_full_disk_is_what_is_said_of_a_full_disk(
    place: Location, inside: Callable[[Store], AbstractContextManager[None]]
) -> None:
    """SQLite has rolled back by then."""
    with open_index(place, ENCODER.manifest).store as store:
        (pages,) = store._database.execute("PRAGMA page_count").fetchone()
        store._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.OperationalError, match="full"), inside(store):
            store.set_meta("large", "x" * 100_000)


def test_a_folder_that_cannot_be_written_is_not_waited_for(
    ordinary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(ordinary_folder / "root", FILES)
    place = locate(ordinary_folder / "root", ordinary_folder / "indexes")
    build(place)
    place.folder.chmod(0o500)
    monkeypatch.setattr("codesearch.index.database.sleep", lambda _: pytest.fail("it waits"))
    try:
        with pytest.raises(CodesearchError, match="--index-dir"):
            open_index(place, ENCODER.manifest)
    finally:
        place.folder.chmod(0o700)
