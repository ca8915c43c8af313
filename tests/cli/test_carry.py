"""`codesearch index --export` and `--import`: from one checkout to another, through files and pipes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.conftest import Run


def test_an_index_made_in_one_place_is_of_use_in_another(run: Run, repository: Path, tmp_path: Path) -> None:
    clone = shutil.copytree(repository, tmp_path / "clone")
    own = ("--index-dir", os.fspath(tmp_path / "own"))
    done = run("index", "--export", "../vectors", cwd=repository)
    assert done.returncode == 0
    assert (tmp_path / "vectors").stat().st_size > 1_000
    assert b"vectors to ../vectors\n" in done.stderr
    done = run("index", "--import", "../vectors", "--export", "-", *own, cwd=clone)
    assert b" 0 vectors made" in done.stderr
    assert done.stdout == (tmp_path / "vectors").read_bytes()
    assert run("query", "email the buyer", "-k1", *own, cwd=clone).stdout.startswith(b"shop/mail.js")
    again = ("--index-dir", os.fspath(tmp_path / "again"))
    done = run("index", "--import", "-", *again, cwd=clone, stdin=done.stdout)
    assert b" 0 vectors made" in done.stderr


def test_a_file_that_cannot_be_taken_in_is_one_clear_line(
    run: Run, repository: Path, index_home: Path
) -> None:
    (repository / "none").write_bytes(b"SQLite format 3\0")
    for name, reason in (("none", b"it is no export of an index"), ("missing", b"No such file")):
        done = run("index", "--import", name, cwd=repository)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.count(b"\n") == 1
        assert b"cannot take vectors from " + name.encode() in done.stderr
        assert reason in done.stderr
    # Nothing was begun.
    assert not list(index_home.iterdir())


def test_a_place_that_cannot_be_written_is_one_clear_line(run: Run, repository: Path, tmp_path: Path) -> None:
    done = run("index", "--export", "/proc/nowhere/vectors", cwd=repository)
    assert done.returncode == 2
    assert b"codesearch: cannot write vectors to /proc/nowhere/vectors" in done.stderr.splitlines()[-1]
    done = run("index", "--export", "vectors", ".", os.fspath(tmp_path), cwd=repository)
    assert done.returncode == 2
    assert b"give one PATH" in done.stderr
