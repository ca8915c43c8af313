"""ONNX Runtime and the tokenizer, as the encoders here need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

# Twice as many encode no faster and take half as much memory again.
_TOKENS_PER_BATCH = 2_048


def open_session(model: Path, threads: int) -> InferenceSession:
    """A session over an ONNX model that uses `threads` cores and no more.

    Raises:
        CodesearchError: the file is missing or is no model.

    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own error types share no public base
        raise CodesearchError(f"cannot load {model}: reinstall codesearch ({error})") from error


def open_tokenizer(path: Path, *, max_tokens: int) -> Tokenizer:
    """The tokenizer in a file, cutting at `max_tokens` and padding nothing.

    Raises:
        CodesearchError: the file is missing or is no tokenizer.

    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise CodesearchError(f"cannot load {path}: reinstall codesearch ({error})") from error
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def pad(sequences: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The sequences as rows, and a mask: both int64 [sequences, longest], zeros after a row's end."""
    longest = max(map(len, sequences))
    rows = np.zeros((len(sequences), longest), dtype=np.int64)
    mask = np.zeros_like(rows)
    for number, sequence in enumerate(sequences):
        rows[number, : len(sequence)] = sequence
        mask[number, : len(sequence)] = 1
    return rows, mask


def batches_by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers in batches of like length, so that little is padded; the longest come first."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, _TOKENS_PER_BATCH // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size
