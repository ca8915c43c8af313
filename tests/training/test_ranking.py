"""Fitting the ranking finds the weights that put answers first, and writes what a search reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.errors import CodesearchError
from codesearch.search.models import Models
from codesearch.search.ranking import read_ranking
from codesearch.search.result import Evidence
from codesearch.search.search import search
from codesearch.training.checkout import indexed
from codesearch.training.ranking import RankingSettings, evenly, fit_ranking, listwise_weights, read_rows

CODE = {
    "jar.py": """\
def drop_stale(jar):
    for cookie in jar:
        if cookie.old:
            jar.remove(cookie)
""",
    "net.py": """\
def open_socket(host):
    sock = connect(host)
    sock.settimeout(3)
    return sock
""",
    "mail.py": """\
def send_letter(to, text):
    post = Post(to)
    post.write(text)
    return post.send()
""",
}
QUESTIONS = {
    "jar.py": ["remove cookies that are too old", "where do stale cookies go"],
    "net.py": ["connect to a host", "how long until a connection times out"],
    "mail.py": ["post a letter to somebody", "how is text sent"],
}
# Names of the list of repositories that are held out.
REPOSITORIES = ("puma/puma", "helm/helm")


def test_the_weight_goes_to_what_tells_answers_from_others() -> None:
    random = np.random.default_rng(1)
    lists = []
    for _ in range(200):
        found = random.normal(size=(8, 3)).astype(np.float32)
        lists.append((found, (int((found[:, 0] - 0.5 * found[:, 1]).argmax()),)))
    first, second, third = listwise_weights(lists, 0.01)
    assert first > -second > abs(third) > -0.1
    assert abs(third) < 0.2 * first


def test_a_ranking_is_fitted_to_repositories_and_lies_beside_the_weights(tmp_path: Path) -> None:
    weights = shutil.copytree(student_folder(), tmp_path / "weights")
    (weights / "ranking.json").unlink()
    rows = []
    for repository in REPOSITORIES:
        folder = tmp_path / "checkouts" / repository.replace("/", "+")
        folder.mkdir(parents=True)
        # Each repository has what the other has not, so that some questions have no answer.
        mine = dict(list(CODE.items())[: 2 if repository == REPOSITORIES[0] else 3])
        for path, text in mine.items():
            (folder / path).write_text(text, "utf-8")
            asked = [{"kind": "question", "text": text} for text in QUESTIONS[path]]
            rows.append({"repo": repository, "path": path, "start_line": 1, "end_line": 4, "queries": asked})
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    found = read_rows([file], tmp_path / "checkouts")
    assert len(found) == 10
    said: list[str] = []
    settings = RankingSettings(found, tmp_path / "checkouts", weights, lost=0.0)
    ranking = fit_ranking(settings, said.append)
    assert read_ranking(weights).weights == pytest.approx(ranking.weights, abs=1e-3)
    assert ranking.probability(Evidence(0.7, 1.0, 1.0, 1.0)) > ranking.probability(
        Evidence(0.1, 0.0, 0.0, 0.0)
    )
    assert any("MRR" in each for each in said)
    assert ranking.reread > 0
    assert 0.0 < ranking.floor < 1.0
    assert read_ranking(weights).reread == pytest.approx(ranking.reread, abs=1e-3)
    assert read_ranking(weights).floor == pytest.approx(ranking.floor, abs=1e-3)
    # No right result may be lost, so the floor is the least score that a search shows one with.
    models = Models(Encoder(weights, threads=2), ranking)
    assert ranking.floor == pytest.approx(min(_right_scores(found, tmp_path / "checkouts", models)), abs=1e-3)


def _right_scores(rows: Sequence[dict[str, Any]], checkouts: Path, models: Models) -> Iterator[float]:
    """The score of each question's first result that is right."""
    for repository in REPOSITORIES:
        with indexed(checkouts / repository.replace("/", "+"), models.encoder) as searched:
            for row in rows:
                answer = search(searched, models, row["query"], limit=1, floor=0.0)
                if row["repo"] == repository and answer.results[0].path == row["path"]:
                    yield answer.results[0].score


def test_questions_about_repositories_that_are_trained_on_are_not_fitted_to(tmp_path: Path) -> None:
    (tmp_path / "someone+something").mkdir()
    row = {"repo": "someone/something", "path": "a", "start_line": 1, "end_line": 4, "queries": []}
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    assert read_rows([file], tmp_path) == ()


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 90))
def test_as_many_are_taken_of_one_sort_as_of_the_other_and_from_all_over(
    one: int, two: int, enough: int
) -> None:
    count = min(enough, one, two)
    for size in (one, two):
        taken = evenly(range(size), count)
        assert len(set(taken)) == count
        gaps = {after - before for before, after in zip([*taken], [*taken[1:], size], strict=True)}
        assert max(gaps) - min(gaps) <= 1


def test_questions_about_one_repository_alone_are_one_clear_error(tmp_path: Path) -> None:
    settings = RankingSettings((), tmp_path, student_folder())
    with pytest.raises(CodesearchError, match="two of the held-out repositories"):
        fit_ranking(settings, lambda said: None)
