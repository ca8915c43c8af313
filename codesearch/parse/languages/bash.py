"""Bash and POSIX shell."""

from __future__ import annotations

from codesearch.parse.language import Language

BASH = Language(
    name="bash",
    extensions=(".sh", ".bash", ".zsh", ".ksh", ".bats"),
    grammar="bash",
)
