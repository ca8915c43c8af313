"""The bundled student: unit vectors, in order, whatever the batch, on the cores it is given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from codesearch.encode.encoder import Encoder
from codesearch.encode.manifest import read_manifest, write_manifest
from codesearch.encode.weights import student_folder
from codesearch.errors import CodesearchError

TEXTS = [
    "def read_file(path):\n    return open(path).read()",
    "x" * 3_000,
    "",
    "class Stack:\n    def push(self, item): ...",
    "日本語のコメント",
    "def send_mail(to, subject): smtp.send(to, subject)",
] * 20


def test_vectors_have_length_one_and_the_promised_shape(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.manifest.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.manifest.dimensions)


def test_a_texts_vector_hardly_depends_on_its_neighbours(encoder: Encoder) -> None:
    """Padding is masked; only int8's batch-wide scale remains."""
    together = encoder.encode_passages(TEXTS)
    for row in range(6):
        alone = encoder.encode_passages([TEXTS[row]])[0]
        assert float(alone @ together[row]) > 0.95


def test_order_is_kept_across_batches(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    for start in range(6, len(TEXTS), 6):
        similar = together[start : start + 6] @ together[:6].T
        assert list(similar.argmax(axis=1)) == list(range(6))


def test_a_question_is_nearest_to_the_function_that_answers_it(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS[:6])
    assert int((vectors @ encoder.encode_query("email somebody")).argmax()) == 5
    assert int((vectors @ encoder.encode_query("put an element on top")).argmax()) == 3


def test_the_manifest_tells_the_truth_about_the_bundled_files() -> None:
    manifest = read_manifest(student_folder())
    assert manifest.verify(student_folder())


def test_the_fingerprint_changes_with_the_files_and_the_text_format(tmp_path: Path) -> None:
    shutil.copy(student_folder() / "manifest.json", tmp_path)
    fields = json.loads((tmp_path / "manifest.json").read_text())
    before = read_manifest(tmp_path).fingerprint
    for change in ({"text_format": -1}, {"passage_tokens": 7}, {"sha256": {"model.onnx": "other"}}):
        (tmp_path / "manifest.json").write_text(json.dumps({**fields, **change}))
        assert read_manifest(tmp_path).fingerprint != before


@pytest.mark.parametrize("broken", ["manifest.json", "model.onnx", "tokenizer.json"])
def test_broken_weights_are_one_clear_error(broken: str, tmp_path: Path) -> None:
    folder = shutil.copytree(student_folder(), tmp_path / "weights")
    (folder / broken).write_bytes(b"not this")
    with pytest.raises(CodesearchError, match="reinstall codesearch"):
        Encoder(folder, threads=1).encode_passages(["x"])
    (folder / broken).unlink()
    with pytest.raises(CodesearchError, match="reinstall codesearch"):
        Encoder(folder, threads=1)


def test_queries_may_have_a_model_of_their_own(encoder: Encoder, tmp_path: Path) -> None:
    folder = shutil.copytree(student_folder(), tmp_path / "weights")
    shutil.copyfile(folder / "model.onnx", folder / "query.onnx")
    manifest = read_manifest(folder)
    write_manifest(
        folder,
        name=manifest.name,
        licence=manifest.licence,
        dimensions=manifest.dimensions,
        passage_tokens=manifest.passage_tokens,
        query_tokens=manifest.query_tokens,
        text_format=manifest.text_format,
    )
    both = Encoder(folder, threads=1)
    np.testing.assert_allclose(both.encode_query("push"), encoder.encode_passages(["push"])[0], atol=1e-3)
    (folder / "query.onnx").write_bytes(b"not this")
    damaged = Encoder(folder, threads=1)
    assert damaged.encode_passages(["x"]).shape == (1, manifest.dimensions)
    with pytest.raises(CodesearchError, match="reinstall codesearch"):
        damaged.encode_query("push")
