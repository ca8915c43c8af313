"""What tests share: the real weights, a place for indexes, and a small repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from codesearch.encode.encoder import Encoder

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

# Making weights needs the extra `train`; what users run is tested without it.
collect_ignore = [] if find_spec("torch") else ["training"]
NOBODY = 65534
# Most tests ask for something else than how likely a result is, in repositories too small to judge by; and
# none depends on the settings of whoever runs it.
SHOW_ALL = {"CODESEARCH_MIN_SCORE": "0", "CODESEARCH_CONFIG": os.devnull}

FILES = {
    "shop/cart.py": '''"""The shopping cart."""

TAX = 0.19


class Cart:
    """What a customer is about to buy."""

    def __init__(self):
        self.lines = []

    def total_price(self):
        """Sum of all lines, value added tax included."""
        return sum(line.price for line in self.lines) * (1 + TAX)

    def remove_expired_vouchers(self, today):
        """Drop the discount codes that are no longer valid."""
        self.lines = [line for line in self.lines if line.valid_until >= today]
''',
    "shop/mail.js": """// Sends the order confirmation to the customer's mailbox.
export async function sendConfirmation(order, transport) {
  await transport.send({ to: order.email, subject: `Order ${order.id}` });
}

const retryWithBackoff = async (action, attempts = 5) => {
  for (let wait = 100; attempts > 0; attempts--, wait *= 2) {
    try { return await action(); } catch { await sleep(wait); }
  }
};
""",
    "server/pool.go": """package server

// Acquire waits for a free database connection.
func (p *Pool) Acquire() *Conn {
	return <-p.free
}
""",
    "deploy.zig": 'const std = @import("std");\n\npub fn uploadArtifacts() void {\n    ftp.put();\n}\n',
    "README.md": "# Shop\n",
}


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled student."""
    # Imported here: the parser's tests run where nothing but grammars is installed.
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.weights import student_folder

    return Encoder(student_folder(), threads=2)


@pytest.fixture
def index_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty place for indexes, outside of what is indexed."""
    return tmp_path_factory.mktemp("indexes")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small git repository in four languages, nothing committed."""
    root = tmp_path / "repository"
    write_files(root, FILES)
    git(root, "init", "--quiet")
    return root


def write_files(root: Path, files: dict[str, str]) -> None:
    """Writes text files below a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def git(root: Path, *arguments: str) -> None:
    """Runs git in a folder, with nobody's settings."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, env=environment)


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """A folder, and a test that runs as a user whom permissions hold back, even if root started it."""
    with tempfile.TemporaryDirectory() as name:
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(name, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            if is_root:
                os.seteuid(0)


@pytest.fixture
def run(index_home: Path) -> Run:
    """Runs the real program: `run("query", "text", cwd=folder)`."""

    def run_program(
        *arguments: str | bytes,
        cwd: Path,
        env: dict[str, str] | None = None,
        prefix: tuple[str, ...] = (),
        stdin: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "CODESEARCH_INDEX_DIR": os.fspath(index_home), **SHOW_ALL, **(env or {})}
        command = [*prefix, sys.executable, "-m", "codesearch", *arguments]
        return subprocess.run(
            command, cwd=cwd, env=environment, input=stdin, capture_output=True, timeout=120
        )

    return run_program
