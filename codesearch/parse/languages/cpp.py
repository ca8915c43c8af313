"""C++."""

from __future__ import annotations

from codesearch.parse.language import Language

CPP = Language(
    name="cpp",
    extensions=(".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".h", ".ipp", ".inl", ".cu", ".cuh"),
    grammar="cpp",
)
