"""R."""

from __future__ import annotations

from codesearch.parse.language import Language

R = Language(
    name="r",
    extensions=(".r", ".R"),
    grammar="r",
)
