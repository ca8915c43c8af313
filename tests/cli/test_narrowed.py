"""What is searched can be said by lists of files, by what has changed and by language."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codesearch.parse.languages import LANGUAGES
from tests.conftest import Run, any_names, git, write_files


def files(run: Run, folder: Path, *options: str | bytes, stdin: bytes = b"") -> set[bytes]:
    """The files in which anything at all is found."""
    done = run("query", "anything", "-l", "-k", "100", *options, cwd=folder, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


def test_a_language_can_be_left_out(run: Run, repository: Path) -> None:
    some = files(run, repository, "-T", "python", "--type-not", "go")
    assert some == {b"shop/mail.js", b"deploy.zig"}
    assert files(run, repository, "-t", "go", "-t", "zig", "-T", "go") == {b"deploy.zig"}
    wrong = run("query", "anything", "-T", "pyton", cwd=repository)
    assert wrong.returncode == 2
    assert b"did you mean python" in wrong.stderr


@pytest.mark.parametrize("glob", ["[z-a]", "\\", "!!", "![z-a]"])
@pytest.mark.parametrize("command", ["query", "tui"])
def test_a_glob_that_is_no_pattern_is_one_clear_error(
    run: Run, repository: Path, command: str, glob: str
) -> None:
    asked = ["anything"] if command == "query" else []
    done = run(command, *asked, "-g", glob, cwd=repository)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert done.stderr.startswith(b"codesearch: --glob: ")


def test_globs_are_read_as_the_patterns_of_ignore_files_are(run: Run, repository: Path) -> None:
    """Without a word of Python's about brackets, and in time that does not explode."""
    name = "a" * 200 + ".py"
    write_files(repository, {name: "def water_plants():\n    pump.on()\n"})
    run("index", cwd=repository)
    done = run(
        "query", "anything", "-l", "-k100", "-g", "![[:x:]]", "-g", "!" + "*a" * 12 + "b", cwd=repository
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert name.encode() in done.stdout.splitlines()


def test_the_languages_are_listed_with_their_files(run: Run, tmp_path: Path) -> None:
    done = run("query", "--type-list", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == sorted(row.name for row in LANGUAGES)
    assert "go: *.go" in lines
    assert any(line.startswith("ruby: *.rb, ") and ", Rakefile" in line for line in lines)


def test_only_what_has_changed_since_a_revision_is_searched(run: Run, repository: Path) -> None:
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "x")
    nothing = run("query", "anything", "--changed-since", "HEAD", cwd=repository)
    assert (nothing.returncode, nothing.stdout) == (1, b"")
    assert nothing.stderr == b"codesearch: nothing has changed since HEAD\n"
    cart = repository / "shop/cart.py"
    cart.write_text(cart.read_text().replace("(1 + TAX)", "(1 + 2 * TAX)"))
    write_files(repository, {"new.py": "def water_plants():\n    pump.on()\n"})
    done = run("query", "anything", "--format", "{path} {name}", "--changed-since", "HEAD", cwd=repository)
    assert set(done.stdout.splitlines()) == {b"shop/cart.py Cart.total_price", b"new.py water_plants"}
    wrong = run("query", "anything", "--changed-since", "no-such-branch", cwd=repository)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.count(b"\n") == 1
    assert b"git knows no commit 'no-such-branch'" in wrong.stderr


def test_outside_of_a_repository_nothing_is_known_to_have_changed(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": "def f(): pass\n"})
    done = run("query", "anything", "--changed-since", "HEAD", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"codesearch: --changed-since: {tmp_path} is not a git repository\n"


def test_only_listed_files_are_searched_however_the_list_comes(run: Run, repository: Path) -> None:
    two = {b"shop/cart.py", b"deploy.zig"}
    assert files(run, repository, "--files-from", "-", stdin=b"shop/cart.py\ndeploy.zig\n") == two
    assert files(run, repository, "--files-from", "-", stdin=b"shop/cart.py\0./deploy.zig\0") == two
    (repository / "list.txt").write_bytes(b"shop/cart.py\ndeploy.zig")
    assert files(run, repository, "--files-from", "list.txt") == two
    ended = run("query", "anything", "-l0", "--files-from", "list.txt", cwd=repository)
    assert set(ended.stdout.split(b"\0")) == {*two, b""}
    inside = files(run, repository / "shop", "--files-from", "-", stdin=b"cart.py\n../server/pool.go\n")
    assert inside == {b"cart.py", b"../server/pool.go"}
    assert files(run, repository, "shop", "--files-from", "list.txt") == {b"shop/cart.py"}


@any_names
def test_listed_names_are_of_any_bytes_and_may_be_quoted_by_git(run: Run, repository: Path) -> None:
    names = [b"caf\xe9.py", b"new\nline.py", b'quo"te.py']
    for name in names:
        (repository / os.fsdecode(name)).write_text("def water_plants():\n    pump.on()\n")
    zero_ended = b"\0".join([*names, b""])
    done = run("query", "anything", "-l0", "--files-from", "-", cwd=repository, stdin=zero_ended)
    assert sorted(done.stdout.split(b"\0")[:-1]) == sorted(names)
    git_says = b'"caf\\351.py"\n"new\\nline.py"\n"quo\\"te.py"\n'
    quoted = run("query", "anything", "-l0", "--files-from", "-", cwd=repository, stdin=git_says)
    assert sorted(quoted.stdout.split(b"\0")[:-1]) == sorted(names)


def test_listed_files_that_cannot_be_searched_are_counted_once(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    # A name that is too long is that of no file.
    names = b"deploy.zig\ngone.py\n/etc/hostname\nserver\n" + b"long" * 2_000 + b"\n"
    done = run("query", "anything", "-l", "--files-from", "-", cwd=repository, stdin=names)
    assert (done.returncode, done.stdout) == (0, b"deploy.zig\n")
    assert done.stderr == (b"codesearch: 4 of the 5 files listed are not there, or not in what is searched\n")
    none = run("query", "anything", "--files-from", "-", cwd=repository, stdin=b"gone.py\n../a.py\n")
    assert (none.returncode, none.stdout, none.stderr.count(b"\n")) == (2, b"", 1)
    assert b"none of the files listed (2)" in none.stderr


@pytest.mark.parametrize("empty", [b"", b"\n\n", b"\0"])
def test_an_empty_list_finds_nothing_and_says_why(run: Run, repository: Path, empty: bytes) -> None:
    done = run("query", "anything", "--files-from", "-", cwd=repository, stdin=empty)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"codesearch: the list of files is empty: there is nothing to search\n"


def test_a_list_that_cannot_be_read_is_one_clear_error(run: Run, repository: Path) -> None:
    done = run("query", "anything", "--files-from", "no/such/list", cwd=repository)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"--files-from: cannot read no/such/list: No such file or directory" in done.stderr
