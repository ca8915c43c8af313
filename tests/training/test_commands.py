"""What `codesearch train` is told is checked before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run

STAGES = {
    "teacher": ("--corpus", ".", "--start", ".", "--out", "out"),
    "candidates": ("--corpus", ".", "--encoder", ".", "--out", "out"),
    "cross-encoder": ("--candidates", "lists", "--start", ".", "--out", "out"),
    "students": ("--corpus", ".", "--teacher", ".", "--out", "out"),
    "queries": ("--corpus", ".", "--queries", ".", "--weights", ".", "--out", "out"),
    "tune": ("--corpus", ".", "--queries", ".", "--passages", ".", "--out", "out"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_device_that_is_not_there_is_one_clear_error(run: Run, stage: str, tmp_path: Path) -> None:
    done = run("train", stage, *STAGES[stage], "--device", "abacus", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        b"codesearch: torch cannot calculate on 'abacus' here; --device cpu always works"
    ]


@pytest.mark.parametrize(
    ("stage", "option"),
    [
        ("teacher", "--steps"),
        ("candidates", "--functions"),
        ("candidates", "--queries"),
        ("students", "--pairs"),
        ("queries", "--steps"),
    ],
)
def test_nothing_is_done_no_times(run: Run, stage: str, option: str, tmp_path: Path) -> None:
    done = run("train", stage, *STAGES[stage], option, "0", cwd=tmp_path)
    assert done.returncode == 2
    assert option.encode() in done.stderr
    assert b"x>=1" in done.stderr
