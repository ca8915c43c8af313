"""Kotlin."""

from __future__ import annotations

from codesearch.parse.language import Language

KOTLIN = Language(
    name="kotlin",
    extensions=(".kt", ".kts"),
    grammar="kotlin",
)
