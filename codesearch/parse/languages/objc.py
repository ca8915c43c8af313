"""Objective-C."""

from __future__ import annotations

from codesearch.parse.language import Language

OBJECTIVE_C = Language(
    name="objective-c",
    extensions=(".m", ".mm", ".h"),
    grammar="objc",
)
