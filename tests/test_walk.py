"""The walk finds what git would, with and without git, and never leaves the folder."""

from __future__ import annotations

import codecs
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesearch.walk import count_up_to, git_root, walk
from tests.conftest import any_names, git, write_files


def paths(root: Path) -> list[str]:
    return [file.path for file in walk(root)]


@pytest.fixture(params=["git", "no git"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    if request.param == "git":
        git(root, "init", "--quiet")
    return root


def test_ignore_files_hold_with_and_without_git(folder: Path) -> None:
    write_files(
        folder,
        {
            "a.py": "1",
            ".gitignore": "build/\n*.log\n!keep.log\n",
            "build/x.py": "1",
            "x.log": "1",
            "keep.log": "1",
            "deep/er/.gitignore": "/only_here.py\n",
            "deep/er/only_here.py": "1",
            "deep/only_here.py": "1",
            ".ignore": "notes.txt\n",
            "notes.txt": "1",
            ".codesearchignore": "vendored/\n!deep/keep.py\n",
            "vendored/lib.py": "1",
            "deep/.ignore": "keep.py\n",
            "deep/keep.py": "1",
        },
    )
    found = [path for path in paths(folder) if not Path(path).name.startswith(".")]
    assert found == ["a.py", "deep/only_here.py", "keep.log"]


def test_codesearchignore_beats_ignore_in_the_same_folder(folder: Path) -> None:
    write_files(folder, {".ignore": "*.py\n", ".codesearchignore": "!b.py\n", "a.py": "1", "b.py": "1"})
    assert [path for path in paths(folder) if path.endswith(".py")] == ["b.py"]


def test_codesearchignore_beats_the_gitignore_of_a_deeper_folder(folder: Path) -> None:
    write_files(
        folder,
        {
            ".codesearchignore": "secret.py\n",
            "deep/.gitignore": "!secret.py\n",
            "deep/secret.py": "1",
            "deep/a.py": "1",
        },
    )
    assert [path for path in paths(folder) if path.endswith(".py")] == ["deep/a.py"]


def test_an_invalid_pattern_does_not_undo_the_others(folder: Path) -> None:
    write_files(folder, {".codesearchignore": "!\nsecret.py\n", "secret.py": "1", "a.py": "1"})
    assert "secret.py" not in paths(folder)


def test_tracked_files_are_found_even_if_ignored_and_excludes_count(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_files(tmp_path, {"kept.py": "1", "mine.py": "1", "new.py": "1"})
    git(tmp_path, "add", "kept.py")
    write_files(tmp_path, {".gitignore": "kept.py\n", ".git/info/exclude": "mine.py\n"})
    assert paths(tmp_path) == [".gitignore", "kept.py", "new.py"]


def test_what_names_another_repository_in_the_environment_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        write_files(tmp_path / name, {f"{name}.py": "1"})
        git(tmp_path / name, "init", "--quiet")
        git(tmp_path / name, "add", ".")
        write_files(tmp_path / name, {".gitignore": "*.py\n"})
    monkeypatch.setenv("GIT_DIR", os.fspath(tmp_path / "one/.git"))
    assert paths(tmp_path / "other") == [".gitignore", "other.py"]
    monkeypatch.setenv("GIT_WORK_TREE", os.fspath(tmp_path / "one"))
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tmp_path / "one/.git/index"))
    assert paths(tmp_path / "other") == [".gitignore", "other.py"]


@pytest.mark.parametrize("name", [".gitignore", ".ignore", ".codesearchignore"])
def test_ignore_files_are_cut_into_lines_as_git_does_it(tmp_path: Path, name: str) -> None:
    files = {"a.py": "1", "b.py": "1", "c\u2028d.py": "1", "d.py": "1", "e.py": "1"}
    write_files(tmp_path, files)
    patterns = "a.py\r\nb.py\nc\u2028d.py\ne.py"
    (tmp_path / name).write_bytes(codecs.BOM_UTF8 + patterns.encode())
    assert [path for path in paths(tmp_path) if path in files] == ["d.py"]
    git(tmp_path, "init", "--quiet")
    assert [path for path in paths(tmp_path) if path in files] == ["d.py"]


def test_folders_that_are_called_as_ignore_files_are_let_go_again(folder: Path) -> None:
    names = [f"{number}/{name}/x.py" for number in range(20) for name in (".ignore", ".codesearchignore")]
    write_files(folder, dict.fromkeys(names, "1"))
    before = os.dup(0)
    os.close(before)
    assert paths(folder) == sorted(names)
    after = os.dup(0)
    os.close(after)
    assert after == before


def test_the_users_global_excludes_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    write_files(
        tmp_path, {"excludes": "*.bak.py\n", "config": f"[core]\nexcludesFile = {tmp_path}/excludes\n"}
    )
    write_files(root, {"a.py": "1", "b.bak.py": "1"})
    git(root, "init", "--quiet")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.fspath(tmp_path / "config"))
    assert paths(root) == ["a.py"]


def test_a_repository_that_git_refuses_is_walked(tmp_path: Path) -> None:
    write_files(tmp_path, {".git/HEAD": "nonsense", "a.py": "1", ".gitignore": "b.py\n", "b.py": "1"})
    assert paths(tmp_path) == [".gitignore", "a.py"]


def test_no_program_named_by_the_repository_is_run(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "core.fsmonitor", f"touch {tmp_path}/ran")
    write_files(tmp_path, {"a.py": "1"})
    assert paths(tmp_path) == ["a.py"]
    assert not (tmp_path / "ran").exists()


def test_a_tracked_file_that_was_deleted_is_not_found(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_files(tmp_path, {"a.py": "1", "b.py": "1"})
    git(tmp_path, "add", ".")
    (tmp_path / "b.py").unlink()
    assert paths(tmp_path) == ["a.py"]


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_files(outside, {"secret.py": "1"})
    write_files(folder, {"a.py": "1", "sub/b.py": "1"})
    (folder / "cycle").symlink_to(folder, target_is_directory=True)
    (folder / "out").symlink_to(outside, target_is_directory=True)
    (folder / "link.py").symlink_to(outside / "secret.py")
    assert paths(folder) == ["a.py", "sub/b.py"]


def test_pipes_and_sockets_are_not_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    assert paths(folder) == []


def test_ignore_files_that_are_none_are_passed_over(tmp_path: Path) -> None:
    """Nothing waits for a pipe, reads a device to its end, or minds what the bytes are."""
    write_files(tmp_path, {"a.py": "1", "one/b.py": "1", "two/c.py": "1", "three/d.py": "1"})
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "one/.codesearchignore").symlink_to("/dev/zero")
    (tmp_path / "two/.ignore").mkdir()
    (tmp_path / "three/.ignore").write_bytes(b"\xff\xfe\0[z-a]\n\n!\n[\n**[\nd.py\n")
    assert [path for path in paths(tmp_path) if path.endswith(".py")] == ["a.py", "one/b.py", "two/c.py"]


def test_a_link_to_an_ignore_file_is_one(folder: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"shared": "b.py\n", "root/a.py": "1", "root/b.py": "1"})
    (folder / ".codesearchignore").symlink_to(tmp_path / "shared")
    assert paths(folder) == ["a.py"]


def test_tracked_files_are_not_followed_through_a_link_in_their_folders_place(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {"a.py": "1", "deep/sub/b.py": "1"})
    git(root, "init", "--quiet")
    git(root, "add", ".")
    write_files(tmp_path, {"outside/sub/b.py": "secret"})
    (root / "deep/sub/b.py").unlink()
    (root / "deep/sub").rmdir()
    (root / "deep").rmdir()
    (root / "deep").symlink_to(tmp_path / "outside")
    assert paths(root) == ["a.py"]


def test_a_git_file_that_points_elsewhere_shows_nothing_of_there(tmp_path: Path) -> None:
    write_files(tmp_path, {"other/secret.py": "1", "root/a.py": "1"})
    git(tmp_path / "other", "init", "--quiet")
    git(tmp_path / "other", "add", ".")
    write_files(tmp_path, {"root/.git": f"gitdir: {tmp_path}/other/.git\n"})
    assert paths(tmp_path / "root") == ["a.py"]


@given(st.binary(max_size=200), st.sampled_from([".gitignore", ".ignore", ".codesearchignore"]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_an_ignore_file_are_survived(tmp_path: Path, data: bytes, name: str) -> None:
    write_files(tmp_path, {"a.py": "1", "sub/b.py": "1"})
    (tmp_path / name).write_bytes(data)
    assert set(paths(tmp_path)) <= {"a.py", "sub/b.py", ".gitignore", ".ignore", ".codesearchignore"}
    (tmp_path / name).unlink()


def test_no_depth_of_folders_is_too_deep(folder: Path) -> None:
    write_files(folder, {"a.py": "1"})
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(1_100):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.py").write_text("1")
        os.chdir(folder)
        found = paths(folder)
    finally:
        os.chdir(here)
        # Python's own way is not up to it.
        subprocess.run(["rm", "-r", folder / "d"], check=True)
    deep = "d/" * 1_100 + "deep.py"
    # What is too long for the system's own calls is nobody's to open.
    is_too_long = len(os.fspath(folder / deep)) >= os.pathconf(folder, "PC_PATH_MAX")
    assert found == (["a.py"] if is_too_long else ["a.py", deep])


def test_an_unreadable_folder_is_passed_over(ordinary_folder: Path) -> None:
    write_files(ordinary_folder, {"a.py": "1", "closed/b.py": "1"})
    (ordinary_folder / "closed").chmod(0)
    assert paths(ordinary_folder) == ["a.py"]
    (ordinary_folder / "closed").chmod(0o700)


@any_names
def test_names_of_any_bytes_are_kept(folder: Path) -> None:
    names = [b"with space.py", b"new\nline.py", b"caf\xe9.py", "日本.py".encode()]
    for name in names:
        (folder / os.fsdecode(name)).write_text("1")
    assert sorted(os.fsencode(path) for path in paths(folder)) == sorted(names)


def test_counting_stops_at_the_limit(folder: Path) -> None:
    write_files(folder, {f"{number}.py": "1" for number in range(20)})
    assert count_up_to(folder, 7) == 7
    assert count_up_to(folder, 100) == 20


def test_git_root_is_found_from_below_and_in_worktrees(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_files(tmp_path, {"a/b/c.py": "1", "tree/.git": "gitdir: elsewhere\n"})
    assert git_root(tmp_path / "a" / "b") == tmp_path
    assert git_root(tmp_path / "tree") == tmp_path / "tree"
