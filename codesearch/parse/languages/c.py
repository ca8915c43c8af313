"""C."""

from __future__ import annotations

from codesearch.parse.language import Language

C = Language(
    name="c",
    extensions=(".c", ".h"),
    grammar="c",
)
