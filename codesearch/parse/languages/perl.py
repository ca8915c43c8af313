"""Perl."""

from __future__ import annotations

from codesearch.parse.language import Language

PERL = Language(
    name="perl",
    extensions=(".pl", ".pm", ".t"),
    grammar="perl",
)
