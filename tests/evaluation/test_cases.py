"""What a repository asks of itself, what a file asks, and how high the answers stand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from codesearch.errors import CodesearchError
from codesearch.evaluation.bench import relevant_ranks
from codesearch.evaluation.cases import Case, Span, own_cases, read_cases
from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.search.result import Place
from tests.conftest import git, write_files

JAR = '''\
def drop_stale_cookies(jar):
    """Remove the cookies that are older than a week."""
    for cookie in list(jar):
        if cookie.age > WEEK:
            jar.remove(cookie)


def f(x):
    y = x + 1
    return y
'''


def place(path: str, start: int, end: int) -> Place:
    return Place(path, Unit(Kind.FUNCTION, "f", "f()", start, end, start, 1, (LineRange(start, end),)))


def test_a_repository_asks_for_what_its_comments_names_and_commits_say(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_files(tmp_path, {"jar.py": JAR.replace("> WEEK", ">= WEEK"), "tests/test_jar.py": JAR})
    for subject, text in (("Begin", ""), ("Keep cookies until they are a whole week old", JAR)):
        if text:
            write_files(tmp_path, {"jar.py": text})
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", subject)
    function = (Span("jar.py", LineRange(1, 5)),)
    assert sorted(own_cases(tmp_path, most=10, seed=1), key=lambda case: case.kind) == [
        Case("Keep cookies until they are a whole week old", "commit", function),
        Case("Remove the cookies that are older than a week", "doc", function),
        Case("drop stale cookies", "name", function),
    ]


def _overloads(total: str) -> str:
    """A class with two methods of one name, the second one `total`."""
    return (
        "class Cart {\n    void add(int count) {\n        this.count += count;\n    }\n\n"
        f"    void add(String name) {{\n        {total}\n    }}\n}}\n"
    )


def _commit_all(root: Path, subject: str, files: dict[str, str]) -> None:
    write_files(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", subject)


def test_each_of_several_functions_of_one_name_is_the_answer_where_it_was_changed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    old = _overloads("this.name = name;")
    _commit_all(tmp_path, "Begin", {"Cart.java": old})
    changed = old.replace("+= count", "+= 2 * count").replace("= name", "= name.trim()")
    _commit_all(tmp_path, "Count everything in the cart by pairs", {"Cart.java": changed})
    once = changed.replace("2 * count", "3 * count")
    _commit_all(tmp_path, "Triple the number that is put there", {"Cart.java": once})
    asked = {
        case.query: case.answers for case in own_cases(tmp_path, most=9, seed=1) if case.kind == "commit"
    }
    first, second = Span("Cart.java", LineRange(2, 4)), Span("Cart.java", LineRange(6, 8))
    assert sorted(asked["Count everything in the cart by pairs"], key=lambda span: span.lines.start) == [
        first,
        second,
    ]
    assert asked["Triple the number that is put there"] == (first,)


def test_a_commit_that_was_made_twice_is_asked_for_once_and_never_for_more_than_two(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    again = "Keep cookies until a week has gone"
    changed = JAR.replace("> WEEK", ">= WEEK")
    _commit_all(tmp_path, "Begin", {"jar.py": changed})
    for text in (JAR, changed, JAR):
        _commit_all(tmp_path, again, {"jar.py": text})
    cases = [case for case in own_cases(tmp_path, most=9, seed=1) if case.kind == "commit"]
    assert cases == [Case(again, "commit", (Span("jar.py", LineRange(1, 5)),))]
    # Three functions under one subject are more than it tells of.
    for name in ("one.py", "two.py"):
        _commit_all(tmp_path, "Begin with more", {name: changed})
        _commit_all(tmp_path, again, {name: JAR})
    assert _asked(tmp_path, "commit") == []


def _commit(root: Path, subject: str, text: str) -> None:
    write_files(root, {"jar.py": text})
    git(root, "add", "-A")
    git(root, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", subject)


def _asked(root: Path, kind: str) -> list[str]:
    return [case.query for case in own_cases(root, most=100, seed=1) if case.kind == kind]


@pytest.mark.parametrize(
    "subject",
    [
        "Bump version to 1.4.2 of jar",
        "Fix some minor typos in messages",
        "chore(deps): keep cookies until tomorrow",
        "docs: say how old a cookie grows",
        "Upgrade the cookie library to 3.1",
        "Add regression tests for stale cookies",
        "Remove all that mypy complains of",
        "Fix it",
    ],
)
def test_a_commit_that_tells_of_chores_is_not_asked_for(tmp_path: Path, subject: str) -> None:
    git(tmp_path, "init", "--quiet")
    _commit(tmp_path, "Begin", JAR.replace("> WEEK", ">= WEEK"))
    _commit(tmp_path, subject, JAR)
    assert _asked(tmp_path, "commit") == []


def test_a_commit_that_changed_only_comments_is_not_asked_for(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commented = JAR.replace("    for", "    # the jar is small\n    for")
    _commit(tmp_path, "Begin", commented)
    commented = commented.replace("than a week", "than seven days")
    _commit(tmp_path, "Say how many days a week has", commented)
    _commit(tmp_path, "Tell how large a jar may become", commented.replace("is small", "may be large"))
    assert _asked(tmp_path, "commit") == []


def test_a_commit_is_asked_for_without_its_numbers_prefix_and_quotes(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    _commit(tmp_path, "Begin", JAR.replace("> WEEK", ">= WEEK"))
    _commit(tmp_path, 'jar: keep `cookies` until "a week" has gone, fixes #12 [ci skip]', JAR)
    assert _asked(tmp_path, "commit") == ["keep cookies until a week has gone"]


def test_asking_runs_no_program_that_the_repository_names(tmp_path: Path) -> None:
    root, ran = tmp_path / "jar", tmp_path / "ran"
    root.mkdir()
    git(root, "init", "--quiet")
    _commit(root, "Begin", JAR.replace("> WEEK", ">= WEEK"))
    _commit(root, "Keep cookies until a week has gone", JAR)
    (tmp_path / "program").write_text(f"#!/bin/sh\ntouch {ran}\n", "utf-8")
    (tmp_path / "program").chmod(0o755)
    for name in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external", "diff.python.textconv"):
        git(root, "config", name, str(tmp_path / "program"))
    git(root, "config", "log.showSignature", "true")
    (root / ".git" / "info" / "attributes").write_text("*.py diff=python\n", "utf-8")
    # What is signed would be verified.
    plain = subprocess.run(["git", "-C", root, "cat-file", "commit", "HEAD"], capture_output=True, check=True)
    signed = plain.stdout.replace(b"\n\n", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n\n", 1)
    made = subprocess.run(
        ["git", "-C", root, "hash-object", "-t", "commit", "-w", "--stdin"],
        input=signed,
        capture_output=True,
        check=True,
    )
    git(root, "update-ref", "HEAD", made.stdout.decode().strip())
    assert _asked(root, "commit") == ["Keep cookies until a week has gone"]
    assert not ran.exists()


def test_commits_are_asked_for_however_differences_are_shown(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "diff.noprefix", "true")
    _commit(tmp_path, "Begin", JAR.replace("> WEEK", ">= WEEK"))
    _commit(tmp_path, "Keep cookies until a week has gone", JAR)
    assert _asked(tmp_path, "commit") == ["Keep cookies until a week has gone"]


@pytest.mark.parametrize(
    ("comment", "asked"),
    [
        ("DropStale removes the cookies that are too old", ["removes the cookies that are too old"]),
        ("DropStale (jar) is the place where old cookies go", ["the place where old cookies go"]),
        ('Removes what is "too old" from `jar`', ["Removes what is too old from jar"]),
        ("DropStale is a shortcut for jar.DropAllOlderThan", []),
        ("Creates an alias for the jar of cookies", ["Creates an alias for the jar of cookies"]),
        ("Pre-conditions: the jar is open already", []),
        ("Works as one would expect it to", []),
        ("Define the cookies like this:", []),
    ],
)
def test_a_doc_comment_is_asked_for_where_it_says_something_of_its_own(
    tmp_path: Path, comment: str, asked: list[str]
) -> None:
    write_files(tmp_path, {"jar.go": f"package jar\n\n// {comment}.\nfunc DropStale() {{\n\tdrop()\n}}\n"})
    assert _asked(tmp_path, "doc") == asked


def test_names_are_asked_for_as_one_would_type_them_where_they_say_something(tmp_path: Path) -> None:
    names = ("getUint16Slice", "createETag", "isOpen", "setName", "wrapF", "run", "dropStaleCookies")
    source = "".join(f"function {name}(x) {{\n  return x.{name};\n}}\n\n" for name in names)
    write_files(tmp_path, {"jar.js": source})
    assert sorted(_asked(tmp_path, "name")) == ["create etag", "drop stale cookies", "get uint16 slice"]


def test_tests_beside_the_code_and_stubs_are_asked_for_nothing(tmp_path: Path) -> None:
    rust = "mod tests {\n    fn drops_stale_cookies() {\n        drop();\n    }\n}\n"
    stub = "def drop_old_cookies(\n    jar: Jar,\n) -> None: ...\n"
    write_files(tmp_path, {"jar.rs": rust, "jar.pyi": stub})
    assert own_cases(tmp_path, most=10, seed=1) == []


def test_no_more_are_drawn_than_asked_for_and_each_seed_draws_its_own(tmp_path: Path) -> None:
    source = "".join(
        f"def turn_{name}_wheel(x):\n    y = x\n    return y\n\n\n" for name in map(chr, range(97, 117))
    )
    write_files(tmp_path, {"wheels.py": source})
    drawn = [own_cases(tmp_path, most=5, seed=seed) for seed in (1, 1, 2)]
    assert [len(cases) for cases in drawn] == [5, 5, 5]
    assert drawn[0] == drawn[1] != drawn[2]


def test_questions_are_read_from_a_file_with_one_answer_or_several(tmp_path: Path) -> None:
    span = {"path": "a.py", "start_line": 3, "end_line": 9}
    rows = [{"query": "one", **span}, {"query": "two", "kind": "vague", "answers": [span, span]}]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n", "utf-8")
    answer = Span("a.py", LineRange(3, 9))
    assert read_cases(file) == [Case("one", "asked", (answer,)), Case("two", "vague", (answer, answer))]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"query": "x"}', '{"query": "x", "path": "a"}', "\xff"])
def test_a_file_that_holds_no_questions_is_one_clear_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CodesearchError):
        read_cases(file)


def test_an_answer_stands_where_the_first_result_shows_most_of_it() -> None:
    found = [
        (place("b.py", 1, 10),),
        (place("a.py", 100, 110), place("a.py", 1, 10)),
        (place("a.py", 2, 10),),
        (place("a.py", 20, 90),),
    ]
    answers = [Span("a.py", LineRange(1, 9)), Span("a.py", LineRange(20, 40)), Span("b.py", LineRange(1, 10))]
    assert relevant_ranks(found, answers) == [2, 1]
