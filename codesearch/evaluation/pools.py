"""How well an encoder finds functions in the repositories for choosing, from the corpus, by vectors alone.

    python -m codesearch.evaluation.pools CORPUS [--weights DIR]
    python -m codesearch.evaluation.pools CORPUS --passages CHECKPOINT [--queries CHECKPOINT]

CORPUS is what `codesearch train mine` wrote. The repositories for choosing (`training/heldout.py`) are
pools of their first functions; written questions and doc comments, which the passages then lack, are
asked. Checkpoints are measured in full precision (extra `train`), weights as the product runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.training.heldout import choosing_pools
from codesearch.training.pools import Encode, mrr_over


def of_weights(folder: Path, threads: int) -> tuple[Encode, Encode]:
    """What encodes passages and queries with exported weights."""
    encoder = Encoder(folder, threads=threads)

    def encode_queries(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([encoder.encode_query(text) for text in texts])

    return encoder.encode_passages, encode_queries


def of_checkpoints(passages: Path, queries: Path, threads: int) -> tuple[Encode, Encode]:
    """What encodes passages and queries with checkpoints, in full precision."""
    import torch

    from codesearch.training.encoder import PASSAGE_TOKENS, QUERY_TOKENS, encode, load_encoder, load_tokenizer

    torch.set_num_threads(threads)
    tokenizer = load_tokenizer(passages)
    for_passages, for_queries = load_encoder(passages), load_encoder(queries)
    return (
        lambda texts: encode(for_passages, tokenizer, texts, most_tokens=PASSAGE_TOKENS),
        lambda texts: encode(for_queries, tokenizer, texts, most_tokens=QUERY_TOKENS),
    )


def main(
    corpus: Annotated[Path, typer.Argument(help="What `codesearch train mine` wrote.")],
    weights: Annotated[
        Path | None, typer.Option(help="Exported weights.  [default: the bundled ones]")
    ] = None,
    passages: Annotated[Path | None, typer.Option(help="A checkpoint instead.")] = None,
    queries: Annotated[Path | None, typer.Option(help="Another one for the queries.")] = None,
    functions: Annotated[int, typer.Option(help="The most functions a pool.")] = 100,
    most: Annotated[int, typer.Option(help="The most queries a pool.")] = 60,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints MRR@10 of each set and kind of query."""
    if passages is None:
        ways = of_weights(weights or student_folder(), threads)
    else:
        ways = of_checkpoints(passages, queries or passages, threads)
    for name, pools in choosing_pools(corpus, functions=functions, queries=most).items():
        count = sum(len(pool.queries) for pool in pools)
        found = ", ".join(f"{kind} {value:.3f}" for kind, value in mrr_over(pools, *ways).items())
        print(f"{name} ({count} queries, {len(pools)} repositories): {found}")


if __name__ == "__main__":
    typer.run(main)
