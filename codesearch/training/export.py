"""A trained encoder -> the files that ship: an int8 ONNX model, its tokenizer, a manifest.

    codesearch train export --out codesearch/encode/weights/student

Takes a BERT-like checkpoint in Hugging Face's layout. Pooling and normalisation go into the graph,
so that the runtime sees token ids in and unit vectors out, whatever the encoder is inside.
Two minutes and 1.5 GB of memory for all-MiniLM-L6-v2 on 2 cores.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from torch import nn
from transformers import AutoModel

from codesearch.encode.manifest import Manifest, write_manifest
from codesearch.encode.text import TEXT_FORMAT
from codesearch.errors import CodesearchError
from codesearch.training.encoder import PASSAGE_TOKENS, QUERY_TOKENS, MeanPooledEncoder

_ONNX_OPSET = 18


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What is exported, and how long its inputs may be (in tokens, markers included)."""

    checkpoint: Path
    name: str
    licence: str
    out: Path
    passage_tokens: int = PASSAGE_TOKENS
    query_tokens: int = QUERY_TOKENS


def export_encoder(settings: ExportSettings) -> Manifest:
    """Writes `model.onnx`, `tokenizer.json` and `manifest.json` into `settings.out`.

    Raises:
        CodesearchError: the checkpoint lacks a tokenizer or a model that can be read.

    """
    tokenizer = settings.checkpoint / "tokenizer.json"
    if not tokenizer.is_file():
        raise CodesearchError(f"{settings.checkpoint} has no tokenizer.json")
    # Plain attention exports to the operators that ONNX Runtime fuses and quantises.
    encoder: Any = AutoModel.from_pretrained(settings.checkpoint, attn_implementation="eager")
    settings.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        _export_onnx(MeanPooledEncoder(encoder).eval(), full)
        quantise(full, settings.out / "model.onnx")
    shutil.copyfile(tokenizer, settings.out / "tokenizer.json")
    return write_manifest(
        settings.out,
        name=settings.name,
        licence=settings.licence,
        dimensions=encoder.config.hidden_size,
        passage_tokens=settings.passage_tokens,
        query_tokens=settings.query_tokens,
        text_format=TEXT_FORMAT,
    )


def quantise(full: Path, out: Path) -> None:
    """Writes the int8 form of a BERT-like ONNX model: one scale a channel, activations scaled on the fly.

    One scale a tensor, ONNX Runtime's default, is faster to make and known to cost quality.
    """
    with tempfile.TemporaryDirectory() as folder:
        fused = Path(folder) / "fused.onnx"
        # Joins what the exporter spells out, GELU above all; somewhat faster.
        optimize_model(os.fspath(full), model_type="bert", opt_level=0).save_model_to_file(os.fspath(fused))
        quantize_dynamic(fused, out, per_channel=True, weight_type=QuantType.QInt8)
    _strip(out)


def _strip(path: Path) -> None:
    """Removes what the exporter tells about the machine it ran on, so that equal models are equal files."""
    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    onnx.save(model, path)


def _export_onnx(model: nn.Module, path: Path) -> None:
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens", max=512)
    example = (torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long))
    torch.onnx.export(
        model,
        example,
        path,
        input_names=["input_ids", "attention_mask"],
        output_names=["vector"],
        dynamic_shapes=({0: batch, 1: tokens}, {0: batch, 1: tokens}),
        opset_version=_ONNX_OPSET,
        dynamo=True,
        external_data=False,
    )
