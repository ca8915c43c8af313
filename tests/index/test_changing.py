"""Files that change, vanish or turn into something else while they are read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.build import Progress, find_changes
from codesearch.index.location import Location, locate
from codesearch.index.refresh import refresh
from tests.conftest import write_files
from tests.index.indexed import built, contents, fresh, opened
from tests.index.standin import StandIn


def test_a_file_that_vanishes_while_it_is_read_is_counted(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a_first.py": "x = 1\n", "b_second.py": "y = 1\n"})
    real_open = os.open

    def vanishing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("b_second.py"):
            Path(path).unlink(missing_ok=True)
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", vanishing_open)
        built(location, encoder, store)
        monkeypatch.undo()
        assert store.skipped()["unreadable"] == 1
        assert built(location, encoder, store).files_removed == 1
        assert "unreadable" not in store.skipped()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})
    real_open = os.open

    def changing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("a.py"):
            Path(path).write_text("def second_and_longer(): pass\n")
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", changing_open)
        built(location, encoder, store)
        monkeypatch.undo()
        built(location, encoder, store)
        assert contents(store) == fresh(location, encoder, tmp_path)
        assert any(name == "second_and_longer" for _, name, _, _ in contents(store))
        # Its size was another one when it was walked past than when it was read.
        assert find_changes(location.root, store).is_empty


def test_a_pipe_put_in_a_files_place_is_not_waited_for(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})
    real_open = os.open

    def switching_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("a.py"):
            Path(path).unlink()
            os.mkfifo(path)
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", switching_open)
        built(location, encoder, store)
        monkeypatch.undo()
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
    real_open = os.open

    def failing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("a.py"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real_open(path, *arguments)

    with opened(location, StandIn()) as store:
        monkeypatch.setattr(os, "open", failing_open)
        built(location, StandIn(), store)
        assert store.skipped()["unreadable"] == 1
        assert find_changes(location.root, store).is_empty
        monkeypatch.undo()
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
