"""What has changed in a repository since a revision, line by line, by git's account."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codesearch.errors import CodesearchError
from codesearch.git import git_command, git_environment, unquoted
from codesearch.parse.unit import LineRange

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY = re.compile(rb'Binary files .* and ("b/.*"|b/.*) differ$')
_DIFF = (
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=all",
    "--submodule=short",
)


@dataclass(slots=True)
class Changes:
    """The lines of a file that are new or different, as it is now; `whole` means all of them.

    `seams` are the lines after which others were taken out: what spans a seam has changed, too.
    """

    whole: bool = False
    ranges: list[LineRange] = field(default_factory=list)
    seams: list[int] = field(default_factory=list)

    def touch(self, lines: LineRange) -> bool:
        """Whether any of the lines has changed, or what stood between two of them."""
        return (
            self.whole
            or any(each.start <= lines.end and lines.start <= each.end for each in self.ranges)
            or any(lines.start <= each < lines.end for each in self.seams)
        )


def changed_since(root: Path, revision: str) -> Mapping[str, Changes]:
    """The files that differ from a revision, committed since or not, and untracked ones, with their changes.

    Where the current branch has left that of the revision, it counts from where they parted: what others have
    done there since is no change. Nothing that the repository's configuration names is run.

    Args:
        root: the repository's root.
        revision: what git takes for a commit.

    Raises:
        CodesearchError: there is no repository, git or such a commit.

    """
    if not (root / ".git").exists():
        raise CodesearchError(f"--changed-since: {root} is not a git repository")
    start = _parted(root, revision)
    found = _differing(root, start)
    others = _git(root, "ls-files", "-z", "--others", "--exclude-standard")
    found.update({os.fsdecode(path): Changes(whole=True) for path in others.split(b"\0") if path})
    return found


def _parted(root: Path, revision: str) -> str:
    """The commit that HEAD and the revision have in common, else the revision's."""
    try:
        # Git would take it for an option.
        if revision.startswith("-"):
            raise subprocess.CalledProcessError(128, "git", stderr=b"")
        commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip()
        if said:
            raise CodesearchError(f"--changed-since: git says of {root}: {said}") from error
        raise CodesearchError(
            f"--changed-since: git knows no commit {revision!r} in {root}; take a branch, a tag or HEAD~3"
        ) from error
    try:
        return _git(root, "merge-base", commit, "HEAD").decode().split()[0]
    except (subprocess.CalledProcessError, IndexError):
        # Nothing in common, or no more of the history is here.
        return commit


def _git(root: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(
            git_command(root, *arguments), capture_output=True, check=True, env=git_environment()
        ).stdout
    except OSError as error:
        raise CodesearchError(f"--changed-since needs git: {error}") from error


def _differing(root: Path, commit: str) -> dict[str, Changes]:
    """The tracked files that differ from a commit."""
    command = git_command(root, *_without_filters(root), *_DIFF, commit, "--")
    # To a file and not a pipe: git may say more on stderr than a pipe holds while its output is read.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=git_environment()) as process,
    ):
        assert process.stdout is not None
        found = read_changes(process.stdout)
        if process.wait():
            said.seek(0)
            lines = said.read(1_000).decode("utf-8", "replace")
            raise CodesearchError(f"--changed-since: git cannot compare with {commit}: {lines}")
    return found


def _without_filters(root: Path) -> list[str]:
    """Settings that keep git from running the filters that attributes name on the files it reads.

    Raises:
        CodesearchError: a filter's name is such that it cannot be switched off.

    """
    try:
        listed = _git(root, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process)$")
    except subprocess.CalledProcessError:
        return []
    names = {os.fsdecode(key).split(".", 1)[1].rpartition(".")[0] for key in listed.split(b"\0") if key}
    off: list[str] = []
    for name in sorted(names):
        if "=" in name:
            raise CodesearchError(
                f"--changed-since: {root} has a filter {name!r}, which git cannot leave out"
            )
        for setting in ("clean=", "process=", "required=false"):
            off.extend(("-c", f"filter.{name}.{setting}"))
    return off


def read_changes(lines: Iterable[bytes]) -> dict[str, Changes]:
    """The changes in a unified diff without context, by the path that each file has after it."""
    found: dict[str, Changes] = {}
    changes = Changes()
    # What is left of a hunk: lines taken out and lines put in.
    out = put = 0
    seam = taken = 0
    first_blank = False
    for each in lines:
        line = each.rstrip(b"\n")
        if out or put:
            if line.startswith(b"-") and out:
                blank = not line[1:].strip()
                first_blank = blank if out == taken else first_blank
                out -= 1
                if not (out or put) and seam >= 0:
                    _take_out(changes, seam, first_blank=first_blank, last_blank=blank)
            elif line.startswith(b"+") and put:
                put -= 1
        elif line.startswith(b"+++ "):
            # A tab ends a name with spaces in it.
            path = unquoted(line[4:].rstrip(b"\t"))
            changes = Changes()
            if path != b"/dev/null":
                found[os.fsdecode(path.removeprefix(b"b/"))] = changes
        elif match := _HUNK.match(line):
            taken = out = int(match[1] or 1)
            put = int(match[3] or 1)
            start = int(match[2])
            seam = -1 if put else start
            if put:
                changes.ranges.append(LineRange(start, start + put - 1))
        elif binary := _BINARY.match(line):
            found[os.fsdecode(unquoted(binary[1]).removeprefix(b"b/"))] = Changes(whole=True)
    return found


def _take_out(changes: Changes, seam: int, *, first_blank: bool, last_blank: bool) -> None:
    """Records lines taken out after line `seam`.

    A blank line at either end of them sets them apart from what stands there: that has lost a neighbour
    and nothing of its own.
    """
    changes.seams.append(seam)
    if not first_blank and seam:
        changes.ranges.append(LineRange(seam, seam))
    if not last_blank:
        changes.ranges.append(LineRange(seam + 1, seam + 1))
