"""Results that show nearly the same text in several places are one result."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from codesearch.encode.text import last_name
from codesearch.search.result import Place, Result

# Two texts are nearly the same where this share of their words and marks is; under different names more of
# them, since what is named apart is meant to do something else. A few tokens may be equal by chance: short
# texts must be equal altogether.
_ALIKE_BY_NAME = 0.85
_ALIKE = 0.95
_SHORT = 12
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True)
class _Group:
    """A result, its tokens, and the places of those alike."""

    first: Result
    tokens: Counter[str]
    others: list[Place] = field(default_factory=list)


def fold_alike(results: Iterable[Result], limit: int) -> list[Result]:
    """The first `limit` results, each with the places of those nearly alike that come before the next one."""
    groups: list[_Group] = []
    for result in results:
        tokens = Counter(_TOKEN.findall("\n".join(result.lines)))
        group = next((each for each in groups if _is_alike(each, result, tokens)), None)
        if group is not None:
            group.others.append(Place(result.path, result.unit))
        elif len(groups) < limit:
            groups.append(_Group(result, tokens))
        else:
            break
    return [replace(each.first, alike=tuple(each.others)) for each in groups]


def _is_alike(group: _Group, result: Result, tokens: Counter[str]) -> bool:
    sizes = sorted((group.tokens.total(), tokens.total()))
    if sizes[1] < _SHORT:
        return group.tokens == tokens
    name = last_name(result.unit.name)
    # Passages have no name to have in common.
    share = _ALIKE_BY_NAME if name and name == last_name(group.first.unit.name) else _ALIKE
    if sizes[0] < share * sizes[1]:
        return False
    return (group.tokens & tokens).total() >= share * (group.tokens | tokens).total()
