"""The dual encoder in torch: loading, cutting to fewer layers, encoding many texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

PASSAGE_TOKENS = 128
QUERY_TOKENS = 64
TOKENIZER = "tokenizer.json"
_BATCH_TOKENS = 8_192


class MeanPooledEncoder(nn.Module):
    """Token ids [batch, tokens] and mask -> unit vectors [batch, dimensions], float32."""

    def __init__(self, encoder: nn.Module, *, bfloat16: bool = False) -> None:
        super().__init__()
        self.encoder = encoder
        self.bfloat16 = bfloat16

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The mean of the token vectors that the mask keeps, scaled to length 1."""
        vectors, _ = self.both(input_ids, attention_mask)
        return vectors

    def both(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the token vectors themselves, each of length 1: [batch, tokens, dimensions]."""
        states: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        normalised = nn.functional.normalize
        return normalised(pooled.float(), dim=-1), normalised(states.float(), dim=-1)


def load_encoder(
    checkpoint: Path, *, layers: Sequence[int] | None = None, bfloat16: bool = False
) -> MeanPooledEncoder:
    """The encoder in a folder in Hugging Face's layout.

    Args:
        checkpoint: the folder.
        layers: the numbers of the layers to keep, in order; all where None.
        bfloat16: calculate in bfloat16, weights staying float32. For hardware that has it; on a CPU that
            has not, training is three times as slow so.

    """
    # Measured on CPUs: plain attention is the faster in bfloat16, the fused one in float32; dropout
    # costs a third of the time, and what is trained here sees each pair too seldom to need it.
    encoder: Any = AutoModel.from_pretrained(
        checkpoint,
        attn_implementation="eager" if bfloat16 else "sdpa",
        add_pooling_layer=False,
        dtype=torch.float32,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    if layers is not None:
        encoder.encoder.layer = nn.ModuleList([encoder.encoder.layer[number] for number in layers])
        encoder.config.num_hidden_layers = len(layers)
    return MeanPooledEncoder(encoder, bfloat16=bfloat16)


def save_encoder(model: MeanPooledEncoder, tokenizer: Tokenizer, folder: Path) -> None:
    """Writes weights, config and tokenizer in Hugging Face's layout."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder: Any = model.encoder
    encoder.save_pretrained(folder)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / TOKENIZER))


def load_tokenizer(checkpoint: Path) -> Tokenizer:
    """The tokenizer in a checkpoint's folder, cutting and padding nothing."""
    tokenizer = Tokenizer.from_file(str(checkpoint / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def token_ids(tokenizer: Tokenizer, texts: Sequence[str], most: int) -> list[list[int]]:
    """The ids of each text with its markers, cut to `most`."""
    tokenizer.enable_truncation(most)
    return [each.ids for each in tokenizer.encode_batch(list(texts))]


def padded(sequences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids and mask, int64 [sequences, longest]."""
    longest = max(map(len, sequences))
    ids = torch.zeros(len(sequences), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence)
        mask[row, : len(sequence)] = 1
    return ids, mask


def device_of(model: nn.Module) -> torch.device:
    """Where a model's weights are."""
    return next(model.parameters()).device


def autocast(model: MeanPooledEncoder) -> torch.autocast:
    """Where a model's arithmetic is done in the precision that it was loaded for."""
    return torch.autocast(device_of(model).type, dtype=torch.bfloat16, enabled=model.bfloat16)


def freeze(model: MeanPooledEncoder, layers: int) -> None:
    """Keeps the embeddings and the first layers as they are in training."""
    encoder: Any = model.encoder
    if layers:
        for part in (encoder.embeddings, *encoder.encoder.layer[:layers]):
            part.requires_grad_(False)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as an encoder gives them: unit vectors [texts, dimensions], and in portions of like length the
    numbers of the texts, their tokens' unit vectors [portion, tokens, dimensions] and which of these are
    words and no markers, bool [portion, tokens].
    """

    vectors: Tensor
    portions: tuple[tuple[Tensor, Tensor, Tensor], ...]


def in_portions(model: MeanPooledEncoder, sequences: Sequence[Sequence[int]], portions: int = 4) -> Encoded:
    """Sequences encoded to learn by, in so many portions of like length: padding a batch to its longest
    text costs several times what its texts do.
    """
    device = device_of(model)
    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    size = -(-len(order) // portions)
    vectors: list[Tensor] = []
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        ids, mask = (each.to(device) for each in padded([sequences[row] for row in rows]))
        with autocast(model):
            pooled, tokens = model.both(ids, mask)
        vectors.append(pooled)
        parts.append((torch.tensor(rows, device=device), tokens, word_mask(mask)))
    numbers = torch.cat([rows for rows, _, _ in parts])
    return Encoded(torch.cat(vectors)[numbers.argsort()], tuple(parts))


def word_mask(mask: Tensor) -> Tensor:
    """Which tokens are words: all that the mask [batch, tokens] keeps but the first and the last."""
    words = mask.bool().clone()
    words[:, 0] = False
    words[torch.arange(len(mask), device=mask.device), mask.sum(1) - 1] = False
    return words


def encode(
    model: MeanPooledEncoder, tokenizer: Tokenizer, texts: Sequence[str], *, most_tokens: int
) -> NDArray[np.float32]:
    """Unit vectors of texts, float32 [texts, dimensions], in their order."""
    sequences = token_ids(tokenizer, texts, most_tokens)
    order = sorted(range(len(sequences)), key=lambda row: -len(sequences[row]))
    vectors: NDArray[np.float32] | None = None
    model.eval()
    start = 0
    with torch.inference_mode(), autocast(model):
        while start < len(order):
            rows = order[start : start + max(1, _BATCH_TOKENS // len(sequences[order[start]]))]
            ids, mask = (each.to(device_of(model)) for each in padded([sequences[row] for row in rows]))
            found = model(ids, mask).float().cpu().numpy()
            if vectors is None:
                vectors = np.zeros((len(texts), found.shape[1]), dtype=np.float32)
            vectors[rows] = found
            start += len(rows)
    assert vectors is not None
    return vectors
