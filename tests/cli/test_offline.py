"""The whole job with the network taken away."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from codesearch.cli.commands import COMMANDS
from tests.conftest import FILES, PROGRAM, Run, git, program_environment, write_files

# A command line, and how its output begins.
LINES = [
    ("index --export -", "{"),
    ("index --index-dir ../other --import ../vectors", ""),
    ("query -k1 'send the order confirmation to the customer'", "shop/mail.js:2:"),
    ("query -k1 --rerank always --explain 'email the buyer'", "shop/mail.js:2:"),
    ("query -l --changed-since HEAD 'email the buyer'", "shop/mail.js\n"),
    ("query -k1 -", "shop/cart.py:14:"),
    ("status", ""),
    ("doctor", ""),
    ("config", ""),
    ("languages", ""),
    ("parse shop/cart.py", "shop/cart.py:"),
    ("eval --most 2 --json", "{"),
    ("clean --all --index-dir ../unwanted", ""),
    ("--help", ""),
]
# Any use of a socket ends the program at once, even inside a try.
REFUSE = """
import os, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        # What a process that parses says on stderr, nobody would read.
        with open(os.path.join(os.path.dirname(__file__), "used"), "a") as used:
            used.write(f"{event} {arguments}\\n")
        os._exit(99)

sys.addaudithook(refuse)
"""


def own_network_namespace() -> tuple[str, ...]:
    """A prefix that takes the network away from native code too, where the system allows it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    prefix = (unshare, "--net", "--map-root-user", "--user")
    allowed = subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    return prefix if allowed else ()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, index_home: Path) -> Path:
    """The small repository, committed and indexed, and an edit; beside it, its vectors and an index to
    remove.
    """
    root = tmp_path_factory.mktemp("work") / "shop"
    write_files(root, FILES)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Send mail")
    command = [*PROGRAM, "index", "--export", "../vectors"]
    subprocess.run(command, cwd=root, env=program_environment(index_home), check=True, timeout=120)
    shutil.copytree(index_home, root.parent / "unwanted")
    write_files(root, {"shop/mail.js": FILES["shop/mail.js"].replace("5", "7")})
    return root


@pytest.fixture(scope="module")
def index_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all commands."""
    return tmp_path_factory.mktemp("indexes")


@pytest.mark.parametrize(("command", "output"), LINES)
def test_no_command_uses_the_network(run: Run, shop: Path, tmp_path: Path, command: str, output: str) -> None:
    write_hook(tmp_path / "hook")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "hook"), os.environ.get("PYTHONPATH", "")])}
    trace = b'Traceback:\n  File "shop/cart.py", line 14, in total_price\n'
    done = run(*shlex.split(command), cwd=shop, env=env, prefix=own_network_namespace(), stdin=trace)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(output.encode())
    assert not (tmp_path / "hook/used").exists()


def test_every_command_but_those_that_need_more_is_among_them() -> None:
    """`tui` needs a terminal, `train` a corpus."""
    assert {command.split()[0] for command, _ in LINES} == {*COMMANDS, "--help"} - {"tui", "train"}


def test_the_refusal_works(run: Run, repository: Path, tmp_path: Path) -> None:
    """A test of the test: a program that does use a socket is caught."""
    write_hook(tmp_path / "hook", extra="import socket\nsocket.socket().close()\n")
    done = run("--version", cwd=repository, env={"PYTHONPATH": str(tmp_path / "hook")})
    assert done.returncode == 99
    assert (tmp_path / "hook/used").read_text().startswith("socket.")


def write_hook(folder: Path, extra: str = "") -> None:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSE + extra)
