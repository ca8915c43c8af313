"""The repositories for choosing are searched by checkpoints and by weights alike."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from codesearch.training.export import ExportSettings, export_encoder

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
