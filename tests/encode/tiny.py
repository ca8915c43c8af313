"""A cross-encoder small enough to make in a test: it counts the tokens that query and passage share."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from codesearch.encode.manifest import MODEL, TOKENIZER, write_manifest
from codesearch.encode.weights import student_folder


def write_tiny_cross_encoder(folder: Path) -> Path:
    """Writes weights whose score is the number of equal (query token, passage token) pairs."""
    folder.mkdir(parents=True)
    shutil.copyfile(student_folder() / TOKENIZER, folder / TOKENIZER)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    output = helper.make_tensor_value_info("score", TensorProto.FLOAT, ["batch"])
    constants = [
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("last", TensorProto.INT64, [1], [2]),
        helper.make_tensor("middle", TensorProto.INT64, [1], [1]),
        # Markers such as [SEP] are no words.
        helper.make_tensor("first_word", TensorProto.INT64, [1], [4]),
        helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2]),
    ]
    nodes = [
        helper.make_node("Greater", ["input_ids", "first_word"], ["is_word_bool"]),
        helper.make_node("Cast", ["is_word_bool"], ["is_word"], to=TensorProto.INT64),
        helper.make_node("Sub", ["one", "token_type_ids"], ["query_side"]),
        helper.make_node("Mul", ["query_side", "is_word"], ["query_words"]),
        helper.make_node("Mul", ["token_type_ids", "is_word"], ["passage_words"]),
        helper.make_node("Unsqueeze", ["input_ids", "last"], ["rows"]),
        helper.make_node("Unsqueeze", ["input_ids", "middle"], ["columns"]),
        helper.make_node("Equal", ["rows", "columns"], ["equal_bool"]),
        helper.make_node("Cast", ["equal_bool"], ["equal"], to=TensorProto.INT64),
        helper.make_node("Unsqueeze", ["query_words", "last"], ["query_rows"]),
        helper.make_node("Unsqueeze", ["passage_words", "middle"], ["passage_columns"]),
        helper.make_node("Mul", ["query_rows", "passage_columns"], ["across"]),
        helper.make_node("Mul", ["across", "equal"], ["shared"]),
        helper.make_node("Cast", ["shared"], ["shared_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["shared_float", "axes"], ["score"], keepdims=0),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / MODEL)
    write_manifest(
        folder,
        name="tiny",
        licence="Apache-2.0",
        dimensions=1,
        passage_tokens=64,
        query_tokens=32,
        text_format=1,
    )
    return folder
