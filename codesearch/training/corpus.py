"""The training corpus: what `mine` writes and the later stages read.

One gzipped JSON Lines file a repository, `<owner>+<name>.jsonl.gz`, one function a line. Needs
nothing but the standard library, so that the training stages run where only torch is.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Query:
    """A query that a function answers.

    `kind` is `asked_...` for a written question, else says what it was mined from. `hidden` are the
    indices of the function's lines that the passage must not show beside this query, and `hide_name`
    says that its name must not be shown: otherwise the two match by copying.
    """

    kind: str
    text: str
    hidden: tuple[int, ...] = ()
    hide_name: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether it was written as a question that people ask, rather than mined."""
        return is_asked(self.kind)


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the queries that it answers; `lines` and `doc` as mining left them."""

    path: str
    name: str
    language: str
    lines: tuple[str, ...]
    doc: tuple[int, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class RepositoryCorpus:
    """A repository's functions. `repository` is `owner/name`."""

    repository: str
    functions: tuple[Function, ...]


def is_asked(kind: str) -> bool:
    """Whether a kind of query is written as people ask, rather than mined."""
    return kind.startswith("asked_")


def is_doc(kind: str) -> bool:
    """Whether a kind of query is a doc comment's first sentence."""
    return kind == "doc"


def file_stem(repository: str) -> str:
    """What files and folders of a repository are called: `owner/name` -> `owner+name`."""
    return repository.replace("/", "+", 1)


def write_corpus(folder: Path, corpus: RepositoryCorpus) -> Path:
    """Writes one repository's file and returns its path."""
    path = folder / f"{file_stem(corpus.repository)}.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=4) as file:
        for function in corpus.functions:
            file.write(json.dumps(asdict(function), ensure_ascii=False) + "\n")
    return path


def read_corpus(
    folder: Path, *, wanted: Callable[[str], bool] = lambda repository: True
) -> Iterator[RepositoryCorpus]:
    """The repositories in a folder, sorted by name.

    Args:
        folder: where `mine` wrote.
        wanted: says of a name (`owner/name`) whether to read it.

    """
    for path in sorted(folder.glob("*.jsonl.gz")):
        repository = path.name.removesuffix(".jsonl.gz").replace("+", "/", 1)
        if wanted(repository):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                yield RepositoryCorpus(repository, tuple(_function(json.loads(line)) for line in lines))


def _function(row: dict[str, Any]) -> Function:
    queries = (
        Query(each["kind"], each["text"], tuple(each["hidden"]), each["hide_name"]) for each in row["queries"]
    )
    return Function(
        path=row["path"],
        name=row["name"],
        language=row["language"],
        lines=tuple(row["lines"]),
        doc=tuple(row["doc"]),
        queries=tuple(queries),
    )
