"""What docs/pipelines.md shows works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.cli.test_terminal import everything_written
from tests.conftest import FILES, OWN_TERMINAL, git, program_environment, write_files

DOCUMENT = Path(__file__).parents[1] / "docs" / "pipelines.md"
COMMANDS = re.findall(r"^    \$ (.+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
# How the output of each begins.
BEGINNINGS = [
    *["shop/cart.py:14:9:def total_price(self)"] * 6,
    "shop/cart.py:12:9:def total_price(self)",
    *["18 shop/cart.py"] * 2,
    "Cart.total_price",
    "shop/cart.py:12-14",
    "shop/cart.py:12:9:def total_price(self)",
]

CHECKOUT = """from cart import Cart

cart = Cart()
cart.lines = [None]
cart.total_price()
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a program that fails, its log, and an edit that is not committed."""
    root = tmp_path_factory.mktemp("work") / "shop"
    write_files(root, {**FILES, "shop/checkout.py": CHECKOUT})
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "x")
    cart = root / "shop/cart.py"
    cart.write_text(cart.read_text("utf-8").replace("(1 + TAX)", "(1.0 + TAX)"), "utf-8")
    program = [sys.executable, "shop/checkout.py"]
    (root / "server.log").write_bytes(subprocess.run(program, cwd=root, capture_output=True).stderr)
    return root


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """With `codesearch` on the path and a place for indexes."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "codesearch"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codesearch "$@"\n')
    program.chmod(0o755)
    variables = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return program_environment(tmp_path_factory.mktemp("indexes"), **variables)


@pytest.mark.parametrize(("command", "beginning"), list(zip(COMMANDS, BEGINNINGS, strict=True)))
def test_a_command_of_the_document_does_what_it_says(
    shop: Path, environment: dict[str, str], command: str, beginning: str
) -> None:
    script = f"set -o pipefail; {command}"
    if "2>&1 |" in command:
        # The program in front is to fail.
        script = command
    done = subprocess.run(["bash", "-c", script], cwd=shop, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().lstrip().startswith(beginning)


def test_results_can_be_picked_from_with_fzf(shop: Path, environment: dict[str, str]) -> None:
    (command,) = re.findall(r"^    (codesearch .+\| fzf .+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    fzf = Path(sysconfig.get_path("scripts"))
    # Somebody who presses Enter as soon as all is there.
    variables = {
        **environment,
        "PATH": f"{fzf}{os.pathsep}{environment['PATH']}",
        "TERM": "xterm",
        "FZF_DEFAULT_OPTS": "--bind load:accept",
    }
    status, said = everything_written([*OWN_TERMINAL, "bash", "-c", f"{command} > picked"], shop, variables)
    assert status == 0, said
    assert re.fullmatch(r"[\w/]+\.\w+:\d+:\d+:.+\n", (shop / "picked").read_text("utf-8"))
