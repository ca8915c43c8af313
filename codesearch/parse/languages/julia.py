"""Julia."""

from __future__ import annotations

from codesearch.parse.language import Language

JULIA = Language(
    name="julia",
    extensions=(".jl",),
    grammar="julia",
)
