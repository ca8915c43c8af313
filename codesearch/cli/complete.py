"""What a shell offers after Tab where only the program can know."""

from __future__ import annotations


def complete_language(incomplete: str) -> list[str]:
    """The languages whose names begin so."""
    from codesearch.parse.languages import LANGUAGES

    return [row.name for row in LANGUAGES if row.name.startswith(incomplete)]
