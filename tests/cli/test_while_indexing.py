"""A question while another process makes the index: an answer from what is there, and what is missing."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from codesearch.index.seal import DATABASE
from tests.conftest import Run, write_files


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
    run: Run, repository: Path, index_home: Path
) -> None:
    functions = "".join(f"def cut_hedge_{number}():\n    return {number}\n\n" for number in range(40))
    write_files(repository, {f"many/{number}.py": functions for number in range(40)})
    environment = {**os.environ, "CODESEARCH_INDEX_DIR": os.fspath(index_home)}
    command = [sys.executable, "-m", "codesearch", "index", "--threads", "1"]
    with subprocess.Popen(command, cwd=repository, env=environment, stderr=subprocess.DEVNULL) as indexing:
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
