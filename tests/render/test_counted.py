"""Numbers of things read as words."""

from __future__ import annotations

import pytest

from codesearch.index.build import Update
from codesearch.render.counted import counted
from codesearch.render.progress import summary


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1234, "1,234 files")]
)
def test_one_is_no_plural(number: int, said: str) -> None:
    assert counted(number, "file") == said


def test_a_summary_counts_a_single_vector_as_one() -> None:
    done = summary(Update(1, 0, 1, 1, 0), 1, 1, {}, 0.5)
    assert done.startswith("1 file, 1 unit: 1 file read, 0 removed, 1 vector made, ")
