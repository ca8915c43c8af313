"""An encoder made of anything BERT-like comes out as files that the runtime reads, and says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.training.encoder import MeanPooledEncoder
from codesearch.training.export import ExportSettings, export_encoder
from tests.conftest import Run

# torch's exporter warns about itself.
pytestmark = pytest.mark.filterwarnings("default")

TEXTS = ["read the file", "open connection", "retry write of a connection " * 8, "close"]


@pytest.fixture(scope="module")
def exported(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of weights made from the checkpoint."""
    out = tmp_path_factory.mktemp("out") / "weights"
    export_encoder(ExportSettings(checkpoint, "tiny", "MIT", out, passage_tokens=48, query_tokens=16))
    return out


def test_the_manifest_describes_what_was_exported(exported: Path) -> None:
    manifest = Encoder(exported, threads=1).manifest
    assert (manifest.name, manifest.licence, manifest.dimensions) == ("tiny", "MIT", 32)
    assert (manifest.passage_tokens, manifest.query_tokens) == (48, 16)
    assert manifest.verify(exported)


def test_int8_vectors_are_those_of_the_checkpoint(checkpoint: Path, exported: Path) -> None:
    """Mean over the tokens, length one: computed here by hand, one text at a time."""
    model: Any = BertModel.from_pretrained(checkpoint)
    model.eval()
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    vectors = Encoder(exported, threads=1).encode_passages(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        ids = torch.tensor([tokenizer.encode(text).ids[:48]])
        with torch.no_grad():
            states = model(input_ids=ids).last_hidden_state[0].numpy()
        expected = states.mean(axis=0)
        expected /= np.linalg.norm(expected)
        assert float(expected @ vector) > 0.98


def test_words_come_out_as_vectors_of_length_one_without_the_markers(
    checkpoint: Path, exported: Path
) -> None:
    model: Any = BertModel.from_pretrained(checkpoint)
    model.eval()
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    encoder = Encoder(exported, threads=1)
    for text, words in zip(TEXTS, encoder.passage_tokens(TEXTS), strict=True):
        tokenizer.enable_truncation(48)
        with torch.no_grad():
            states = model(input_ids=torch.tensor([tokenizer.encode(text).ids])).last_hidden_state[0]
        expected = torch.nn.functional.normalize(states, dim=-1).numpy()[1:-1]
        assert words.shape == expected.shape
        assert float((expected * words).sum(axis=1).min()) > 0.95
    assert encoder.query_tokens("read the file").shape == (3, 32)


def test_the_same_checkpoint_gives_the_same_files(checkpoint: Path, exported: Path, tmp_path: Path) -> None:
    export_encoder(ExportSettings(checkpoint, "tiny", "MIT", tmp_path, passage_tokens=48, query_tokens=16))
    for file in exported.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
    assert b"site-packages" not in (tmp_path / "model.onnx").read_bytes()


def test_padding_does_not_count(checkpoint: Path) -> None:
    model = MeanPooledEncoder(BertModel.from_pretrained(checkpoint, attn_implementation="eager")).eval()
    ids = torch.tensor([[2, 4, 5, 3, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 0, 0]])
    with torch.no_grad():
        padded, plain = model(ids, mask), model(ids[:, :4], mask[:, :4])
    torch.testing.assert_close(padded, plain, atol=1e-5, rtol=0)
    torch.testing.assert_close(plain.norm(dim=-1), torch.ones(1))


def test_a_folder_without_a_tokenizer_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CodesearchError, match=r"has no tokenizer\.json"):
        export_encoder(ExportSettings(tmp_path, "none", "MIT", tmp_path / "out"))


def test_the_command_exports_a_checkpoint(run: Run, checkpoint: Path, tmp_path: Path) -> None:
    done = run("train", "export", "--checkpoint", str(checkpoint), "--out", str(tmp_path / "w"), cwd=tmp_path)
    assert done.returncode == 0
    assert Encoder(tmp_path / "w", threads=1).encode_query("read").shape == (32,)
