"""Questions with known answers: from a file, or from a repository's own comments, names and commits."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from codesearch.encode.text import split_identifier
from codesearch.errors import CodesearchError, said_by
from codesearch.parse.file import read_file
from codesearch.parse.role import Role, role_of
from codesearch.parse.source import Skip
from codesearch.parse.unit import LineRange, Unit
from codesearch.search.question import read_question
from codesearch.search.result import Place
from codesearch.training.corpus import is_doc
from codesearch.training.mine.commits import commit_queries
from codesearch.training.mine.functions import Found, functions_of
from codesearch.training.mine.queries import mined_queries
from codesearch.training.mine.repository import is_their_own, open_repository
from codesearch.walk import git_root, walk

# How many words that say something a question has at least.
_FEWEST_DOC_WORDS = 3
_FEWEST_NAME_WORDS = 2
# A heading and no sentence: `Note: `, `Pre-conditions: `.
_HEADING = re.compile(r"[\w-]+( \w+)?:\s")
# What sends its reader to another function asks for that one.
_ELSEWHERE = re.compile(
    r"(?i)(this )?(is )?((a|an|the) (\w+ )?)?"
    r"(alias|shortcut|short-?hand|synonym|wrapper|equivalent|same|like|see|note)\b"
)
# Names that begin so tell of a value that is read or set, and the value of it is all that they say.
_OF_A_VALUE = frozenset({"get", "set", "is", "has", "to"})
# What several commits are called, and more functions were changed by, tells too little of each.
_MOST_ANSWERS = 2
_OF_TESTS = frozenset({"test", "tests"})


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a file, by its path below the root."""

    path: str
    lines: LineRange

    def is_shown_by(self, place: Place) -> bool:
        """Whether a place is this: half of the lines of both together are the same."""
        return place.path == self.path and place.unit.span.is_nearly(self.lines)


@dataclass(frozen=True, slots=True)
class Case:
    """A query, what kind it is of, and the spans that answer it, any of them."""

    query: str
    kind: str
    answers: tuple[Span, ...]


def read_cases(path: Path) -> list[Case]:
    """The cases in a file of JSON Lines.

    A line has `query`, and either `path`, `start_line` and `end_line` or a list of such objects in
    `answers`; `kind` is optional and groups the figures.

    Raises:
        CodesearchError: the file cannot be read, or a line is none of these.

    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CodesearchError(f"cannot read the questions in {path}: {said_by(error)}") from error
    cases: list[Case] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                answers = tuple(_span(each) for each in row.get("answers") or [row])
                cases.append(Case(str(row["query"]), str(row.get("kind", "asked")), answers))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CodesearchError(
                    f"{path}:{number}: expected query, path, start_line and end_line in an object ({error!r})"
                ) from error
    if not cases:
        raise CodesearchError(f"no question in {path}")
    return cases


def _span(row: dict[str, Any]) -> Span:
    return Span(str(row["path"]), LineRange(int(row["start_line"]), int(row["end_line"])))


def own_cases(root: Path, *, most: int, seed: int) -> list[Case]:
    """What a repository asks of itself, at most so many of each kind, drawn at random.

    `doc`: a doc comment's first sentence, for its function, which is to be searched without doc comments.
    `commit`: the subject of a commit, for the one or two functions whose code it changed, if they are still
    there.
    `name`: the words of a function's name that no other has.

    What says too little to find anything by is not asked: see the rules above. Nor is anything of tests,
    examples, stubs and what a program wrote.
    """
    functions = list(_functions(root))
    random = np.random.default_rng(seed)
    cases: list[Case] = []
    for kind in (_doc_cases, _name_cases):
        cases.extend(_drawn(kind(functions), most, random))
    if git_root(root) == root:
        cases.extend(_drawn(_commit_cases(root, functions), most, random))
    return cases


def _functions(root: Path) -> Iterator[Found]:
    for file in walk(root):
        if role_of(file.path) is Role.SOURCE and is_their_own(file.path):
            data = read_file(root, file.path)
            if not isinstance(data, Skip):
                yield from (each for each in functions_of(file.path, data) if not _is_test(each))


def _is_test(function: Found) -> bool:
    """Whether it is a test beside the code that it tests, as in Rust."""
    return function.simple_name.lower().startswith("test_") or not _OF_TESTS.isdisjoint(
        re.split(r"\W+", function.name.lower())
    )


def _drawn(cases: Iterable[Case], most: int, random: np.random.Generator) -> list[Case]:
    """At most so many, none of whose queries another has too."""
    by_query: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_query[case.query.lower()].append(case)
    alone = [found[0] for found in by_query.values() if len(found) == 1]
    return [alone[number] for number in random.permutation(len(alone))[:most]]


def _case(query: str, kind: str, *functions: Found) -> Case:
    # Quoted by its author it is emphasis; quoted in a question it is what must occur.
    query = query.replace('"', "").replace("`", "")
    return Case(query, kind, tuple(Span(each.path, each.span) for each in functions))


def _doc_cases(functions: list[Found]) -> Iterator[Case]:
    for function in functions:
        for query in mined_queries(function):
            if is_doc(query.kind):
                text = _sentence(query.text, function.simple_name)
                told = not (_HEADING.match(text) or text.endswith(":") or _ELSEWHERE.match(text))
                if told and _telling(text) >= _FEWEST_DOC_WORDS:
                    yield _case(text, "doc", function)


def _sentence(text: str, name: str) -> str:
    """A comment's first sentence, without the function's own name, with which Go's begin."""
    text = re.sub(r"^\W+", "", text)
    return re.sub(rf"^{re.escape(name)}\b(\s*\([^)]*\))?\s+((is|are)\s+)?", "", text)


def _telling(text: str) -> int:
    """How many words of a question say something of what is looked for."""
    return sum(len(word) > 1 for word in read_question(text).content)


def _name_cases(functions: list[Found]) -> Iterator[Case]:
    for function in functions:
        words = _spoken(split_identifier(function.simple_name))
        told = words[1:] if words[:1] and words[0] in _OF_A_VALUE else words
        if _telling(" ".join(told)) >= _FEWEST_NAME_WORDS:
            yield _case(" ".join(words), "name", function)


def _spoken(parts: Iterable[str]) -> list[str]:
    """The parts of an identifier as one would type them: `uint 16` is one word, and so is `e tag`."""
    words: list[str] = []
    for part in (part.lower() for part in parts):
        if words and (part.isdigit() or (len(words[-1]) == 1 and words[-1] != "a")):
            words[-1] += part
        else:
            words.append(part)
    return words


def _commit_cases(root: Path, functions: list[Found]) -> Iterator[Case]:
    try:
        repository = open_repository("", root)
    except CodesearchError:
        # Nothing was committed yet.
        return
    now: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for function in functions:
        now[function.path, function.name].append(function)
    found: dict[str, dict[Found, None]] = defaultdict(dict)
    for touched, query in commit_queries(repository):
        line = touched.span.start
        present = now.get((touched.path, touched.name))
        if present:
            # Of several with one name that which stands nearest to where the commit left it.
            found[query.text][min(present, key=lambda each: abs(each.span.start - line))] = None
    for text, answers in found.items():
        if len(answers) <= _MOST_ANSWERS:
            yield _case(text, "commit", *answers)


def without_doc(unit: Unit) -> Unit:
    """The unit without its doc comment, to ask for what the comment says."""
    doc = unit.doc
    if doc is None:
        return unit
    parts = (
        part
        for shown in unit.shown
        for part in (
            LineRange(shown.start, min(shown.end, doc.start - 1)),
            LineRange(max(shown.start, doc.end + 1), shown.end),
        )
    )
    return replace(unit, shown=tuple(part for part in parts if part.start <= part.end), doc=None)
