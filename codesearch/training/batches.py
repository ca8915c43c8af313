"""The corpus as batches of (query, passage) pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from codesearch.training.corpus import Function, Query, RepositoryCorpus
from codesearch.training.views import Variation, training_view

# How often each family of queries is drawn, where a repository has it.
FAMILIES: Mapping[str, float] = {
    "asked": 0.50,
    "doc": 0.17,
    "derived": 0.13,
    "name": 0.05,
    "comment": 0.04,
    "message": 0.05,
    "commit": 0.03,
    "test": 0.03,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and the passage that answers it."""

    query: str
    passage: str


@dataclass(frozen=True, slots=True)
class SamplerSettings:
    """How batches are drawn; `one_repository` is the share of batches that stay within one."""

    size: int = 128
    one_repository: float = 0.5
    families: Mapping[str, float] = field(default_factory=lambda: FAMILIES)
    variation: Variation = Variation()
    seed: int = 1


class PairSampler:
    """Draws batches; the same number always gives the same batch."""

    def __init__(self, corpora: Iterable[RepositoryCorpus], settings: SamplerSettings) -> None:
        self.settings = settings
        self._repositories = [each for each in map(_ByFamily, corpora) if each.families]
        # The square root lets large repositories count for more, but not in proportion.
        self._weights = [each.pairs**0.5 for each in self._repositories]

    @property
    def pairs(self) -> int:
        """The number of distinct pairs."""
        return sum(each.pairs for each in self._repositories)

    def batch(self, number: int) -> list[Pair]:
        """The batch of that number: at most one pair a function and one a query text."""
        random = Random(self.settings.seed * 1_000_003 + number)
        wanted = self.settings.size
        alone = random.random() < self.settings.one_repository
        home = random.choices(self._repositories, self._weights)[0]
        found: dict[tuple[str, str, str], Pair] = {}
        texts: set[str] = set()
        # A small repository may not fill a batch by itself: after enough tries others help out.
        for attempt in range(6 * wanted):
            if len(found) == wanted:
                break
            stay = alone and attempt < 3 * wanted
            repository = home if stay else random.choices(self._repositories, self._weights)[0]
            function, query = repository.draw(random, self.settings.families)
            key = (repository.name, function.path, function.name)
            if key in found or query.text in texts:
                continue
            view = training_view(function, query, self.settings.variation, random)
            if view is not None:
                found[key] = Pair(query.text, view)
                texts.add(query.text)
        return list(found.values())


def family_of(kind: str) -> str:
    """The family that a kind of query belongs to."""
    if kind.startswith("asked_"):
        return "asked"
    if kind in ("doc", "doc_paragraph"):
        return "doc"
    return "derived" if kind.startswith("doc_") else kind


class _ByFamily:
    """One repository's pairs by family."""

    def __init__(self, corpus: RepositoryCorpus) -> None:
        self.name = corpus.repository
        self.families: dict[str, list[tuple[Function, Query]]] = {}
        for function in corpus.functions:
            for query in function.queries:
                self.families.setdefault(family_of(query.kind), []).append((function, query))
        self.pairs = sum(map(len, self.families.values()))

    def draw(self, random: Random, weights: Mapping[str, float]) -> tuple[Function, Query]:
        names: Sequence[str] = [name for name in self.families if weights.get(name, 0.0) > 0.0] or list(
            self.families
        )
        chosen = random.choices(names, [weights.get(name, 1.0) for name in names])[0]
        return random.choice(self.families[chosen])
