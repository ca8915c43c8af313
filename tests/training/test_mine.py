"""Mining finds what a repository says of its functions, and takes only what it may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codesearch.errors import CodesearchError
from codesearch.training.corpus import Function, read_corpus
from codesearch.training.mine.mine import Mined, MineSettings, mine, read_repository_list
from codesearch.training.views import Variation, passages, training_view
from tests.training.conftest import MakeRepository

CODE = '''\
def drop_stale_cookies(jar, now):
    """Removes the cookies that are past their date.

    Args:
        jar: where they lie.
    """
    # the session cookie has no date and must never be touched here
    for cookie in list(jar):
        if cookie.date < now:
            jar.remove(cookie)
    if not jar:
        raise ValueError("no cookies are left in the jar")


def helper(jar):
    """Counts what is in the jar."""
    total = 0
    return total + len(jar)
'''
TEST = """\
from cookies import drop_stale_cookies


def test_drop_stale_cookies_keeps_session_cookie():
    jar = make_jar()
    drop_stale_cookies(jar, 0)
    assert jar
"""


def settings(out: Path, repositories: dict[str, Path], **more: object) -> MineSettings:
    return MineSettings(repositories, frozenset(), (), out, workers=1, **more)  # type: ignore[arg-type]


def mined(out: Path, repositories: dict[str, Path], **more: object) -> dict[str, Function]:
    mine(settings(out, repositories, **more), lambda each: None)
    return {function.name: function for corpus in read_corpus(out) for function in corpus.functions}


def queries(function: Function) -> dict[str, str]:
    return {query.kind: query.text for query in function.queries}


def test_a_function_is_found_by_all_that_its_repository_says_of_it(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    fixed = CODE.replace("<", "<=")
    root = make_repository(
        "a/b",
        {"cookies.py": CODE, "tests/test_cookies.py": TEST},
        ("cookies: Drop cookies in the very second they expire (#12)", {"cookies.py": fixed}),
    )
    found = queries(mined(tmp_path / "out", {"a/b": root})["drop_stale_cookies"])
    assert found == {
        "doc": "Removes the cookies that are past their date",
        "doc_keywords": "removes cookies past date",
        "doc_question": "how to remove the cookies that are past their date",
        "name": "drop stale cookies",
        "comment": "the session cookie has no date and must never be touched here",
        "message": "no cookies are left in the jar",
        "test": "drop stale cookies keeps session cookie",
        "commit": "Drop cookies in the very second they expire",
    }


def test_what_a_query_was_taken_from_is_not_in_its_passage(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    from random import Random

    root = make_repository("a/b", {"cookies.py": CODE})
    function = mined(tmp_path / "out", {"a/b": root})["drop_stale_cookies"]
    never = Variation(0.0, 0.0, 0.0, 0.0, 0.0)
    for query in function.queries:
        view = training_view(function, query, never, Random(1))
        assert view is not None
        if query.kind.startswith("doc"):
            assert "past their date" not in view
            assert "session cookie" in view
        if query.kind == "comment":
            assert "session cookie" not in view
        if query.kind == "name":
            assert "stale" not in view
    assert any("past their date" in text for text in passages(function))
    assert not any("past their date" in text for text in passages(function, with_doc=False))


def test_a_written_question_finds_its_function_at_its_revision(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    import subprocess

    root = make_repository("a/b", {"cookies.py": CODE})
    revision = subprocess.run(
        ("git", "-C", str(root), "rev-parse", "HEAD"), capture_output=True, text=True, check=True
    ).stdout.strip()
    rows = [
        {"repo": "A/b", "revision": revision, "path": "cookies.py", "start_line": 1, "end_line": 12},
        {"repo": "A/b", "revision": revision, "path": "gone.py", "start_line": 1, "end_line": 12},
    ]
    file = tmp_path / "questions.jsonl"
    asked = [{"kind": "question", "text": "where do old cookies go"}]
    file.write_text("".join(json.dumps({**row, "queries": asked}) + "\n" for row in rows), "utf-8")
    mine(MineSettings({"a/b": root}, frozenset(), (file,), tmp_path / "out", workers=1), lambda each: None)
    found = [
        (function.name, query.text)
        for corpus in read_corpus(tmp_path / "out")
        for function in corpus.functions
        for query in function.queries
        if query.is_asked
    ]
    assert found == [("drop_stale_cookies", "where do old cookies go")]


def test_a_function_that_only_moved_keeps_what_was_said_of_it_at_each_revision(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    fixed = CODE.replace("<", "<=")
    root = make_repository(
        "a/b",
        {"cookies.py": CODE},
        ("cookies: Drop cookies in the very second they expire", {"cookies.py": fixed}),
        ("Say what the file is for", {"cookies.py": f'"""Cookies."""\n\n{fixed}'}),
    )
    mine(settings(tmp_path / "out", {"a/b": root}), lambda each: None)
    (corpus,) = read_corpus(tmp_path / "out")
    (dropping,) = (each for each in corpus.functions if each.name == "drop_stale_cookies")
    found = queries(dropping)
    assert found["commit"] == "Drop cookies in the very second they expire"
    assert found["doc"] == "Removes the cookies that are past their date"


NAMED = {
    "stock.rb": (
        """\
def is_empty_now?
  return true if parent.is_empty_now?
  items.none?
end
""",
        "is_empty_now",
    ),
    "stock.m": (
        """\
@implementation Stock
- (void)moveCrateTo:(int)x slowlyBy:(int)y {
    [self moveCrateTo:x
              slowlyBy:y];
}
@end
""",
        "moveCrateTo",
    ),
}


@pytest.mark.parametrize("path", NAMED)
def test_a_name_with_marks_in_it_is_asked_for_in_words_and_hidden(
    path: str, make_repository: MakeRepository, tmp_path: Path
) -> None:
    from random import Random

    code, name = NAMED[path]
    (function,) = mined(tmp_path / "out", {"a/b": make_repository("a/b", {path: code})}).values()
    (query,) = (each for each in function.queries if each.kind == "name")
    view = training_view(function, query, Variation(0.0, 0.0, 0.0, 0.0, 0.0), Random(1))
    assert view is not None
    assert name in code
    assert name not in view
    assert not any(left in view for left in ("slowlyBy", "f?"))


def test_only_permissive_repositories_that_are_not_excluded_are_mined(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    repositories = {
        "a/free": make_repository("a/free", {"cookies.py": CODE}),
        "a/copyleft": make_repository(
            "a/copyleft", {"cookies.py": CODE}, licence="GNU GENERAL PUBLIC LICENSE Version 3"
        ),
        "a/both": make_repository("a/both", {"x.py": CODE}, licence="MIT or the GNU General Public License"),
        "a/silent": make_repository("a/silent", {"cookies.py": CODE}, licence="All rights reserved."),
        "A/Kept": make_repository("A/Kept", {"cookies.py": CODE}),
        "a/absent": tmp_path / "nowhere",
    }
    said: list[Mined] = []
    mine(
        MineSettings(repositories, frozenset({"a/kept"}), (), tmp_path / "out", workers=1),
        said.append,
    )
    assert {each.repository: bool(each.functions) for each in said} == {
        name: name == "a/free" for name in repositories
    }
    assert all(each.refused for each in said if not each.functions)
    assert [each.repository for each in read_corpus(tmp_path / "out")] == ["a/free"]


def test_a_copied_function_is_taken_once(make_repository: MakeRepository, tmp_path: Path) -> None:
    first = make_repository("a/one", {"cookies.py": CODE})
    second = make_repository("a/two", {"copied.py": CODE.replace("    ", "  ")})
    mine(settings(tmp_path / "out", {"a/one": first, "a/two": second}), lambda each: None)
    counts = {each.repository: len(each.functions) for each in read_corpus(tmp_path / "out")}
    assert counts == {"a/one": 2, "a/two": 0}


def test_what_a_program_wrote_or_others_wrote_is_left_out(
    make_repository: MakeRepository, tmp_path: Path
) -> None:
    root = make_repository(
        "a/b",
        {
            "vendor/cookies.py": CODE.replace("cookies", "vendored"),
            "made.py": "# Code generated by a program. DO NOT EDIT.\n" + CODE.replace("cookies", "made"),
            "own.py": CODE,
        },
    )
    assert set(mined(tmp_path / "out", {"a/b": root})) == {"drop_stale_cookies", "helper"}


def test_a_line_of_the_list_that_names_no_folder_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("a/b /somewhere\nnonsense\n", "utf-8")
    with pytest.raises(CodesearchError, match="list:2"):
        read_repository_list(file)
