"""The index of a place is found from anywhere inside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codesearch.errors import CodesearchError
from codesearch.index.catalogue import index_folders, indexed
from codesearch.index.location import index_folder, locate
from tests.index.indexed import built, opened
from tests.index.standin import StandIn


def test_a_repository_is_found_from_its_folders_and_files(repository: Path, index_home: Path) -> None:
    for path in (repository, repository / "shop", repository / "shop/cart.py"):
        location = locate(path, index_home)
        assert location.root == repository
        assert location.is_repository
        assert location.folder.parent == index_home


def test_a_plain_folder_is_its_own_root_until_one_above_is_indexed(tmp_path: Path, index_home: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    alone = locate(tmp_path / "a/b", index_home)
    assert (alone.root, alone.is_repository) == (tmp_path / "a/b", False)
    index_folder(tmp_path / "a", index_home).mkdir(parents=True)
    below = locate(tmp_path / "a/b", index_home)
    assert (below.root, below.is_repository) == (tmp_path / "a", True)


def test_a_file_alone_does_not_stand_for_all_that_lies_beside_it(tmp_path: Path, index_home: Path) -> None:
    (tmp_path / "notes").mkdir()
    file = tmp_path / "notes/a.py"
    file.write_text("x = 1\n")
    with pytest.raises(CodesearchError, match=r"to index its folder: codesearch index .*notes$"):
        locate(file, index_home)
    index_folder(file.parent, index_home).mkdir(parents=True)
    assert locate(file, index_home).root == file.parent


def test_a_link_to_a_repository_is_the_repository(repository: Path, index_home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository)
    assert locate(tmp_path / "link", index_home) == locate(repository, index_home)


def test_folders_of_one_name_have_indexes_of_their_own(index_home: Path) -> None:
    one, other = (index_folder(Path(where) / "src", index_home) for where in ("/a", "/b"))
    assert one != other
    assert one.name.startswith("src-")


def test_any_folder_name_gives_a_plain_index_name(index_home: Path) -> None:
    name = index_folder(Path("/a/ \n/..x\udcff*?" + "y" * 300), index_home).name
    assert name.isprintable()
    assert "/" not in name
    assert len(name) < 100
    # File systems count bytes, and a letter may have four.
    assert len(index_folder(Path("/\U0001d49c" + "\U0001d49c" * 80), index_home).name.encode()) < 100


@pytest.mark.parametrize("path", ["missing", "cycle"])
def test_nothing_there_is_one_clear_error(path: str, tmp_path: Path, index_home: Path) -> None:
    (tmp_path / "cycle").symlink_to(tmp_path / "cycle")
    with pytest.raises(CodesearchError, match="no such file or folder"):
        locate(tmp_path / path, index_home)


def test_indexes_may_be_kept_in_a_relative_folder(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clone = shutil.copytree(repository, tmp_path / "clone")
    for root in (repository, clone):
        location = locate(root, Path("indexes"))
        with opened(location, StandIn()) as store:
            update = built(location, StandIn(), store)
        assert location.folder in {each.folder for each in map(indexed, index_folders(Path("indexes")))}
    # The second one takes its vectors from the first.
    assert update.encoded == 0
