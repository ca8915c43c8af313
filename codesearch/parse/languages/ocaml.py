"""OCaml."""

from __future__ import annotations

from codesearch.parse.language import Language

OCAML = Language(
    name="ocaml",
    extensions=(".ml", ".mli"),
    grammar="ocaml",
)
