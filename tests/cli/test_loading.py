"""What the program loads and starts: no more than a command needs, and than it is given."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run, program_environment, write_files


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["query", "--help"], 0),
        (["qurey", "x"], 2),
        (["query", "x", "--no-such-option"], 2),
        (["index", "--threads", "many"], 2),
    ],
)
def test_help_and_typing_errors_load_nothing_heavy(
    run: Run, tmp_path: Path, arguments: list[str], status: int
) -> None:
    done = run(*arguments, cwd=tmp_path, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == status
    loaded = set(re.findall(r"^import time: .*\| +(\w+)", done.stderr.decode(), re.MULTILINE))
    assert "typer" in loaded
    heavy = {"numpy", "onnxruntime", "hnswlib", "tokenizers", "rich", "textual", "tree_sitter", "sqlite3"}
    assert not heavy & loaded


# The program, telling what it sets before it loads what has threads, and what it starts.
TELLS_ITS_POOLS = """
import os, sys
from codesearch.cli import options

def tell(*words):
    os.write(1, " ".join(map(str, (*words, "\\n"))).encode())

def take_and_tell(threads, take=options.take_threads):
    assert not {"numpy", "tokenizers", "onnxruntime"} & set(sys.modules)
    cores = take(threads)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        tell("pool", os.environ[name])
    import onnxruntime

    def open_and_tell(model, options, made=onnxruntime.InferenceSession, **more):
        tell("pool", options.intra_op_num_threads)
        tell("at once", options.inter_op_num_threads)
        return made(model, options, **more)

    onnxruntime.InferenceSession = open_and_tell
    return cores

options.take_threads = take_and_tell
ours = "subprocess.Popen", sys.executable
sys.addaudithook(lambda event, arguments: (event, *arguments[:1]) == ours and tell("process"))
from codesearch.__main__ import main
main()
"""


@pytest.mark.parametrize("threads", [1, 3])
def test_no_more_threads_work_than_are_given(repository: Path, index_home: Path, threads: int) -> None:
    """In each library's own pool; the files are worth more processes than there may be."""
    write_files(repository, {f"many/{number}.py": f"def f{number}(): pass\n" for number in range(99)})
    command = [sys.executable, "-c", TELLS_ITS_POOLS, "index", "--threads", str(threads)]
    environment = program_environment(index_home)
    done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said = sorted(line.strip() for line in done.stdout.decode().splitlines())
    assert said == ["at once 1", *[f"pool {threads}"] * 5, *["process"] * threads]
