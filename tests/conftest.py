"""What tests share: the real weights, a place for indexes, and a small repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from codesearch.encode.encoder import Encoder
    from codesearch.index.location import Location
    from codesearch.search.models import Models

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
Start = Callable[..., "subprocess.Popen[bytes]"]

# Making weights needs the extra `train`; what users run is tested without it.
collect_ignore = [] if find_spec("torch") else ["training"]
NOBODY = 65534
# Most tests ask for something else than how likely a result is, in repositories too small to judge by.
SHOW_ALL = {"CODESEARCH_MIN_SCORE": "0"}
PROGRAM = (sys.executable, "-m", "codesearch")
# Where tests run in the background, Ctrl-C is ignored and programs inherit that: starts one that is not deaf.
# (`preexec_fn` would do so, too, but Python warns of it where there are threads.)
HEARS_CTRL_C = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " os.execvp(sys.argv[1], sys.argv[1:])",
)
# Starts a program whose own terminal its standard error is, as a shell's is.
OWN_TERMINAL = (
    sys.executable,
    "-c",
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(2, termios.TIOCSCTTY, 0);"
    " os.execvp(sys.argv[1], sys.argv[1:])",
)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
any_names = pytest.mark.skipif(sys.platform == "darwin", reason="names of files must be UTF-8 there")

# How long an example takes says more of what else the machine does than of what is tested.
settings.register_profile("codesearch", deadline=None)
settings.load_profile("codesearch")

# What would change how the program, or git, behaves.
_SETTINGS = re.compile(r"CODESEARCH_(?!TEST_).*|GIT_.*|NO_COLOR|FORCE_COLOR|CLICOLOR_FORCE|COLUMNS")

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


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings() -> Iterator[None]:
    """Nothing depends on the settings of whoever runs the tests, neither here nor in programs started."""
    with pytest.MonkeyPatch.context() as environment:
        for name in filter(_SETTINGS.fullmatch, list(os.environ)):
            environment.delenv(name)
        for name in ("CODESEARCH_CONFIG", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
            environment.setenv(name, os.devnull)
        yield


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled student."""
    # Imported here: the parser's tests run where nothing but grammars is installed.
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.weights import student_folder

    return Encoder(student_folder(), threads=2)


@pytest.fixture(scope="session")
def models(encoder: Encoder) -> Models:
    """The bundled student with its ranking, and no second stage."""
    from codesearch.encode.weights import student_folder
    from codesearch.search.models import Models
    from codesearch.search.ranking import read_ranking

    return Models(encoder, read_ranking(student_folder()))


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


@pytest.fixture
def location(repository: Path, index_home: Path) -> Location:
    """The small repository's place, nothing indexed."""
    from codesearch.index.location import locate

    return locate(repository, index_home)


def write_files(root: Path, files: dict[str, str]) -> None:
    """Writes text files below a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def git(root: Path, *arguments: str) -> None:
    """Runs git in a folder."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True)


def program_environment(index_home: Path, **more: str) -> dict[str, str]:
    """What the program runs in: a place for indexes of its own, and all results shown."""
    return {**os.environ, "CODESEARCH_INDEX_DIR": os.fspath(index_home), **SHOW_ALL, **more}


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
        return subprocess.run(
            [*prefix, *PROGRAM, *arguments],
            cwd=cwd,
            env=program_environment(index_home, **(env or {})),
            input=stdin,
            capture_output=True,
            timeout=120,
        )

    return run_program


@pytest.fixture
def start(index_home: Path) -> Start:
    """Starts the real program and does not wait: `start("index", cwd=folder)`; its output goes into pipes."""

    def start_program(*arguments: str, cwd: Path, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*prefix, *PROGRAM, *arguments],
            cwd=cwd,
            env=program_environment(index_home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start_program
