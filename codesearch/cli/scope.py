"""The options of `codesearch query` that narrow a search by what units are, made into a scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from codesearch.cli.asked import known_languages, regular_expression
from codesearch.errors import CodesearchError
from codesearch.parse.unit import Kind
from codesearch.search.mode import Tests

if TYPE_CHECKING:
    from codesearch.search.scope import Scope


def scope_asked_for(
    *,
    glob: Iterable[str] | None = None,
    language: Iterable[str] | None = None,
    other_languages: Iterable[str] | None = None,
    kind: Iterable[Kind] | None = None,
    tests: Tests = Tests.YES,
    grep: str | None = None,
) -> Scope:
    """What a search is narrowed to by these options, in any repository.

    Raises:
        CodesearchError: there is no such language, a glob is no pattern, or `grep` no regular expression.

    """
    from codesearch.search.scope import Scope, read_globs

    globs = tuple(glob or ())
    try:
        read_globs(globs)
    except ValueError as error:
        raise CodesearchError(f"--glob: {error}") from error
    return Scope(
        globs=globs,
        languages=known_languages(language or ()),
        other_languages=known_languages(other_languages or ()),
        kinds=frozenset(kind or ()),
        tests=tests,
        pattern=regular_expression(grep),
    )
