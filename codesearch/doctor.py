"""Whether all that codesearch stands on is there and works, and what to do where it does not."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from shlex import quote

from codesearch import __version__
from codesearch.git import git_command, git_environment
from codesearch.index.location import Location
from codesearch.render.counted import counted

_REINSTALL = "install it again, in a clone of it: pip install --force-reinstall ."
# An index takes about as much again while it is written.
_LITTLE_SPACE = 200_000_000


class State(str, Enum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands with it, what was seen, and what to do (empty where nothing)."""

    about: str
    state: State
    seen: str
    advice: str = ""


Check = Callable[[], Iterator[Finding]]


def examine(location: Location, threads: int) -> Iterator[Finding]:
    """Everything that is looked at, one after the other; a check that fails is a finding, too.

    Args:
        location: the repository whose index is looked at, and where indexes lie.
        threads: how many cores the models may use.

    """
    checks: dict[str, Check] = {
        "installation": _installation,
        "packages": _packages,
        "weights": lambda: _weights(threads),
        "grammars": _grammars,
        "SQLite": _sqlite,
        "git": lambda: _git(location),
        "index folder": lambda: _index_folder(location.folder.parent),
        "index": lambda: _index(location),
        "terminal": _terminal,
    }
    for about, check in checks.items():
        try:
            yield from check()
        except Exception as error:  # whatever is broken is what is to be told
            yield Finding(about, State.PROBLEM, f"{type(error).__name__}: {error}", _REINSTALL)


def _installation() -> Iterator[Finding]:
    seen = f"codesearch {__version__}, {platform.python_implementation()} {platform.python_version()}"
    yield Finding("installation", State.OK, f"{seen} on {platform.system()} {platform.machine()}")


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, requires, version

    found, missing = set(), []
    try:
        required = requires("codesearch") or []
    except PackageNotFoundError:
        advice = "install it, in a clone of it: pip install ."
        yield Finding("packages", State.WARNING, "codesearch itself is run without being installed", advice)
        return
    for line in required:
        requirement, _, condition = line.partition(";")
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if "extra" in condition:
            continue
        try:
            found.add(f"{name} {version(name)}")
        except PackageNotFoundError:
            # A condition is about the Python that runs: which holds here is for pip to know.
            if not condition:
                missing.append(name)
    if missing:
        yield Finding("packages", State.PROBLEM, f"not installed: {', '.join(missing)}", _REINSTALL)
    else:
        yield Finding("packages", State.OK, ", ".join(sorted(found)))


def _weights(threads: int) -> Iterator[Finding]:
    from codesearch.encode.encoder import Encoder
    from codesearch.encode.manifest import read_manifest
    from codesearch.encode.weights import cross_encoder_folder, student_folder

    for folder in (student_folder(), cross_encoder_folder()):
        if folder is not None:
            manifest = read_manifest(folder)
            whole = manifest.verify(folder)
            seen = f"{manifest.name}: {'as they were made' if whole else 'files differ from their hashes'}"
            state, advice = (State.OK, "") if whole else (State.PROBLEM, _REINSTALL)
            yield Finding("weights", state, seen, advice)
    encoder = Encoder(student_folder(), threads=threads)
    query = encoder.encode_query("add two numbers")
    near, far = encoder.encode_passages(
        ["def add(a, b):\n    return a + b", "def close(file):\n    file.close()"]
    )
    right = float(query @ near) > float(query @ far)
    seen = f"a question comes {'nearer' if right else 'no nearer'} to its answer than to other code"
    state, advice = (State.OK, "") if right else (State.PROBLEM, _REINSTALL)
    yield Finding("encoder", state, f"{seen} ({query @ near:.2f}, {query @ far:.2f})", advice)


def _grammars() -> Iterator[Finding]:
    from codesearch.parse.grammars import has_grammar, package_version
    from codesearch.parse.languages import LANGUAGES
    from codesearch.parse.units import parse_source

    rows = [row for row in LANGUAGES if row.grammar]
    broken = []
    for row in rows:
        try:
            works = has_grammar(row.grammar) and bool(parse_source(b"x\n", row))
        except Exception:  # a grammar of another version fails in ways of its own
            works = False
        if not works:
            broken.append(row.name)
    if broken:
        seen = f"without grammar, cut into passages only: {', '.join(broken)}"
        yield Finding("grammars", State.PROBLEM, seen, _REINSTALL)
    else:
        yield Finding("grammars", State.OK, f"{len(rows)} languages parse, {package_version()}")


def _sqlite() -> Iterator[Finding]:
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE VIRTUAL TABLE t USING fts5 (words, content = '')")
    except sqlite3.OperationalError as error:
        advice = "use a Python whose SQLite has FTS5, such as the one of python.org or your system"
        yield Finding(
            "SQLite", State.PROBLEM, f"{sqlite3.sqlite_version}, no full-text search: {error}", advice
        )
    else:
        yield Finding("SQLite", State.OK, f"{sqlite3.sqlite_version} with full-text search")
    finally:
        database.close()


def _git(location: Location) -> Iterator[Finding]:
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        advice = "install git: until then ignore files are read without it"
        yield Finding("git", State.WARNING, f"cannot be run ({error})", advice)
        return
    yield Finding("git", State.OK, done.stdout.strip().removeprefix("git version "))
    if (location.root / ".git").exists():
        command = git_command(location.root, "rev-parse", "--git-dir")
        asked = subprocess.run(command, capture_output=True, check=False, env=git_environment())
        if asked.returncode != 0:
            # Its words may hold names of any bytes.
            said = " ".join(asked.stderr.decode("utf-8", "replace").split())
            seen = f"does not read {location.root}: {said[:200]}"
            advice = "do as git says; until then ignore files are read without it"
            yield Finding("repository", State.WARNING, seen, advice)


def _index_folder(home: Path) -> Iterator[Finding]:
    elsewhere = "choose another one: --index-dir, CODESEARCH_INDEX_DIR or index-dir in the settings"
    try:
        there = _nearest(home)
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Finding("index folder", State.PROBLEM, f"{home} cannot be written: {error.strerror}", elsewhere)
        return
    free = shutil.disk_usage(there).free
    seen = f"{home}{'' if there == home else ' (made when first needed)'}, {free / 1e9:.1f} GB free"
    if free < _LITTLE_SPACE:
        advice = f"make room (codesearch clean --gone removes what is of no use), or {elsewhere}"
        yield Finding("index folder", State.WARNING, seen, advice)
    elif there == home and os.name == "posix" and home.stat().st_mode & 0o022:
        advice = f"chmod go-w {quote(str(home))}"
        yield Finding("index folder", State.WARNING, f"{seen}; others can write there", advice)
    else:
        yield Finding("index folder", State.OK, seen)


def _nearest(folder: Path) -> Path:
    """The folder, or the first one above it that is there. Raises OSError where that cannot be told."""
    with suppress(FileNotFoundError):
        folder.stat()
        return folder
    return _nearest(folder.parent)


def _index(location: Location) -> Iterator[Finding]:
    from codesearch.encode.manifest import read_manifest
    from codesearch.encode.weights import student_folder
    from codesearch.index.catalogue import indexed
    from codesearch.index.open import why_unusable
    from codesearch.index.seal import DATABASE

    root, database = location.root, location.folder / DATABASE
    if not os.path.isfile(database):
        yield Finding("index", State.OK, f"none of {root} yet: the first question makes it")
        return
    anew = "the next question makes it anew; codesearch index does so now"
    try:
        unusable = why_unusable(location.folder, read_manifest(student_folder()))
    except (OSError, sqlite3.Error) as error:
        advice = f"remove it, the next question makes it anew: codesearch clean {quote(str(root))}"
        yield Finding("index", State.PROBLEM, f"that of {root} cannot be opened: {error}", advice)
        return
    if unusable:
        yield Finding("index", State.WARNING, f"that of {root} is of no use, {unusable}", anew)
        return
    held = indexed(location.folder).contents
    if held is None:
        yield Finding("index", State.WARNING, f"that of {root} cannot be read", anew)
        return
    fresh = "up to date"
    if held.changed:
        fresh = f"{counted(held.changed, 'file')} changed, read by the next question"
    holds = f"{counted(held.files, 'file')}, {counted(held.units, 'unit')}"
    yield Finding("index", State.OK, f"{root}: {holds}, {fresh}")
    if os.name == "posix" and database.stat().st_mode & 0o077:
        seen = f"others can read {database}, which tells of the source"
        yield Finding("index", State.WARNING, seen, f"chmod -R go-rwx {quote(str(location.folder))}")


def _terminal() -> Iterator[Finding]:
    from codesearch.render.colour import results_console

    encoding = sys.stdout.encoding
    if sys.stdout.isatty():
        console = results_console()
        seen = f"{console.width} columns, {console.color_system or 'no'} colours, {encoding}"
    else:
        seen = f"stdout is no terminal, {encoding}"
    if encoding.lower().replace("-", "") != "utf8":
        advice = "set PYTHONUTF8=1, or a locale with UTF-8 (LANG=C.UTF-8)"
        yield Finding("terminal", State.WARNING, f"{seen}: not all of Unicode can be shown", advice)
    else:
        yield Finding("terminal", State.OK, seen)
