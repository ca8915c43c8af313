"""Which files of a repository are looked at.

Inside a git repository git itself says: tracked files and untracked ones that nothing excludes
(`.gitignore`, `.git/info/exclude`, the user's global excludes). Elsewhere, or where git cannot be
run, the folder is walked and its `.gitignore` files are read here. Either way `.ignore` and
`.codesearchignore` files have the last word, in that order, deeper folders over shallower ones.
Links are never followed.
"""

from __future__ import annotations

import codecs
import os
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path

from pathspec import GitIgnoreSpec

from codesearch.git import git_command, git_environment
from codesearch.patterns import read_patterns
from codesearch.regular import read_regular

_GIT_IGNORE = ".gitignore"
# The later file wins.
_OWN_IGNORES = (".ignore", ".codesearchignore")
# Version control's own folders, which no ignore file mentions.
_NEVER = frozenset({".git", ".hg", ".svn", ".jj"})
# More than the largest repositories take.
_GITS_SECONDS = 60
# What comes after it is not read.
_LARGEST_IGNORE_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file: its path below the root with `/` between parts (undecodable bytes as
    surrogates, see `os.fsdecode`), its size in bytes and its modification time.
    """

    path: str
    size: int
    mtime_ns: int


def walk(root: Path) -> list[FoundFile]:
    """The files below a folder that the ignore files leave, sorted by path.

    Folders and files that cannot be looked at are left out: what cannot be read cannot be searched.
    """
    listed = _git_files(root)
    paths = _without_ignored(root, listed) if listed is not None else _walk_folder(root)

    @lru_cache(maxsize=None)
    def is_folder(folder: str) -> bool:
        try:
            return not folder or stat.S_ISDIR(os.lstat(root / folder).st_mode)
        except OSError:
            return False

    @lru_cache(maxsize=None)
    def is_inside(folder: str) -> bool:
        """Whether no link leads to a folder: git lists tracked files even where one has taken its place."""
        return all(map(is_folder, _from_top(folder)))

    found = (_stat(root, path) for path in sorted(paths) if is_inside(path.rpartition("/")[0]))
    return [file for file in found if file is not None]


def count_up_to(root: Path, limit: int) -> int:
    """The number of files below a folder, counted no further than `limit` and without asking git."""
    return sum(1 for _ in islice(_walk_folder(root), limit))


def git_root(path: Path) -> Path | None:
    """The nearest folder at or above `path` that holds a git repository or worktree."""
    return next((each for each in (path, *path.parents) if os.path.exists(each / ".git")), None)


def _git_files(root: Path) -> set[str] | None:
    """Tracked and unignored files by git's account; None where git has none to give."""
    if not os.path.exists(root / ".git"):
        return None
    command = git_command(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        done = subprocess.run(
            command, capture_output=True, check=True, env=git_environment(), timeout=_GITS_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        # No git on this machine, or one that does not trust the folder's owner, or waits at a `.gitignore`
        # that is a pipe.
        return None
    return {os.fsdecode(path) for path in done.stdout.split(b"\0") if path}


def _without_ignored(root: Path, paths: set[str]) -> Iterator[str]:
    """The paths that no `.ignore` or `.codesearchignore` excludes."""

    @lru_cache(maxsize=None)
    def rules(folder: str) -> _Rules:
        if not folder:
            return _Rules(()).below(root, "", _OWN_IGNORES)
        return rules(folder.rpartition("/")[0]).below(root, folder, _OWN_IGNORES)

    @lru_cache(maxsize=None)
    def folder_ignored(folder: str) -> bool:
        if not folder:
            return False
        above = folder.rpartition("/")[0]
        return folder_ignored(above) or _is_ignored(f"{folder}/", rules(above))

    for folder in {path.rpartition("/")[0] for path in paths}:
        # From the top, so that no depth of folders is too deep.
        for each in _from_top(folder):
            folder_ignored(each)
    for path in paths:
        folder = path.rpartition("/")[0]
        if not folder_ignored(folder) and not _is_ignored(path, rules(folder)):
            yield path


def _from_top(folder: str) -> Iterator[str]:
    """The folders on the way from the root to a folder, both included."""
    yield ""
    parts = folder.split("/") if folder else []
    yield from accumulate(parts, "{}/{}".format)


def _walk_folder(root: Path) -> Iterator[str]:
    """The files below a folder, with ignore files read as git reads them."""
    gits, own = _Rules(()).below(root, "", (_GIT_IGNORE,)), _Rules(()).below(root, "", _OWN_IGNORES)
    pending = [("", gits, own)]
    while pending:
        folder, gits, own = pending.pop()
        for entry in _entries(root, folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NEVER and not _is_ignored(f"{path}/", own, gits):
                    below = gits.below(root, path, (_GIT_IGNORE,)), own.below(root, path, _OWN_IGNORES)
                    pending.append((path, *below))
            elif not _is_ignored(path, own, gits):
                yield path


def _entries(root: Path, folder: str) -> Iterable[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return ()


@dataclass(frozen=True, slots=True)
class _Rules:
    """Ignore files that hold in a folder, the weightiest last: (folder they stand in, patterns)."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...]

    def below(self, root: Path, folder: str, names: tuple[str, ...]) -> _Rules:
        """These rules and those of the ignore files in `folder`."""
        found = [(folder, spec) for name in names if (spec := _read_spec(root / folder / name))]
        return _Rules((*self.specs, *found)) if found else self

    def verdict(self, path: str) -> bool | None:
        """Whether the last pattern that matches the path excludes it, None where none does; folders end
        in `/`.
        """
        for folder, spec in reversed(self.specs):
            include = spec.check_file(path[len(folder) + 1 :] if folder else path).include
            if include is not None:
                return include
        return None


def _is_ignored(path: str, *weightiest_first: _Rules) -> bool:
    return next((found for rules in weightiest_first if (found := rules.verdict(path)) is not None), False)


def _read_spec(path: Path) -> GitIgnoreSpec | None:
    try:
        data = read_regular(path, _LARGEST_IGNORE_FILE, follow=True)
    except OSError:
        return None
    # Lines as git sees them; Python would end one at a form feed, too.
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    try:
        return read_patterns(lines)
    except ValueError:
        # One pattern that is no pattern must not undo the others.
        return read_patterns([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    try:
        read_patterns([line])
    except ValueError:
        return False
    return True


def _stat(root: Path, path: str) -> FoundFile | None:
    """The file at a path, None unless it is a regular file."""
    try:
        # Joined as text: a `Path` for each file takes longer than looking at it.
        status = os.lstat(os.path.join(root, path))
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    # A file may be dated beyond what 64 bits hold, which is what an index keeps.
    return FoundFile(path, status.st_size, max(-(2**63), min(status.st_mtime_ns, 2**63 - 1)))
