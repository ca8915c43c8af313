"""What a search is narrowed to by a key, and what the next stroke of that key narrows it to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from codesearch.parse.unit import Kind
from codesearch.search.mode import Tests
from codesearch.search.scope import Scope

_T = TypeVar("_T")


class Kinds(Enum):
    """The kinds of units that are told apart here."""

    ALL = frozenset[Kind]()
    FUNCTIONS = frozenset(kind for kind in Kind if kind.is_callable)
    TYPES = frozenset(kind for kind in Kind if not kind.is_callable and kind is not Kind.PASSAGE)
    PASSAGES = frozenset({Kind.PASSAGE})


@dataclass(frozen=True, slots=True)
class Filters:
    """What results are wanted; every language where `language` is empty."""

    language: str = ""
    tests: Tests = Tests.YES
    kinds: Kinds = Kinds.ALL

    def within(self, scope: Scope) -> Scope:
        """The scope, narrowed."""
        languages = frozenset({self.language}) if self.language else scope.languages
        return replace(scope, languages=languages, tests=self.tests, kinds=self.kinds.value)

    def next_language(self, languages: Sequence[str]) -> Filters:
        """With the next one of these languages, all of them after the last."""
        return replace(self, language=_after(self.language, ["", *languages]))

    def next_tests(self) -> Filters:
        """With tests, without them, only them, in turn."""
        return replace(self, tests=_after(self.tests, list(Tests)))

    def next_kinds(self) -> Filters:
        """With all kinds, functions, types, passages, in turn."""
        return replace(self, kinds=_after(self.kinds, list(Kinds)))


def _after(current: _T, choices: Sequence[_T]) -> _T:
    return choices[(choices.index(current) + 1) % len(choices)]
