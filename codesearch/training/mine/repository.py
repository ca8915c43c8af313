"""A repository as mining sees it: the files and commits of one revision, read from git itself.

Nothing is checked out, so a bare clone serves as well as one with a work tree.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codesearch.errors import CodesearchError
from codesearch.git import git_command, git_environment
from codesearch.parse.languages import could_be_code
from codesearch.parse.role import Role, role_of

_LARGEST_FILE = 200_000
# Source by its role, and yet nothing that anybody wrote to be read, or that repeats what stands elsewhere.
_RECORDED = re.compile(r"(^|/)(migrations|snapshots?|__snapshots__)/|\.d\.ts$|\.pyi$|\.lock$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository's name (`owner/name`), its git directory, and the commit that is read."""

    name: str
    git: Path
    revision: str


@dataclass(frozen=True, slots=True)
class Change:
    """A commit that touched few files: its subject, and (path, lines it left behind) of each."""

    revision: str
    subject: str
    touched: tuple[tuple[str, tuple[int, ...]], ...]


def open_repository(name: str, folder: Path, revision: str = "HEAD") -> Repository:
    """The repository in a folder: a git directory or a checkout.

    Raises:
        CodesearchError: git finds no such revision there.

    """
    git = folder / ".git" if (folder / ".git").exists() else folder
    found = _git(git, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    if not found:
        raise CodesearchError(f"{folder} has no commit {revision}")
    return Repository(name, git, found)


def is_test(path: str) -> bool:
    """Whether a file is a test, an example or a document by its path."""
    return role_of(path) in (Role.TEST, Role.EXAMPLE)


def is_their_own(path: str) -> bool:
    """Whether a file is code that people of this repository wrote, by its path."""
    return (
        could_be_code(PurePosixPath(path))
        and role_of(path) not in (Role.VENDORED, Role.GENERATED)
        and not _RECORDED.search(path)
    )


def code_files(repository: Repository) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file that is code, by its name, and the repository's own."""
    wanted = [
        (path, blob) for path, blob, size in _tree(repository) if size <= _LARGEST_FILE and is_their_own(path)
    ]
    contents = read_blobs(repository, [blob for _, blob in wanted])
    for (path, _), data in zip(wanted, contents, strict=True):
        if data is not None:
            yield path, data


def licence_files(repository: Repository) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each licence file at the top of the tree, else of those one folder down."""
    found = [
        (path, blob)
        for path, blob, size in _tree(repository)
        if size <= _LARGEST_FILE
        and re.match(
            r"(?i)([^/]+/)?((un)?licen[sc]e|copying)(\.(md|txt|rst)|-(mit|apache[^/]*|bsd[^/]*))?$", path
        )
    ]
    wanted = [each for each in found if "/" not in each[0]] or found
    for (path, _), data in zip(wanted, read_blobs(repository, [blob for _, blob in wanted]), strict=True):
        if data is not None:
            yield path, data


def read_blobs(repository: Repository, names: Sequence[str]) -> Iterator[bytes | None]:
    """The content of each object that git knows by these names; None where it lacks one."""
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{name}\n" for name in names).encode())
        asked.seek(0)
        command = _command(repository.git, "cat-file", "--batch")
        with subprocess.Popen(command, stdin=asked, stdout=subprocess.PIPE, env=git_environment()) as process:
            assert process.stdout is not None
            for _ in names:
                head = process.stdout.readline().split()
                if len(head) == 3 and head[1] == b"blob":
                    data = process.stdout.read(int(head[2]))
                    process.stdout.read(1)
                    yield data
                else:
                    if len(head) == 3:
                        process.stdout.read(int(head[2]) + 1)
                    yield None


def small_changes(repository: Repository, *, most_commits: int, most_files: int) -> Iterator[Change]:
    """The newest commits that changed at most `most_files` files of code, merges left out."""
    log = _git(
        repository.git,
        *(
            "log",
            "--no-merges",
            "--no-show-signature",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-renames",
            "--no-relative",
            "--diff-filter=M",
            "--submodule=short",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--inter-hunk-context=0",
            "-U0",
        ),
        *("--patch", f"--max-count={most_commits}", "--format=%x00%H%x09%s", repository.revision),
    ).decode("utf-8", "replace")
    for commit in log.split("\0")[1:]:
        head, _, patch = commit.partition("\n")
        revision, _, subject = head.partition("\t")
        touched = _touched_lines(patch.split("\n"))
        if 1 <= len(touched) <= most_files:
            yield Change(revision, subject, tuple((path, tuple(lines)) for path, lines in touched.items()))


def _touched_lines(patch: Iterable[str]) -> dict[str, list[int]]:
    """For each file of code that is no test, the numbers of the lines that the patch put there."""
    touched: dict[str, list[int]] = {}
    path = ""
    for line in patch:
        if line.startswith("+++ b/"):
            path = line[6:].rstrip("\t")
        elif path and (hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            if is_their_own(path) and not is_test(path):
                touched.setdefault(path, []).extend(range(start, start + max(count, 1)))
    return touched


def _tree(repository: Repository) -> Iterator[tuple[str, str, int]]:
    """(path, object, bytes) of each regular file."""
    listing = _git(repository.git, "ls-tree", "-r", "-z", "--long", repository.revision)
    for entry in listing.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        parts = head.split()
        # Git has no size to tell where it lacks the object.
        if len(parts) == 4 and parts[0].startswith(b"100") and parts[3].isdigit():
            yield path.decode("utf-8", "replace"), parts[2].decode(), int(parts[3])


def _git(git: Path, *arguments: str) -> bytes:
    command = _command(git, *arguments)
    return subprocess.run(command, capture_output=True, check=False, env=git_environment()).stdout


def _command(git: Path, *arguments: str) -> list[str]:
    return git_command(Path(), "--git-dir", os.fspath(git), *arguments)
