"""Scala."""

from __future__ import annotations

from codesearch.parse.language import Language

SCALA = Language(
    name="scala",
    extensions=(".scala", ".sc"),
    grammar="scala",
)
