"""What results look like to programs, a line each."""

from __future__ import annotations

import os

import pytest

from codesearch.render.excerpt import TELLING_LINES
from codesearch.render.lines import Ink, plain_lines
from tests.render.made import result


def test_the_column_of_the_best_line_is_counted_in_bytes() -> None:
    found = result(["def f():", "  \N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}g()"], best=2)
    assert plain_lines(found, TELLING_LINES, Ink()).startswith(b"a.py:2:8:")


def test_a_path_that_no_way_leads_to_is_named_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def on_another_drive(path: os.PathLike[str]) -> str:
        raise ValueError(f"path is on another drive: {path}")

    monkeypatch.setattr(os.path, "relpath", on_another_drive)
    found = result(["def f(): pass"])
    whole = os.fsencode(found.root / "a.py")
    assert plain_lines(found, TELLING_LINES, Ink()).startswith(whole + b":1:5:")
