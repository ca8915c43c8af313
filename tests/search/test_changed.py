"""What has changed since a revision is what somebody touched; asking for it runs no program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codesearch.errors import CodesearchError
from codesearch.parse.unit import LineRange
from codesearch.search.changed import changed_since
from tests.conftest import any_names, git, write_files

TWENTY = "".join(f"line {number}\n" for number in range(1, 21))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit."""
    root = tmp_path / "root"
    names = ("kept.py", "edited.py", "gone.py", "moved.py", 'o"dd\n\\é.py')
    write_files(root, {name: f"{name.encode()!r}\n{TWENTY}" for name in names})
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=x")


def touched(root: Path, path: str, revision: str = "main") -> list[int]:
    """The lines of a file that are changed, by themselves."""
    changes = changed_since(root, revision)[path]
    return [number for number in range(1, 40) if changes.touch(LineRange(number, number))]


def test_committed_edited_staged_untracked_and_deleted_files_count(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "work")
    write_files(root, {"committed.py": "1\n"})
    commit(root)
    write_files(root, {"staged.py": "1\n", ".gitignore": "ignored.py\n", "ignored.py": "1\n"})
    git(root, "add", "staged.py")
    write_files(root, {"edited.py": TWENTY, "new.py": "1\n"})
    (root / "gone.py").unlink()
    found = set(changed_since(root, "main"))
    assert found == {"committed.py", "staged.py", "edited.py", "new.py", ".gitignore"}
    assert set(changed_since(root, "HEAD")) == found - {"committed.py"}


def test_what_others_did_since_the_branches_parted_is_no_change(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "work")
    git(root, "switch", "--quiet", "main")
    write_files(root, {"edited.py": "theirs\n"})
    commit(root)
    git(root, "switch", "--quiet", "work")
    write_files(root, {"kept.py": "mine\n"})
    commit(root)
    assert set(changed_since(root, "main")) == {"kept.py"}


def test_changes_are_told_line_by_line(root: Path) -> None:
    lines = (root / "edited.py").read_text().split("\n")
    lines[4] = "other"
    lines[10:10] = ["one", "two"]
    write_files(root, {"edited.py": "\n".join(lines)})
    assert touched(root, "edited.py") == [5, 11, 12]


def test_lines_taken_out_touch_what_they_stood_in_and_not_their_neighbours(root: Path) -> None:
    functions = [f"def f{number}():\n    x = 1\n    y = 2\n    return {number}\n\n\n" for number in range(3)]
    write_files(root, {"f.py": "".join(functions)})
    commit(root)

    def is_touched(lines: LineRange) -> bool:
        return changed_since(root, "HEAD")["f.py"].touch(lines)

    write_files(root, {"f.py": functions[0] + functions[2]})
    assert not is_touched(LineRange(1, 4))
    assert not is_touched(LineRange(7, 10))
    # A type around the functions has lost one.
    assert is_touched(LineRange(1, 10))
    write_files(root, {"f.py": "".join(functions).replace("    y = 2\n    return 1\n", "")})
    assert is_touched(LineRange(7, 8))
    assert not is_touched(LineRange(11, 14))


def test_a_file_that_was_only_moved_has_no_changed_lines(root: Path) -> None:
    (root / "moved.py").rename(root / "there.py")
    git(root, "add", "--all")
    assert "there.py" not in changed_since(root, "main")


@any_names
def test_names_of_any_bytes_and_binary_files_are_told(root: Path) -> None:
    (root / 'o"dd\n\\é.py').write_text("other\n")
    (root / os.fsdecode(b"caf\xe9 au lait.py")).write_text("x\n")
    (root / "kept.py").write_bytes(b"\0\1\2")
    git(root, "add", "--all")
    found = changed_since(root, "main")
    assert set(found) == {'o"dd\n\\é.py', os.fsdecode(b"caf\xe9 au lait.py"), "kept.py"}
    assert found["kept.py"].touch(LineRange(7, 7))


def test_another_repository_named_in_the_environment_is_not_asked(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    write_files(other, {"a.py": "1\n"})
    git(other, "init", "--quiet", "--initial-branch=main")
    commit(other)
    write_files(root, {"edited.py": "mine\n"})
    monkeypatch.setenv("GIT_DIR", os.fspath(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", os.fspath(other))
    assert set(changed_since(root, "main")) == {"edited.py"}


@pytest.mark.parametrize("revision", ["no-such", "", "--help", "-h", "main:edited.py", "a b", "main..HEAD"])
def test_what_is_no_commit_is_one_clear_error(root: Path, revision: str) -> None:
    with pytest.raises(CodesearchError, match="git knows no commit"):
        changed_since(root, revision)


def test_without_a_repository_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CodesearchError, match="not a git repository"):
        changed_since(tmp_path, "main")


def test_no_program_that_the_repository_names_is_run(root: Path) -> None:
    ran = root.parent / "ran"
    program = root.parent / "program"
    program.write_text(f"#!/bin/sh\necho x >> {ran}\ncat\n")
    program.chmod(0o755)
    for setting in (
        *("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"),
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.sshCommand"),
    ):
        git(root, "config", setting, str(program))
    git(root, "config", "filter.evil.required", "true")
    for hook in ("post-index-change", "pre-commit", "reference-transaction"):
        hooked = root / ".git/hooks" / hook
        hooked.parent.mkdir(exist_ok=True)
        hooked.symlink_to(program)
    (root / ".git/info/attributes").write_text("*.py filter=evil diff=evil\n")
    write_files(root, {"edited.py": TWENTY, "new.py": "1\n"})
    assert set(changed_since(root, "main")) == {"edited.py", "new.py"}
    assert not ran.exists()


def test_a_filter_that_cannot_be_switched_off_is_refused(root: Path) -> None:
    git(root, "config", "filter.a=b.clean", "touch ran")
    with pytest.raises(CodesearchError, match="filter"):
        changed_since(root, "main")
