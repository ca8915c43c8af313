"""A question while another process makes the index: an answer from what is there, and what is missing."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sqlite3
import time
from pathlib import Path

from rich.console import Console

from codesearch.cli.building import build
from codesearch.encode.encoder import Encoder
from codesearch.index.location import locate
from codesearch.index.seal import DATABASE
from codesearch.search.models import Models
from codesearch.search.search import search, target
from tests.conftest import Run, Start, write_files


def wait_until_read(index_home: Path, files: int) -> None:
    """Until an index knows so many files and has not all vectors, which is the longest part of making it."""
    for _ in range(3_000):
        for path in index_home.glob(f"*/{DATABASE}"):
            with (
                contextlib.suppress(sqlite3.Error),
                contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database,
            ):
                if database.execute("SELECT count(*) FROM file").fetchone()[0] >= files:
                    return
        time.sleep(0.01)
    raise AssertionError("not all files were read")


def test_a_question_need_not_wait_for_an_index_in_the_making(
    run: Run, start: Start, repository: Path, index_home: Path
) -> None:
    functions = "".join(f"def cut_hedge_{number}():\n    return {number}\n\n" for number in range(40))
    write_files(repository, {f"many/{number}.py": functions for number in range(40)})
    with start("index", "--threads", "1", cwd=repository) as indexing:
        wait_until_read(index_home, files=45)
        os.kill(indexing.pid, signal.SIGSTOP)
        try:
            asked = run(
                "query", "drop discount codes that are no longer valid", "--limit", "1", cwd=repository
            )
        finally:
            indexing.kill()
    assert asked.returncode == 0
    assert b"remove_expired_vouchers" in asked.stdout
    assert asked.stderr.startswith(
        b"codesearch: another process is making this index: all files are found by"
    )
    assert asked.stderr.count(b"\n") == 1
    # What was killed in the middle is gone on with.
    again = run("query", "cut the hedge", "--limit", "1", cwd=repository)
    assert b"is unfinished: going on with it" in again.stderr
    assert b"cut_hedge" in again.stdout


def test_a_question_waits_only_so_long_for_vectors_and_the_next_one_goes_on(
    repository: Path, index_home: Path, encoder: Encoder, models: Models
) -> None:
    functions = "".join(f"def cut_hedge_{number}():\n    return {number}\n\n" for number in range(40))
    write_files(
        repository, {f"many/{number}.py": functions.replace("hedge", f"h{number}") for number in range(12)}
    )
    write_files(repository, {"zoo.py": "def feed_the_penguins(zoo):\n    zoo.penguins.feed(fish=3)\n"})
    location = locate(repository, index_home)
    said = io.StringIO()
    console = Console(file=said, soft_wrap=True)
    with build(location, encoder, console, wait=False, talk=False, patience=0.0) as store:
        assert 0 < len(store.files_to_encode()) < 13
        found = search(target(location, store, encoder), models, "feed the penguins", limit=1).results
        assert [each.unit.name for each in found] == ["feed_the_penguins"]
    assert "can be found by words only, so far" in said.getvalue()
    said.truncate(0)
    with build(location, encoder, console, wait=False, talk=False) as store:
        assert not store.files_to_encode()
    assert "is unfinished: going on with it" in said.getvalue()
    assert "by words only" not in said.getvalue()
