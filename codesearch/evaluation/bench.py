"""Systems asked the same questions: how high the answers stand, and how long it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from codesearch.evaluation.cases import Case, Span
from codesearch.evaluation.metrics import means, ndcg, reciprocal_rank, success
from codesearch.search.features import FEATURES
from codesearch.search.mode import Rerank
from codesearch.search.models import Models
from codesearch.search.ranking import only
from codesearch.search.result import Place
from codesearch.search.scope import EVERYTHING, Scope
from codesearch.search.search import Target, search

DEPTH = 100
_SLOW = 0.95
_READ = (5, 10, 20, 40)
METRICS = ("mrr@10", "ndcg@10", "success@1", "success@5", "success@10", "success@100")

# A query -> ranked results; places in one group are one result.
System = Callable[[str], Sequence[Sequence[Place]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A case with the metrics that a system reached on it and the milliseconds that it took."""

    case: Case
    metrics: Mapping[str, float]
    milliseconds: float


def ablations(models: Models) -> dict[str, Models]:
    """What is always compared, by its name in tables: the program as it is, more of it, and its halves."""
    return {
        "codesearch": replace(models, reader=None),
        "with --rerank auto": models,
        "words alone (BM25)": Models(models.encoder, only("lexical")),
        "meaning alone (dense)": Models(models.encoder, only("dense")),
    }


def without_each(models: Models) -> dict[str, Models]:
    """The first stage with one part of its ranking left out, the others as they are, by a name for tables."""
    ranking = models.ranking
    left_out = {
        f"without {name}": replace(
            ranking,
            weights=tuple(0.0 if i == column else weight for i, weight in enumerate(ranking.weights)),
        )
        for column, name in enumerate(FEATURES)
        if ranking.weights[column]
    }
    left_out["without again"] = replace(ranking, again=0.0)
    return {name: Models(models.encoder, each) for name, each in left_out.items()}


def budgets(models: Models) -> dict[str, Models]:
    """The second stage reading few candidates and many, by a name for tables."""
    return {f"reading {most}": replace(models, most_read=most) for most in _READ}


def searching(
    target: Target, models: Models, *, scope: Scope = EVERYTHING, mode: Rerank = Rerank.AUTO
) -> System:
    """The product itself, with these models, narrowed to a scope."""

    def answer(query: str) -> list[tuple[Place, ...]]:
        results = search(target, models, query, limit=DEPTH, scope=scope, floor=0.0, mode=mode).results
        return [(Place(each.path, each.unit), *each.alike) for each in results]

    return answer


def measure(
    systems: Mapping[str, System],
    cases: Sequence[Case],
    watched: Callable[[Sequence[Case]], Iterable[Case]] = iter,
) -> dict[str, list[Measured]]:
    """What each system does on each case, in their order; a first query, unmeasured, warms each up.

    `watched` gives the cases again and may show how far it is.
    """
    measured: dict[str, list[Measured]] = {name: [] for name in systems}
    for system in systems.values():
        system(cases[0].query)
    # Taken in turn, so that a busy moment of the machine meets them all.
    for case in watched(cases):
        for name, system in systems.items():
            began = perf_counter()
            found = system(case.query)
            took = 1_000 * (perf_counter() - began)
            measured[name].append(Measured(case, _metrics(found, case.answers), took))
    return measured


def _metrics(found: Sequence[Sequence[Place]], answers: Sequence[Span]) -> dict[str, float]:
    ranks = relevant_ranks(found, answers)
    values = (
        reciprocal_rank(ranks),
        ndcg(ranks, len(answers)),
        *(success(ranks, depth) for depth in (1, 5, 10, 100)),
    )
    return dict(zip(METRICS, values, strict=True))


def relevant_ranks(found: Sequence[Sequence[Place]], answers: Sequence[Span]) -> list[int]:
    """For each answer that was found, the rank (from 1) of the first result that shows it."""
    return [
        rank
        for answer in answers
        for rank in [
            next((n for n, group in enumerate(found, start=1) if any(map(answer.is_shown_by, group))), 0)
        ]
        if rank
    ]


def summary(measured: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """The mean of each metric and the milliseconds, over all cases (`all`) and by kind.

    `milliseconds` is their median, `milliseconds_p95` what 95 % of the questions took at most.
    """
    groups: dict[str, list[Measured]] = defaultdict(list)
    for each in measured:
        groups["all"].append(each)
        groups[each.case.kind].append(each)
    return {
        group: {
            "questions": float(len(rows)),
            **means({name: [row.metrics[name] for row in rows] for name in METRICS}),
            "milliseconds": float(np.median([row.milliseconds for row in rows])),
            "milliseconds_p95": float(np.quantile([row.milliseconds for row in rows], _SLOW)),
        }
        for group, rows in sorted(groups.items(), key=lambda item: (item[0] != "all", item[0]))
    }
