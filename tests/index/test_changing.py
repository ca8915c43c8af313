"""Files that change, vanish or turn into something else while they are read."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.build import Progress, find_changes
from codesearch.index.location import Location, locate
from codesearch.index.refresh import refresh
from tests.conftest import write_files
from tests.index.indexed import built, contents, fresh, opened
from tests.index.standin import StandIn


@contextmanager
def when_opened(
    monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[Path], object]
) -> Iterator[None]:
    """Something happens to a file just before it is opened."""
    real_open = os.open

    def changing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith(name):
            change(Path(path))
        return real_open(path, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", changing_open)
        yield


def test_a_file_that_vanishes_while_it_is_read_is_counted(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a_first.py": "x = 1\n", "b_second.py": "y = 1\n"})
    with opened(location, encoder) as store:
        with when_opened(monkeypatch, "b_second.py", lambda path: path.unlink(missing_ok=True)):
            built(location, encoder, store)
        assert store.skipped()["unreadable"] == 1
        assert built(location, encoder, store).files_removed == 1
        assert "unreadable" not in store.skipped()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})
    longer = "def second_and_longer(): pass\n"
    with opened(location, encoder) as store:
        with when_opened(monkeypatch, "a.py", lambda path: path.write_text(longer)):
            built(location, encoder, store)
        built(location, encoder, store)
        assert contents(store) == fresh(location, encoder, tmp_path)
        assert any(name == "second_and_longer" for _, name, _, _ in contents(store))
        # Its size was another one when it was walked past than when it was read.
        assert find_changes(location.root, store).is_empty


def test_a_pipe_put_in_a_files_place_is_not_waited_for(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})

    def switch(path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    with opened(location, encoder) as store:
        with when_opened(monkeypatch, "a.py", switch):
            built(location, encoder, store)
        assert store.skipped()["unreadable"] == 1


def test_a_file_that_may_be_read_again_is(ordinary_folder: Path, encoder: Encoder) -> None:
    write_files(ordinary_folder / "root", {"a.py": "def first(): pass\n"})
    location = locate(ordinary_folder / "root", ordinary_folder / "indexes")
    (location.root / "a.py").chmod(0)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        assert store.skipped() == {"unreadable": 1}
        # Neither its size nor its time tells.
        (location.root / "a.py").chmod(0o600)
        built(location, encoder, store)
        assert store.counts()[0] == 1


def test_a_file_dated_beyond_what_an_index_keeps_is_indexed(location: Location) -> None:
    for name, seconds in (("future.py", 10**10), ("past.py", -(10**10))):
        write_files(location.root, {name: f"name = '{name}'\n"})
        os.utime(location.root / name, (seconds, seconds))
    with opened(location, StandIn()) as store:
        built(location, StandIn(), store)
        assert {"future.py", "past.py"} <= {path for path, _, _, _ in contents(store)}
        assert find_changes(location.root, store).is_empty


def test_a_file_that_cannot_be_opened_is_nothing_new(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its permissions say that it may be read."""
    write_files(location.root, {"a.py": "def first(): pass\n"})

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with opened(location, StandIn()) as store:
        with when_opened(monkeypatch, "a.py", fail):
            built(location, StandIn(), store)
            assert store.skipped()["unreadable"] == 1
            assert find_changes(location.root, store).is_empty
        assert built(location, StandIn(), store).files_changed == 1


def test_a_file_that_can_no_longer_be_read_does_not_wait_for_its_vectors(ordinary_folder: Path) -> None:
    write_files(ordinary_folder / "root", {"a.py": "def first(): pass\n"})
    location = locate(ordinary_folder / "root", ordinary_folder / "indexes")

    def stop(progress: Progress) -> None:
        if progress.encoding:
            raise KeyboardInterrupt

    with opened(location, StandIn()) as store:
        with pytest.raises(KeyboardInterrupt):
            refresh(location, store, StandIn(), stop, before_waiting=None)
        (location.root / "a.py").chmod(0)
        # Found to be so, then read again.
        built(location, StandIn(), store)
        built(location, StandIn(), store)
        assert store.skipped() == {"unreadable": 1}
        assert find_changes(location.root, store).is_empty


def test_an_edit_of_what_is_no_code_leaves_the_index_as_it_is(location: Location) -> None:
    with opened(location, StandIn()) as store:
        built(location, StandIn(), store)
        write_files(location.root, {"README.md": "# Another shop\n"})
        assert find_changes(location.root, store).is_empty
        assert "README.md" in store.files()
