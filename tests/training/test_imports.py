"""The stages that want a GPU run where nothing but torch, transformers, tokenizers and numpy is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

STAGES = ("teacher", "candidates", "cross_encoder", "students", "tune")
# Others, such as typer and filelock, come with transformers.
ABSENT = {
    "hnswlib",
    "onnx",
    "onnxruntime",
    "pathspec",
    "platformdirs",
    "tree_sitter",
    "tree_sitter_language_pack",
    "tree_sitter_languages",
}
PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import codesearch.training.{stage}
"""


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_needs_none_of_the_packages_that_only_the_program_needs(stage: str) -> None:
    program = PROGRAM.format(absent=ABSENT, stage=stage)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
