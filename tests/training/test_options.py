"""What `codesearch train` is told that cannot be is one clear line, before anything is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.parametrize(
    ("stage", "option", "value"),
    [
        ("teacher", "--steps", "0"),
        ("teacher", "--device", "nowhere"),
        ("teacher", "--device", "cuda:99"),
        ("students", "--pairs", "-1"),
        ("students", "--limit", "2"),
        ("ranking", "--threads", "0"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    run: Run, tmp_path: Path, stage: str, option: str, value: str
) -> None:
    needed = {
        "teacher": ("--corpus", "--start", "--out"),
        "students": ("--corpus", "--teacher", "--out"),
        "ranking": ("--questions", "--checkouts", "--weights"),
    }
    places = [each for name in needed[stage] for each in (name, "x")]
    done = run("train", stage, *places, option, value, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert option in done.stderr.decode()
    assert b"internal error" not in done.stderr
    assert list(tmp_path.iterdir()) == []
