"""Erlang."""

from __future__ import annotations

from codesearch.parse.language import Language

ERLANG = Language(
    name="erlang",
    extensions=(".erl", ".hrl"),
    grammar="erlang",
)
