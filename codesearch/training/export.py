"""A trained encoder -> the files that ship: an int8 ONNX model, its tokenizer, a manifest.

    codesearch train export --out codesearch/encode/weights/student

Takes a BERT-like checkpoint in Hugging Face's layout. Pooling and normalisation go into the graph,
so that the runtime sees token ids in and unit vectors out, whatever the encoder is inside.
Two minutes and 1.5 GB of memory for all-MiniLM-L6-v2 on 2 cores.
"""

from __future__ import annotations

import json
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
from torch import Tensor, nn
from transformers import AutoModel

from codesearch.encode.encoder import OUTPUTS
from codesearch.encode.manifest import MODEL, QUERY_MODEL, Manifest, write_manifest
from codesearch.encode.text import TEXT_FORMAT
from codesearch.errors import CodesearchError
from codesearch.training.cross_encoder import (
    Calibration,
    CrossEncoderModel,
    load_cross_encoder,
    read_calibration,
)
from codesearch.training.encoder import PASSAGE_TOKENS, QUERY_TOKENS, TOKENIZER, MeanPooledEncoder

_ONNX_OPSET = 18


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What is exported, and how long its inputs may be (in tokens, markers included).

    `queries` is a checkpoint for the queries, where they have one of their own.
    """

    checkpoint: Path
    name: str
    licence: str
    out: Path
    passage_tokens: int = PASSAGE_TOKENS
    query_tokens: int = QUERY_TOKENS
    queries: Path | None = None


def export_encoder(settings: ExportSettings) -> Manifest:
    """Writes `model.onnx`, `tokenizer.json` and `manifest.json` of a dual encoder into `settings.out`.

    `settings.queries` comes out as `query.onnx`. Its tokenizer must be the same.

    Raises:
        CodesearchError: the checkpoint lacks a tokenizer or a model that can be read.

    """
    _check(settings.checkpoint)
    # Plain attention exports to the operators that ONNX Runtime fuses and quantises.
    inputs = ("input_ids", "attention_mask")
    settings.out.mkdir(parents=True, exist_ok=True)
    for checkpoint, name in ((settings.queries, QUERY_MODEL), (settings.checkpoint, MODEL)):
        if checkpoint is None:
            (settings.out / name).unlink(missing_ok=True)
        else:
            encoder: Any = AutoModel.from_pretrained(checkpoint, attn_implementation="eager")
            _write_onnx(WithTokens(MeanPooledEncoder(encoder)), inputs, OUTPUTS, settings.out / name)
    return _describe(settings)


def export_cross_encoder(settings: ExportSettings) -> Manifest:
    """The same for a cross-encoder; its scores come out calibrated, as log-odds of being relevant.

    Raises:
        CodesearchError: the checkpoint lacks a tokenizer or a model that can be read.

    """
    _check(settings.checkpoint)
    model = load_cross_encoder(settings.checkpoint)
    encoder: Any = model.base.encoder
    encoder.set_attn_implementation("eager")
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    settings.out.mkdir(parents=True, exist_ok=True)
    calibrated = Calibrated(model, read_calibration(settings.checkpoint))
    _write_onnx(calibrated, inputs, ("score",), settings.out / MODEL)
    return _describe(settings)


class WithTokens(nn.Module):
    """A dual encoder's vectors [batch, dimensions] and its tokens' [batch, tokens, dimensions]."""

    def __init__(self, model: MeanPooledEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Both outputs, float32."""
        return self.model.both(input_ids, attention_mask)


class Calibrated(nn.Module):
    """A cross-encoder's scores as log-odds, float32 [batch]."""

    def __init__(self, model: CrossEncoderModel, calibration: Calibration) -> None:
        super().__init__()
        self.model = model
        self.calibration = calibration

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Platt's scaling of the scores."""
        scores: Tensor = self.model(input_ids, attention_mask, token_type_ids)
        return scores * self.calibration.slope + self.calibration.offset


def _check(checkpoint: Path) -> None:
    if not (checkpoint / TOKENIZER).is_file():
        raise CodesearchError(f"{checkpoint} has no {TOKENIZER}")


def _write_onnx(model: nn.Module, inputs: tuple[str, ...], outputs: tuple[str, ...], path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        _export_onnx(model.eval(), full, inputs, outputs)
        quantise(full, path)


def _describe(settings: ExportSettings) -> Manifest:
    shutil.copyfile(settings.checkpoint / TOKENIZER, settings.out / TOKENIZER)
    config = json.loads((settings.checkpoint / "config.json").read_text("utf-8"))
    return write_manifest(
        settings.out,
        name=settings.name,
        licence=settings.licence,
        dimensions=config["hidden_size"],
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


def _export_onnx(model: nn.Module, path: Path, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens", max=512)
    torch.onnx.export(
        model,
        tuple(torch.ones(2, 16, dtype=torch.long) for _ in inputs),
        path,
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_shapes=tuple({0: batch, 1: tokens} for _ in inputs),
        opset_version=_ONNX_OPSET,
        dynamo=True,
        external_data=False,
    )
