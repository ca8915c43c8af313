"""How well an encoder finds Python functions for web queries: CoSQA (arXiv 2105.13239).

    python -m codesearch.evaluation.cosqa FOLDER SPLIT [--weights DIR] [--json FILE]

FOLDER holds the retrieval split as published: `code_idx_map.txt` (code -> number) and
`cosqa-retrieval-<SPLIT>-500.json`. The functions are parsed and encoded as the index would.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.encode.weights import student_folder
from codesearch.evaluation.metrics import reciprocal_rank
from codesearch.parse.file import parse_file

# CoSQA's functions have no file; this name says nothing about any.
_PATH = PurePosixPath("code.py")
# The published figures count every rank.
_ANY_DEPTH = 10_000


def cosqa_passages(codes: list[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Each function's texts as the index makes them, and whose each is: int64 [texts], ascending."""
    texts: list[str] = []
    owners: list[int] = []
    for number, code in enumerate(codes):
        parsed = parse_file(str(_PATH), code.encode())
        found = [text for unit in parsed.units for text in passage_texts(_PATH, unit, parsed.lines)] or [code]
        texts.extend(found)
        owners.extend([number] * len(found))
    return texts, np.array(owners, dtype=np.int64)


def main(
    folder: Annotated[Path, typer.Argument(help="Where the published files lie.")],
    split: Annotated[str, typer.Argument(help="dev or test.")],
    weights: Annotated[
        Path | None, typer.Option(help="The dual encoder.  [default: the bundled one]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--json", help="Write each query's reciprocal rank here.")
    ] = None,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints the MRR."""
    numbers: dict[str, int] = json.loads((folder / "code_idx_map.txt").read_text("utf-8"))
    codes = sorted(numbers, key=numbers.__getitem__)
    rows = json.loads((folder / f"cosqa-retrieval-{split}-500.json").read_text("utf-8"))
    encoder = Encoder(weights or student_folder(), threads=threads)
    texts, owners = cosqa_passages(codes)
    vectors = encoder.encode_passages(texts)
    starts = np.searchsorted(owners, np.arange(len(codes)))
    found: list[float] = []
    for row in rows:
        scores = np.maximum.reduceat(vectors @ encoder.encode_query(row["doc"]), starts)
        # A tie counts against the answer.
        rank = int((scores >= scores[codes.index(row["code"])]).sum())
        found.append(reciprocal_rank([rank], _ANY_DEPTH))
    print(f"CoSQA {split}: {len(found)} queries, {len(codes)} functions, MRR {np.mean(found):.3f}")
    if out is not None:
        out.write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
