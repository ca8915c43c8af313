"""The whole job with the network taken away."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import Run

# Any use of a socket ends the program at once, even inside a try.
REFUSE = """
import os, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"network used: {event} {arguments}\\n".encode())
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


def test_index_and_query_need_no_network(run: Run, repository: Path, tmp_path: Path) -> None:
    write_hook(tmp_path / "hook")
    env = {"PYTHONPATH": str(tmp_path / "hook")}
    prefix = own_network_namespace()
    assert run("index", cwd=repository, env=env, prefix=prefix).returncode == 0
    found = run(
        "query", "email the buyer about the purchase", "-k", "1", cwd=repository, env=env, prefix=prefix
    )
    assert found.stdout.startswith(b"shop/mail.js:2:")


def test_the_refusal_works(run: Run, repository: Path, tmp_path: Path) -> None:
    """A test of the test: a program that does use a socket is caught."""
    write_hook(tmp_path / "hook", extra="import socket\nsocket.socket().close()\n")
    done = run("--version", cwd=repository, env={"PYTHONPATH": str(tmp_path / "hook")})
    assert done.returncode == 99


def write_hook(folder: Path, extra: str = "") -> None:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSE + extra)
