"""The language table, and which row a file belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

from codesearch.parse.language import Language
from codesearch.parse.languages.bash import BASH
from codesearch.parse.languages.c import C
from codesearch.parse.languages.cpp import CPP
from codesearch.parse.languages.csharp import CSHARP
from codesearch.parse.languages.elixir import ELIXIR
from codesearch.parse.languages.erlang import ERLANG
from codesearch.parse.languages.go import GO
from codesearch.parse.languages.haskell import HASKELL
from codesearch.parse.languages.java import JAVA
from codesearch.parse.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from codesearch.parse.languages.julia import JULIA
from codesearch.parse.languages.kotlin import KOTLIN
from codesearch.parse.languages.lua import LUA
from codesearch.parse.languages.objc import OBJECTIVE_C
from codesearch.parse.languages.ocaml import OCAML, OCAML_INTERFACE
from codesearch.parse.languages.perl import PERL
from codesearch.parse.languages.php import PHP
from codesearch.parse.languages.plain import PLAIN
from codesearch.parse.languages.python import PYTHON
from codesearch.parse.languages.r import R
from codesearch.parse.languages.ruby import RUBY
from codesearch.parse.languages.rust import RUST
from codesearch.parse.languages.scala import SCALA
from codesearch.parse.languages.sql import SQL

LANGUAGES: tuple[Language, ...] = (
    BASH,
    C,
    CPP,
    CSHARP,
    ELIXIR,
    ERLANG,
    GO,
    HASKELL,
    JAVA,
    JAVASCRIPT,
    JULIA,
    KOTLIN,
    LUA,
    OBJECTIVE_C,
    OCAML,
    OCAML_INTERFACE,
    PERL,
    PHP,
    PYTHON,
    R,
    RUBY,
    RUST,
    SCALA,
    SQL,
    TSX,
    TYPESCRIPT,
    *PLAIN,
)

# How much of a file decides between languages that share an extension.
HEAD_BYTES = 16_384

_SHEBANG = re.compile(rb"^#!\s*\S*?(?:/env\s+(?:-\S+\s+)*)?([\w.+-]+)(?:\s|$)")


def detect_language(path: PurePosixPath, head: bytes) -> Language | None:
    """The row for a file by its name, else by its `#!` line; None for what is no code we know.

    Args:
        path: the file's path; only its last part counts.
        head: the file's first bytes (`HEAD_BYTES` are enough).

    """
    candidates = _by_filename().get(path.name) or _by_extension().get(path.suffix.lower(), [])
    for language in candidates:
        # Only where several rows claim the extension does the content decide.
        if len(candidates) == 1 or language.sniff is None or language.sniff(head):
            return language
    if path.suffix:
        return None
    shebang = _SHEBANG.match(head)
    return _by_interpreter().get(re.sub(r"[\d.]+$", "", shebang[1].decode())) if shebang else None


def language_named(name: str) -> Language:
    """The row of that name.

    Raises:
        KeyError: no row is called so.

    """
    return _by_name()[name]


def could_be_code(path: PurePosixPath) -> bool:
    """Whether a file's name allows that `detect_language` finds a row for it."""
    return not path.suffix or path.suffix.lower() in _by_extension() or path.name in _by_filename()


@lru_cache(maxsize=None)
def _by_extension() -> dict[str, list[Language]]:
    table: dict[str, list[Language]] = {}
    # Rows that look into the file come before the row that takes what is left.
    for language in sorted(LANGUAGES, key=lambda row: row.sniff is None):
        for extension in language.extensions:
            table.setdefault(extension.lower(), []).append(language)
    return table


@lru_cache(maxsize=None)
def _by_filename() -> dict[str, list[Language]]:
    return {name: [language] for language in LANGUAGES for name in language.filenames}


@lru_cache(maxsize=None)
def _by_name() -> dict[str, Language]:
    return {language.name: language for language in LANGUAGES}


@lru_cache(maxsize=None)
def _by_interpreter() -> dict[str, Language]:
    return {name: language for language in LANGUAGES for name in language.interpreters}
