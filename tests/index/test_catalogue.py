"""All indexes of a user are listed and can be removed, whatever else lies beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codesearch.index.catalogue import index_folders, indexed, remove
from codesearch.index.location import Location
from codesearch.index.seal import DATABASE, SEAL
from tests.conftest import write_files
from tests.index.indexed import built, opened
from tests.index.standin import StandIn


def test_a_folder_that_is_closed_to_us_is_passed_over(ordinary_folder: Path) -> None:
    write_files(ordinary_folder, {f"ours-0/{DATABASE}": "damaged"})
    (ordinary_folder / "closed-0").mkdir(mode=0)
    assert [each.folder.name for each in map(indexed, index_folders(ordinary_folder))] == ["ours-0"]


@pytest.mark.parametrize("left", [SEAL, "vectors-*"])
def test_what_is_left_of_an_index_can_be_told_and_removed(location: Location, left: str) -> None:
    with opened(location, StandIn()) as store:
        built(location, StandIn(), store)
    kept = next(location.folder.glob(left))
    for path in location.folder.iterdir():
        if path != kept:
            path.unlink()
    (found,) = map(indexed, index_folders(location.folder.parent))
    assert found.contents is None
    # Nobody asked for a new one.
    assert not (location.folder / DATABASE).exists()
    remove(found.folder)
    assert not location.folder.exists()
