"""Fusion: features to one score, that of the whole first stage, and scores to a probability.

The weights were fitted to questions about repositories that no encoder was trained on (`codesearch
train ranking`) and lie beside the encoder's, because they are worth what its cosines mean.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codesearch.errors import CodesearchError
from codesearch.index.stored import StoredUnit
from codesearch.parse.unit import LineRange
from codesearch.search.features import FEATURES, features
from codesearch.search.question import Question
from codesearch.search.recall import Candidate
from codesearch.search.result import Evidence

RANKING = "ranking.json"
_START = attrgetter("start")
# What the questions that the weights were fitted to cannot tell: what it counts that a query names the place
# of a unit. The most telling place weighs about as much as all else together.
_NAMED = 15.0
_NAMED_CHANCE = 0.95
_NAMED_LEAST = 0.3
# The fields that are one number each.
_SINGLE = ("together", "again", "floor", "floor_read", "reread", "lead")
# What the probability weighs, without the second stage and with it.
EVIDENCE = ("dense", "covered", "asked", "exact", "constant")
EVIDENCE_READ = ("dense", "covered", "asked", "exact", "read", "constant")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Fitted numbers.

    `weights` are one a feature, in the order of `FEATURES`. `together` lifts a unit for other hits in
    its file, `again` lowers it for each better one shown from there. `confidence` and, where the second
    stage has read the unit, `confidence_read` are the weights that turn `Evidence` into the log-odds of being
    relevant, in the order of `EVIDENCE` and `EVIDENCE_READ`. Below a probability of `floor`, or `floor_read`,
    a result is not worth showing. `reread` is the weight of the second stage's score, `lead` what the first
    result's score must exceed the next one's by for the second stage hardly ever to change what comes first.
    """

    weights: tuple[float, ...]
    together: float
    again: float
    confidence: tuple[float, ...]
    confidence_read: tuple[float, ...] = (0.0,) * len(EVIDENCE_READ)
    floor: float = 0.0
    floor_read: float = 0.0
    reread: float = 0.0
    lead: float = 0.0

    def scores(self, found: NDArray[np.float32]) -> NDArray[np.float32]:
        """The scores of features [candidates, features]: float32 [candidates]."""
        scores: NDArray[np.float32] = found @ np.array(self.weights, dtype=np.float32)
        return scores

    def least(self, evidence: Evidence) -> float:
        """The least probability that makes a result with this evidence worth showing."""
        return self.floor if evidence.read is None else self.floor_read

    def probability(self, evidence: Evidence) -> float:
        """The chance that a unit is what was asked for, from 0 to 1."""
        weights = self.confidence if evidence.read is None else self.confidence_read
        weighed = sum(weight * each for weight, each in zip(weights, as_row(evidence), strict=True))
        fitted = float(1.0 / (1.0 + np.exp(-np.clip(weighed, -30.0, 30.0))))
        if evidence.mention is None:
            return fitted
        # Either of the two may be what makes it right.
        return 1.0 - (1.0 - fitted) * (1.0 - max(_NAMED_CHANCE * evidence.mention.weight, _NAMED_LEAST))


def as_row(evidence: Evidence) -> tuple[float, ...]:
    """The evidence in the order of `EVIDENCE`, or of `EVIDENCE_READ` where the unit was read."""
    read = () if evidence.read is None else (evidence.read,)
    return (evidence.dense, evidence.covered, evidence.asked, evidence.exact, *read, 1.0)


def only(feature: str) -> Ranking:
    """The ranking by one feature alone, to compare with."""
    return Ranking(tuple(float(name == feature) for name in FEATURES), 0.0, 0.0, (0.0,) * len(EVIDENCE))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place, with the first stage's score, what that is the sum of, by name, and the
    chance that it is relevant.
    """

    candidate: Candidate
    score: float
    parts: tuple[tuple[str, float], ...]
    evidence: Evidence
    probability: float


def rank(ranking: Ranking, question: Question, candidates: Sequence[Candidate]) -> list[Ranked]:
    """The candidates, best first, without those that mostly overlap a better one of the same file."""
    found = features(question, candidates)
    paths = [each.stored.path for each in candidates]
    plain = ranking.scores(found)
    mentions = [each.mention for each in candidates]
    places = np.array([_NAMED * each.weight if each else 0.0 for each in mentions], dtype=np.float32)
    together = lifted(ranking, plain, paths)
    scores = together + places
    asked, exact = FEATURES.index("asked"), FEATURES.index("exact")
    ranked: list[Ranked] = []
    for row, better in spread(ranking, scores, [each.stored for each in candidates]).items():
        values = found[row].tolist()
        evidence = Evidence(
            candidates[row].dense,
            candidates[row].covered,
            float(values[asked]),
            float(values[exact]),
            mention=candidates[row].mention,
        )
        added = {
            **{name: w * value for name, w, value in zip(FEATURES, ranking.weights, values, strict=True)},
            "together": float(together[row] - plain[row]),
            "place": float(places[row]),
            "again": -ranking.again * better,
        }
        parts = tuple((name, part) for name, part in added.items() if part)
        score = sum(part for _, part in parts)
        ranked.append(Ranked(candidates[row], score, parts, evidence, ranking.probability(evidence)))
    return ranked


def read_ranking(folder: Path) -> Ranking:
    """The ranking beside an encoder's weights.

    Raises:
        CodesearchError: it is missing, or made for other features.

    """
    path = folder / RANKING
    try:
        found = json.loads(path.read_text("utf-8"))
        weights = tuple(float(found["weights"][name]) for name in FEATURES)
        confidence = tuple(float(found["confidence"][name]) for name in EVIDENCE)
        confidence_read = tuple(float(found["confidence_read"][name]) for name in EVIDENCE_READ)
        single = {name: float(found[name]) for name in _SINGLE}
        return Ranking(weights, confidence=confidence, confidence_read=confidence_read, **single)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CodesearchError(f"no usable {RANKING} at {folder}: reinstall codesearch ({error})") from error


def write_ranking(ranking: Ranking, folder: Path) -> None:
    """Writes the ranking beside an encoder's weights."""
    found = {
        "weights": {name: round(weight, 4) for name, weight in zip(FEATURES, ranking.weights, strict=True)},
        "confidence": {name: round(each, 4) for name, each in zip(EVIDENCE, ranking.confidence, strict=True)},
        "confidence_read": {
            name: round(each, 4) for name, each in zip(EVIDENCE_READ, ranking.confidence_read, strict=True)
        },
        **{name: round(getattr(ranking, name), 4) for name in _SINGLE},
    }
    (folder / RANKING).write_text(json.dumps(found, indent=2) + "\n", "utf-8")


def lifted(ranking: Ranking, scores: NDArray[np.float32], paths: list[str]) -> NDArray[np.float32]:
    """The scores with each file's second to fourth best hits counted in for all of it: float32 [candidates].

    A file that answers in several places is more likely the place. A hit counts as its softmax.
    """
    chances = np.exp(scores - scores.max(initial=0.0))
    chances /= max(float(chances.sum()), 1e-6)
    by_file: dict[str, list[float]] = {}
    for path, chance in zip(paths, chances, strict=True):
        by_file.setdefault(path, []).append(float(chance))
    support = {path: sum(sorted(found, reverse=True)[1:4]) for path, found in by_file.items()}
    lift = np.array([support[path] for path in paths], dtype=np.float32)
    return np.asarray(scores + ranking.together * lift, dtype=np.float32)


def spread(ranking: Ranking, scores: NDArray[np.float32], units: Sequence[StoredUnit]) -> dict[int, int]:
    """The rows of the candidates in their order, each lowered for the better ones of its file, and how many
    these are; without those that mostly overlap a better one of their file.
    """
    plain = scores.tolist()
    kept: dict[str, list[LineRange]] = {}
    better: dict[int, int] = {}
    for row in sorted(range(len(plain)), key=lambda row: -plain[row]):
        span = units[row].unit.span
        others = kept.setdefault(units[row].path, [])
        if not _overlaps(span, others):
            better[row] = len(others)
            insort(others, span, key=_START)
    return dict(sorted(better.items(), key=lambda each: ranking.again * each[1] - plain[each[0]]))


def _overlaps(span: LineRange, others: Sequence[LineRange]) -> bool:
    """Whether one of the others, which are in the order of their first lines, shows mostly the same lines.

    A function does and the one that makes up most of it, and a decorated one and the outline around it.
    """
    # Those that do begin no further away than the span is long; one file may have hundreds of others.
    length = span.end - span.start + 1
    first = bisect_left(others, span.start - length, key=_START)
    last = bisect_right(others, span.start + length, key=_START)
    return any(span.is_nearly(other) for other in others[first:last])
