"""Ruby."""

from __future__ import annotations

from codesearch.parse.language import Language

RUBY = Language(
    name="ruby",
    extensions=(".rb", ".rake", ".gemspec", ".ru"),
    grammar="ruby",
)
