"""What is indexed can be told and removed, and the index can be searched as it stands."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from codesearch.errors import CodesearchError
from codesearch.index.catalogue import Indexed, index_folders
from tests.cli.test_terminal import on_terminal, plain
from tests.conftest import Run, write_files


@pytest.fixture
def two(run: Run, repository: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two indexed places: the repository and a plain folder."""
    plain = tmp_path / "plain"
    write_files(
        plain, {"a.py": "def water_plants():\n    pump.on()\n", "min.js": "x" * 30_000, "empty.py": ""}
    )
    run("index", str(repository), str(plain), cwd=tmp_path)
    return repository, plain


def test_status_tells_where_how_large_and_how_fresh(run: Run, two: tuple[Path, Path], tmp_path: Path) -> None:
    repository, plain = two
    write_files(plain, {"b.py": "def more():\n    pass\n"})
    rows = [
        dict(
            zip(
                ("root", "folder", "files", "units", "source", "index", "written", "changed", "skipped"),
                row,
                strict=True,
            )
        )
        for row in (line.split("\t") for line in run("status", cwd=tmp_path).stdout.decode().splitlines())
    ]
    by_root = {row["root"]: row for row in rows}
    assert set(by_root) == {str(repository), str(plain)}
    assert (by_root[str(plain)]["files"], by_root[str(plain)]["changed"]) == ("1", "1")
    # Files that are no code, or empty, are nothing to tell of.
    assert (by_root[str(plain)]["skipped"], by_root[str(repository)]["skipped"]) == ("1", "0")
    assert by_root[str(plain)]["source"] == str(len("def water_plants():\n    pump.on()\n"))
    assert (by_root[str(repository)]["files"], by_root[str(repository)]["changed"]) == ("4", "0")
    for row in rows:
        assert int(row["index"]) == sum(each.stat().st_size for each in Path(row["folder"]).iterdir())
    (only,) = run("status", str(plain), "--json", cwd=tmp_path).stdout.splitlines()
    found = json.loads(only)
    assert (found["type"], found["version"], found["root"]) == ("index", 1, str(plain))
    assert (found["changed_files"], found["gone"]) == (1, False)
    assert found["skipped_files"] == {"min.js": "minified or very long lines"}
    assert found["files_without_vectors"] == 0


def test_status_on_a_terminal_breaks_no_path_for_want_of_columns(
    two: tuple[Path, Path], tmp_path: Path, index_home: Path
) -> None:
    repository, folder = two
    write_files(folder, {"b.py": "def more():\n    pass\n"})
    status, text = on_terminal(["status"], tmp_path, index_home, columns=40)
    assert status == 0
    lines = " ".join(plain(text).split())
    assert f"{repository} 4 files, " in lines
    assert "; up to date" in lines
    assert f"{folder} 1 file, " in lines
    assert ", 1 file skipped index" in lines
    assert "; 1 file changed since" in lines
    assert lines.endswith("in all")


def test_status_with_nothing_indexed_is_exit_1(run: Run, tmp_path: Path) -> None:
    done = run("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")


def indexes(run: Run, cwd: Path) -> list[dict[str, Any]]:
    """What `status` tells of each index."""
    done = run("status", "--json", cwd=cwd)
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_damaged_index_is_listed_and_harms_nothing(
    run: Run, two: tuple[Path, Path], index_home: Path
) -> None:
    (folder,) = index_home.glob("plain-*")
    before = {each["folder"]: each for each in indexes(run, two[0])}
    (folder / "index.db").write_bytes(b"no database at all")
    after = {each["folder"]: each for each in indexes(run, two[0])}
    assert set(after) == set(before)
    assert after.pop(str(folder))["units"] is None
    # The other one is told of as before, and what is damaged is left to who asks.
    assert [after] == [{key: each for key, each in before.items() if key in after}]
    assert (folder / "index.db").read_bytes() == b"no database at all"
    assert run("query", "water plants", cwd=two[1]).stdout.startswith(b"a.py:1:")


def test_clean_removes_what_is_named_or_gone_and_nothing_else(
    run: Run, two: tuple[Path, Path], tmp_path: Path
) -> None:
    repository, plain = two

    def roots() -> set[str]:
        lines = run("status", cwd=tmp_path).stdout.decode().splitlines()
        return {line.split("\t")[0] for line in lines}

    assert run("clean", cwd=tmp_path).returncode == 2
    assert run("clean", "--gone", cwd=tmp_path).returncode == 1
    assert roots() == {str(repository), str(plain)}
    shutil.rmtree(plain)
    done = run("clean", "--gone", cwd=tmp_path)
    assert (done.returncode, roots()) == (0, {str(repository)})
    assert f"removed the index of {plain}" in done.stderr.decode()
    assert run("clean", str(repository / "shop"), cwd=tmp_path).returncode == 0
    assert roots() == set()
    assert run("query", "email the buyer", cwd=repository).returncode == 0


def test_clean_leaves_an_index_that_is_being_written(
    run: Run, two: tuple[Path, Path], index_home: Path, tmp_path: Path
) -> None:
    (folder,) = index_home.glob("plain-*")
    with FileLock(folder / "lock"):
        done = run("clean", str(two[1]), cwd=tmp_path)
    assert done.returncode == 2
    assert "is being written by another process" in done.stderr.decode()
    assert run("query", "water plants", cwd=two[1]).stdout.startswith(b"a.py:1:")


def test_clean_removes_the_others_where_one_is_being_written_and_says_so(
    run: Run, two: tuple[Path, Path], index_home: Path, tmp_path: Path
) -> None:
    (busy,) = index_home.glob("plain-*")
    with FileLock(busy / "lock"):
        done = run("clean", "--all", cwd=tmp_path)
    assert done.returncode == 2
    assert list(index_home.iterdir()) == [busy]
    assert done.stderr.decode().splitlines() == [
        f"codesearch: {busy} is being written by another process: try again later",
        f"codesearch: removed the index of {two[0]}",
    ]


def test_clean_looks_into_no_file_of_what_is_indexed(
    run: Run, two: tuple[Path, Path], index_home: Path, tmp_path: Path
) -> None:
    shutil.rmtree(two[1])
    # Git would wait for a pipe in the place of an ignore file.
    os.mkfifo(two[0] / ".gitignore")
    done = run("clean", "--gone", cwd=tmp_path)
    assert (done.returncode, [each.name[:10] for each in index_home.iterdir()]) == (0, ["repository"])


def test_an_index_is_searched_as_it_stands_where_that_is_asked_for(run: Run, two: tuple[Path, Path]) -> None:
    _, plain = two
    write_files(plain, {"new.py": "def feed_fish():\n    tank.open()\n"})
    as_it_is = run("query", "feed fish", "--no-update", "--min-score", "0", cwd=plain)
    assert b"new.py" not in as_it_is.stdout
    assert run("query", "feed fish", cwd=plain).stdout.startswith(b"new.py:1:")


def test_an_index_that_is_unfinished_is_searched_and_said_to_be(
    run: Run, two: tuple[Path, Path], index_home: Path
) -> None:
    (database,) = index_home.glob("plain-*/index.db")
    (database.parent / "seal").unlink()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM meta WHERE key = 'complete'")
    done = run("query", "water plants", "--no-update", cwd=two[1])
    assert done.stdout.startswith(b"a.py:1:")
    said = f"codesearch: the index of {two[1]} is unfinished: the answer is from what it holds so far\n"
    assert done.stderr.decode() == said
    assert run("query", "water plants", "--no-update", "-q", cwd=two[1]).stderr == b""


def test_a_place_where_nothing_is_searched_is_told_with_the_reason(run: Run, two: tuple[Path, Path]) -> None:
    (two[1] / "docs").mkdir()
    done = run("query", "water plants", "min.js", "docs", "a.py", cwd=two[1])
    assert done.stdout.startswith(b"a.py:1:")
    assert done.stderr.decode().splitlines() == [
        "codesearch: min.js is not searched: minified or very long lines",
        "codesearch: docs is not searched: it is empty, or ignored",
    ]


def test_no_update_without_an_index_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    done = run("query", "anything", "--no-update", cwd=tmp_path)
    assert done.returncode == 2
    assert f"run: codesearch index {tmp_path}" in done.stderr.decode()


def test_what_may_not_be_looked_at_is_not_taken_for_gone(ordinary_folder: Path) -> None:
    locked = ordinary_folder / "locked"
    locked.mkdir(mode=0)
    for root, is_gone in ((locked / "root", False), (ordinary_folder / "root", True)):
        assert Indexed(ordinary_folder, root, 0, 0.0, None).is_orphan == is_gone
    for home in (locked / "indexes", ordinary_folder / ("long" * 100)):
        with pytest.raises(CodesearchError, match="cannot read the indexes in "):
            list(index_folders(home))
