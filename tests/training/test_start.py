"""The starting checkpoint reads code in words, and says the same with fewer pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codesearch.training.corpus import Function, Query, RepositoryCorpus, write_corpus
from codesearch.training.encoder import encode, load_encoder, load_tokenizer
from codesearch.training.start import StartSettings, make_start, split_identifiers
from tests.training.conftest import HELD_OUT, TRAINED

READS = {
    "parseHTTPHeader": ["parse", "http", "header"],
    "drop_file": ["drop", "file"],
    "readFile(socket, the);": ["read", "file", "socket", "the"],
    "close{the}": ["close", "the"],
    "COUNT": ["count"],
}


@pytest.mark.parametrize("code", READS)
def test_identifiers_are_read_as_their_words_and_brackets_as_nothing(checkpoint: Path, code: str) -> None:
    tokenizer = split_identifiers(load_tokenizer(checkpoint), dropped=r"[_(){};,]+")
    words = "".join(tokenizer.encode(code, add_special_tokens=False).tokens).replace("##", "")
    assert words == "".join(READS[code])
    assert len(tokenizer.encode(code).tokens) <= len(load_tokenizer(checkpoint).encode(code).tokens)


def test_texts_of_kept_pieces_get_the_vectors_that_they_had(
    checkpoint: Path, corpus: Path, tmp_path: Path
) -> None:
    settings = StartSettings(corpus, tmp_path / "start", checkpoint, vocabulary=12, common=21)
    size = make_start(settings)
    before = load_tokenizer(checkpoint)
    after = load_tokenizer(tmp_path / "start")
    assert size == after.get_vocab_size() < before.get_vocab_size()
    texts = ["read the file", "close a socket"]
    old = split_identifiers(before, dropped=settings.dropped)
    for text in texts:
        assert after.encode(text).tokens == old.encode(text).tokens
    np.testing.assert_allclose(
        encode(load_encoder(tmp_path / "start"), after, texts, most_tokens=32),
        encode(load_encoder(checkpoint), old, texts, most_tokens=32),
        atol=1e-5,
    )


def test_a_word_whose_piece_was_dropped_falls_apart_and_is_not_lost(
    checkpoint: Path, corpus: Path, tmp_path: Path
) -> None:
    make_start(StartSettings(corpus, tmp_path / "start", checkpoint, vocabulary=4, common=0))
    tokens = load_tokenizer(tmp_path / "start").encode("connection").tokens
    assert "[UNK]" not in tokens
    assert "".join(token.removeprefix("##") for token in tokens[1:-1]) == "connection"


def test_words_of_held_out_repositories_alone_do_not_stay(checkpoint: Path, tmp_path: Path) -> None:
    for repository, word in ((HELD_OUT, "cookie"), (TRAINED, "socket")):
        asked = (Query("asked_question", f"where is the {word}"),)
        function = Function("a.py", word, "python", (f"def {word}():", "    pass"), (), asked)
        write_corpus(tmp_path, RepositoryCorpus(repository, (function,)))
    make_start(StartSettings(tmp_path, tmp_path / "start", checkpoint, common=0))
    vocabulary = load_tokenizer(tmp_path / "start").get_vocab()
    assert "socket" in vocabulary
    assert "cookie" not in vocabulary
