"""What ranking weighs: a few numbers that say how a unit stands to a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.text import last_name, split_identifier
from codesearch.parse.role import Role, role_of
from codesearch.parse.unit import Kind
from codesearch.search.question import Question, finder
from codesearch.search.recall import Candidate

# The order is that of the weights in `ranking.json`.
FEATURES = (
    "dense",  # the cosine
    "lexical",  # BM25, as a part of the best one's
    "named",  # the part of the name's words that the question has
    "asked",  # the part of the question's words that the name, its qualifiers or the file's name have
    "exact",  # the question is the name, whatever its case, its joints or the order of its words
    "spelled",  # how much of a short question's letters, three by three, are those of the name
    "test",
    "example",
    "foreign",  # generated, vendored or legacy
    "passage",  # lines outside any definition
    "type",  # a type's outline
    "short",  # three lines at most
)
_FEW_WORDS = 4
_SHORT_LINES = 3


def features(question: Question, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """One row a candidate, one column a feature, in the order of `FEATURES`: float32."""
    if not candidates:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    wordiest = max(max(each.lexical for each in candidates), 1e-6)
    few = len(question.content) <= _FEW_WORDS
    in_order, letters = sorted(question.parts), "".join(question.parts)
    shared_with = finder(question.content)
    words = lru_cache(maxsize=None)(_words)
    rows: list[list[float]] = []
    for each in candidates:
        unit = each.stored.unit
        name = words(last_name(unit.name))
        around = {*words(unit.name), *words(PurePosixPath(each.stored.path).stem)}
        met = {word for other in around for word in shared_with(other)}
        role = role_of(each.stored.path)
        if question.about_tests and role in (Role.TEST, Role.EXAMPLE):
            role = Role.SOURCE
        rows.append(
            [
                each.dense,
                each.lexical / wordiest,
                sum(bool(shared_with(word)) for word in name) / max(len(name), 1),
                len(met) / max(len(question.content), 1),
                float(any(_is_same(in_order, letters, of) for of in (name, words(unit.name)))),
                _spelled(question, name) if few else 0.0,
                float(role is Role.TEST),
                float(role is Role.EXAMPLE),
                float(role in (Role.GENERATED, Role.VENDORED, Role.LEGACY)),
                float(unit.kind is Kind.PASSAGE),
                float(unit.kind is not Kind.PASSAGE and not unit.kind.is_callable),
                float(unit.end_line - unit.start_line < _SHORT_LINES),
            ]
        )
    return np.array(rows, dtype=np.float32)


def _words(name: str) -> list[str]:
    return [word.lower() for word in split_identifier(name)]


def _is_same(in_order: list[str], letters: str, name: Sequence[str]) -> bool:
    """Whether a question, by its parts in the order of the alphabet and all its letters, is a name."""
    # `timeDelta` and `timedelta` have other parts and the same letters.
    return bool(in_order) and (in_order == sorted(name) or letters == "".join(name))


def _spelled(question: Question, name: Sequence[str]) -> float:
    """Dice's coefficient of the trigrams of the question's letters and the name's."""
    asked = _trigrams("".join(part for part in question.parts if part in question.content))
    named = _trigrams("".join(name))
    return 2.0 * (asked & named).total() / (asked.total() + named.total())


def _trigrams(letters: str) -> Counter[str]:
    padded = f"  {letters} "
    return Counter(padded[start : start + 3] for start in range(len(padded) - 2))
