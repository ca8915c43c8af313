"""Lua."""

from __future__ import annotations

from codesearch.parse.language import Language

LUA = Language(
    name="lua",
    extensions=(".lua",),
    grammar="lua",
)
