"""An index that is no index of ours is made anew, and says why; one that is, is for its owner alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.open import open_index, why_unusable
from codesearch.index.seal import DATABASE, LOCK, break_seal
from tests.conftest import FILES
from tests.index.indexed import built, nearest_of, opened


@pytest.mark.parametrize("damage", ["truncated", "garbage", "middle"])
def test_a_damaged_database_is_made_anew_and_said_so(
    location: Location, encoder: Encoder, damage: str
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
    path = location.folder / DATABASE
    data = path.read_bytes()
    middle = data[:8192] + os.urandom(len(data) - 12288) + data[-4096:]
    path.write_bytes(
        {"truncated": data[: len(data) // 3], "garbage": b"\0" * 9_999, "middle": middle}[damage]
    )
    opened_again = open_index(location, encoder.manifest)
    assert opened_again.discarded == "it was damaged"
    with opened_again.store as store:
        assert built(location, encoder, store).files_changed == len(FILES)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("schema_version", "it was made by another version of codesearch"),
        ("weights", "it was made with other weights"),
        ("parser", "it was made with other grammars"),
    ],
)
def test_a_foreign_index_is_made_anew_and_said_so(
    location: Location, encoder: Encoder, key: str, reason: str
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        break_seal(location.folder)
        store.set_meta(key, "other")
    again = open_index(location, encoder.manifest)
    assert again.discarded == reason
    assert not again.store.files()
    again.store.close()


@pytest.mark.parametrize("version", ["SCHEMA_VERSION", "PARSE_FORMAT", "WORDS_FORMAT", "TEXT_FORMAT"])
def test_an_index_of_another_format_is_made_anew(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
    monkeypatch.setattr(f"codesearch.index.open.{version}", 99)
    again = open_index(location, encoder.manifest)
    with again.store as store:
        assert again.discarded
        assert built(location, encoder, store).files_changed == len(FILES)
    assert not why_unusable(location.folder, encoder.manifest)


@pytest.mark.parametrize("table", ["other (x)", "meta (x)", "meta (key, value)"])
def test_a_database_of_something_else_is_made_anew(location: Location, encoder: Encoder, table: str) -> None:
    location.folder.mkdir(parents=True)
    with closing(sqlite3.connect(location.folder / DATABASE)) as database:
        database.execute(f"CREATE TABLE {table}")
    again = open_index(location, encoder.manifest)
    assert again.discarded == "it was made by another version of codesearch"
    again.store.close()


@pytest.fixture
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous_umask")
def test_the_index_is_for_its_owners_eyes(location: Location, encoder: Encoder) -> None:
    # As taking the lock makes it.
    location.folder.mkdir(parents=True)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        for most_compared in (1_000, 0):
            nearest_of(location, store, encoder, most_compared)
            modes = {path.name: path.stat().st_mode & 0o077 for path in location.folder.iterdir()}
            assert len([name for name in modes if name.startswith("vectors-")]) == 1
            # The lock has nothing in it.
            assert {name for name, mode in modes.items() if mode} <= {LOCK}
        assert location.folder.stat().st_mode & 0o077 == 0
