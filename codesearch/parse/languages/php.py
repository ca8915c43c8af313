"""PHP."""

from __future__ import annotations

from codesearch.parse.language import Language

PHP = Language(
    name="php",
    extensions=(".php", ".phtml", ".inc"),
    grammar="php",
)
