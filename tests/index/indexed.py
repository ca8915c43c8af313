"""Indexes made with the real encoder, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from codesearch.encode.encoder import Encoder
from codesearch.index.build import Update
from codesearch.index.location import Location
from codesearch.index.nearest import Nearest, open_nearest
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.store import Store


@contextmanager
def opened(location: Location, encoder: Encoder) -> Iterator[Store]:
    """The index of a location, as it is."""
    with open_index(location, encoder.manifest).store as store:
        yield store


def built(location: Location, encoder: Encoder, store: Store) -> Update:
    """The result of bringing the index up to date."""
    update = refresh(location, store, encoder, lambda _: None, before_waiting=None)
    assert update is not None
    return update


def contents(store: Store) -> set[tuple[str, str, int, int]]:
    """Every unit of the index: path, name, first and last line."""
    units = store.units(store.unit_ids())
    return {(each.path, each.unit.name, each.unit.start_line, each.unit.end_line) for each in units}


def fresh(location: Location, encoder: Encoder, tmp_path: Path) -> set[tuple[str, str, int, int]]:
    """What an index made from nothing would hold."""
    elsewhere = replace(location, folder=tmp_path / "fresh" / str(len(list(tmp_path.glob("fresh/*")))))
    with opened(elsewhere, encoder) as store:
        built(elsewhere, encoder, store)
        return contents(store)


def nearest_of(location: Location, store: Store, encoder: Encoder, most_compared: int) -> Nearest:
    """What finds vectors: all compared up to so many, and by a graph beyond."""
    dimensions = encoder.manifest.dimensions
    return open_nearest(store, location.folder, dimensions, threads=1, most_compared=most_compared)
