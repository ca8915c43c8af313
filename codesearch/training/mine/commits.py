"""Commit subjects and test names -> queries for the functions that they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from codesearch.encode.text import split_identifier
from codesearch.training.corpus import Query
from codesearch.training.mine.functions import Found, functions_of
from codesearch.training.mine.queries import is_wanted
from codesearch.training.mine.repository import Change, Repository, read_blobs, small_changes

_MOST_COMMITS = 600
_MOST_FILES = 2
_MOST_FUNCTIONS = 2
_PREFIX = re.compile(r"^(\[[^\]]*\]\s*|\w+(\([^)]*\))?!?:\s+|[\w/.-]+:\s+)+")
_NUMBER = re.compile(
    r"(?i)[\s,;.]*\b(fix(es|ed)?|clos(es|ed?)|resolv(es|ed?)|refs?|see)\s+(#\d+|$)|"
    r"\s*\(?#\d+\)?|\s*\bGH-\d+|\s*\b[A-Z]+-\d+:?|\s*\[[^\]]*\]\s*$"
)
# Conventional prefixes (`chore(deps): `) of commits that change nothing of what a program does.
_NO_BEHAVIOUR = re.compile(
    r"(?i)^\[?(chore|docs?|documentation|readme|style|refactor\w*|tests?|testing|ci|build|deps|dependabot|lint|"
    r"typing|types|typo|release|revert|wip|mnt|maint|cleanup|nit|dev)\b\]?(\([^)]*\))?!?(:|(?<=\])\s)"
)
_CHORE = re.compile(
    r"(?i)^(merge|bump|release|revert|upgrade|downgrade|prepare|version|typo|lint|(re-?)?(format|fmt)|refactor|"
    r"update (dep|change|version|readme|doc|copyright|link|comment|go |python )|"
    r"fix (minor |some |a |an |the )*"
    r"(typo|spelling|grammar|broken|lint|test|build|format|ci|warning|compil|link|doc|comment)|"
    r"(add|improve) (some |more |missing |a )*"
    r"(test|unit test|regression|doc|comment|note|type|typing|annotation)|"
    r"clean|tidy|rename|remove unused|docs?\b|document|clarif|mention|chore|style|address|apply|review|wip|"
    r"minor|cosmetic|whitespace|simplify|optimi[sz]e code|a bit of|some more|more )"
)
_NOT_OF_CODE = re.compile(
    r"(?i)\b(typos?|misspell\w*|change-?log|readme|copyright|broken links?|links? to|clean-?up|refactor\w*|"
    r"mypy|pyright|flake8|pylint|eslint|clippy|rubocop|gofmt|golint|lints?|linter|ci|"
    r"(unit|regression|automated) tests?)\b|\b(comments?|tests?|docs|documentation)$"
)
_COMMENT = re.compile(r"^\s*(?://+|#+|--+|%+|;+|/?\*+)\s+\S*[A-Za-z]")


def commit_queries(repository: Repository) -> Iterator[tuple[Found, Query]]:
    """The subject of each small commit, with the one or two functions that it changed, as it left them."""
    changes = [
        change
        for change in small_changes(repository, most_commits=_MOST_COMMITS, most_files=_MOST_FILES)
        if _subject(change) is not None
    ]
    names = [f"{change.revision}:{path}" for change in changes for path, _ in change.touched]
    contents = read_blobs(repository, names)
    for change in changes:
        subject = _subject(change)
        assert subject is not None
        # Every file must be read, to stay in step with the contents.
        found = [each for path, lines in change.touched for each in _touched(path, next(contents), lines)]
        if 1 <= len(found) <= _MOST_FUNCTIONS:
            for function in found:
                yield function, Query("commit", subject)


def _subject(change: Change) -> str | None:
    """What a commit says that its functions do; None where it tells of chores, or of nothing."""
    if _NO_BEHAVIOUR.match(change.subject):
        return None
    text = _PREFIX.sub("", _NUMBER.sub("", change.subject)).strip(" .,;")
    if len(text.split()) < 4 or _CHORE.match(text) or _NOT_OF_CODE.search(text):
        return None
    return text if is_wanted(text, fewest_words=4) else None


def _touched(path: str, data: bytes | None, lines: Sequence[int]) -> Iterator[Found]:
    """The functions of which more than comments is among the lines."""
    if data is None or len(data) > 200_000:
        return
    text = data.decode("utf-8", "replace").split("\n")
    code = [line for line in lines if not _COMMENT.match(text[line - 1] if line <= len(text) else "")]
    for function in functions_of(path, data):
        doc = function.doc_span
        if any(
            function.span.start <= line <= function.span.end and not (doc and doc.start <= line <= doc.end)
            for line in code
        ):
            yield function


def test_queries(
    tests: Sequence[Found], functions: Mapping[str, Sequence[Found]]
) -> Iterator[tuple[Found, Query]]:
    """The words of a test's name, with the function under test.

    Args:
        tests: the functions of test files.
        functions: the other functions by their simple names.

    Yields:
        A function and its query, where the test calls exactly one function of that name in the
        repository and shares a word with it. A test's name shared by several is left out.

    """
    seen: dict[str, set[str]] = defaultdict(set)
    found: list[tuple[Found, Query]] = []
    for test in tests:
        words = [
            word.lower()
            for word in split_identifier(re.sub(r"(?i)^(test|it|should)_?", "", test.simple_name))
        ]
        if not 4 <= len(words) <= 14:
            continue
        called = {name for line in test.lines[1:] for name in re.findall(r"([A-Za-z_]\w+[!?]?)\s*\(", line)}
        shared = [
            (len(overlap), name)
            for name in called
            if len(functions.get(name, ())) == 1
            and (overlap := {word.lower() for word in split_identifier(name)} & set(words))
        ]
        shared.sort(reverse=True)
        if not shared or (len(shared) > 1 and shared[0][0] == shared[1][0]):
            continue
        text = " ".join(words)
        name = shared[0][1]
        seen[text].add(name)
        found.append((functions[name][0], Query("test", text, hide_name=len(words) % 2 == 0)))
    yield from (pair for pair in found if len(seen[pair[1].text]) == 1)
