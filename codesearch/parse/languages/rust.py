"""Rust."""

from __future__ import annotations

from codesearch.parse.language import Language

RUST = Language(
    name="rust",
    extensions=(".rs",),
    grammar="rust",
)
