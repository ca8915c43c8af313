"""Java."""

from __future__ import annotations

from codesearch.parse.language import Language

JAVA = Language(
    name="java",
    extensions=(".java",),
    grammar="java",
)
