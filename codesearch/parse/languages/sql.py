"""SQL."""

from __future__ import annotations

from codesearch.parse.language import Language

SQL = Language(
    name="sql",
    extensions=(".sql",),
    grammar="sql",
)
