"""The repositories for choosing are searched by checkpoints and by weights alike."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from codesearch.training.corpus import Function, Query, RepositoryCorpus, is_asked
from codesearch.training.export import ExportSettings, export_encoder
from codesearch.training.pools import make_pool

# torch's exporter warns about itself.
pytestmark = pytest.mark.filterwarnings("default")


def test_weights_reach_what_their_checkpoint_reaches(checkpoint: Path, corpus: Path, tmp_path: Path) -> None:
    export_encoder(ExportSettings(checkpoint, "tiny", "MIT", tmp_path / "weights"))
    found = []
    for option in ("--passages", str(checkpoint)), ("--weights", str(tmp_path / "weights")):
        command = [sys.executable, "-m", "codesearch.evaluation.pools", str(corpus), *option]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert [line.split(" (")[0] for line in lines] == ["asked", "doc"]
        found.append([float(re.findall(r"all (\d\.\d+)", line)[0]) for line in lines])
    for one, other in zip(*found, strict=True):
        assert abs(one - other) < 0.1


def test_a_pool_holds_the_first_functions_each_in_its_first_form() -> None:
    functions = tuple(
        Function(f"{name}.py", name, "python", (f"def {name}():", f"    {body}()"), (), asked)
        for name, body, asked in (
            ("one", "first", (Query("asked_question", "a"),)),
            ("two", "second", (Query("asked_question", "b"),)),
            ("one", "later", (Query("asked_question", "c"),)),
        )
    )
    corpus = RepositoryCorpus("a/b", functions)
    shown = {}
    for most in (1, 2):
        pool = make_pool(corpus, is_asked, with_doc=True, functions=most, queries=9)
        assert pool is not None
        shown[most] = [("first" in text, "second" in text) for text in pool.passages], pool.queries
    assert shown == {1: ([(True, False)], ("a",)), 2: ([(True, False), (False, True)], ("a", "b"))}
