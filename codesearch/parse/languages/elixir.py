"""Elixir."""

from __future__ import annotations

from codesearch.parse.language import Language

ELIXIR = Language(
    name="elixir",
    extensions=(".ex", ".exs"),
    grammar="elixir",
)
