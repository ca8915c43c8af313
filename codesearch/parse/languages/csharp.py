"""C#."""

from __future__ import annotations

from codesearch.parse.language import Language

CSHARP = Language(
    name="csharp",
    extensions=(".cs", ".csx"),
    grammar="c_sharp",
)
