"""Local repositories -> a training corpus.

    codesearch train mine --repositories LIST --out DIR

Hardware: any; two cores mine ten repositories a minute, more or less. Writes one file a repository
(`codesearch.training.corpus`) and `repositories.json`: names, revisions, licences, counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codesearch.errors import CodesearchError
from codesearch.training.corpus import Function, Query, RepositoryCorpus, write_corpus
from codesearch.training.mine.commits import commit_queries, test_queries
from codesearch.training.mine.functions import Found, functions_of
from codesearch.training.mine.licence import permissive_licence
from codesearch.training.mine.queries import mined_queries
from codesearch.training.mine.questions import question_queries, read_questions
from codesearch.training.mine.repository import Repository, code_files, is_test, open_repository

_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class MineSettings:
    """What is mined, and the caps that keep one repository, file or phrase from dominating.

    `repositories` maps `owner/name` to a folder; `excluded` are lower-case names never mined.
    """

    repositories: dict[str, Path]
    excluded: frozenset[str]
    questions: tuple[Path, ...]
    out: Path
    functions_a_repository: int = 8_000
    functions_a_file: int = 40
    same_query: int = 3
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Mined:
    """What a repository gave: counts of functions and of queries by kind, or why nothing."""

    repository: str
    revision: str = ""
    licence: str = ""
    functions: int = 0
    queries: dict[str, int] | None = None
    refused: str = ""


def read_repository_list(path: Path) -> dict[str, Path]:
    """The repositories in a list of lines `owner/name folder`.

    Raises:
        CodesearchError: the list cannot be read, or a line is none of these.

    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise CodesearchError(f"cannot read {path}: {error.strerror}") from error
    found: dict[str, Path] = {}
    for number, line in enumerate(lines, start=1):
        name, _, folder = line.strip().partition(" ")
        if not name:
            continue
        if not _NAME.fullmatch(name) or not folder.strip():
            raise CodesearchError(f"{path}:{number}: expected `owner/name folder`")
        found[name] = Path(folder.strip())
    return found


def read_names(path: Path) -> frozenset[str]:
    """The names in a file, one a line, in small letters; lines that begin with # are notes.

    Raises:
        CodesearchError: the file cannot be read.

    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise CodesearchError(f"cannot read {path}: {error.strerror}") from error
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


def mine(settings: MineSettings, report: Callable[[Mined], None]) -> list[Mined]:
    """Mines every repository and returns what each gave; `report` hears of each as it is done.

    A repository that is excluded, unreadable or not under a permissive licence gives nothing and
    says why.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    asked = read_questions(settings.questions)
    unique = _Unique(settings.same_query)
    results: list[Mined] = []
    with ProcessPoolExecutor(settings.workers) as pool:
        jobs = [
            pool.submit(_mine_repository, name, folder, asked.get(name.lower(), []), settings)
            for name, folder in sorted(settings.repositories.items())
        ]
        for job in jobs:
            mined, functions = job.result()
            if functions:
                kept = unique.keep(functions)
                write_corpus(settings.out, RepositoryCorpus(mined.repository, tuple(kept)))
                mined = _counted(mined, kept)
            results.append(mined)
            report(mined)
    rows = [asdict(each) for each in results]
    (settings.out / "repositories.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return results


def _mine_repository(
    name: str, folder: Path, questions: Sequence[dict[str, Any]], settings: MineSettings
) -> tuple[Mined, list[Function]]:
    if name.lower() in settings.excluded:
        return Mined(name, refused="excluded"), []
    try:
        repository = open_repository(name, folder)
    except CodesearchError as error:
        return Mined(name, refused=str(error)), []
    licence = permissive_licence(repository)
    if licence is None:
        return Mined(name, repository.revision, refused="no permissive licence"), []
    return Mined(name, repository.revision, licence), _functions(repository, questions, settings)


def _functions(
    repository: Repository, questions: Sequence[dict[str, Any]], settings: MineSettings
) -> list[Function]:
    """The repository's functions with all their queries, within the caps."""
    queries: dict[Found, list[Query]] = {}
    tests: list[Found] = []
    by_name: dict[str, list[Found]] = defaultdict(list)
    for path, data in code_files(repository):
        found = functions_of(path, data)
        if is_test(path):
            tests.extend(found)
            continue
        for function in found[: settings.functions_a_file]:
            queries[function] = mined_queries(function)
            by_name[function.simple_name].append(function)
    # Questions were written for one revision and commits leave others: those come as functions of
    # their own where the newest differs in more than its place.
    for function, query in (
        *question_queries(repository, questions),
        *test_queries(tests, by_name),
        *commit_queries(repository),
    ):
        queries.setdefault(function, []).append(query)
    # Those with most to say first, written questions before all.
    order = sorted(queries, key=lambda each: (-any(q.is_asked for q in queries[each]), -len(queries[each])))
    return [
        Function(
            each.path, each.name, each.language, each.lines, each.doc, tuple(dict.fromkeys(queries[each]))
        )
        for each in order[: settings.functions_a_repository]
    ]


class _Unique:
    """Drops what was seen before in any repository: copied functions, and phrases used everywhere."""

    def __init__(self, same_query: int) -> None:
        self._same_query = same_query
        self._bodies: set[bytes] = set()
        self._phrases: dict[str, int] = defaultdict(int)

    def keep(self, functions: Iterable[Function]) -> list[Function]:
        kept: list[Function] = []
        for function in functions:
            body = _fingerprint(function)
            if body in self._bodies:
                continue
            self._bodies.add(body)
            queries = tuple(query for query in function.queries if query.is_asked or self._is_new(query.text))
            kept.append(replace(function, queries=queries))
        return kept

    def _is_new(self, text: str) -> bool:
        phrase = " ".join(re.findall(r"\w+", text.lower()))
        self._phrases[phrase] += 1
        return self._phrases[phrase] <= self._same_query


def _fingerprint(function: Function) -> bytes:
    """Equal for functions that differ in layout, comments' marks, numbers and punctuation only."""
    code = " ".join(line for i, line in enumerate(function.lines) if i not in function.doc)
    return hashlib.sha256(" ".join(re.findall(r"[a-z_]+", code.lower())).encode()).digest()


def _counted(mined: Mined, functions: Sequence[Function]) -> Mined:
    counts: dict[str, int] = defaultdict(int)
    for function in functions:
        for query in function.queries:
            counts[query.kind] += 1
    return Mined(
        mined.repository, mined.revision, mined.licence, len(functions), dict(sorted(counts.items()))
    )
