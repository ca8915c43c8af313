"""The queries' encoder learns to meet the passages of whole repositories as they are."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.training.corpus import read_corpus
from codesearch.training.export import ExportSettings, export_encoder
from codesearch.training.queries import QueriesSettings, draw, make_shelves, train_queries, whole_pool_loss
from tests.training.conftest import FAST, NOUNS, VERBS, silent

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def settings(corpus: Path, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> QueriesSettings:
    """An untaught encoder of both sides, exported, of which that of queries is to learn."""
    weights = tmp_path_factory.mktemp("weights")
    export_encoder(ExportSettings(checkpoint, "tiny", "Apache-2.0", weights))
    out = tmp_path_factory.mktemp("queries")
    return QueriesSettings(corpus, checkpoint, weights, out, FAST, each=24, frozen_layers=0)


def test_queries_learn_to_meet_passages_that_stay_and_are_encoded_once(settings: QueriesSettings) -> None:
    scores = train_queries(settings, silent)
    assert max(row["choice"] for row in scores.values()) > scores["0.0"]["choice"] + 0.1
    assert json.loads((settings.out / "scores.json").read_text("utf-8")) == scores
    written = {path: path.stat().st_mtime_ns for path in (settings.out / "vectors").iterdir()}
    said: list[str] = []
    assert train_queries(settings, said.append) == scores
    assert not any("step" in line for line in said)
    assert {path: path.stat().st_mtime_ns for path in (settings.out / "vectors").iterdir()} == written


def test_a_step_sets_each_query_against_all_passages_and_hides_its_doc_comment(
    settings: QueriesSettings,
) -> None:
    encoder = Encoder(settings.weights, threads=1)
    shelves = make_shelves(read_corpus(settings.corpus), encoder, settings, silent)
    assert [shelf.count for shelf in shelves] == [len(VERBS) * len(NOUNS)] * 2
    step = draw(Random(1), shelves, settings)
    assert len(step.passages) == len(step.owners) == sum(shelf.count for shelf in shelves)
    assert len(set(step.queries[:24])) == 24
    again = draw(Random(1), shelves, settings)
    assert again.queries == step.queries
    rows, bare = step.bare
    assert 0 < len(rows) == len(bare) < len(step.queries)
    for row, query in enumerate(step.queries):
        verb, noun = query.split()[0], query.split()[-1]
        (own,) = np.flatnonzero(step.owners == step.answers[row])
        shown = encoder.encode_passages(
            [f'{noun} {verb} {noun}\ndef {verb}_{noun}():\n    """{verb} the {noun}."""\n    {noun}.{verb}()']
        )[0]
        assert float(step.passages[own] @ torch.from_numpy(shown)) > 0.97
    # Without its comment a passage is another text.
    owned = step.passages[[int(np.flatnonzero(step.owners == step.answers[row])[0]) for row in rows]]
    assert not torch.allclose(owned, bare, atol=1e-3)


def test_the_loss_is_that_of_the_best_own_passage_among_all_of_others() -> None:
    scores = torch.tensor([[1.0, 3.0, 2.0, 0.0], [0.5, 0.5, 0.5, 0.5]])
    own = torch.tensor([[True, True, False, False], [False, False, True, False]])
    first = -math.log(math.exp(3) / (math.exp(3) + math.exp(2) + 1))
    second = -math.log(1 / 4)
    none = torch.zeros(0, dtype=torch.long)
    assert whole_pool_loss(scores, own, none, torch.zeros(0)).item() == pytest.approx((first + second) / 2)
    # The second's answer is another text, which scores higher.
    other = -math.log(math.exp(2) / (math.exp(2) + 3 * math.exp(0.5)))
    found = whole_pool_loss(scores, own, torch.tensor([1]), torch.tensor([2.0]))
    assert found.item() == pytest.approx((first + other) / 2)


def test_a_corpus_without_anything_to_train_on_is_one_clear_error(settings: QueriesSettings) -> None:
    encoder = Encoder(settings.weights, threads=1)
    with pytest.raises(CodesearchError, match="no repository to train on"):
        make_shelves([], encoder, settings, silent)
