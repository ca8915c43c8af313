"""Haskell."""

from __future__ import annotations

from codesearch.parse.language import Language

HASKELL = Language(
    name="haskell",
    extensions=(".hs",),
    grammar="haskell",
)
